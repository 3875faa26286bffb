/* Arduino Due: pins (SAM3X8E data sheet Atmel-11057: Parallel Input/Output Controller,
 * Analog-to-Digital Converter, Digital-to-Analog Converter Controller).
 * NOT RUN ON THE BOARD: written from the data sheet, compiled and linked, never flashed.
 *
 * The n-th digital pin of the system is D33 + n, up to D41 (PC1 to PC9). The n-th analog input is
 * A0 + n, up to A7 (channel 7 down to 0, 12 bits). The analog output is DAC1 (PB16, 12 bits, a sixth
 * to five sixths of 3.3 V): DAC0's pin is CAN 1's. There are no resistors to ground. */
#include "../wireloom.h"

#define PMC_PCER0 (*(volatile uint32_t *)0x400e0610)
#define PMC_PCER1 (*(volatile uint32_t *)0x400e0700)
enum { ID_PIOC = 13, ID_ADC = 37, ID_DACC = 38 };
#define PIOC ((volatile uint32_t *)0x400e1200)
enum { PIO_PER = 0, PIO_OER = 0x10 / 4, PIO_ODR = 0x14 / 4, PIO_SODR = 0x30 / 4, PIO_CODR = 0x34 / 4,
       PIO_PDSR = 0x3c / 4, PIO_ISR = 0x4c / 4, PIO_PUDR = 0x60 / 4, PIO_PUER = 0x64 / 4 };
#define DIGITAL_PINS 9u
#define ADC ((volatile uint32_t *)0x400c0000)
enum { ADC_CR = 0, ADC_MR = 1, ADC_CHER = 0x10 / 4, ADC_CHDR = 0x14 / 4, ADC_ISR = 0x30 / 4,
       ADC_CDR = 0x50 / 4 };
#define ANALOG_INPUTS 8u
#define DACC ((volatile uint32_t *)0x400c8000)
enum { DACC_CR = 0, DACC_MR = 1, DACC_CHER = 0x10 / 4, DACC_CDR = 0x20 / 4, DACC_ISR = 0x30 / 4 };
#define FULL_SCALE 4095u
/* Longest wait for a conversion, in loops. */
#define PATIENCE 100000u

static const wl_outcome_t wl_done = {.error = WL_SERVED};
static const wl_outcome_t wl_out_of_reach = {.error = WL_GPIO_HARDWARE_FAULT};

static void wl_converters_start(void) {
  PMC_PCER1 = 1u << (ID_ADC - 32) | 1u << (ID_DACC - 32);
  ADC[ADC_CR] = 1u << 0;
  /* 84 MHz / (2 × (2 + 1)) = 14 MHz; 512 periods to start, 17 to settle. */
  ADC[ADC_MR] = 2u << 8 | 8u << 16 | 3u << 20 | 1u << 28;
  DACC[DACC_CR] = 1u << 0;
  /* Channel 1, refreshed every 8 × 1024 periods, 512 periods to start. */
  DACC[DACC_MR] = 8u << 8 | 1u << 16 | 8u << 24;
  DACC[DACC_CHER] = 1u << 1;
}

/* A pin is set up when it is used first: outputs do not move before. */
static bool wl_prepared(const wl_pin_t *pin) {
  static uint32_t prepared;
  static bool converters;
  if (pin->full_scale > 0) {
    uint32_t count = pin->direction == WL_PIN_IN ? ANALOG_INPUTS : 1u;
    if (pin->direction == WL_PIN_IN_OUT || pin->line >= count) return false;
    if (!converters) wl_converters_start();
    converters = true;
    return true;
  }
  if (pin->line >= DIGITAL_PINS || pin->pull == WL_PULL_DOWN) return false;
  uint32_t bit = 1u << (pin->line + 1u);
  if (prepared & bit) return true;
  PMC_PCER0 = 1u << ID_PIOC;
  PIOC[pin->pull == WL_PULL_UP ? PIO_PUER : PIO_PUDR] = bit;
  /* One for both ways reads until it is written. */
  if (pin->direction != WL_PIN_OUT) PIOC[PIO_ODR] = bit;
  PIOC[PIO_PER] = bit;
  prepared |= bit;
  return true;
}

wl_outcome_t wl_board_digital_read(const wl_pin_t *pin, bool *high) {
  if (!wl_prepared(pin)) return wl_out_of_reach;
  *high = (PIOC[PIO_PDSR] & 1u << (pin->line + 1u)) != 0;
  return wl_done;
}

/* Section 31.5.10: the status has every change since it was read, whether or not it interrupts, and
 * reading it clears all of the port. */
bool wl_board_digital_changed(const wl_pin_t *pin) {
  static uint32_t changed;
  if (!wl_prepared(pin)) return false;
  uint32_t bit = 1u << (pin->line + 1u);
  changed |= PIOC[PIO_ISR];
  bool has = (changed & bit) != 0;
  changed &= ~bit;
  return has;
}

wl_outcome_t wl_board_digital_write(const wl_pin_t *pin, bool high) {
  if (!wl_prepared(pin)) return wl_out_of_reach;
  uint32_t bit = 1u << (pin->line + 1u);
  PIOC[high ? PIO_SODR : PIO_CODR] = bit;
  PIOC[PIO_OER] = bit;
  return wl_done;
}

/* To the scale that the system has. */
static uint32_t wl_scaled(uint32_t value, uint32_t from, uint32_t to) {
  return (uint32_t)(((uint64_t)value * to + from / 2u) / from);
}

wl_outcome_t wl_board_analog_read(const wl_pin_t *pin, uint32_t *value) {
  if (pin->direction != WL_PIN_IN || !wl_prepared(pin)) return wl_out_of_reach;
  uint32_t channel = ANALOG_INPUTS - 1u - pin->line;
  ADC[ADC_CHER] = 1u << channel;
  ADC[ADC_CR] = 1u << 1;
  for (uint32_t patience = PATIENCE; !(ADC[ADC_ISR] & 1u << channel); patience--)
    if (patience == 0) return wl_out_of_reach;
  *value = wl_scaled(ADC[ADC_CDR + channel] & FULL_SCALE, FULL_SCALE, pin->full_scale);
  ADC[ADC_CHDR] = 1u << channel;
  return wl_done;
}

wl_outcome_t wl_board_analog_write(const wl_pin_t *pin, uint32_t value) {
  if (!wl_prepared(pin)) return wl_out_of_reach;
  for (uint32_t patience = PATIENCE; !(DACC[DACC_ISR] & 1u); patience--)
    if (patience == 0) return wl_out_of_reach;
  DACC[DACC_CDR] = wl_scaled(value, pin->full_scale, FULL_SCALE);
  return wl_done;
}
