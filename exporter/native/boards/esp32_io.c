/* ESP32-WROVER under ESP-IDF 5: SPI master driver, GPIO driver, ADC oneshot driver, NVS library.
 * NOT RUN HERE: compiled for this machine against declarations of the functions it calls.
 *
 * SPI 2: SCLK GPIO 14, MOSI GPIO 13, MISO GPIO 27; chip selects 0 to 2 are GPIO 15, 5, 4, driven as
 * plain outputs: the driver's own would rise between the operations of a transaction. The n-th
 * digital pin of the system is GPIO 23, 25, 26, 32, 33; the n-th analog input is ADC1 channel 0, 3,
 * 6, 7 (GPIO 36, 39, 34, 35), 12 bits. There is no analog output. Blocks are blobs of the NVS
 * partition, one name space a partition. */
#include "../wireloom.h"

#include "driver/gpio.h"
#include "driver/spi_master.h"
#include "esp_adc/adc_oneshot.h"
#include "nvs.h"
#include "nvs_flash.h"

#define SPI_SCLK_PIN 14
#define SPI_MOSI_PIN 13
#define SPI_MISO_PIN 27
/* What the driver moves at a time without DMA. */
#define SPI_PIECE_BYTES 64u
#define FULL_SCALE 4095u
/* Names of NVS have 15 characters: a block is known by a hash of its own. */
#define NVS_NAME_BYTES 16u

static const gpio_num_t wl_selects[] = {15, 5, 4};
static const gpio_num_t wl_lines[] = {23, 25, 26, 32, 33};
static const adc_channel_t wl_channels[] = {ADC_CHANNEL_0, ADC_CHANNEL_3, ADC_CHANNEL_6, ADC_CHANNEL_7};
#define COUNT(list) (sizeof list / sizeof *list)

static const wl_outcome_t wl_done = {.error = WL_SERVED};
static const wl_outcome_t wl_out_of_reach = {.error = WL_GPIO_HARDWARE_FAULT};

/* ---- SPI ---- */

static bool wl_spi_start(void) {
  static bool started;
  const spi_bus_config_t bus = {.mosi_io_num = SPI_MOSI_PIN,
                                .miso_io_num = SPI_MISO_PIN,
                                .sclk_io_num = SPI_SCLK_PIN,
                                .quadwp_io_num = -1,
                                .quadhd_io_num = -1,
                                .max_transfer_sz = SPI_PIECE_BYTES};
  if (started) return true;
  if (spi_bus_initialize(SPI2_HOST, &bus, SPI_DMA_DISABLED) != ESP_OK) return false;
  for (uint32_t i = 0; i < COUNT(wl_selects); i++) {
    (void)gpio_set_level(wl_selects[i], 1);
    (void)gpio_set_direction(wl_selects[i], GPIO_MODE_OUTPUT);
  }
  started = true;
  return true;
}

static bool wl_exchange(spi_device_handle_t device, const wl_spi_operation_t *operation) {
  for (uint32_t at = 0; at < operation->count;) {
    uint8_t out[SPI_PIECE_BYTES] = {0}, in[SPI_PIECE_BYTES];
    uint32_t left = operation->count - at;
    uint32_t bytes = left < SPI_PIECE_BYTES ? left : SPI_PIECE_BYTES;
    if (operation->out != NULL) memcpy(out, operation->out + at, bytes);
    spi_transaction_t piece = {.length = bytes * 8u, .tx_buffer = out, .rx_buffer = in};
    if (spi_device_transmit(device, &piece) != ESP_OK) return false;
    if (operation->in != NULL) memcpy(operation->in + at, in, bytes);
    at += bytes;
  }
  return true;
}

