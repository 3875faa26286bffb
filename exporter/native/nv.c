/* `wireloom:ecu/nv` on boards without non-volatile memory for blocks: each request is answered by
 * `not-served`, as `ecu-host` answers on such an ECU. */
#include "wireloom.h"

#define WL_NV_BLOCK_BYTES 4096u
#define WL_NV_NAME_BYTES 48u
enum { WL_NV_WRONG_BLOCK = 4, WL_NV_NOT_SERVED = 5 };
/* The case of `request-result` that carries an error. */
enum { WL_NV_FAILED = 2 };

static uint8_t wl_nv_error(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  const uint8_t *text = wl_bytes(c, name, bytes);
  if (bytes == 0 || bytes > WL_NV_NAME_BYTES) return WL_NV_WRONG_BLOCK;
  for (uint32_t i = 0; i < bytes; i++) {
    bool letter = text[i] >= 'a' && text[i] <= 'z', digit = text[i] >= '0' && text[i] <= '9';
    if (!letter && !digit && text[i] != '-') return WL_NV_WRONG_BLOCK;
  }
  return WL_NV_NOT_SERVED;
}

void wl_nv_read(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  *wl_bytes(c, result, 1) = 1;
  *wl_bytes(c, result + 4, 1) = wl_nv_error(c, name, bytes);
}

void wl_nv_write(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t data, uint32_t count,
                 uint32_t result) {
  uint8_t error = wl_nv_error(c, name, bytes);
  (void)wl_bytes(c, data, count);
  uint8_t *answer = wl_bytes(c, result, 2);
  answer[0] = 1;
  answer[1] = count > WL_NV_BLOCK_BYTES ? WL_NV_WRONG_BLOCK : error;
}

void wl_nv_invalidate(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  uint8_t *answer = wl_bytes(c, result, 2);
  answer[0] = 1;
  answer[1] = wl_nv_error(c, name, bytes);
}

void wl_nv_status(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  uint8_t *answer = wl_bytes(c, result, 2);
  answer[0] = WL_NV_FAILED;
  answer[1] = wl_nv_error(c, name, bytes);
}
