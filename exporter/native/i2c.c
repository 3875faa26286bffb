/* `wasi:i2c`: buses by the names of the system. Knows no bus's wires. */
#include "wireloom.h"

#define WL_HIGHEST_ADDRESS 0x3ffu

uint32_t wl_open_i2c(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  const uint8_t *text = wl_bytes(c, name, bytes);
  if (wl_replays && !wl_ask_has(WL_ASK_HAS_I2C, text, bytes)) wl_trap(WL_TRAP_MISUSE);
  for (uint16_t i = 0; i < wl_system.i2c_count; i++)
    if (wl_is_named(wl_system.i2c_buses[i], text, bytes))
      return wl_handle_new(c->partition, c->made, WL_HANDLE_I2C, i);
  wl_trap(WL_TRAP_MISUSE);
}

uint32_t wl_open_delay(const wl_caller_t *c) {
  return wl_handle_new(c->partition, c->made, WL_HANDLE_DELAY, 0);
}

void wl_delay_ns(const wl_caller_t *c, uint32_t handle, uint32_t delay_ns) {
  (void)wl_handle(c->partition, c->table, handle, WL_HANDLE_DELAY);
  wl_wait_until(wl_now_ns() + delay_ns);
}

static int wl_transfer(const wl_caller_t *c, uint32_t handle, uint32_t address,
                       wl_i2c_operation_t *operations, uint32_t count) {
  const wl_handle_t *entry = wl_handle(c->partition, c->table, handle, WL_HANDLE_I2C);
  if (address > WL_HIGHEST_ADDRESS) return WL_I2C_OTHER;
  if (wl_replays) return wl_ask_i2c(entry->object, (uint16_t)address, operations, count);
  return wl_board_i2c(entry->object, (uint16_t)address, operations, count);
}

/* The error case of a result whose payload is `offset` bytes behind its case. */
static void wl_answer_error(const wl_caller_t *c, uint32_t result, uint32_t offset, int error) {
  static const uint8_t cases[] = {0, 1, 2, 2, 2, 3, 4};
  *wl_bytes(c, result, 1) = 1;
  uint8_t *code = wl_bytes(c, result + offset, 2);
  code[0] = cases[error];
  if (error == WL_I2C_NO_ACKNOWLEDGE_ADDRESS) code[1] = 0;
  if (error == WL_I2C_NO_ACKNOWLEDGE_DATA) code[1] = 1;
  if (error == WL_I2C_NO_ACKNOWLEDGE_UNKNOWN) code[1] = 2;
}

static void wl_answer_list(const wl_caller_t *c, uint32_t result, uint32_t address, uint32_t count) {
  *wl_bytes(c, result, 1) = 0;
  wl_write_u32(c, result + 4, address);
  wl_write_u32(c, result + 8, count);
}

void wl_i2c_write(const wl_caller_t *c, uint32_t handle, uint32_t address, uint32_t data,
                  uint32_t bytes, uint32_t result) {
  wl_i2c_operation_t operation = {.bytes = wl_bytes(c, data, bytes), .count = bytes, .read = false};
  int done = wl_transfer(c, handle, address, &operation, 1);
  if (done == WL_I2C_DONE)
    *wl_bytes(c, result, 1) = 0;
  else
    wl_answer_error(c, result, 1, done);
}

static void wl_read(const wl_caller_t *c, uint32_t handle, uint32_t address,
                    wl_i2c_operation_t *operations, uint32_t count, uint64_t bytes,
                    uint32_t result) {
  uint8_t buffer[WL_I2C_BYTES];
  int done = WL_I2C_OTHER;
  if (bytes <= sizeof buffer) {
    operations[count - 1] =
        (wl_i2c_operation_t){.bytes = buffer, .count = (uint32_t)bytes, .read = true};
    done = wl_transfer(c, handle, address, operations, count);
  }
  if (done != WL_I2C_DONE) {
    wl_answer_error(c, result, 4, done);
    return;
  }
  uint32_t place = wl_allocate(c, 1, (uint32_t)bytes);
  memcpy(wl_bytes(c, place, (uint32_t)bytes), buffer, (uint32_t)bytes);
  wl_answer_list(c, result, place, (uint32_t)bytes);
}

void wl_i2c_read(const wl_caller_t *c, uint32_t handle, uint32_t address, uint64_t bytes,
                 uint32_t result) {
  wl_i2c_operation_t operation;
  wl_read(c, handle, address, &operation, 1, bytes, result);
}

void wl_i2c_write_read(const wl_caller_t *c, uint32_t handle, uint32_t address, uint32_t data,
                       uint32_t bytes, uint64_t read_bytes, uint32_t result) {
  wl_i2c_operation_t operations[2] = {
      {.bytes = wl_bytes(c, data, bytes), .count = bytes, .read = false}};
  wl_read(c, handle, address, operations, 2, read_bytes, result);
}

/* A list of `variant { read(u64), write(list<u8>) }`, 16 bytes each: what was read comes back as a
 * list of lists. */
void wl_i2c_transaction(const wl_caller_t *c, uint32_t handle, uint32_t address,
                        uint32_t list, uint32_t count, uint32_t result) {
  wl_i2c_operation_t operations[8];
  uint8_t buffer[WL_I2C_BYTES];
  uint32_t used = 0, reads = 0;
  if (count > 8) {
    wl_answer_error(c, result, 4, WL_I2C_OTHER);
    return;
  }
  (void)wl_bytes(c, list, count * 16);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t at = list + i * 16, bytes = wl_read_u32(c, at + 8);
    switch (*wl_bytes(c, at, 1)) {
      case 0:
        if (wl_read_u32(c, at + 12) != 0 || bytes > sizeof buffer - used) {
          wl_answer_error(c, result, 4, WL_I2C_OTHER);
          return;
        }
        operations[i] = (wl_i2c_operation_t){.bytes = buffer + used, .count = bytes, .read = true};
        used += bytes;
        reads++;
        break;
      case 1: {
        uint32_t data = bytes;
        bytes = wl_read_u32(c, at + 12);
        operations[i] =
            (wl_i2c_operation_t){.bytes = wl_bytes(c, data, bytes), .count = bytes, .read = false};
        break;
      }
      default: wl_trap(WL_TRAP_ABI);
    }
  }
  int done = wl_transfer(c, handle, address, operations, count);
  if (done != WL_I2C_DONE) {
    wl_answer_error(c, result, 4, done);
    return;
  }
  uint32_t answers = wl_allocate(c, 4, reads * 8), next = answers;
  for (uint32_t i = 0; i < count; i++) {
    if (!operations[i].read) continue;
    uint32_t place = wl_allocate(c, 1, operations[i].count);
    memcpy(wl_bytes(c, place, operations[i].count), operations[i].bytes, operations[i].count);
    wl_write_u32(c, next, place);
    wl_write_u32(c, next + 4, operations[i].count);
    next += 8;
  }
  wl_answer_list(c, result, answers, reads);
}
