/* What the two halves of `wasi:gpio` tell each other: pins.c knows what a pin has now, watches.c what
 * is waited for. */
#ifndef WL_PINS_H
#define WL_PINS_H
#include "wireloom.h"

const wl_pin_t *wl_pin(const wl_caller_t *c, uint32_t handle);
/* The case of a result, and of its error: true where there is none. */
bool wl_pin_answered(const wl_caller_t *c, uint32_t result, wl_outcome_t outcome);

#endif
