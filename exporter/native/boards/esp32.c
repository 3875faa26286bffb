/* ESP32-WROVER under ESP-IDF 5: TWAI for CAN, the I2C master driver, esp_timer for time.
 * NOT RUN HERE: compiled for this machine against declarations of the functions it calls.
 *
 * CAN: TX GPIO 21, RX GPIO 22, behind a transceiver. I2C bus 0: SDA GPIO 18, SCL GPIO 19.
 * A task whose budget is spent ends at its next call of the host; one that never calls it is ended
 * by the task watchdog, which resets the board. */
#include "../wireloom.h"

#include "driver/i2c_master.h"
#include "driver/twai.h"
#include "esp_random.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include <stdio.h>

#define CAN_TX_PIN 21
#define CAN_RX_PIN 22
#define I2C_SDA_PIN 18
#define I2C_SCL_PIN 19
#define I2C_HZ 100000
#define I2C_TIMEOUT_MS 20
/* As long as TWAI's own queue, and the frame that is on the bus. */
#define CAN_PENDING 8u

static i2c_master_bus_handle_t wl_bus;
static esp_timer_handle_t wl_budget;
/* Frames that TWAI has, oldest first: whose they are (0: nobody asks). */
static uint64_t wl_pending[CAN_PENDING];
static uint32_t wl_pending_count, wl_failures;
static uint8_t wl_can_state_last;

static void wl_spent(void *argument) {
  (void)argument;
  (void)wl_budget_expired();
}

static twai_timing_config_t wl_timing(uint32_t rate_bps) {
  const twai_timing_config_t at_1m = TWAI_TIMING_CONFIG_1MBITS();
  const twai_timing_config_t at_500k = TWAI_TIMING_CONFIG_500KBITS();
  const twai_timing_config_t at_250k = TWAI_TIMING_CONFIG_250KBITS();
  const twai_timing_config_t at_125k = TWAI_TIMING_CONFIG_125KBITS();
  switch (rate_bps) {
    case 1000000: return at_1m;
    case 250000: return at_250k;
    case 125000: return at_125k;
    default: return at_500k;
  }
}

void wl_board_start(void) {
  if (wl_system.can_count > 0) {
    twai_general_config_t general =
        TWAI_GENERAL_CONFIG_DEFAULT(CAN_TX_PIN, CAN_RX_PIN, TWAI_MODE_NORMAL);
    twai_timing_config_t timing = wl_timing(wl_system.can_rates_bps[0]);
    twai_filter_config_t filter = TWAI_FILTER_CONFIG_ACCEPT_ALL();
    ESP_ERROR_CHECK(twai_driver_install(&general, &timing, &filter));
    ESP_ERROR_CHECK(twai_start());
  }
  i2c_master_bus_config_t bus = {.i2c_port = 0,
                                 .sda_io_num = I2C_SDA_PIN,
                                 .scl_io_num = I2C_SCL_PIN,
                                 .clk_source = I2C_CLK_SRC_DEFAULT,
                                 .glitch_ignore_cnt = 7,
                                 .flags.enable_internal_pullup = true};
  ESP_ERROR_CHECK(i2c_new_master_bus(&bus, &wl_bus));
  const esp_timer_create_args_t budget = {.callback = wl_spent, .name = "wireloom budget"};
  ESP_ERROR_CHECK(esp_timer_create(&budget, &wl_budget));
}

void wl_board_log(const char *text) { fputs(text, stdout); }

/* No tester: ESP-IDF's start-up leaves no word in RAM by which one could be chosen. */
bool wl_board_replays(void) { return false; }
void wl_board_link_put(uint8_t byte) { (void)byte; }
uint8_t wl_board_link_get(void) { return 0; }

uint64_t wl_board_now_ns(void) { return (uint64_t)esp_timer_get_time() * 1000u; }

void wl_board_sleep_until(uint64_t at_ns) {
  uint64_t now_ns = wl_board_now_ns();
  uint64_t wait_ms = at_ns > now_ns ? (at_ns - now_ns) / 1000000u : 0;
  /* A frame that arrives wakes nobody: it waits a tick at most. */
  vTaskDelay(wait_ms > 1 ? 1 : 0);
}

void wl_board_delay_ns(uint32_t delay_ns) {
  uint64_t until_ns = wl_board_now_ns() + delay_ns, now_ns;
  /* A tick is a millisecond: what is longer leaves the processor to the idle task. */
  while ((now_ns = wl_board_now_ns()) < until_ns)
    if (until_ns - now_ns > 2000000u) vTaskDelay(1);
}

void wl_board_budget_start(uint64_t budget_ns) { (void)esp_timer_start_once(wl_budget, budget_ns / 1000u + 1u); }

void wl_board_budget_stop(void) { (void)esp_timer_stop(wl_budget); }

