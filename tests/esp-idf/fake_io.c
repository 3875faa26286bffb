/* Pins, an SPI bus and non-volatile memory for `fake.c`: an MCP3008 (Microchip DS21295, section 5.0)
 * at GPIO 15, inputs that the script sets, a memory that is a file when the environment names one
 * (`FAKE_NVS`). A level that an output changes to is told on standard output: `pin 23 1`. */
#include "fake_io.h"
#include "driver/gpio.h"
#include "driver/spi_master.h"
#include "esp_adc/adc_oneshot.h"
#include "nvs.h"
#include "nvs_flash.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PINS 40
#define SELECT 15

static int levels[PINS], pulls[PINS], outside[PINS];
static bool drives[PINS];
static int codes[8], raws[8];
static gpio_isr_t handlers[PINS];
static void *arguments[PINS];
static bool edges[PINS];

/* ---- the script ---- */

bool fake_io_event(const char *event) {
  int number, value;
  if (sscanf(event, "pin%d=%d", &number, &value) == 2) {
    int before = gpio_get_level(number);
    outside[number] = value + 1;
    if (handlers[number] && edges[number] && gpio_get_level(number) != before)
      handlers[number](arguments[number]);
  }
  else if (sscanf(event, "code%d=%d", &number, &value) == 2) codes[number] = value;
  else if (sscanf(event, "raw%d=%d", &number, &value) == 2) raws[number] = value;
  else return false;
  return true;
}

/* ---- pins ---- */

esp_err_t gpio_config(const gpio_config_t *config) {
  for (int pin = 0; pin < PINS; pin++) {
    if (!(config->pin_bit_mask >> pin & 1)) continue;
    pulls[pin] = config->pull_up_en ? 1 : 0;
    drives[pin] = config->mode & GPIO_MODE_OUTPUT;
  }
  return ESP_OK;
}

static void tell(int pin) {
  static int told[PINS];
  if (!drives[pin] || pin == SELECT || pin == 5 || pin == 4 || told[pin] == levels[pin] + 1) return;
  told[pin] = levels[pin] + 1;
  printf("pin %d %d\n", pin, levels[pin]);
}

/* Where the converter is in its protocol. */
static int clocks = -1;
static unsigned configuration, code;

esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level) {
  levels[pin] = level != 0;
  if (pin == SELECT) clocks = -1;
  tell(pin);
  return ESP_OK;
}

esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode) {
  drives[pin] = mode & GPIO_MODE_OUTPUT;
  tell(pin);
  return ESP_OK;
}

int gpio_get_level(gpio_num_t pin) {
  if (drives[pin]) return levels[pin];
  return outside[pin] != 0 ? outside[pin] - 1 : pulls[pin];
}

esp_err_t gpio_install_isr_service(int flags) {
  (void)flags;
  return ESP_OK;
}

esp_err_t gpio_set_intr_type(gpio_num_t pin, gpio_int_type_t type) {
  edges[pin] = type == GPIO_INTR_ANYEDGE;
  return ESP_OK;
}

esp_err_t gpio_isr_handler_add(gpio_num_t pin, gpio_isr_t handler, void *argument) {
  handlers[pin] = handler;
  arguments[pin] = argument;
  return ESP_OK;
}

/* ---- SPI ---- */

struct spi_device_t {
  spi_device_interface_config_t config;
};
static struct spi_device_t device;

esp_err_t spi_bus_initialize(spi_host_device_t host, const spi_bus_config_t *config, int dma) {
  (void)host, (void)config, (void)dma;
  return ESP_OK;
}

esp_err_t spi_bus_add_device(spi_host_device_t host, const spi_device_interface_config_t *config,
                             spi_device_handle_t *made) {
  (void)host;
  device.config = *config;
  *made = &device;
  return ESP_OK;
}

esp_err_t spi_bus_remove_device(spi_device_handle_t of) {
  (void)of;
  return ESP_OK;
}

/* One clock of the converter: after the start bit four bits that choose, two clocks to sample, ten
 * bits, and nine of them once more from the lowest. */
static bool bit(bool in) {
  if (clocks < 0) {
    if (in) clocks = 0, configuration = 0;
    return true;
  }
  clocks++;
  if (clocks <= 4) configuration = configuration << 1 | in;
  if (clocks == 5) {
    int difference = codes[configuration & 7] - codes[(configuration & 7) ^ 1];
    code = (unsigned)(configuration & 8 ? codes[configuration & 7] : difference < 0 ? 0 : difference);
  }
  if (clocks <= 5) return true;
  if (clocks == 6) return false;
  if (clocks <= 16) return code >> (16 - clocks) & 1;
  return clocks <= 25 && (code >> (clocks - 16) & 1);
}

