/* What the two halves of `autosar:can` tell each other: can.c knows queues and states, can_types.c
 * the forms of the canonical ABI. */
#ifndef WL_CAN_H
#define WL_CAN_H
#include "wireloom.h"

/* Cases of `error`. */
enum {
  WL_CAN_UNKNOWN_BUS,
  WL_CAN_WRONG_STATE,
  WL_CAN_FULL,
  WL_CAN_INVALID,
  WL_CAN_NOT_SUPPORTED,
  WL_CAN_OFF
};

wl_can_t *wl_can_of(const wl_caller_t *c, uint32_t handle);
int wl_can_send(const wl_caller_t *c, wl_can_t *controller, const wl_frame_t *frame, bool once,
                uint64_t *request);
/* 0 where it is not known. */
uint32_t wl_can_rate_hz(const wl_can_t *controller);
/* NULL: none waits. */
const wl_can_received_t *wl_can_oldest(wl_can_t *controller);
const wl_can_confirmation_t *wl_can_oldest_confirmation(wl_can_t *controller);
const wl_can_event_t *wl_can_oldest_event(wl_can_t *controller);

/* Answers of the form `result<_, error>`, whose payload is `offset` bytes behind its case. */
void wl_can_answer_error(const wl_caller_t *c, uint32_t result, uint32_t offset, uint8_t error);
void wl_can_answer_invalid(const wl_caller_t *c, uint32_t result, uint32_t offset,
                           const char *rule);
void wl_can_answer_board(const wl_caller_t *c, uint32_t result, uint32_t offset, int taken);
/* Answers `wrong-state` where the controller is in another. */
bool wl_can_is(const wl_caller_t *c, const wl_can_t *controller, uint8_t state, uint32_t result,
               uint32_t offset);

#endif
