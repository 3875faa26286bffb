/* `wasi:clocks` and `wasi:io/poll`: time is the board's, to block is to wait within the activation.
 * Knows nothing of streams. */
#include "wireloom.h"

#define WL_SECOND_NS 1000000000u

uint64_t wl_wasi_resolution(const wl_caller_t *c) {
  (void)c;
  return 1;
}

/* The board's calendar begins with the board, at 1970-01-01. */
void wl_wasi_wall_now(const wl_caller_t *c, uint32_t result) {
  uint64_t now_ns = wl_now_ns();
  wl_write_u64(c, result, now_ns / WL_SECOND_NS);
  wl_write_u32(c, result + 8, (uint32_t)(now_ns % WL_SECOND_NS));
}

void wl_wasi_wall_resolution(const wl_caller_t *c, uint32_t result) {
  wl_write_u64(c, result, 0);
  wl_write_u32(c, result + 8, 1);
}

uint32_t wl_poll_at(const wl_caller_t *c, uint64_t ready_ns) {
  uint32_t handle = wl_handle_new(c->partition, c->made, WL_HANDLE_POLLABLE, 0);
  c->partition->state->handles[handle - 1].ready_ns = ready_ns;
  return handle;
}

uint32_t wl_poll_in(const wl_caller_t *c, uint64_t wait_ns) {
  uint64_t now_ns = wl_now_ns();
  return wl_poll_at(c, wait_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + wait_ns);
}

static uint64_t wl_ready_ns(const wl_caller_t *c, uint32_t handle) {
  return wl_handle(c->partition, c->table, handle, WL_HANDLE_POLLABLE)->ready_ns;
}

uint32_t wl_poll_ready(const wl_caller_t *c, uint32_t handle) {
  return wl_ready_ns(c, handle) <= wl_now_ns();
}

void wl_poll_block(const wl_caller_t *c, uint32_t handle) { wl_wait_until(wl_ready_ns(c, handle)); }

/* The positions of those that are ready, once one is. */
void wl_poll(const wl_caller_t *c, uint32_t list, uint32_t count, uint32_t result) {
  uint64_t first_ns = UINT64_MAX;
  uint32_t ready = 0;
  if (count == 0) wl_trap(WL_TRAP_EMPTY_POLL);
  if (count > WL_HANDLES) wl_trap(WL_TRAP_MISUSE);
  for (uint32_t i = 0; i < count; i++) {
    uint64_t ready_ns = wl_ready_ns(c, wl_read_u32(c, list + 4 * i));
    if (ready_ns < first_ns) first_ns = ready_ns;
  }
  wl_wait_until(first_ns);
  uint64_t now_ns = wl_now_ns();
  for (uint32_t i = 0; i < count; i++)
    if (wl_ready_ns(c, wl_read_u32(c, list + 4 * i)) <= now_ns) ready++;
  uint32_t place = wl_allocate(c, 4, 4 * ready), next = place;
  for (uint32_t i = 0; i < count && ready > 0; i++) {
    if (wl_ready_ns(c, wl_read_u32(c, list + 4 * i)) > now_ns) continue;
    wl_write_u32(c, next, i);
    next += 4;
  }
  wl_write_u32(c, result, place);
  wl_write_u32(c, result + 4, ready);
}
