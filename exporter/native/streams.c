/* `wasi:io/streams` and `wasi:cli/std*`: output goes to the board's log at once, input is at its
 * end. Knows no serial line. */
#include "wireloom.h"

/* What may be written in one call. */
#define WL_WRITE_BYTES 65536u
/* The case of `stream-error`. */
enum { WL_STREAM_CLOSED = 1 };
/* Both go to one log; a tester is told which it was. */
enum { WL_STREAM_OUTPUT, WL_STREAM_ERROR };

uint32_t wl_stream_input(const wl_caller_t *c) {
  return wl_handle_new(c->partition, c->made, WL_HANDLE_INPUT, 0);
}

uint32_t wl_stream_output(const wl_caller_t *c) {
  return wl_handle_new(c->partition, c->made, WL_HANDLE_OUTPUT, WL_STREAM_OUTPUT);
}

uint32_t wl_stream_error(const wl_caller_t *c) {
  return wl_handle_new(c->partition, c->made, WL_HANDLE_OUTPUT, WL_STREAM_ERROR);
}

/* A stream is always ready. */
uint32_t wl_stream_subscribe(const wl_caller_t *c, uint32_t handle) {
  (void)handle;
  return wl_poll_at(c, 0);
}

/* A result whose payload is `offset` bytes behind its case: closed. */
static void wl_closed(const wl_caller_t *c, uint32_t result, uint32_t offset) {
  *wl_bytes(c, result, 1) = 1;
  *wl_bytes(c, result + offset, 1) = WL_STREAM_CLOSED;
}

void wl_stream_read(const wl_caller_t *c, uint32_t handle, uint64_t count, uint32_t result) {
  (void)wl_handle(c->partition, c->table, handle, WL_HANDLE_INPUT), (void)count;
  wl_closed(c, result, 4);
}

void wl_stream_skip(const wl_caller_t *c, uint32_t handle, uint64_t count, uint32_t result) {
  (void)wl_handle(c->partition, c->table, handle, WL_HANDLE_INPUT), (void)count;
  wl_closed(c, result, 8);
}

void wl_stream_splice(const wl_caller_t *c, uint32_t handle, uint32_t from, uint64_t count,
                      uint32_t result) {
  (void)wl_handle(c->partition, c->table, handle, WL_HANDLE_OUTPUT), (void)from, (void)count;
  wl_closed(c, result, 8);
}

void wl_stream_check(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  (void)wl_handle(c->partition, c->table, handle, WL_HANDLE_OUTPUT);
  *wl_bytes(c, result, 1) = 0;
  wl_write_u64(c, result + 8, WL_WRITE_BYTES);
}

void wl_stream_flush(const wl_caller_t *c, uint32_t handle, uint32_t result) {
  (void)wl_handle(c->partition, c->table, handle, WL_HANDLE_OUTPUT);
  *wl_bytes(c, result, 1) = 0;
}

/* The log takes texts that end with a zero: a zero of the guest's is a space. */
static void wl_print(const uint8_t *text, uint32_t count) {
  char part[33];
  while (count > 0) {
    uint32_t length = count < sizeof part - 1 ? count : (uint32_t)sizeof part - 1;
    for (uint32_t i = 0; i < length; i++) part[i] = text[i] == 0 ? ' ' : (char)text[i];
    part[length] = 0;
    wl_board_log(part);
    text += length;
    count -= length;
  }
}

void wl_stream_write(const wl_caller_t *c, uint32_t handle, uint32_t data, uint32_t bytes,
                     uint32_t result) {
  const wl_handle_t *stream = wl_handle(c->partition, c->table, handle, WL_HANDLE_OUTPUT);
  const uint8_t *text = wl_bytes(c, data, bytes);
  if (wl_replays) wl_tell_printed(c, stream->object == WL_STREAM_ERROR, text, bytes);
  wl_print(text, bytes);
  *wl_bytes(c, result, 1) = 0;
}

void wl_stream_zeroes(const wl_caller_t *c, uint32_t handle, uint64_t count, uint32_t result) {
  const uint8_t zero = 0;
  const wl_handle_t *stream = wl_handle(c->partition, c->table, handle, WL_HANDLE_OUTPUT);
  if (count > WL_WRITE_BYTES) wl_trap(WL_TRAP_MISUSE);
  if (wl_replays) wl_tell_printed(c, stream->object == WL_STREAM_ERROR, NULL, (uint32_t)count);
  for (; count > 0; count--) wl_print(&zero, 1);
  *wl_bytes(c, result, 1) = 0;
}
