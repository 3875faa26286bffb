/* `wireloom:ecu`: clock, meter, elements, frames, probes; and the host's side of the canonical ABI:
 * reading and writing the guest's memory, room in it by its realloc. Knows no board's registers. */
#include "wireloom.h"

uint8_t *wl_bytes(const wl_caller_t *caller, uint32_t address, uint32_t bytes) {
  if (caller->memory == NULL || (uint64_t)address + bytes > caller->memory->size)
    wl_trap(WASM_RT_TRAP_OOB);
  return caller->memory->data + address;
}

/* The guest's function runs as its own code: it may be interrupted, and must not call out. */
uint32_t wl_allocate(const wl_caller_t *caller, uint32_t align, uint32_t bytes) {
  if (caller->realloc == NULL) wl_trap(WL_TRAP_ABI);
  uint32_t may_leave = caller->flags == NULL ? 0 : *caller->flags;
  if (caller->flags != NULL) *caller->flags = 0;
  wl_leave();
  uint32_t address = caller->realloc(0, 0, align, bytes);
  wl_in_host = 1;
  if (caller->flags != NULL) *caller->flags = may_leave;
  if ((address & (align - 1)) != 0) wl_trap(WL_TRAP_ABI);
  (void)wl_bytes(caller, address, bytes);
  return address;
}

void wl_write_u32(const wl_caller_t *caller, uint32_t address, uint32_t value) {
  if ((address & 3u) != 0) wl_trap(WL_TRAP_ABI);
  memcpy(wl_bytes(caller, address, 4), &value, 4);
}

uint32_t wl_read_u32(const wl_caller_t *caller, uint32_t address) {
  uint32_t value;
  if ((address & 3u) != 0) wl_trap(WL_TRAP_ABI);
  memcpy(&value, wl_bytes(caller, address, 4), 4);
  return value;
}

void wl_write_u64(const wl_caller_t *caller, uint32_t address, uint64_t value) {
  if ((address & 7u) != 0) wl_trap(WL_TRAP_ABI);
  memcpy(wl_bytes(caller, address, 8), &value, 8);
}

void wl_write_list(const wl_caller_t *caller, uint32_t place, const void *bytes, uint32_t count) {
  uint32_t address = wl_allocate(caller, 1, count);
  memcpy(wl_bytes(caller, address, count), bytes, count);
  wl_write_u32(caller, place, address);
  wl_write_u32(caller, place + 4, count);
}

void wl_write_text(const wl_caller_t *caller, uint32_t place, const char *text) {
  wl_write_list(caller, place, text, (uint32_t)strlen(text));
}

void wl_write_words(const wl_caller_t *caller, uint32_t place, const char *before, uint32_t address,
                    uint32_t bytes, const char *behind) {
  uint32_t first = (uint32_t)strlen(before), last = (uint32_t)strlen(behind);
  uint32_t text = wl_allocate(caller, 1, first + bytes + last);
  uint8_t *to = wl_bytes(caller, text, first + bytes + last);
  memcpy(to, before, first);
  memcpy(to + first, wl_bytes(caller, address, bytes), bytes);
  memcpy(to + first + bytes, behind, last);
  wl_write_u32(caller, place, text);
  wl_write_u32(caller, place + 4, first + bytes + last);
}

bool wl_is_named(const char *name, const uint8_t *text, uint32_t bytes) {
  return strlen(name) == bytes && memcmp(name, text, bytes) == 0;
}

uint64_t wl_clock_now(const wl_caller_t *c) {
  (void)c;
  return wl_now_ns();
}

static uint8_t wl_element(const wl_caller_t *c, uint32_t element, uint8_t direction) {
  if (element >= c->partition->element_count) wl_trap(WL_TRAP_MISUSE);
  uint8_t kind = c->partition->element_kinds[element];
  if ((kind & ~WL_WANTED) != direction) wl_trap(WL_TRAP_MISUSE);
  return kind;
}

void wl_elements_publish(const wl_caller_t *c, uint32_t element, uint32_t data, uint32_t bytes) {
  uint8_t kind = wl_element(c, element, WL_OUT);
  const uint8_t *value = wl_bytes(c, data, bytes);
  wl_trace_publish(c->partition, element, value, bytes);
  if (wl_replays) wl_tell_published(c, element, value, bytes);
  if ((kind & WL_WANTED) == 0) return;
  if (!wl_mailbox_put(c->partition->published, (uint16_t)element, value, bytes))
    c->partition->state->lost++;
}

