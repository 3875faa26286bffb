/* A machine for the project of ESP-IDF, so that its C runs here: time that only passes when
 * somebody asks for it or sleeps, a CAN bus that is as fast as a real one, a temperature sensor on
 * the I2C bus. Plays the functions that are declared beside it and no others. Single-threaded.
 *
 *     machine MILLISECONDS [MILLIDEGREES] < SCRIPT
 *
 * The script has lines `MICROSECONDS FRAME` (as SLCAN, arrives then), `MICROSECONDS off` (the
 * controller goes bus-off) and those of `fake_io.h`, in the order of their times. Sent frames and the log go to standard
 * output; a frame's line begins with `frame `. */
#include "driver/i2c_master.h"
#include "driver/twai.h"
#include "esp_random.h"
#include "esp_timer.h"
#include "fake_io.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENDING 6
#define RECEIVED 32
#define MICROSECONDS_PER_BIT 2
#define NEVER INT64_MAX

void app_main(void);

static int64_t now_us, end_us;
static int millidegrees;

struct esp_timer {
  esp_timer_create_args_t arguments;
  int64_t due_us;
};
static struct esp_timer timer;

static twai_state_t state;
static twai_message_t sending[SENDING], received[RECEIVED];
static int64_t left_us[SENDING];
static int sending_count, received_count;
static uint32_t failed;

/* The next event of the script. */
static char event[64];
static int64_t event_us = NEVER;

static void read_event(void) {
  long long at_us;
  event_us = scanf("%lld %63s", &at_us, event) == 2 ? at_us : NEVER;
}

static uint32_t number(const char *text, int digits) {
  char part[9] = {0};
  memcpy(part, text, (size_t)digits);
  return (uint32_t)strtoul(part, NULL, 16);
}

static void play_event(void) {
  bool extended = event[0] == 'T' || event[0] == 'R', remote = event[0] == 'r' || event[0] == 'R';
  int digits = extended ? 8 : 3;
  if (fake_io_event(event)) return;
  if (strcmp(event, "off") == 0) {
    state = TWAI_STATE_BUS_OFF;
    failed += (uint32_t)sending_count;
    sending_count = 0;
    return;
  }
  twai_message_t message = {.extd = extended, .rtr = remote, .identifier = number(event + 1, digits)};
  message.data_length_code = (uint8_t)number(event + 1 + digits, 1);
  for (int i = 0; i < message.data_length_code && !remote; i++)
    message.data[i] = (uint8_t)number(event + 2 + digits + 2 * i, 2);
  if (state == TWAI_STATE_RUNNING && received_count < RECEIVED) received[received_count++] = message;
}

static void print_frame(const twai_message_t *message) {
  char kind = message->rtr ? (message->extd ? 'R' : 'r') : (message->extd ? 'T' : 't');
  printf("frame %c%0*X%X", kind, message->extd ? 8 : 3, (unsigned)message->identifier,
         (unsigned)message->data_length_code);
  for (int i = 0; i < message->data_length_code && !message->rtr; i++)
    printf("%02X", (unsigned)message->data[i]);
  printf("\n");
}

/* Time passes: frames leave, events happen, the timer ends. */
static void pass(int64_t us) {
  now_us += us;
  while (sending_count > 0 && left_us[0] <= now_us) {
    print_frame(&sending[0]);
    sending_count--;
    memmove(sending, sending + 1, (size_t)sending_count * sizeof *sending);
    memmove(left_us, left_us + 1, (size_t)sending_count * sizeof *left_us);
  }
  while (event_us <= now_us) {
    play_event();
    read_event();
  }
  if (timer.due_us <= now_us) {
    timer.due_us = NEVER;
    timer.arguments.callback(timer.arguments.arg);
  }
}

/* ---- time ---- */

int64_t esp_timer_get_time(void) {
  pass(1);
  return now_us;
}

esp_err_t esp_timer_create(const esp_timer_create_args_t *arguments, esp_timer_handle_t *handle) {
  timer = (struct esp_timer){.arguments = *arguments, .due_us = NEVER};
  *handle = &timer;
  return ESP_OK;
}

esp_err_t esp_timer_start_once(esp_timer_handle_t of, uint64_t timeout_us) {
  of->due_us = now_us + (int64_t)timeout_us;
  return ESP_OK;
}

esp_err_t esp_timer_stop(esp_timer_handle_t of) {
  of->due_us = NEVER;
  return ESP_OK;
}