wl_outcome_t wl_board_spi(const wl_spi_device_t *device, const wl_spi_config_t *config,
                          const wl_spi_operation_t *operations, uint32_t count) {
  spi_device_handle_t handle;
  const spi_device_interface_config_t settings = {
      .mode = config->mode,
      .clock_speed_hz = (int)config->clock_hz,
      .spics_io_num = -1,
      .queue_size = 1,
      .flags = config->lsb_first ? SPI_DEVICE_BIT_LSBFIRST : 0};
  bool done = true;
  if (device->bus != 0 || device->chip_select >= COUNT(wl_selects))
    return (wl_outcome_t){.error = WL_SPI_CHIP_SELECT_FAULT};
  if (!wl_spi_start() || spi_bus_add_device(SPI2_HOST, &settings, &handle) != ESP_OK)
    return (wl_outcome_t){.error = WL_SPI_OTHER, .words = "the SPI driver refuses clock or mode"};
  (void)gpio_set_level(wl_selects[device->chip_select], 0);
  for (uint32_t i = 0; i < count && done; i++) {
    if (operations[i].delay_ns > 0) wl_board_delay_ns(operations[i].delay_ns);
    done = wl_exchange(handle, &operations[i]);
  }
  (void)gpio_set_level(wl_selects[device->chip_select], 1);
  (void)spi_bus_remove_device(handle);
  if (!done)
    return (wl_outcome_t){.error = WL_SPI_OTHER, .words = "the SPI driver does not answer"};
  return wl_done;
}

/* ---- pins ---- */

/* A pin is set up when it is used first: outputs do not move before. */
static bool wl_prepared(const wl_pin_t *pin) {
  static uint32_t prepared;
  if (pin->full_scale > 0 || pin->line >= COUNT(wl_lines)) return false;
  if (prepared & 1u << pin->line) return true;
  gpio_config_t settings = {.pin_bit_mask = 1ull << wl_lines[pin->line],
                            .mode = GPIO_MODE_INPUT,
                            .pull_up_en = pin->pull == WL_PULL_UP,
                            .pull_down_en = pin->pull == WL_PULL_DOWN,
                            .intr_type = GPIO_INTR_DISABLE};
  if (gpio_config(&settings) != ESP_OK) return false;
  prepared |= 1u << pin->line;
  return true;
}

wl_outcome_t wl_board_digital_read(const wl_pin_t *pin, bool *high) {
  if (!wl_prepared(pin)) return wl_out_of_reach;
  *high = gpio_get_level(wl_lines[pin->line]) != 0;
  return wl_done;
}

static uint32_t wl_changes;

static void wl_edge(void *line) {
  (void)__atomic_fetch_or(&wl_changes, 1u << (uintptr_t)line, __ATOMIC_RELAXED);
}

/* From the first time on that it is asked. */
bool wl_board_digital_changed(const wl_pin_t *pin) {
  static uint32_t watched;
  if (!wl_prepared(pin)) return false;
  uint32_t bit = 1u << pin->line;
  if (!(watched & bit)) {
    gpio_num_t line = wl_lines[pin->line];
    if (watched == 0 && gpio_install_isr_service(0) != ESP_OK) return false;
    watched |= bit;
    (void)gpio_set_intr_type(line, GPIO_INTR_ANYEDGE);
    (void)gpio_isr_handler_add(line, wl_edge, (void *)(uintptr_t)pin->line);
  }
  return (__atomic_fetch_and(&wl_changes, ~bit, __ATOMIC_RELAXED) & bit) != 0;
}

/* The level first, so that the line does not drive another one meanwhile. */
wl_outcome_t wl_board_digital_write(const wl_pin_t *pin, bool high) {
  if (!wl_prepared(pin)) return wl_out_of_reach;
  (void)gpio_set_level(wl_lines[pin->line], high);
  esp_err_t set = gpio_set_direction(wl_lines[pin->line], GPIO_MODE_INPUT_OUTPUT);
  return set == ESP_OK ? wl_done : wl_out_of_reach;
}

