/* `wasi:clocks` and `wasi:io/poll`: time is the board's, to block is to wait within the activation.
 * Knows nothing of streams. */
#include "wireloom.h"

#define WL_SECOND_NS 1000000000u
/* Between two looks at pins that are waited for. */
#define WL_LOOK_NS 100000u

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

static wl_handle_t *wl_pollable(const wl_caller_t *c, uint32_t handle) {
  bool watch = wl_handle_kind(c->partition, c->table, handle) == WL_HANDLE_WATCH;
  return wl_handle(c->partition, c->table, handle, watch ? WL_HANDLE_WATCH : WL_HANDLE_POLLABLE);
}

/* WL_NEVER of a pin: it is not ready, and nobody knows when it will be. */
static uint64_t wl_ready_ns(const wl_caller_t *c, uint32_t handle) {
  wl_handle_t *pollable = wl_pollable(c, handle);
  return pollable->kind == WL_HANDLE_WATCH ? wl_watch_ready_ns(pollable) : pollable->ready_ns;
}

uint32_t wl_poll_ready(const wl_caller_t *c, uint32_t handle) {
  return wl_ready_ns(c, handle) <= wl_now_ns();
}

/* Waits until one is ready, each asked once a look; says when each is, as far as that is known, and
 * gives the time of the first. */
static uint64_t wl_wait_for_one(const wl_caller_t *c, const uint32_t *handles, uint32_t count,
                                uint64_t *times_ns) {
  for (;;) {
    uint64_t first_ns = WL_NEVER;
    bool pins = false;
    for (uint32_t i = 0; i < count; i++) {
      times_ns[i] = wl_ready_ns(c, handles[i]);
      if (times_ns[i] < first_ns) first_ns = times_ns[i];
      pins = pins || wl_pollable(c, handles[i])->kind == WL_HANDLE_WATCH;
    }
    uint64_t now_ns = wl_now_ns();
    if (first_ns <= now_ns) return first_ns;
    if (!pins || wl_replays) {
      if (pins && first_ns == WL_NEVER) wl_trap(WL_TRAP_WAIT_FOR_PIN);
      wl_wait_until(first_ns);
      return first_ns;
    }
    uint64_t look_ns = now_ns + WL_LOOK_NS;
    wl_wait_until(first_ns < look_ns ? first_ns : look_ns);
  }
}

void wl_poll_block(const wl_caller_t *c, uint32_t handle) {
  uint64_t ready_ns;
  (void)wl_wait_for_one(c, &handle, 1, &ready_ns);
}

/* The positions of those that are ready, once one is. */
void wl_poll(const wl_caller_t *c, uint32_t list, uint32_t count, uint32_t result) {
  uint32_t handles[WL_HANDLES], ready = 0;
  uint64_t times_ns[WL_HANDLES];
  if (count == 0) wl_trap(WL_TRAP_EMPTY_POLL);
  if (count > WL_HANDLES) wl_trap(WL_TRAP_MISUSE);
  for (uint32_t i = 0; i < count; i++) handles[i] = wl_read_u32(c, list + 4 * i);
  uint64_t first_ns = wl_wait_for_one(c, handles, count, times_ns), now_ns = wl_now_ns();
  if (now_ns < first_ns) now_ns = first_ns;
  for (uint32_t i = 0; i < count; i++) ready += times_ns[i] <= now_ns;
  uint32_t place = wl_allocate(c, 4, 4 * ready), next = place;
  for (uint32_t i = 0; i < count; i++) {
    if (times_ns[i] > now_ns) continue;
    wl_write_u32(c, next, i);
    next += 4;
  }
  wl_write_u32(c, result, place);
  wl_write_u32(c, result + 4, ready);
}
