/* The little of `wasi:cli` and `wasi:filesystem` that a guest asks for before its first line runs:
 * no arguments, no environment, no terminal, no folder, and an exit that is a trap. */
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
