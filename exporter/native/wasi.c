/* The little of WASI that a C or C++ guest asks for before its first line runs: no arguments, no
 * environment, no folder, a clock, and an exit that is a trap. */
#include "wireloom.h"

void wl_wasi_empty_list(const wl_caller_t *c, uint32_t result) {
  wl_write_u32(c, result, 0);
  wl_write_u32(c, result + 4, 0);
}

void wl_wasi_none(const wl_caller_t *c, uint32_t result) { *wl_bytes(c, result, 1) = 0; }

void wl_wasi_exit(const wl_caller_t *c, uint32_t status) {
  (void)c, (void)status;
  wl_trap(WL_TRAP_EXIT);
}

uint64_t wl_wasi_resolution(const wl_caller_t *c) {
  (void)c;
  return 1;
}
