/* A board that is nothing but a line to a tester, for this machine: standard input and output. Time
 * and devices are the tester's, so that nothing else may be asked of a board. A guest that never ends
 * is ended by a timer of the processor's time. */
#include "wireloom.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

/* So much faster than a board, so that a test does not wait. */
#define HURRY 20u

static void spent(int number) {
  (void)number;
  if (wl_budget_expired()) wl_budget_trap();
}

void wl_board_start(void) {
  struct sigaction action = {.sa_handler = spent, .sa_flags = SA_NODEFER};
  sigaction(SIGVTALRM, &action, NULL);
}

void wl_board_budget_start(uint64_t budget_ns) {
  struct itimerval timer = {.it_value.tv_usec = (suseconds_t)(budget_ns / 1000u / HURRY)};
  setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

void wl_board_budget_stop(void) {
  struct itimerval timer = {0};
  setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

bool wl_board_replays(void) { return true; }

void wl_board_link_put(uint8_t byte) {
  putchar(byte);
  if (byte == 0) fflush(stdout);
}

uint8_t wl_board_link_get(void) {
  int byte = getchar();
  if (byte == EOF) exit(0);
  return (uint8_t)byte;
}

void wl_board_log(const char *text) { fputs(text, stderr); }

/* The test is over. */
void wl_board_sleep_until(uint64_t at_ns) {
  (void)at_ns;
  exit(0);
}

#define NEVER_ASKED(result, name, parameters)                    \
  result name parameters {                                       \
    fputs(#name " was asked while a tester drives\n", stderr); \
    abort();                                                     \
  }

NEVER_ASKED(uint64_t, wl_board_now_ns, (void))
NEVER_ASKED(void, wl_board_delay_ns, (uint32_t delay_ns))
NEVER_ASKED(int, wl_board_transmit, (const wl_frame_t *frame, uint64_t request))
NEVER_ASKED(int, wl_board_abort, (uint16_t bus, uint64_t request))
NEVER_ASKED(wl_can_status_t, wl_board_can_status, (uint16_t bus))
NEVER_ASKED(bool, wl_board_receive, (wl_frame_t * frame))
NEVER_ASKED(uint64_t, wl_board_random, (void))
NEVER_ASKED(int, wl_board_i2c,
            (uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count))
NEVER_ASKED(wl_outcome_t, wl_board_spi,
            (const wl_spi_device_t *device, const wl_spi_config_t *config,
             const wl_spi_operation_t *operations, uint32_t count))
NEVER_ASKED(wl_outcome_t, wl_board_digital_read, (const wl_pin_t *pin, bool *high))
NEVER_ASKED(bool, wl_board_digital_changed, (const wl_pin_t *pin))
NEVER_ASKED(wl_outcome_t, wl_board_digital_write, (const wl_pin_t *pin, bool high))
NEVER_ASKED(wl_outcome_t, wl_board_analog_read, (const wl_pin_t *pin, uint32_t *value))
NEVER_ASKED(wl_outcome_t, wl_board_analog_write, (const wl_pin_t *pin, uint32_t value))
NEVER_ASKED(bool, wl_board_has_nv, (void))
NEVER_ASKED(uint8_t, wl_board_nv_load, (const wl_nv_block_t *block, uint32_t *bytes))
NEVER_ASKED(bool, wl_board_nv_store, (const wl_nv_block_t *block))
NEVER_ASKED(bool, wl_board_nv_is_safe, (const wl_nv_block_t *block))
NEVER_ASKED(void, wl_board_nv_step, (void))

int main(void) { wl_run(); }