static uint8_t wl_can_state_of(const twai_status_info_t *status) {
  if (status->state != TWAI_STATE_RUNNING) return WL_CAN_BUS_OFF;
  bool passive = status->tx_error_counter > 127 || status->rx_error_counter > 127;
  return passive ? WL_CAN_ERROR_PASSIVE : WL_CAN_ERROR_ACTIVE;
}

/* What has left since the last look is confirmed; bus-off is recovered from. TWAI counts its
 * failures and does not say which frame's they were: the oldest's. */
static void wl_can_look(void) {
  twai_status_info_t status;
  if (twai_get_status_info(&status) != ESP_OK) return;
  uint64_t now_ns = wl_board_now_ns();
  while (wl_pending_count > status.msgs_to_tx) {
    uint64_t request = wl_pending[0];
    memmove(wl_pending, wl_pending + 1, --wl_pending_count * sizeof *wl_pending);
    bool failed = wl_failures != status.tx_failed_count;
    if (failed) wl_failures++;
    if (request != 0) wl_can_confirm(request, failed ? WL_CAN_ABORTED : WL_CAN_SENT, 0, now_ns);
  }
  uint8_t state = wl_can_state_of(&status);
  if (state != wl_can_state_last) wl_can_event(0, WL_CAN_EVENT_STATE, state, now_ns);
  wl_can_state_last = state;
  if (status.state == TWAI_STATE_BUS_OFF) (void)twai_initiate_recovery();
  if (status.state == TWAI_STATE_STOPPED) (void)twai_start();
}

int wl_board_transmit(const wl_frame_t *frame, uint64_t request) {
  twai_message_t message = {.extd = frame->extended,
                            .rtr = frame->remote,
                            .identifier = frame->id,
                            .data_length_code = frame->length_bytes};
  if (frame->bus != 0) return WL_CAN_UNSUPPORTED;
  wl_can_look();
  if (wl_can_state_last == WL_CAN_BUS_OFF) return WL_CAN_IS_BUS_OFF;
  if (wl_pending_count == CAN_PENDING) return WL_CAN_QUEUE_FULL;
  memcpy(message.data, frame->data, frame->length_bytes);
  if (twai_transmit(&message, 0) != ESP_OK) return WL_CAN_QUEUE_FULL;
  wl_pending[wl_pending_count++] = request;
  return WL_CAN_TAKEN;
}

/* TWAI can only withdraw all that waits. */
int wl_board_abort(uint16_t bus, uint64_t request) {
  (void)bus, (void)request;
  return WL_CAN_UNSUPPORTED;
}

wl_can_status_t wl_board_can_status(uint16_t bus) {
  twai_status_info_t status = {0};
  (void)bus;
  (void)twai_get_status_info(&status);
  return (wl_can_status_t){.transmit_errors = (uint16_t)status.tx_error_counter,
                           .receive_errors = (uint16_t)status.rx_error_counter,
                           .state = wl_can_state_of(&status)};
}

bool wl_board_receive(wl_frame_t *frame) {
  twai_message_t message;
  if (wl_system.can_count == 0) return false;
  wl_can_look();
  if (twai_receive(&message, 0) != ESP_OK) return false;
  *frame = (wl_frame_t){.id = message.identifier,
                        .extended = message.extd,
                        .remote = message.rtr,
                        .length_bytes = message.data_length_code > 8 ? 8 : message.data_length_code};
  memcpy(frame->data, message.data, frame->length_bytes);
  return true;
}

uint64_t wl_board_random(void) { return (uint64_t)esp_random() << 32 | esp_random(); }

int wl_board_i2c(uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count) {
  i2c_master_dev_handle_t device;
  const i2c_device_config_t config = {.dev_addr_length = I2C_ADDR_BIT_LEN_7,
                                      .device_address = address,
                                      .scl_speed_hz = I2C_HZ};
  esp_err_t done = ESP_ERR_NOT_SUPPORTED;
  if (bus != 0 || address > 0x7f) return WL_I2C_OTHER;
  if (i2c_master_bus_add_device(wl_bus, &config, &device) != ESP_OK) return WL_I2C_OTHER;
  if (count == 1 && operations[0].read)
    done = i2c_master_receive(device, operations[0].bytes, operations[0].count, I2C_TIMEOUT_MS);
  else if (count == 1)
    done = i2c_master_transmit(device, operations[0].bytes, operations[0].count, I2C_TIMEOUT_MS);
  else if (count == 2 && !operations[0].read && operations[1].read)
    done = i2c_master_transmit_receive(device, operations[0].bytes, operations[0].count,
                                       operations[1].bytes, operations[1].count, I2C_TIMEOUT_MS);
  (void)i2c_master_bus_rm_device(device);
  if (done == ESP_OK) return WL_I2C_DONE;
  if (done == ESP_ERR_NOT_SUPPORTED) return WL_I2C_OTHER;
  return done == ESP_ERR_TIMEOUT ? WL_I2C_BUS : WL_I2C_NO_ACKNOWLEDGE_ADDRESS;
}

void app_main(void) { wl_run(); }
