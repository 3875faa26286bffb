/* `autosar:can/controllers`: what drivers and gateways see of a CAN controller: states, requests and
 * their confirmations, received frames, events. As `ecu-host/src/controller.rs` has it. Knows no
 * wire, and no form of a frame in the guest's memory. */
#include "can.h"

static uint8_t wl_ring_push(wl_ring_t *ring) {
  if (ring->count == WL_CAN_WAITING) {
    ring->head = (uint8_t)((ring->head + 1) % WL_CAN_WAITING);
    ring->count--;
  }
  return (uint8_t)((ring->head + ring->count++) % WL_CAN_WAITING);
}

static uint8_t wl_ring_pop(wl_ring_t *ring) {
  uint8_t place = ring->head;
  ring->head = (uint8_t)((ring->head + 1) % WL_CAN_WAITING);
  ring->count--;
  return place;
}

wl_can_t *wl_can_of(const wl_caller_t *c, uint32_t handle) {
  return &c->partition->controllers[wl_handle(c->partition, c->table, handle, WL_HANDLE_CAN)->object];
}

void wl_can_open(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  const uint8_t *text = wl_bytes(c, name, bytes);
  bool attached = !wl_replays || wl_ask_has(WL_ASK_HAS_CAN, text, bytes);
  for (uint16_t bus = 0; bus < wl_system.can_count && attached; bus++) {
    if (!wl_is_named(wl_system.can_buses[bus], text, bytes)) continue;
    for (uint16_t i = 0; i < c->partition->controller_count; i++) {
      wl_can_t *controller = &c->partition->controllers[i];
      if (controller->used) continue;
      memset(controller, 0, sizeof *controller);
      controller->used = 1;
      controller->bus = bus;
      controller->state = WL_CAN_STOPPED;
      *wl_bytes(c, result, 1) = 0;
      wl_write_u32(c, result + 4, wl_handle_new(c->partition, c->made, WL_HANDLE_CAN, i));
      return;
    }
    wl_trap(WL_TRAP_HANDLES);
  }
  wl_can_answer_error(c, result, 4, WL_CAN_UNKNOWN_BUS);
}

/* ---- states ---- */

uint32_t wl_can_state(const wl_caller_t *c, uint32_t handle) { return wl_can_of(c, handle)->state; }

static void wl_can_change(const wl_caller_t *c, uint32_t handle, uint32_t result, uint8_t from,
                          uint8_t to) {
  wl_can_t *controller = wl_can_of(c, handle);
  if (!wl_can_is(c, controller, from, result, 4)) return;
  controller->state = to;
  *wl_bytes(c, result, 1) = 0;
}

void wl_can_start(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_can_change(c, handle, result, WL_CAN_STOPPED, WL_CAN_STARTED);
}

void wl_can_sleep(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_can_change(c, handle, result, WL_CAN_STOPPED, WL_CAN_SLEEP);
}

void wl_can_wake(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_can_change(c, handle, result, WL_CAN_SLEEP, WL_CAN_STOPPED);
}

static int wl_can_withdraw(uint16_t bus, uint64_t request) {
  return wl_replays ? wl_ask_abort(bus, request) : wl_board_abort(bus, request);
}

/* Waiting requests are withdrawn as far as the board can do that. */
void wl_can_stop(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_can_t *controller = wl_can_of(c, handle);
  if (!wl_can_is(c, controller, WL_CAN_STARTED, result, 4)) return;
  controller->state = WL_CAN_STOPPED;
  uint64_t waiting[WL_CAN_WAITING];
  uint8_t count = controller->request_ring.count;
  /* A confirmation that comes at once changes the ring. */
  for (uint8_t i = 0; i < count; i++)
    waiting[i] = controller->requests[(controller->request_ring.head + i) % WL_CAN_WAITING];
  for (uint8_t i = 0; i < count; i++) (void)wl_can_withdraw(controller->bus, waiting[i]);
  *wl_bytes(c, result, 1) = 0;
}

static wl_can_status_t wl_can_status(const wl_caller_t *c, uint32_t handle) {
  uint16_t bus = wl_can_of(c, handle)->bus;
  if (!wl_replays) return wl_board_can_status(bus);
  wl_can_status_t status;
  if (!wl_ask_can_status(bus, &status)) wl_trap(WL_TRAP_MISUSE);
  return status;
}

uint32_t wl_can_error_state(const wl_caller_t *c, uint32_t handle) {
  return wl_can_status(c, handle).state;
}

uint32_t wl_can_rate_hz(const wl_can_t *controller) {
  uint16_t bus = controller->bus;
  return wl_replays ? wl_ask_can_rate(bus) : wl_system.can_rates_bps[bus];
}

void wl_can_counters(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  wl_can_status_t status = wl_can_status(c, handle);
  uint8_t *counters = wl_bytes(c, result, 4);
  memcpy(counters, &status.transmit_errors, 2);
  memcpy(counters + 2, &status.receive_errors, 2);
}

/* ---- requests ---- */

static bool wl_can_request_place(const wl_can_t *controller, uint64_t request, uint8_t *place) {
  for (uint8_t i = 0; i < controller->request_ring.count; i++)
    if (controller->requests[(controller->request_ring.head + i) % WL_CAN_WAITING] == request) {
      *place = i;
      return true;
    }
  return false;
}

