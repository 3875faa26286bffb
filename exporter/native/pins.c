/* `wasi:gpio`: digital and analog pins by the names of the system. What is "active" is said here;
 * a board knows levels and numbers. Watches are in watches.c. Knows no controller. */
#include "pins.h"

/* Whether a pin may be used that way; a pin for both may be used either way. */
static uint32_t wl_open_pin(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint8_t direction,
                            bool analog) {
  const uint8_t *text = wl_bytes(c, name, bytes);
  if (wl_replays && !wl_ask_pin(text, bytes)) wl_trap(WL_TRAP_MISUSE);
  for (uint16_t i = 0; i < wl_system.pin_count; i++) {
    const wl_pin_t *pin = &wl_system.pins[i];
    if (!wl_is_named(pin->name, text, bytes)) continue;
    bool goes = pin->direction == direction || pin->direction == WL_PIN_IN_OUT;
    if (!goes || (pin->full_scale > 0) != analog) break;
    return wl_handle_new(c->partition, c->made, WL_HANDLE_PIN, i);
  }
  wl_trap(WL_TRAP_MISUSE);
}

uint32_t wl_open_digital_out(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  return wl_open_pin(c, name, bytes, WL_PIN_OUT, false);
}

uint32_t wl_open_digital_in(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  return wl_open_pin(c, name, bytes, WL_PIN_IN, false);
}

uint32_t wl_open_digital_in_out(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  return wl_open_pin(c, name, bytes, WL_PIN_IN_OUT, false);
}

uint32_t wl_open_analog_out(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  return wl_open_pin(c, name, bytes, WL_PIN_OUT, true);
}

uint32_t wl_open_analog_in(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  return wl_open_pin(c, name, bytes, WL_PIN_IN, true);
}

uint32_t wl_open_analog_in_out(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  return wl_open_pin(c, name, bytes, WL_PIN_IN_OUT, true);
}

const wl_pin_t *wl_pin(const wl_caller_t *c, uint32_t handle) {
  return &wl_system.pins[wl_handle(c->partition, c->table, handle, WL_HANDLE_PIN)->object];
}

bool wl_pin_answered(const wl_caller_t *c, uint32_t result, wl_outcome_t outcome) {
  bool served = outcome.error == WL_SERVED;
  *wl_bytes(c, result, 1) = !served;
  if (served) return true;
  *wl_bytes(c, result + 4, 1) = outcome.error;
  if (outcome.error == WL_GPIO_OTHER) wl_write_text(c, result + 8, outcome.words);
  return false;
}

/* ---- what every pin has ---- */

/* `digital-config`: label, mode of the handle, active level, resistor. */
static void wl_digital_config(const wl_caller_t *c, uint32_t handle, uint8_t mode, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  wl_write_text(c, result, pin->name);
  uint8_t *more = wl_bytes(c, result + 8, 4);
  more[0] = mode;
  more[1] = pin->active_low;
  more[2] = pin->pull != WL_PULL_NONE;
  more[3] = pin->pull == WL_PULL_DOWN;
}

void wl_digital_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_digital_config(c, handle, WL_PIN_OUT, result);
}

void wl_digital_in_config(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_digital_config(c, handle, WL_PIN_IN, result);
}

void wl_digital_in_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_digital_config(c, handle, WL_PIN_IN_OUT, result);
}

static void wl_analog_config(const wl_caller_t *c, uint32_t handle, uint8_t mode, uint32_t result) {
  wl_write_text(c, result, wl_pin(c, handle)->name);
  *wl_bytes(c, result + 8, 1) = mode;
}

void wl_analog_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_analog_config(c, handle, WL_PIN_OUT, result);
}

void wl_analog_in_config(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_analog_config(c, handle, WL_PIN_IN, result);
}

void wl_analog_in_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_analog_config(c, handle, WL_PIN_IN_OUT, result);
}

/* A pin can be used from the start of the board on. */
uint32_t wl_pin_ready(const wl_caller_t *c, uint32_t handle) {
  (void)wl_pin(c, handle);
  return wl_poll_at(c, wl_now_ns());
}

/* `wasi:gpio/delay`: waits within the activation. */
void wl_gpio_delay_ns(const wl_caller_t *c, uint32_t delay) {
  (void)c;
  wl_wait_until(wl_now_ns() + delay);
}

void wl_gpio_delay_us(const wl_caller_t *c, uint32_t delay) {
  (void)c;
  wl_wait_until(wl_now_ns() + delay * (uint64_t)1000u);
}

