/* `wasi:spi`: devices by the names of the system. Knows no controller. */
#include "wireloom.h"

/* Bytes that one transaction may bring in, and its operations. */
#define WL_SPI_BYTES 256u
#define WL_SPI_OPERATIONS 8u
#define WL_SPI_LARGE "256 bytes in 8 operations are served at a time"

static uint16_t wl_spi_named(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  const uint8_t *text = wl_bytes(c, name, bytes);
  if (wl_replays && !wl_ask_has(WL_ASK_HAS_SPI, text, bytes)) return UINT16_MAX;
  for (uint16_t i = 0; i < wl_system.spi_count; i++) {
    const char *device = wl_system.spi_devices[i].name;
    if (wl_is_named(device, text, bytes)) return i;
  }
  return UINT16_MAX;
}

uint32_t wl_open_spi(const wl_caller_t *c, uint32_t name, uint32_t bytes) {
  uint16_t device = wl_spi_named(c, name, bytes);
  if (device == UINT16_MAX) wl_trap(WL_TRAP_MISUSE);
  return wl_handle_new(c->partition, c->made, WL_HANDLE_SPI, device);
}

void wl_spi_open(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  uint16_t device = wl_spi_named(c, name, bytes);
  if (device == UINT16_MAX) {
    *wl_bytes(c, result, 1) = 1;
    *wl_bytes(c, result + 4, 1) = WL_SPI_OTHER;
    wl_write_words(c, result + 8, "no SPI device `", name, bytes, "` is attached to the ECU");
    return;
  }
  *wl_bytes(c, result, 1) = 0;
  wl_write_u32(c, result + 4, wl_handle_new(c->partition, c->made, WL_HANDLE_SPI, device));
}

void wl_spi_names(const wl_caller_t *c, uint32_t result) {
  if (wl_replays) wl_ask_spi_devices();
  uint32_t list = wl_allocate(c, 4, 8u * wl_system.spi_count);
  for (uint32_t i = 0; i < wl_system.spi_count; i++)
    wl_write_text(c, list + 8 * i, wl_system.spi_devices[i].name);
  wl_write_u32(c, result, list);
  wl_write_u32(c, result + 4, wl_system.spi_count);
}

static uint16_t wl_spi(const wl_caller_t *c, uint32_t handle) {
  return wl_handle(c->partition, c->table, handle, WL_HANDLE_SPI)->object;
}

/* The case of a result, and of its error: true where there is none. */
static bool wl_spi_answered(const wl_caller_t *c, uint32_t result, wl_outcome_t outcome) {
  bool served = outcome.error == WL_SERVED;
  *wl_bytes(c, result, 1) = !served;
  if (served) return true;
  *wl_bytes(c, result + 4, 1) = outcome.error;
  if (outcome.error == WL_SPI_OTHER) wl_write_text(c, result + 8, outcome.words);
  return false;
}

/* From the next transaction on; never faster than the bus. */
void wl_spi_configure(const wl_caller_t *c, uint32_t handle, uint32_t clock_hz, uint32_t mode,
                      uint32_t lsb_first, uint32_t result) {
  uint16_t device = wl_spi(c, handle);
  uint32_t fastest_hz = wl_system.spi_devices[device].clock_hz;
  wl_outcome_t outcome = {.error = WL_SERVED};
  if (mode > 3) wl_trap(WL_TRAP_ABI);
  if (wl_replays) {
    const wl_spi_config_t asked = {
        .clock_hz = clock_hz, .mode = (uint8_t)mode, .lsb_first = lsb_first != 0};
    outcome = wl_ask_spi_configure(&wl_system.spi_devices[device], &asked);
  } else if (clock_hz == 0) {
    outcome = (wl_outcome_t){.error = WL_SPI_OTHER, .words = "a clock of 0 Hz moves no bit"};
  } else {
    wl_system.spi_configs[device] =
        (wl_spi_config_t){.clock_hz = clock_hz < fastest_hz ? clock_hz : fastest_hz,
                          .mode = (uint8_t)mode,
                          .lsb_first = lsb_first != 0};
  }
  (void)wl_spi_answered(c, result, outcome);
}

static wl_outcome_t wl_spi_transact(uint16_t device, const wl_spi_operation_t *operations,
                                    uint32_t count) {
  if (wl_replays) return wl_ask_spi(&wl_system.spi_devices[device], operations, count);
  return wl_board_spi(&wl_system.spi_devices[device], &wl_system.spi_configs[device], operations,
                      count);
}

