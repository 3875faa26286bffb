/* `wasi:random`: all of it from the board. */
#include "wireloom.h"

static uint64_t wl_random(void) { return wl_replays ? wl_ask_random() : wl_board_random(); }

uint64_t wl_random_u64(const wl_caller_t *c) {
  (void)c;
  return wl_random();
}

void wl_random_bytes(const wl_caller_t *c, uint64_t count, uint32_t result) {
  /* No memory of a board has room for more. */
  if (count > UINT32_MAX) wl_trap(WL_TRAP_MEMORY);
  uint32_t left = (uint32_t)count, place = wl_allocate(c, 1, left);
  uint8_t *bytes = wl_bytes(c, place, left);
  while (left > 0) {
    uint64_t eight = wl_random();
    uint32_t part = left < sizeof eight ? left : (uint32_t)sizeof eight;
    memcpy(bytes, &eight, part);
    bytes += part;
    left -= part;
  }
  wl_write_u32(c, result, place);
  wl_write_u32(c, result + 4, (uint32_t)count);
}

void wl_random_seed(const wl_caller_t *c, uint32_t result) {
  wl_write_u64(c, result, wl_random());
  wl_write_u64(c, result + 8, wl_random());
}
