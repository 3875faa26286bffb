/* Watches of `wasi:gpio`: pollables that are ready once a level or an edge was at a pin. A watch is no
 * interrupt: a task that runs asks its pollables, or waits for one. A board tells whether a level has
 * changed meanwhile, so that a short pulse between two looks counts. Numbers of analog pins are not
 * watched: who wants them reads them. Knows no controller. */
#include "pins.h"

/* A level that changes while it is looked at is looked at again, so often. */
#define WL_LOOKS 8

/* Takes up what the pin did since the last look. */
static wl_outcome_t wl_look(uint16_t number) {
  const wl_pin_t *pin = &wl_system.pins[number];
  wl_pin_state_t *state = &wl_system.pin_states[number];
  bool high = false, changed = false;
  wl_outcome_t outcome;
  for (uint32_t i = 0; i < WL_LOOKS; i++) {
    outcome = wl_board_digital_read(pin, &high);
    if (outcome.error != WL_SERVED) return outcome;
    if (!wl_board_digital_changed(pin)) break;
    changed = true;
  }
  if (high != state->high || changed) state->edges[high]++;
  /* Back where it was: there and to here. */
  if (high == state->high && changed) state->edges[!high]++;
  state->high = high;
  return outcome;
}

/* The edges after which a condition holds: those to its level; a level that the pin had already, and
 * left, was there as well. */
static uint32_t wl_edges(const wl_handle_t *watch) {
  const wl_pin_state_t *state = &wl_system.pin_states[watch->object];
  if (watch->watch == WL_WATCH_EDGE) return state->edges[watch->watched];
  return state->edges[0] + state->edges[1];
}

uint64_t wl_watch_ready_ns(wl_handle_t *watch) {
  uint64_t ready_ns = WL_NEVER;
  if (wl_replays) {
    /* One that the board has lost since never becomes ready. */
    (void)wl_ask_pin_ready(watch, &ready_ns);
    return ready_ns;
  }
  if (wl_look(watch->object).error != WL_SERVED) return WL_NEVER;
  bool holds = watch->watch == WL_WATCH_LEVEL &&
               wl_system.pin_states[watch->object].high == watch->watched;
  return holds || wl_edges(watch) != watch->number ? 0 : WL_NEVER;
}

static void wl_watch(const wl_caller_t *c, uint32_t handle, wl_handle_t asked, uint32_t result) {
  uint64_t ready_ns;
  wl_outcome_t outcome = {.error = WL_GPIO_NOT_SUPPORTED};
  asked.object = (uint16_t)(wl_pin(c, handle) - wl_system.pins);
  asked.ready_ns = wl_now_ns();
  if (wl_replays)
    outcome = wl_ask_pin_ready(&asked, &ready_ns);
  else if (asked.watch == WL_WATCH_LEVEL || asked.watch == WL_WATCH_EDGE) {
    outcome = wl_look(asked.object);
    asked.number = wl_edges(&asked);
  }
  if (!wl_pin_answered(c, result, outcome)) return;
  uint32_t made = wl_handle_new(c->partition, c->made, WL_HANDLE_WATCH, asked.object);
  wl_handle_t *watch = &c->partition->state->handles[made - 1];
  watch->ready_ns = asked.ready_ns;
  watch->watch = asked.watch;
  watch->watched = asked.watched;
  watch->number = asked.number;
  wl_write_u32(c, result + 4, made);
}

/* ---- levels: which is active the pin says; edges are those of the level, whichever is active ---- */

static void wl_watch_level(const wl_caller_t *c, uint32_t handle, bool active, uint32_t result) {
  bool high = active != wl_pin(c, handle)->active_low;
  wl_watch(c, handle, (wl_handle_t){.watch = WL_WATCH_LEVEL, .watched = high}, result);
}

void wl_watch_active(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_watch_level(c, handle, true, result);
}

void wl_watch_inactive(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_watch_level(c, handle, false, result);
}

void wl_watch_state(const wl_caller_t *c, uint32_t handle, uint32_t state, uint32_t result) {
  if (state > 1) wl_trap(WL_TRAP_ABI);
  wl_watch_level(c, handle, state == 0, result);
}

void wl_watch_falling(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_watch(c, handle, (wl_handle_t){.watch = WL_WATCH_EDGE, .watched = 0}, result);
}

void wl_watch_rising(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_watch(c, handle, (wl_handle_t){.watch = WL_WATCH_EDGE, .watched = 1}, result);
}

/* ---- numbers: a pin that is active at the low level counts downwards ---- */

static void wl_watch_number(const wl_caller_t *c, uint32_t handle, uint8_t watch, uint32_t number,
                            uint32_t result) {
  const wl_pin_t *pin = wl_pin(c, handle);
  if (pin->active_low) {
    watch = watch == WL_WATCH_ABOVE ? WL_WATCH_BELOW : WL_WATCH_ABOVE;
    number = number < pin->full_scale ? pin->full_scale - number : 0;
  }
  wl_watch(c, handle, (wl_handle_t){.watch = watch, .number = number}, result);
}

/* What a fraction is of the full scale, not below zero and not above what a number holds. */
static double wl_part(const wl_caller_t *c, uint32_t handle, float fraction) {
  double part = (double)fraction * (double)wl_pin(c, handle)->full_scale;
  if (!(part > 0)) return 0;
  return part > (double)UINT32_MAX ? (double)UINT32_MAX : part;
}

void wl_watch_above_raw(const wl_caller_t *c, uint32_t handle, uint32_t number, uint32_t result) {
  wl_watch_number(c, handle, WL_WATCH_ABOVE, number, result);
}

void wl_watch_below_raw(const wl_caller_t *c, uint32_t handle, uint32_t number, uint32_t result) {
  wl_watch_number(c, handle, WL_WATCH_BELOW, number, result);
}

/* Above 2.5 is above 2, since there are no numbers between. */
void wl_watch_above(const wl_caller_t *c, uint32_t handle, float fraction, uint32_t result) {
  wl_watch_number(c, handle, WL_WATCH_ABOVE, (uint32_t)wl_part(c, handle, fraction), result);
}

/* Below 2.5 is below 3. */
void wl_watch_below(const wl_caller_t *c, uint32_t handle, float fraction, uint32_t result) {
  double part = wl_part(c, handle, fraction);
  uint32_t whole = (uint32_t)part;
  wl_watch_number(c, handle, WL_WATCH_BELOW, part > (double)whole ? whole + 1 : whole, result);
}
