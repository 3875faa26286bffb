/* QEMU mps2-an385: no SPI device and no pin. The board's file does not list them, so that an export
 * refuses who asks for them by name; what is here answers nobody. Blocks have no memory but the RAM
 * that every board keeps them in while it runs: they begin with their first content at each start. */
#include "../wireloom.h"

wl_outcome_t wl_board_spi(const wl_spi_device_t *device, const wl_spi_config_t *config,
                          const wl_spi_operation_t *operations, uint32_t count) {
  (void)device, (void)config, (void)operations, (void)count;
  return (wl_outcome_t){.error = WL_SPI_CHIP_SELECT_FAULT};
}

static const wl_outcome_t wl_out_of_reach = {.error = WL_GPIO_HARDWARE_FAULT};

wl_outcome_t wl_board_digital_read(const wl_pin_t *pin, bool *high) {
  (void)pin, (void)high;
  return wl_out_of_reach;
}

wl_outcome_t wl_board_digital_write(const wl_pin_t *pin, bool high) {
  (void)pin, (void)high;
  return wl_out_of_reach;
}

wl_outcome_t wl_board_analog_read(const wl_pin_t *pin, uint32_t *value) {
  (void)pin, (void)value;
  return wl_out_of_reach;
}

wl_outcome_t wl_board_analog_write(const wl_pin_t *pin, uint32_t value) {
  (void)pin, (void)value;
  return wl_out_of_reach;
}

bool wl_board_digital_changed(const wl_pin_t *pin) {
  (void)pin;
  return false;
}

bool wl_board_has_nv(void) { return true; }

uint8_t wl_board_nv_load(const wl_nv_block_t *block, uint32_t *bytes) {
  (void)block, (void)bytes;
  return WL_NV_NEVER;
}

bool wl_board_nv_store(const wl_nv_block_t *block) {
  (void)block;
  return true;
}

bool wl_board_nv_is_safe(const wl_nv_block_t *block) {
  (void)block;
  return true;
}

void wl_board_nv_step(void) {}
