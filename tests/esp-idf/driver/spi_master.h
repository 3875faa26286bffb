/* Declarations after ESP-IDF 5's API reference ("SPI Master Driver"). */
#pragma once
#include "esp_err.h"
#include <stddef.h>
#include <stdint.h>
typedef enum { SPI1_HOST, SPI2_HOST, SPI3_HOST } spi_host_device_t;
enum { SPI_DMA_DISABLED };
#define SPI_DEVICE_TXBIT_LSBFIRST (1u << 0)
#define SPI_DEVICE_RXBIT_LSBFIRST (1u << 1)
#define SPI_DEVICE_BIT_LSBFIRST (SPI_DEVICE_TXBIT_LSBFIRST | SPI_DEVICE_RXBIT_LSBFIRST)
typedef struct {
  int mosi_io_num, miso_io_num, sclk_io_num, quadwp_io_num, quadhd_io_num;
  int max_transfer_sz;
} spi_bus_config_t;
typedef struct {
  uint8_t mode;
  int clock_speed_hz;
  int spics_io_num;
  uint32_t flags;
  int queue_size;
} spi_device_interface_config_t;
typedef struct {
  uint32_t flags;
  size_t length, rxlength; /* in bits */
  void *user;
  const void *tx_buffer;
  void *rx_buffer;
} spi_transaction_t;
typedef struct spi_device_t *spi_device_handle_t;
esp_err_t spi_bus_initialize(spi_host_device_t host, const spi_bus_config_t *config, int dma);
esp_err_t spi_bus_add_device(spi_host_device_t host, const spi_device_interface_config_t *config,
                             spi_device_handle_t *device);
esp_err_t spi_bus_remove_device(spi_device_handle_t device);
esp_err_t spi_device_transmit(spi_device_handle_t device, spi_transaction_t *transaction);