esp_err_t spi_device_transmit(spi_device_handle_t of, spi_transaction_t *transaction) {
  const uint8_t *out = transaction->tx_buffer;
  uint8_t *in = transaction->rx_buffer;
  bool understands = of->config.mode == 0 || of->config.mode == 3;
  bool first_is_low = of->config.flags & SPI_DEVICE_BIT_LSBFIRST;
  if (transaction->length > 64 * 8 || transaction->length % 8 != 0) return -1;
  for (size_t at = 0; at < transaction->length / 8; at++) {
    uint8_t byte = 0;
    for (int number = 0; number < 8; number++) {
      int place = first_is_low ? number : 7 - number;
      bool came = levels[SELECT] != 0 || !understands || bit(out[at] >> place & 1);
      byte |= (uint8_t)(came << place);
    }
    in[at] = byte;
  }
  return ESP_OK;
}

/* ---- the converter of the chip itself ---- */

esp_err_t adc_oneshot_new_unit(const adc_oneshot_unit_init_cfg_t *config,
                               adc_oneshot_unit_handle_t *unit) {
  (void)config;
  *unit = (adc_oneshot_unit_handle_t)raws;
  return ESP_OK;
}

esp_err_t adc_oneshot_config_channel(adc_oneshot_unit_handle_t unit, adc_channel_t channel,
                                     const adc_oneshot_chan_cfg_t *config) {
  (void)unit, (void)channel, (void)config;
  return ESP_OK;
}

esp_err_t adc_oneshot_read(adc_oneshot_unit_handle_t unit, adc_channel_t channel, int *raw) {
  (void)unit;
  *raw = raws[channel];
  return ESP_OK;
}

/* ---- non-volatile memory ---- */

#define BLOBS 8
typedef struct {
  char space[16], key[16];
  size_t length;
  uint8_t bytes[4200];
} blob_t;
static blob_t blobs[BLOBS];
static char space_of_handle[16];

esp_err_t nvs_flash_init(void) {
  FILE *file = getenv("FAKE_NVS") ? fopen(getenv("FAKE_NVS"), "rb") : NULL;
  if (file == NULL) return ESP_OK;
  size_t read = fread(blobs, sizeof blobs, 1, file);
  fclose(file);
  return read == 1 ? ESP_OK : -1;
}

esp_err_t nvs_open(const char *name_space, nvs_open_mode_t mode, nvs_handle_t *handle) {
  (void)mode;
  if (strlen(name_space) > 15) return -1;
  strcpy(space_of_handle, name_space);
  *handle = 1;
  return ESP_OK;
}

void nvs_close(nvs_handle_t handle) { (void)handle; }

static blob_t *find(const char *key) {
  for (int i = 0; i < BLOBS; i++)
    if (strcmp(blobs[i].space, space_of_handle) == 0 && strcmp(blobs[i].key, key) == 0) return &blobs[i];
  return NULL;
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *value, size_t *length) {
  (void)handle;
  const blob_t *found = find(key);
  if (found == NULL) return ESP_ERR_NVS_NOT_FOUND;
  if (found->length > *length) return -1;
  *length = found->length;
  memcpy(value, found->bytes, found->length);
  return ESP_OK;
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length) {
  (void)handle;
  blob_t *place = find(key);
  for (int i = 0; i < BLOBS && place == NULL; i++)
    if (blobs[i].key[0] == 0) place = &blobs[i];
  if (place == NULL || strlen(key) > 15 || length > sizeof place->bytes) return -1;
  strcpy(place->space, space_of_handle);
  strcpy(place->key, key);
  place->length = length;
  memcpy(place->bytes, value, length);
  return ESP_OK;
}

esp_err_t nvs_commit(nvs_handle_t handle) {
  (void)handle;
  FILE *file = getenv("FAKE_NVS") ? fopen(getenv("FAKE_NVS"), "wb") : NULL;
  if (file == NULL) return ESP_OK;
  size_t written = fwrite(blobs, sizeof blobs, 1, file);
  fclose(file);
  return written == 1 ? ESP_OK : -1;
}