/* Where the program idles it may be ended. */
void vTaskDelay(const TickType_t ticks) {
  pass(ticks == 0 ? 10 : (int64_t)ticks * 1000);
  if (now_us >= end_us) {
    fflush(stdout);
    exit(0);
  }
}

uint32_t esp_random(void) {
  static uint32_t state_of_it = 1;
  state_of_it = state_of_it * 1664525u + 1013904223u;
  return state_of_it;
}

/* ---- CAN ---- */

esp_err_t twai_driver_install(const twai_general_config_t *general,
                              const twai_timing_config_t *timing,
                              const twai_filter_config_t *filter) {
  (void)general, (void)timing, (void)filter;
  return ESP_OK;
}

esp_err_t twai_start(void) {
  state = TWAI_STATE_RUNNING;
  return ESP_OK;
}

/* At once, where a real one waits for 128 times eleven recessive bits. */
esp_err_t twai_initiate_recovery(void) {
  state = TWAI_STATE_STOPPED;
  return ESP_OK;
}

esp_err_t twai_transmit(const twai_message_t *message, uint32_t ticks) {
  (void)ticks;
  if (state != TWAI_STATE_RUNNING || sending_count == SENDING) return ESP_ERR_TIMEOUT;
  int64_t begin_us = sending_count > 0 ? left_us[sending_count - 1] : now_us;
  int bits = (message->extd ? 67 : 47) + (message->rtr ? 0 : 8 * message->data_length_code);
  sending[sending_count] = *message;
  left_us[sending_count] = begin_us + bits * MICROSECONDS_PER_BIT;
  sending_count++;
  return ESP_OK;
}

esp_err_t twai_receive(twai_message_t *message, uint32_t ticks) {
  (void)ticks;
  if (received_count == 0) return ESP_ERR_TIMEOUT;
  *message = received[0];
  received_count--;
  memmove(received, received + 1, (size_t)received_count * sizeof *received);
  return ESP_OK;
}

esp_err_t twai_get_status_info(twai_status_info_t *status) {
  *status = (twai_status_info_t){.state = state,
                                 .msgs_to_tx = (uint32_t)sending_count,
                                 .msgs_to_rx = (uint32_t)received_count,
                                 .tx_failed_count = failed};
  return ESP_OK;
}

/* ---- I2C: a TMP105 at 0x48 whose temperature stands still ---- */

struct i2c_master_dev_t {
  uint16_t address;
};
static struct i2c_master_dev_t device;
static uint8_t pointer;

esp_err_t i2c_new_master_bus(const i2c_master_bus_config_t *config, i2c_master_bus_handle_t *bus) {
  (void)config;
  *bus = NULL;
  return ESP_OK;
}

esp_err_t i2c_master_bus_add_device(i2c_master_bus_handle_t bus, const i2c_device_config_t *config,
                                    i2c_master_dev_handle_t *made) {
  (void)bus;
  device.address = config->device_address;
  *made = &device;
  return ESP_OK;
}

esp_err_t i2c_master_bus_rm_device(i2c_master_dev_handle_t of) {
  (void)of;
  return ESP_OK;
}

esp_err_t i2c_master_transmit(i2c_master_dev_handle_t of, const uint8_t *data, size_t count,
                              int timeout_ms) {
  (void)timeout_ms;
  if (of->address != 0x48) return -1;
  if (count > 0) pointer = data[0];
  return ESP_OK;
}

/* 1/16 of a degree a step, left-aligned. */
esp_err_t i2c_master_receive(i2c_master_dev_handle_t of, uint8_t *data, size_t count,
                             int timeout_ms) {
  (void)timeout_ms;
  if (of->address != 0x48) return -1;
  int steps = millidegrees * 16 / 1000 * 16;
  uint16_t word = pointer == 0 ? (uint16_t)steps : 0;
  for (size_t i = 0; i < count; i++) data[i] = (uint8_t)(i == 0 ? word >> 8 : word & 0xff);
  return ESP_OK;
}

esp_err_t i2c_master_transmit_receive(i2c_master_dev_handle_t of, const uint8_t *data, size_t count,
                                      uint8_t *answer, size_t answer_count, int timeout_ms) {
  esp_err_t done = i2c_master_transmit(of, data, count, timeout_ms);
  return done == ESP_OK ? i2c_master_receive(of, answer, answer_count, timeout_ms) : done;
}

int main(int count, char **arguments) {
  if (count < 2) return 2;
  end_us = atoll(arguments[1]) * 1000;
  millidegrees = count > 2 ? atoi(arguments[2]) : 0;
  timer.due_us = NEVER;
  read_event();
  app_main();
  return 1;
}