static void wl_can_forget(wl_can_t *controller, uint8_t place) {
  wl_ring_t *ring = &controller->request_ring;
  for (; place + 1 < ring->count; place++)
    controller->requests[(ring->head + place) % WL_CAN_WAITING] =
        controller->requests[(ring->head + place + 1) % WL_CAN_WAITING];
  ring->count--;
}

uint64_t wl_can_request(const wl_partition_t *partition) {
  uint64_t number = 0;
  while (wl_system.partitions[number] != partition) number++;
  return number << 48 | ++partition->state->request;
}

/* The number is known before the board has the frame: it may confirm at once. */
int wl_can_send(const wl_caller_t *c, wl_can_t *controller, const wl_frame_t *frame, bool once,
                uint64_t *request) {
  uint8_t place;
  /* No controller here sends a frame once and no more. */
  if (once && !wl_replays) return WL_CAN_UNSUPPORTED;
  *request = wl_can_request(c->partition);
  controller->requests[wl_ring_push(&controller->request_ring)] = *request;
  int taken = wl_replays ? wl_ask_transmit(frame, *request, once)
                         : wl_board_transmit(frame, *request);
  if (taken != WL_CAN_TAKEN && wl_can_request_place(controller, *request, &place))
    wl_can_forget(controller, place);
  return taken;
}

void wl_can_abort(const wl_caller_t *c, uint32_t handle, uint64_t request, uint32_t result) {
  uint8_t place;
  wl_can_t *controller = wl_can_of(c, handle);
  if (!wl_can_request_place(controller, request, &place)) {
    wl_can_answer_invalid(c, result, 4, "no request of that number waits at this controller");
    return;
  }
  wl_can_answer_board(c, result, 4, wl_can_withdraw(controller->bus, request));
}

static void wl_can_note(wl_can_t *controller, uint8_t event, uint8_t detail, uint64_t at_ns) {
  controller->events[wl_ring_push(&controller->event_ring)] =
      (wl_can_event_t){.at_ns = at_ns, .event = event, .detail = detail};
}

void wl_can_confirm(uint64_t request, uint8_t outcome, uint8_t error, uint64_t at_ns) {
  for (uint16_t i = 0; i < wl_system.partition_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[i];
    for (uint16_t j = 0; j < partition->controller_count; j++) {
      uint8_t place;
      wl_can_t *controller = &partition->controllers[j];
      if (!controller->used || !wl_can_request_place(controller, request, &place)) continue;
      wl_can_forget(controller, place);
      controller->confirmations[wl_ring_push(&controller->confirmation_ring)] =
          (wl_can_confirmation_t){
              .request = request, .at_ns = at_ns, .outcome = outcome, .error = error};
      return;
    }
  }
}

void wl_can_event(uint16_t bus, uint8_t event, uint8_t detail, uint64_t at_ns) {
  for (uint16_t i = 0; i < wl_system.partition_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[i];
    for (uint16_t j = 0; j < partition->controller_count; j++) {
      wl_can_t *controller = &partition->controllers[j];
      if (controller->used && controller->state == WL_CAN_STARTED && controller->bus == bus)
        wl_can_note(controller, event, detail, at_ns);
    }
  }
}

/* ---- reception ---- */

static bool wl_can_passes(const wl_can_t *controller, const wl_frame_t *frame) {
  for (uint8_t i = 0; i < controller->filter_count; i++) {
    const wl_can_filter_t *filter = &controller->filters[i];
    if (filter->extended == frame->extended && ((filter->id ^ frame->id) & filter->mask) == 0)
      return true;
  }
  return controller->filter_count == 0;
}

void wl_can_receive(const wl_partition_t *partition, const wl_frame_t *frame, uint64_t now_ns) {
  for (uint16_t i = 0; i < partition->controller_count; i++) {
    wl_can_t *controller = &partition->controllers[i];
    if (!controller->used || controller->state != WL_CAN_STARTED ||
        controller->bus != frame->bus || !wl_can_passes(controller, frame))
      continue;
    if (controller->received_ring.count == WL_CAN_WAITING) {
      /* One event tells of all that are lost in a row; their number comes with a frame. */
      if (controller->lost == 0) wl_can_note(controller, WL_CAN_EVENT_OVERRUN, 0, now_ns);
      if (controller->lost < UINT32_MAX) controller->lost++;
      continue;
    }
    controller->received[wl_ring_push(&controller->received_ring)] =
        (wl_can_received_t){.frame = *frame, .lost = controller->lost, .at_ns = now_ns};
    controller->lost = 0;
  }
}

const wl_can_received_t *wl_can_oldest(wl_can_t *controller) {
  if (controller->received_ring.count == 0) return NULL;
  return &controller->received[wl_ring_pop(&controller->received_ring)];
}

const wl_can_confirmation_t *wl_can_oldest_confirmation(wl_can_t *controller) {
  if (controller->confirmation_ring.count == 0) return NULL;
  return &controller->confirmations[wl_ring_pop(&controller->confirmation_ring)];
}

const wl_can_event_t *wl_can_oldest_event(wl_can_t *controller) {
  if (controller->event_ring.count == 0) return NULL;
  return &controller->events[wl_ring_pop(&controller->event_ring)];
}