void wl_gpio_delay_ms(const wl_caller_t *c, uint32_t delay) {
  (void)c;
  wl_wait_until(wl_now_ns() + delay * (uint64_t)1000000u);
}

/* ---- levels ---- */

static wl_outcome_t wl_pin_digital_read(const wl_pin_t *pin, bool *high) {
  return wl_replays ? wl_ask_digital_read(pin, high) : wl_board_digital_read(pin, high);
}

static wl_outcome_t wl_pin_digital_write(const wl_pin_t *pin, bool high) {
  return wl_replays ? wl_ask_digital_write(pin, high) : wl_board_digital_write(pin, high);
}

static wl_outcome_t wl_pin_analog_read(const wl_pin_t *pin, uint32_t *value) {
  return wl_replays ? wl_ask_analog_read(pin, value) : wl_board_analog_read(pin, value);
}

static wl_outcome_t wl_pin_analog_write(const wl_pin_t *pin, uint32_t value) {
  return wl_replays ? wl_ask_analog_write(pin, value) : wl_board_analog_write(pin, value);
}

static void wl_pin_set(const wl_caller_t *c, uint32_t handle, bool active, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  (void)wl_pin_answered(c, result, wl_pin_digital_write(pin, active != pin->active_low));
}

/* `pin-state`: active, inactive. */
void wl_digital_set_state(const wl_caller_t *c, uint32_t handle, uint32_t state, uint32_t result) {
  if (state > 1) wl_trap(WL_TRAP_ABI);
  wl_pin_set(c, handle, state == 0, result);
}

void wl_digital_set_active(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_pin_set(c, handle, true, result);
}

void wl_digital_set_inactive(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_pin_set(c, handle, false, result);
}

void wl_digital_toggle(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  bool high = false;
  wl_outcome_t outcome = wl_pin_digital_read(pin, &high);
  if (outcome.error == WL_SERVED) outcome = wl_pin_digital_write(pin, !high);
  (void)wl_pin_answered(c, result, outcome);
}

/* A byte behind the case: 1 where the state is `if_active`'s. */
static void wl_pin_state(const wl_caller_t *c, uint32_t handle, bool if_active, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  bool high = false;
  wl_outcome_t outcome = wl_pin_digital_read(pin, &high);
  bool active = high != pin->active_low;
  if (wl_pin_answered(c, result, outcome)) *wl_bytes(c, result + 4, 1) = active == if_active;
}

/* The case `inactive` is 1. */
void wl_digital_read(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_pin_state(c, handle, false, result);
}

void wl_digital_is_active(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_pin_state(c, handle, true, result);
}

void wl_digital_is_inactive(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_pin_state(c, handle, false, result);
}

/* ---- numbers: a pin that is active at the low level counts downwards ---- */

static uint32_t wl_turned(const wl_pin_t *pin, uint32_t value) {
  if (value > pin->full_scale) value = pin->full_scale;
  return pin->active_low ? pin->full_scale - value : value;
}

void wl_analog_set_raw(const wl_caller_t *c, uint32_t handle, uint32_t value, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  (void)wl_pin_answered(c, result, wl_pin_analog_write(pin, wl_turned(pin, value)));
}

void wl_analog_set(const wl_caller_t *c, uint32_t handle, float fraction, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  if (!(fraction >= 0.0f && fraction <= 1.0f)) {
    wl_outcome_t refused = {.error = WL_GPIO_OTHER, .words = "a value is 0 to 1"};
    (void)wl_pin_answered(c, result, refused);
    return;
  }
  /* Half a step more, so that the nearest number is taken. */
  uint32_t steps = (uint32_t)((double)fraction * (double)pin->full_scale + 0.5);
  wl_analog_set_raw(c, handle, steps, result);
}

void wl_analog_read_raw(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  uint32_t value = 0;
  wl_outcome_t outcome = wl_pin_analog_read(pin, &value);
  if (wl_pin_answered(c, result, outcome)) wl_write_u32(c, result + 4, wl_turned(pin, value));
}

void wl_analog_read(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  uint32_t value = 0;
  wl_outcome_t outcome = wl_pin_analog_read(pin, &value);
  if (!wl_pin_answered(c, result, outcome)) return;
  float fraction = (float)((double)wl_turned(pin, value) / (double)pin->full_scale);
  memcpy(wl_bytes(c, result + 4, sizeof fraction), &fraction, sizeof fraction);
}
