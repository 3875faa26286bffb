/* What every Cortex-M has: vectors, and SysTick as the timer that ends a runaway task
 * (Armv7-M Architecture Reference Manual, B3.3). Knows no peripherals of a board. */
#include "cortex_m.h"

#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define SYST_RELOAD 0xffffffu
#define NVIC_ISER ((volatile uint32_t *)0xe000e100)

static volatile uint32_t wl_rounds;
static uint32_t wl_last_round;

/* SysTick counts 24 bits: a longer budget takes several rounds. */
void wl_board_budget_start(uint64_t budget_ns) {
  uint64_t ticks = budget_ns * (wl_clock_hz / 1000u) / 1000000u + 1;
  wl_rounds = (uint32_t)(ticks / SYST_RELOAD);
  wl_last_round = (uint32_t)(ticks % SYST_RELOAD);
  if (wl_last_round == 0) wl_last_round = 1;
  SYST_RVR = wl_rounds > 0 ? SYST_RELOAD : wl_last_round;
  SYST_CVR = 0;
  SYST_CSR = 7;
}

void wl_board_budget_stop(void) { SYST_CSR = 0; }

/* Where guest code was interrupted, it goes on in wl_budget_trap; the host ends its call first. */
void wl_systick_frame(uint32_t *frame) {
  if (wl_rounds > 0) {
    /* The next round has begun with the old length: it begins anew with its own. */
    if (--wl_rounds == 0) {
      SYST_RVR = wl_last_round;
      SYST_CVR = 0;
    }
    return;
  }
  SYST_CSR = 0;
  if (!wl_budget_expired()) return;
  frame[6] = (uint32_t)wl_budget_trap & ~1u;
  /* Neither an IT block nor a multiple load of the interrupted code goes on. */
  frame[7] = 0x01000000u;
}

/* The stack begins there, and does not come so far before a guest runs. */
bool wl_board_replays(void) {
  extern volatile uint32_t wl_ram_start;
  bool replays = wl_ram_start == WL_REPLAY_WORD;
  wl_ram_start = 0;
  return replays;
}

void wl_enable_interrupt(uint32_t number) { NVIC_ISER[number / 32] = 1u << (number % 32); }

/* A fault of the image itself: the log says so, then the watchdog or a debugger is next. */
void wl_fault(void) {
  wl_board_log("fault: the image itself is broken\n");
  for (;;) __asm volatile("wfi");
}
