/* Arduino Due: SPI (SAM3X8E data sheet Atmel-11057, Serial Peripheral Interface).
 * NOT RUN ON THE BOARD: written from the data sheet, compiled and linked, never flashed.
 *
 * Bus: SPI 0 on the SPI header (PA25 MISO, PA26 MOSI, PA27 SPCK). Chip selects 0 to 2 are D10
 * (PA28), D4 (PA29) and D52 (PB21), driven as plain outputs: the controller's own would rise
 * between the operations of a transaction. */
#include "../wireloom.h"

#define MASTER_CLOCK_HZ 84000000u
#define SPI0 ((volatile uint32_t *)0x40008000)
enum { SPI_CR = 0, SPI_MR = 1, SPI_RDR = 2, SPI_TDR = 3, SPI_SR = 4, SPI_CSR0 = 0x30 / 4 };
enum { SPI_ENABLE = 1u << 0, SPI_RESET = 1u << 7 };
enum { SPI_MASTER = 1u << 0, SPI_NO_FAULT_DETECTION = 1u << 4 };
enum { SPI_RECEIVED = 1u << 0, SPI_ROOM = 1u << 1, SPI_OVERRUN = 1u << 3 };
enum { SPI_IDLE_HIGH = 1u << 0, SPI_LEADING_EDGE = 1u << 1 };
#define PMC_PCER0 (*(volatile uint32_t *)0x400e0610)
#define ID_SPI0 24u
enum { PIO_PER = 0, PIO_PDR = 0x04 / 4, PIO_OER = 0x10 / 4, PIO_SODR = 0x30 / 4, PIO_CODR = 0x34 / 4,
       PIO_ABSR = 0x70 / 4 };
#define PIOA ((volatile uint32_t *)0x400e0e00)
#define PIOB ((volatile uint32_t *)0x400e1000)
/* The divider of the clock has 8 bits. */
#define SLOWEST_DIVIDER 255u
/* Longest wait for a byte, in loops: some milliseconds. */
#define PATIENCE 100000u

typedef struct {
  volatile uint32_t *pio;
  uint32_t pin;
} wl_line_t;

static const wl_line_t wl_selects[] = {{PIOA, 1u << 28}, {PIOA, 1u << 29}, {PIOB, 1u << 21}};

static void wl_spi_start(void) {
  const uint32_t pins = 1u << 25 | 1u << 26 | 1u << 27;
  PMC_PCER0 = 1u << ID_SPI0;
  PIOA[PIO_ABSR] &= ~pins;
  PIOA[PIO_PDR] = pins;
  for (uint32_t i = 0; i < sizeof wl_selects / sizeof *wl_selects; i++) {
    wl_selects[i].pio[PIO_SODR] = wl_selects[i].pin;
    wl_selects[i].pio[PIO_OER] = wl_selects[i].pin;
    wl_selects[i].pio[PIO_PER] = wl_selects[i].pin;
  }
  SPI0[SPI_CR] = SPI_RESET;
  SPI0[SPI_MR] = SPI_MASTER | SPI_NO_FAULT_DETECTION;
  SPI0[SPI_CR] = SPI_ENABLE;
}

static uint8_t wl_reversed(uint8_t byte) {
  uint8_t reversed = 0;
  for (uint32_t bit = 0; bit < 8; bit++) reversed = (uint8_t)(reversed << 1 | (byte >> bit & 1u));
  return reversed;
}

static bool wl_spi_wait(uint32_t flag) {
  for (uint32_t patience = PATIENCE; patience > 0; patience--)
    if (SPI0[SPI_SR] & flag) return true;
  return false;
}

/* The controller knows one order of bits. */
static bool wl_exchange(const wl_spi_operation_t *operation, bool lsb_first) {
  for (uint32_t i = 0; i < operation->count; i++) {
    uint8_t out = operation->out == NULL ? 0 : operation->out[i];
    if (!wl_spi_wait(SPI_ROOM)) return false;
    SPI0[SPI_TDR] = lsb_first ? wl_reversed(out) : out;
    if (!wl_spi_wait(SPI_RECEIVED)) return false;
    uint8_t in = (uint8_t)SPI0[SPI_RDR];
    if (operation->in != NULL) operation->in[i] = lsb_first ? wl_reversed(in) : in;
  }
  return true;
}

wl_outcome_t wl_board_spi(const wl_spi_device_t *device, const wl_spi_config_t *config,
                          const wl_spi_operation_t *operations, uint32_t count) {
  static bool started;
  uint32_t divider = (MASTER_CLOCK_HZ + config->clock_hz - 1u) / config->clock_hz;
  bool idle_high = config->mode >= 2, trailing_edge = (config->mode & 1u) != 0, done = true;
  if (device->bus != 0 || device->chip_select >= sizeof wl_selects / sizeof *wl_selects)
    return (wl_outcome_t){.error = WL_SPI_CHIP_SELECT_FAULT};
  if (divider > SLOWEST_DIVIDER)
    return (wl_outcome_t){.error = WL_SPI_OTHER, .words = "the slowest clock here is 329412 Hz"};
  if (!started) wl_spi_start();
  started = true;
  const wl_line_t *select = &wl_selects[device->chip_select];
  SPI0[SPI_CSR0] = divider << 8 | (idle_high ? SPI_IDLE_HIGH : 0) | (trailing_edge ? 0 : SPI_LEADING_EDGE);
  select->pio[PIO_CODR] = select->pin;
  for (uint32_t i = 0; i < count && done; i++) {
    if (operations[i].delay_ns > 0) wl_board_delay_ns(operations[i].delay_ns);
    done = wl_exchange(&operations[i], config->lsb_first);
  }
  select->pio[PIO_SODR] = select->pin;
  if (!done)
    return (wl_outcome_t){.error = WL_SPI_OTHER, .words = "the SPI controller does not answer"};
  bool overrun = (SPI0[SPI_SR] & SPI_OVERRUN) != 0;
  return (wl_outcome_t){.error = overrun ? WL_SPI_OVERRUN : WL_SERVED};
}