static const wl_outcome_t wl_spi_large = {.error = WL_SPI_OTHER, .words = WL_SPI_LARGE};

static void wl_spi_bring(const wl_caller_t *c, uint32_t handle, const uint8_t *out, uint64_t bytes,
                         uint32_t result) {
  uint16_t device = wl_spi(c, handle);
  uint8_t buffer[WL_SPI_BYTES];
  wl_outcome_t outcome = wl_spi_large;
  if (bytes <= sizeof buffer) {
    wl_spi_operation_t operation = {.out = out, .in = buffer, .count = (uint32_t)bytes};
    outcome = wl_spi_transact(device, &operation, 1);
  }
  if (wl_spi_answered(c, result, outcome)) wl_write_list(c, result + 4, buffer, (uint32_t)bytes);
}

void wl_spi_read(const wl_caller_t *c, uint32_t handle, uint64_t bytes, uint32_t result) {
  wl_spi_bring(c, handle, NULL, bytes, result);
}

void wl_spi_transfer(const wl_caller_t *c, uint32_t handle, uint32_t data, uint32_t bytes,
                     uint32_t result) {
  wl_spi_bring(c, handle, wl_bytes(c, data, bytes), bytes, result);
}

void wl_spi_write(const wl_caller_t *c, uint32_t handle, uint32_t data, uint32_t bytes,
                  uint32_t result) {
  uint16_t device = wl_spi(c, handle);
  wl_spi_operation_t operation = {.out = wl_bytes(c, data, bytes), .count = bytes};
  (void)wl_spi_answered(c, result, wl_spi_transact(device, &operation, 1));
}

/* Of `variant operation`, 16 bytes each. */
enum { WL_SPI_READ, WL_SPI_WRITE, WL_SPI_TRANSFER, WL_SPI_DELAY };

/* Reads the n-th operation; false where what it brings in has no room. */
static bool wl_spi_operation(const wl_caller_t *c, uint32_t at, wl_spi_operation_t *operation,
                             uint8_t *room, uint32_t left) {
  uint32_t first = wl_read_u32(c, at + 8), second = wl_read_u32(c, at + 12);
  switch (*wl_bytes(c, at, 1)) {
    case WL_SPI_READ:
      if (second != 0 || first > left) return false;
      *operation = (wl_spi_operation_t){.in = room, .count = first};
      return true;
    case WL_SPI_TRANSFER:
      if (second > left) return false;
      *operation =
          (wl_spi_operation_t){.out = wl_bytes(c, first, second), .in = room, .count = second};
      return true;
    case WL_SPI_WRITE:
      *operation = (wl_spi_operation_t){.out = wl_bytes(c, first, second), .count = second};
      return true;
    case WL_SPI_DELAY: *operation = (wl_spi_operation_t){.delay_ns = first}; return true;
    default: wl_trap(WL_TRAP_ABI);
  }
}

/* `list<operation-result>`, 12 bytes each: the case of its operation, and what came in. */
static void wl_spi_results(const wl_caller_t *c, uint32_t list,
                           const wl_spi_operation_t *operations, uint32_t count, uint32_t result) {
  uint32_t answers = wl_allocate(c, 4, count * 12);
  for (uint32_t i = 0; i < count; i++) {
    *wl_bytes(c, answers + 12 * i, 1) = *wl_bytes(c, list + 16 * i, 1);
    if (operations[i].in != NULL)
      wl_write_list(c, answers + 12 * i + 4, operations[i].in, operations[i].count);
  }
  wl_write_u32(c, result + 4, answers);
  wl_write_u32(c, result + 8, count);
}

void wl_spi_transaction(const wl_caller_t *c, uint32_t handle, uint32_t list, uint32_t count,
                        uint32_t result) {
  wl_spi_operation_t operations[WL_SPI_OPERATIONS];
  uint8_t buffer[WL_SPI_BYTES];
  uint32_t used = 0;
  uint16_t device = wl_spi(c, handle);
  bool fits = count <= WL_SPI_OPERATIONS;
  if (fits) (void)wl_bytes(c, list, count * 16);
  for (uint32_t i = 0; i < count && fits; i++) {
    fits = wl_spi_operation(c, list + 16 * i, &operations[i], buffer + used, sizeof buffer - used);
    if (fits && operations[i].in != NULL) used += operations[i].count;
  }
  wl_outcome_t outcome = fits ? wl_spi_transact(device, operations, count) : wl_spi_large;
  if (wl_spi_answered(c, result, outcome)) wl_spi_results(c, list, operations, count, result);
}
