/* `autosar:can/types` as they cross the border to a guest, and the rules of ISO 11898-1 that frames,
 * filters and timings keep: classic frames only, at the rate that the bus has. */
#include "can.h"

enum { WL_FORMAT_REMOTE = 1 };
/* Offsets in `received` and its frame. */
enum { WL_FRAME_FORMAT = 8, WL_FRAME_CODE = 9, WL_FRAME_DATA = 12, WL_RECEIVED_TIME = 24,
       WL_RECEIVED_LOST = 32 };
#define WL_FILTER_SIZE 12u

void wl_can_answer_error(const wl_caller_t *c, uint32_t result, uint32_t offset, uint8_t error) {
  *wl_bytes(c, result, 1) = 1;
  *wl_bytes(c, result + offset, 1) = error;
}

void wl_can_answer_invalid(const wl_caller_t *c, uint32_t result, uint32_t offset,
                           const char *rule) {
  wl_can_answer_error(c, result, offset, WL_CAN_INVALID);
  wl_write_text(c, result + offset + 4, rule);
}

void wl_can_answer_board(const wl_caller_t *c, uint32_t result, uint32_t offset, int taken) {
  switch (taken) {
    case WL_CAN_TAKEN: *wl_bytes(c, result, 1) = 0; return;
    case WL_CAN_QUEUE_FULL: wl_can_answer_error(c, result, offset, WL_CAN_FULL); return;
    case WL_CAN_IS_BUS_OFF: wl_can_answer_error(c, result, offset, WL_CAN_OFF); return;
    case WL_CAN_NO_BUS: wl_can_answer_error(c, result, offset, WL_CAN_UNKNOWN_BUS); return;
    default: wl_can_answer_error(c, result, offset, WL_CAN_NOT_SUPPORTED); return;
  }
}

bool wl_can_is(const wl_caller_t *c, const wl_can_t *controller, uint8_t state, uint32_t result,
               uint32_t offset) {
  if (controller->state == state) return true;
  wl_can_answer_error(c, result, offset, WL_CAN_WRONG_STATE);
  *wl_bytes(c, result + offset + 4, 1) = controller->state;
  return false;
}

/* ---- timing ---- */

static const char *wl_can_broken_rule(const wl_can_timing_t *timing) {
  uint16_t width = timing->jump_width;
  if (timing->bit_rate_hz < 1 || timing->bit_rate_hz > 1000000)
    return "a classic bit rate is 1 to 1000000 bit/s";
  if (timing->segment_1 < 2)
    return "segment 1 has one quantum of propagation and one of phase at least";
  if (timing->segment_2 < 1) return "segment 2 has one quantum at least";
  if (width < 1 || width > timing->segment_2 || width >= timing->segment_1)
    return "the synchronisation jump width is 1 quantum at least, no more than a phase segment";
  return NULL;
}

void wl_can_configure(const wl_caller_t *c, uint32_t handle, uint32_t bit_rate_hz,
                      uint32_t segment_1, uint32_t segment_2, uint32_t jump_width, uint32_t has_data,
                      uint32_t data_rate_hz, uint32_t data_segment_1, uint32_t data_segment_2,
                      uint32_t data_jump_width, uint32_t result) {
  (void)data_rate_hz, (void)data_segment_1, (void)data_segment_2, (void)data_jump_width;
  wl_can_t *controller = wl_can_of(c, handle);
  const wl_can_timing_t timing = {.bit_rate_hz = bit_rate_hz,
                                  .segment_1 = (uint16_t)segment_1,
                                  .segment_2 = (uint16_t)segment_2,
                                  .jump_width = (uint16_t)jump_width};
  const char *rule = wl_can_broken_rule(&timing);
  if (!wl_can_is(c, controller, WL_CAN_STOPPED, result, 4)) return;
  if (has_data)
    wl_can_answer_error(c, result, 4, WL_CAN_NOT_SUPPORTED);
  else if (rule != NULL)
    wl_can_answer_invalid(c, result, 4, rule);
  else if (bit_rate_hz != wl_can_rate_hz(controller))
    wl_can_answer_error(c, result, 4, WL_CAN_NOT_SUPPORTED);
  else {
    controller->timing = timing;
    *wl_bytes(c, result, 1) = 0;
  }
}

/* Without `configure`: 16 quanta sampled at 87.5 %, as CiA recommends. */
void wl_can_timing(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  const wl_can_t *controller = wl_can_of(c, handle);
  wl_can_timing_t timing = controller->timing;
  uint32_t rate_hz = wl_can_rate_hz(controller);
  if (timing.bit_rate_hz == 0)
    timing = (wl_can_timing_t){
        .bit_rate_hz = rate_hz, .segment_1 = 13, .segment_2 = 2, .jump_width = 1};
  if (timing.bit_rate_hz == 0) wl_trap(WL_TRAP_MISUSE);
  wl_write_u32(c, result, timing.bit_rate_hz);
  uint8_t *answer = wl_bytes(c, result, 13);
  memcpy(answer + 4, &timing.segment_1, 2);
  memcpy(answer + 6, &timing.segment_2, 2);
  memcpy(answer + 8, &timing.jump_width, 2);
  answer[12] = 0;
}

/* ---- frames ---- */

static const char *wl_can_identifier_rule(uint32_t kind, uint32_t id) {
  if (kind == 0 && id > 0x7ff) return "a standard identifier has 11 bits";
  if (kind == 1 && id > 0x1fffffff) return "an extended identifier has 29 bits";
  return NULL;
}

/* The low half of a flat value of 16 bits. */
static uint32_t wl_can_identifier(uint32_t kind, uint32_t id) { return kind == 0 ? id & 0xffffu : id; }