wl_outcome_t wl_board_analog_read(const wl_pin_t *pin, uint32_t *value) {
  static adc_oneshot_unit_handle_t unit;
  const adc_oneshot_unit_init_cfg_t settings = {.unit_id = ADC_UNIT_1};
  const adc_oneshot_chan_cfg_t channel = {.atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_12};
  int raw = 0;
  if (pin->direction != WL_PIN_IN || pin->line >= COUNT(wl_channels)) return wl_out_of_reach;
  if (unit == NULL && adc_oneshot_new_unit(&settings, &unit) != ESP_OK) return wl_out_of_reach;
  if (adc_oneshot_config_channel(unit, wl_channels[pin->line], &channel) != ESP_OK ||
      adc_oneshot_read(unit, wl_channels[pin->line], &raw) != ESP_OK || raw < 0)
    return wl_out_of_reach;
  *value = (uint32_t)(((uint64_t)raw * pin->full_scale + FULL_SCALE / 2u) / FULL_SCALE);
  return wl_done;
}

wl_outcome_t wl_board_analog_write(const wl_pin_t *pin, uint32_t value) {
  (void)pin, (void)value;
  return wl_out_of_reach;
}

/* ---- non-volatile blocks ---- */

bool wl_board_has_nv(void) { return true; }

/* FNV-1a, 32 bits, as eight digits behind a letter. */
static void wl_nvs_name(const char *text, char name[NVS_NAME_BYTES]) {
  uint32_t hash = 2166136261u;
  for (; *text != 0; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
  *name++ = 'w';
  for (int digit = 28; digit >= 0; digit -= 4) *name++ = "0123456789abcdef"[hash >> digit & 15u];
  *name = 0;
}

static bool wl_nvs_open(const wl_nv_block_t *block, nvs_handle_t *handle) {
  static bool started;
  char space[NVS_NAME_BYTES];
  if (!started && nvs_flash_init() != ESP_OK) return false;
  started = true;
  wl_nvs_name(block->partition->name, space);
  return nvs_open(space, NVS_READWRITE, handle) == ESP_OK;
}

/* A blob begins with a byte: 1 where there is a content, 0 for a block that was invalidated. */
uint8_t wl_board_nv_load(const wl_nv_block_t *block, uint32_t *bytes) {
  static uint8_t blob[WL_NV_BLOCK_BYTES + 1u];
  nvs_handle_t handle;
  char name[NVS_NAME_BYTES];
  size_t count = sizeof blob;
  if (!wl_nvs_open(block, &handle)) return WL_NV_DAMAGED;
  wl_nvs_name(block->name, name);
  esp_err_t found = nvs_get_blob(handle, name, blob, &count);
  nvs_close(handle);
  if (found == ESP_ERR_NVS_NOT_FOUND) return WL_NV_NEVER;
  if (found != ESP_OK || count == 0 || count - 1u > block->size_bytes) return WL_NV_DAMAGED;
  if (blob[0] == 0) return WL_NV_NONE;
  *bytes = (uint32_t)count - 1u;
  memcpy(block->content, blob + 1, *bytes);
  return WL_NV_CONTENT;
}

/* The library writes before it comes back. */
bool wl_board_nv_store(const wl_nv_block_t *block) {
  static uint8_t blob[WL_NV_BLOCK_BYTES + 1u];
  nvs_handle_t handle;
  char name[NVS_NAME_BYTES];
  bool has_content = block->state->found == WL_NV_CONTENT;
  uint32_t bytes = has_content ? block->state->bytes : 0;
  if (!wl_nvs_open(block, &handle)) return false;
  wl_nvs_name(block->name, name);
  blob[0] = has_content;
  memcpy(blob + 1, block->content, bytes);
  esp_err_t stored = nvs_set_blob(handle, name, blob, bytes + 1u);
  if (stored == ESP_OK) stored = nvs_commit(handle);
  nvs_close(handle);
  return stored == ESP_OK;
}

bool wl_board_nv_is_safe(const wl_nv_block_t *block) {
  (void)block;
  return true;
}

void wl_board_nv_step(void) {}