void wl_elements_refuse(const wl_caller_t *c, uint32_t element) {
  if (element >= c->partition->element_count) wl_trap(WL_TRAP_MISUSE);
  c->partition->state->values_refused++;
  wl_trace_refuse(c->partition, element);
  if (wl_replays) wl_tell_refused(c, element);
}

/* An option of a list: its case, then address and length. */
static void wl_answer(const wl_caller_t *c, wl_mailbox_t *box, uint32_t result) {
  wl_message_t message;
  uint8_t *some = wl_bytes(c, result, 1);
  if (!wl_mailbox_take(box, &message)) {
    *some = 0;
    return;
  }
  uint32_t address = wl_allocate(c, 1, message.bytes);
  wl_message_read(&message, wl_bytes(c, address, message.bytes));
  wl_message_free(&message);
  *wl_bytes(c, result, 1) = 1;
  wl_write_u32(c, result + 4, address);
  wl_write_u32(c, result + 8, message.bytes);
}

void wl_elements_take(const wl_caller_t *c, uint32_t element, uint32_t result) {
  (void)wl_element(c, element, WL_IN);
  wl_answer(c, &c->partition->inboxes[element], result);
}

static const wl_pdu_t *wl_pdu(const wl_caller_t *c, uint32_t pdu, uint8_t direction) {
  if (pdu >= c->partition->pdu_count || c->partition->pdus[pdu].direction != direction)
    wl_trap(WL_TRAP_MISUSE);
  return &c->partition->pdus[pdu];
}

void wl_frames_transmit(const wl_caller_t *c, uint32_t pdu, uint32_t data, uint32_t bytes) {
  const wl_pdu_t *entry = wl_pdu(c, pdu, WL_OUT);
  if (bytes != entry->length_bytes) wl_trap(WL_TRAP_MISUSE);
  wl_frame_t frame = {.id = entry->id,
                      .bus = entry->bus,
                      .extended = entry->extended,
                      .length_bytes = entry->length_bytes};
  memcpy(frame.data, wl_bytes(c, data, bytes), bytes);
  /* Nobody waits for its confirmation: only a tester hears its number. */
  uint64_t request = wl_can_request(c->partition);
  int taken = wl_replays ? wl_ask_transmit(&frame, request, false) : wl_board_transmit(&frame, 0);
  if (taken != WL_CAN_TAKEN) c->partition->state->lost++;
}

void wl_frames_take(const wl_caller_t *c, uint32_t pdu, uint32_t result) {
  (void)wl_pdu(c, pdu, WL_IN);
  wl_answer(c, &c->partition->mailboxes[pdu], result);
}

/* Probes are for who looks on: an image keeps nothing of them. */
void wl_probes_called(const wl_caller_t *c, uint32_t probe, uint32_t function, uint32_t data,
                      uint32_t bytes) {
  if (wl_replays) wl_tell_probe(c, false, probe, function, wl_bytes(c, data, bytes), bytes);
}

void wl_probes_returned(const wl_caller_t *c, uint32_t probe, uint32_t function, uint32_t data,
                        uint32_t bytes) {
  if (wl_replays) wl_tell_probe(c, true, probe, function, wl_bytes(c, data, bytes), bytes);
}

void wl_probes_pause(const wl_caller_t *c) { (void)c; }

/* UTF-8 as Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF. */
static bool wl_is_utf8(const uint8_t *text, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes;) {
    uint8_t lead = text[i++];
    uint8_t low = 0x80, high = 0xbf;
    uint32_t more;
    if (lead < 0x80) continue;
    if (lead >= 0xc2 && lead <= 0xdf) more = 1;
    else if (lead >= 0xe0 && lead <= 0xef) more = 2;
    else if (lead >= 0xf0 && lead <= 0xf4) more = 3;
    else return false;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    if (more > bytes - i) return false;
    for (; more > 0; more--, low = 0x80, high = 0xbf) {
      uint8_t next = text[i++];
      if (next < low || next > high) return false;
    }
  }
  return true;
}

void wl_copy_utf8(const wasm_rt_memory_t *from, wasm_rt_memory_t *to, uint32_t address,
                  uint32_t bytes, uint32_t to_address) {
  if ((uint64_t)address + bytes > from->size || (uint64_t)to_address + bytes > to->size)
    wl_trap(WASM_RT_TRAP_OOB);
  if (!wl_is_utf8(from->data + address, bytes)) wl_trap(WL_TRAP_ABI);
  memcpy(to->data + to_address, from->data + address, bytes);
}