void wl_can_set_filters(const wl_caller_t *c, uint32_t handle, uint32_t list, uint32_t count,
                        uint32_t result) {
  wl_can_filter_t filters[WL_CAN_FILTERS];
  wl_can_t *controller = wl_can_of(c, handle);
  if (!wl_can_is(c, controller, WL_CAN_STOPPED, result, 4)) return;
  if (count > WL_CAN_FILTERS) {
    wl_can_answer_error(c, result, 4, WL_CAN_NOT_SUPPORTED);
    return;
  }
  (void)wl_bytes(c, list, count * WL_FILTER_SIZE);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t at = list + i * WL_FILTER_SIZE, kind = *wl_bytes(c, at, 1);
    if (kind > 1) wl_trap(WL_TRAP_ABI);
    uint32_t id = wl_can_identifier(kind, wl_read_u32(c, at + 4));
    const char *rule = wl_can_identifier_rule(kind, id);
    if (rule != NULL) {
      wl_can_answer_invalid(c, result, 4, rule);
      return;
    }
    filters[i] = (wl_can_filter_t){
        .id = id, .mask = wl_read_u32(c, at + 8), .extended = (uint8_t)kind};
  }
  memcpy(controller->filters, filters, count * sizeof *filters);
  controller->filter_count = (uint8_t)count;
  *wl_bytes(c, result, 1) = 0;
}

/* Which rule a frame breaks; NULL: none. */
static const char *wl_can_frame_rule(uint32_t kind, uint32_t id, uint32_t format, uint32_t code,
                                     uint32_t bytes) {
  const char *rule = wl_can_identifier_rule(kind, id);
  if (rule != NULL) return rule;
  if (code > 15) return "a length code has 4 bits";
  if ((format & WL_FORMAT_REMOTE) != 0) return bytes > 0 ? "a remote frame carries no data" : NULL;
  return bytes != (code < 8 ? code : 8) ? "data and length code differ" : NULL;
}

void wl_can_transmit(const wl_caller_t *c, uint32_t handle, uint32_t id_kind, uint32_t id,
                     uint32_t format, uint32_t code, uint32_t data, uint32_t bytes,
                     uint32_t attempts, uint32_t result) {
  wl_can_t *controller = wl_can_of(c, handle);
  if (id_kind > 1 || attempts > 1) wl_trap(WL_TRAP_ABI);
  id = wl_can_identifier(id_kind, id);
  format &= 15u;
  code &= 255u;
  const uint8_t *content = wl_bytes(c, data, bytes);
  const char *identifier_rule = wl_can_identifier_rule(id_kind, id);
  const char *rule = wl_can_frame_rule(id_kind, id, format, code, bytes);
  if (!wl_can_is(c, controller, WL_CAN_STARTED, result, 8)) return;
  if (identifier_rule == NULL && format > WL_FORMAT_REMOTE) {
    wl_can_answer_error(c, result, 8, WL_CAN_NOT_SUPPORTED);
    return;
  }
  if (rule != NULL) {
    wl_can_answer_invalid(c, result, 8, rule);
    return;
  }
  wl_frame_t frame = {.id = id,
                      .bus = controller->bus,
                      .extended = (uint8_t)id_kind,
                      .remote = (uint8_t)format,
                      .length_bytes = (uint8_t)(code < 8 ? code : 8)};
  memcpy(frame.data, content, bytes);
  uint64_t request = 0;
  int taken = wl_can_send(c, controller, &frame, attempts == 1, &request);
  wl_can_answer_board(c, result, 8, taken);
  if (taken == WL_CAN_TAKEN) wl_write_u64(c, result + 8, request);
}

/* ---- options: their payload is 8 bytes behind their case ---- */

static void wl_write_u16(const wl_caller_t *c, uint32_t address, uint16_t value) {
  memcpy(wl_bytes(c, address, 2), &value, 2);
}

void wl_can_take(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  const wl_can_received_t *oldest = wl_can_oldest(wl_can_of(c, handle));
  *wl_bytes(c, result, 1) = oldest != NULL;
  if (oldest == NULL) return;
  const wl_frame_t *frame = &oldest->frame;
  uint32_t at = result + 8;
  *wl_bytes(c, at, 1) = frame->extended;
  if (frame->extended)
    wl_write_u32(c, at + 4, frame->id);
  else
    wl_write_u16(c, at + 4, (uint16_t)frame->id);
  *wl_bytes(c, at + WL_FRAME_FORMAT, 1) = frame->remote ? WL_FORMAT_REMOTE : 0;
  *wl_bytes(c, at + WL_FRAME_CODE, 1) = frame->length_bytes;
  wl_write_u64(c, at + WL_RECEIVED_TIME, oldest->at_ns);
  wl_write_u32(c, at + WL_RECEIVED_LOST, oldest->lost);
  wl_write_list(c, at + WL_FRAME_DATA, frame->data, frame->remote ? 0 : frame->length_bytes);
}

void wl_can_confirmed(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  const wl_can_confirmation_t *oldest = wl_can_oldest_confirmation(wl_can_of(c, handle));
  *wl_bytes(c, result, 1) = oldest != NULL;
  if (oldest == NULL) return;
  wl_write_u64(c, result + 8, oldest->request);
  *wl_bytes(c, result + 16, 1) = oldest->outcome;
  *wl_bytes(c, result + 17, 1) = oldest->error;
  wl_write_u64(c, result + 24, oldest->at_ns);
}

void wl_can_next_event(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  const wl_can_event_t *oldest = wl_can_oldest_event(wl_can_of(c, handle));
  *wl_bytes(c, result, 1) = oldest != NULL;
  if (oldest == NULL) return;
  *wl_bytes(c, result + 8, 1) = oldest->event;
  *wl_bytes(c, result + 9, 1) = oldest->detail;
  wl_write_u64(c, result + 16, oldest->at_ns);
}
