/* Arduino Due: Microchip SAM3X8E (data sheet Atmel-11057), Cortex-M3 at 84 MHz.
 * NOT RUN ON THE BOARD: written from the data sheet, compiled and linked, never flashed.
 *
 * Log: UART, programming port (PA8, PA9), 115200 8N1. A tester: USART 0, RX1 and TX1 (PA10, PA11),
 * 115200 8N1. CAN 0: PA0, PA1 behind a transceiver; CAN 1: PB14, PB15. I2C bus 0: TWI 1, pins 20 and
 * 21 (PB12, PB13); bus 1: TWI 0, pins SDA1 and SCL1 (PA17, PA18). Timer counter 0: channel 0 time,
 * channel 1 alarm. */
#include "../freestanding/cortex_m.h"

const uint32_t wl_clock_hz = 84000000;
#define MASTER_CLOCK_HZ 84000000u

#define REGISTER(address) (*(volatile uint32_t *)(address))
/* Section 28: power management controller. */
#define PMC_PCER0 REGISTER(0x400e0610)
#define PMC_PCER1 REGISTER(0x400e0700)
#define CKGR_MOR REGISTER(0x400e0620)
#define CKGR_PLLAR REGISTER(0x400e0628)
#define PMC_MCKR REGISTER(0x400e0630)
#define PMC_SR REGISTER(0x400e0668)
enum { SR_MOSCXTS = 1u << 0, SR_LOCKA = 1u << 1, SR_MCKRDY = 1u << 3, SR_MOSCSELS = 1u << 16 };
/* Section 18: flash controllers; section 15: watchdog. */
#define EEFC0_FMR REGISTER(0x400e0a00)
#define EEFC1_FMR REGISTER(0x400e0c00)
#define WDT_MR REGISTER(0x400e1a54)
/* Section 31: parallel input and output. */
#define PIOA ((volatile uint32_t *)0x400e0e00)
#define PIOB ((volatile uint32_t *)0x400e1000)
enum { PIO_PDR = 0x04 / 4, PIO_ABSR = 0x70 / 4 };
/* Section 34: universal asynchronous receiver transmitter. */
#define UART ((volatile uint32_t *)0x400e0800)
enum { UART_CR = 0, UART_MR = 1, UART_SR = 0x14 / 4, UART_THR = 0x1c / 4, UART_BRGR = 0x20 / 4 };
/* Section 35: universal synchronous asynchronous receiver transmitter. */
#define USART0 ((volatile uint32_t *)0x40098000)
enum { US_CR = 0, US_MR = 1, US_CSR = 0x14 / 4, US_RHR = 0x18 / 4, US_THR = 0x1c / 4,
       US_BRGR = 0x20 / 4 };
/* Section 36: timer counter. */
#define TC0(channel) ((volatile uint32_t *)(0x40080000 + (channel) * 0x40))
enum { TC_CCR = 0, TC_CMR = 1, TC_CV = 0x10 / 4, TC_RC = 0x1c / 4, TC_SR = 0x20 / 4, TC_IER = 0x24 / 4 };
/* Section 33: two-wire interface. */
enum { TWI_CR = 0, TWI_MMR = 1, TWI_IADR = 0x0c / 4, TWI_CWGR = 0x10 / 4, TWI_SR = 0x20 / 4,
       TWI_RHR = 0x30 / 4, TWI_THR = 0x34 / 4 };
enum { TWI_START = 1u << 0, TWI_STOP = 1u << 1, TWI_MSEN = 1u << 2, TWI_SVDIS = 1u << 5,
       TWI_SWRST = 1u << 7 };
enum { TWI_TXCOMP = 1u << 0, TWI_RXRDY = 1u << 1, TWI_TXRDY = 1u << 2, TWI_OVRE = 1u << 6,
       TWI_NACK = 1u << 8, TWI_ARBLST = 1u << 9 };
/* Section 40: controller area network. */
#define CAN(n) ((volatile uint32_t *)(0x400b4000 + (n) * 0x4000))
enum { CAN_MR = 0, CAN_IER = 1, CAN_IDR = 2, CAN_SR = 4, CAN_BR = 5, CAN_ECR = 8,
       CAN_MAILBOX = 0x200 / 4 };
enum { SR_ERRP = 1u << 18, SR_BOFF = 1u << 19, SR_CERR = 1u << 24, SR_SERR = 1u << 25,
       SR_AERR = 1u << 26, SR_FERR = 1u << 27, SR_BERR = 1u << 28 };
enum { CAN_MMR = 0, CAN_MAM = 1, CAN_MID = 2, CAN_MSR = 4, CAN_MDL = 5, CAN_MDH = 6, CAN_MCR = 7 };
#define CAN_MIDE (1u << 29)
#define CAN_READY (1u << 23)
#define CAN_ABORT (1u << 22)
#define CAN_REMOTE (1u << 20)
#define CAN_BUSES 2u
#define CAN_MAILBOXES 8u
/* Section 9.3: identifiers of peripherals, which are their interrupts. */
enum { ID_UART = 8, ID_PIOA = 11, ID_PIOB = 12, ID_USART0 = 17, ID_TWI0 = 22, ID_TWI1 = 23,
       ID_TC0 = 27, ID_TC1 = 28, ID_TRNG = 41, ID_CAN0 = 43, ID_CAN1 = 44 };
/* Section 41: true random number generator. */
#define TRNG ((volatile uint32_t *)0x400bc000)
enum { TRNG_CR = 0, TRNG_ISR = 0x1c / 4, TRNG_ODATA = 0x50 / 4 };

/* Of the master clock, for 115200 bit/s of 16 samples each. */
#define LINK_EIGHTHS ((MASTER_CLOCK_HZ + 115200u) / (2u * 115200u))
/* Longest wait for a byte on a bus, in loops: some milliseconds. */
#define PATIENCE 100000u

/* Whose frame is in the mailbox that sends; 0: nobody asks. */
static uint64_t wl_requests[CAN_BUSES];
static uint8_t wl_can_states[CAN_BUSES];
static uint64_t wl_ticks;
static uint32_t wl_last;

static void wl_clock_start(void) {
  WDT_MR = 1u << 15;
  EEFC0_FMR = 4u << 8;
  EEFC1_FMR = 4u << 8;
  CKGR_MOR = 0x37u << 16 | 8u << 8 | 1u << 3 | 1u;
  while (!(PMC_SR & SR_MOSCXTS)) {
  }
  CKGR_MOR = 0x37u << 16 | 8u << 8 | 1u << 3 | 1u | 1u << 24;
  while (!(PMC_SR & SR_MOSCSELS)) {
  }
  /* 12 MHz × 14 = 168 MHz, halved. */
  CKGR_PLLAR = 1u << 29 | 13u << 16 | 0x3fu << 8 | 1u;
  while (!(PMC_SR & SR_LOCKA)) {
  }
  PMC_MCKR = 1u << 4 | 1u;
  while (!(PMC_SR & SR_MCKRDY)) {
  }
  PMC_MCKR = 1u << 4 | 2u;
  while (!(PMC_SR & SR_MCKRDY)) {
  }
}

static void wl_pins_of(volatile uint32_t *pio, uint32_t pins) {
  pio[PIO_ABSR] &= ~pins;
  pio[PIO_PDR] = pins;
}

static volatile uint32_t *wl_twi(uint16_t bus) {
  return (volatile uint32_t *)(bus == 0 ? 0x40090000 : 0x4008c000);
}

static void wl_twi_start(uint16_t bus) {
  volatile uint32_t *twi = wl_twi(bus);
  twi[TWI_CR] = TWI_SWRST;
  twi[TWI_CR] = TWI_SVDIS | TWI_MSEN;
  /* 100 kHz: (208 × 2 + 4) cycles low, as many high. */
  twi[TWI_CWGR] = 1u << 16 | 208u << 8 | 208u;
}

/* 14 quanta a bit, sampled behind the eleventh. */
static void wl_bus_start(uint16_t bus) {
  volatile uint32_t *can = CAN(bus);
  uint32_t divider = MASTER_CLOCK_HZ / (14u * wl_system.can_rates_bps[bus]);
  can[CAN_BR] = (divider - 1u) << 16 | 0u << 12 | 5u << 8 | 3u << 4 | 2u;
  for (uint32_t i = 0; i < CAN_MAILBOXES; i++) {
    volatile uint32_t *mailbox = can + CAN_MAILBOX + i * 8;
    uint32_t extended = i > 4 ? CAN_MIDE : 0;
    mailbox[CAN_MMR] = 0;
    mailbox[CAN_MAM] = extended;
    mailbox[CAN_MID] = extended;
    mailbox[CAN_MMR] = (i == 0 ? 3u : 1u) << 24;
    mailbox[CAN_MCR] = i == 0 ? 0 : CAN_READY;
  }
  can[CAN_MR] = 1;
  wl_enable_interrupt(bus == 0 ? ID_CAN0 : ID_CAN1);
}

static void wl_can0_received(void) { CAN(0)[CAN_IDR] = 0xff; }
static void wl_can1_received(void) { CAN(1)[CAN_IDR] = 0xff; }
static void wl_alarm(void) { (void)TC0(1)[TC_SR]; }

typedef void (*wl_vector_t)(void);
WL_VECTORS const wl_vector_t wl_vectors[16 + 45] = {
    [0] = (wl_vector_t)&wl_stack_top,
    [1] = wl_reset,
    [2] = wl_fault,
    [3] = wl_fault,
    [4] = wl_fault,
    [5] = wl_fault,
    [6] = wl_fault,
    [11] = wl_fault,
    [14] = wl_fault,
    [15] = wl_systick,
    [16 + ID_TC1] = wl_alarm,
    [16 + ID_CAN0] = wl_can0_received,
    [16 + ID_CAN1] = wl_can1_received,
};

void wl_board_start(void) {
  wl_clock_start();
  PMC_PCER0 = 1u << ID_UART | 1u << ID_PIOA | 1u << ID_PIOB | 1u << ID_USART0 | 1u << ID_TWI0 |
              1u << ID_TWI1 | 1u << ID_TC0 | 1u << ID_TC1;
  PMC_PCER1 = 1u << (ID_TRNG - 32) | 1u << (ID_CAN0 - 32) | 1u << (ID_CAN1 - 32);
  TRNG[TRNG_CR] = 0x524e47u << 8 | 1u;
  wl_pins_of(PIOA, 1u << 0 | 1u << 1 | 1u << 8 | 1u << 9 | 1u << 10 | 1u << 11 | 1u << 17 | 1u << 18);
  wl_pins_of(PIOB, 1u << 12 | 1u << 13 | 1u << 14 | 1u << 15);
  UART[UART_CR] = 1u << 2 | 1u << 3;
  UART[UART_MR] = 4u << 9;
  UART[UART_BRGR] = (MASTER_CLOCK_HZ + 8u * 115200u) / (16u * 115200u);
  UART[UART_CR] = 1u << 4 | 1u << 6;
  /* 8 bits, no parity; the divisor in eighths. */
  USART0[US_CR] = 1u << 2 | 1u << 3;
  USART0[US_MR] = 3u << 6 | 4u << 9;
  USART0[US_BRGR] = (LINK_EIGHTHS & 7u) << 16 | LINK_EIGHTHS >> 3;
  USART0[US_CR] = 1u << 4 | 1u << 6;
  /* Half the master clock, counting up without end. */
  TC0(0)[TC_CMR] = 1u << 15;
  TC0(0)[TC_CCR] = 1u << 0 | 1u << 2;
  TC0(1)[TC_CMR] = 1u << 15 | 2u << 13 | 1u << 6;
  TC0(1)[TC_IER] = 1u << 4;
  wl_enable_interrupt(ID_TC1);
  for (uint16_t bus = 0; bus < 2; bus++) wl_twi_start(bus);
  for (uint16_t bus = 0; bus < wl_system.can_count && bus < CAN_BUSES; bus++) wl_bus_start(bus);
}

void wl_board_log(const char *text) {
  for (; *text != 0; text++) {
    while (!(UART[UART_SR] & 1u << 1)) {
    }
    UART[UART_THR] = (uint8_t)*text;
  }
}

void wl_board_link_put(uint8_t byte) {
  while (!(USART0[US_CSR] & 1u << 1)) {
  }
  USART0[US_THR] = byte;
}

uint8_t wl_board_link_get(void) {
  while (!(USART0[US_CSR] & 1u << 0)) {
  }
  return (uint8_t)USART0[US_RHR];
}

/* 42 MHz: 21 ticks are 500 ns. The counter wraps after 102 s; no sleep is longer than half of it. */
uint64_t wl_board_now_ns(void) {
  uint32_t value = TC0(0)[TC_CV];
  wl_ticks += value - wl_last;
  wl_last = value;
  return wl_ticks / 21u * 500u + wl_ticks % 21u * 500u / 21u;
}

void wl_board_sleep_until(uint64_t at_ns) {
  const uint64_t longest_ticks = UINT32_MAX / 2;
  uint64_t now_ns = wl_board_now_ns();
  if (at_ns <= now_ns) return;
  uint64_t wait_ns = at_ns - now_ns;
  uint64_t ticks = wait_ns > 50000000000u ? longest_ticks : wait_ns * 21u / 500u + 1u;
  __asm volatile("cpsid i");
  for (uint16_t bus = 0; bus < wl_system.can_count && bus < CAN_BUSES; bus++)
    CAN(bus)[CAN_IER] = wl_requests[bus] != 0 ? 0xff : 0xfe;
  (void)TC0(1)[TC_SR];
  TC0(1)[TC_RC] = (uint32_t)ticks;
  TC0(1)[TC_CCR] = 1u << 0 | 1u << 2;
  __asm volatile("wfi");
  __asm volatile("cpsie i");
}

void wl_board_delay_ns(uint32_t delay_ns) {
  uint64_t until_ns = wl_board_now_ns() + delay_ns;
  while (wl_board_now_ns() < until_ns) {
  }
}

/* Confirms a frame that has left or was withdrawn. */
static void wl_can_sent(uint16_t bus) {
  uint32_t status = (CAN(bus) + CAN_MAILBOX)[CAN_MSR];
  if (wl_requests[bus] == 0 || !(status & CAN_READY)) return;
  uint64_t request = wl_requests[bus];
  wl_requests[bus] = 0;
  wl_can_confirm(request, status & CAN_ABORT ? WL_CAN_ABORTED : WL_CAN_SENT, 0, wl_board_now_ns());
}

int wl_board_transmit(const wl_frame_t *frame, uint64_t request) {
  if (frame->bus >= CAN_BUSES) return WL_CAN_UNSUPPORTED;
  volatile uint32_t *mailbox = CAN(frame->bus) + CAN_MAILBOX;
  uint32_t low, high, patience = PATIENCE;
  if (CAN(frame->bus)[CAN_SR] & SR_BOFF) return WL_CAN_IS_BUS_OFF;
  /* A frame that still waits for the bus is not overwritten. */
  while (!(mailbox[CAN_MSR] & CAN_READY))
    if (patience-- == 0) return WL_CAN_QUEUE_FULL;
  wl_can_sent(frame->bus);
  wl_requests[frame->bus] = request;
  memcpy(&low, frame->data, 4);
  memcpy(&high, frame->data + 4, 4);
  mailbox[CAN_MID] = frame->extended ? CAN_MIDE | frame->id : frame->id << 18;
  mailbox[CAN_MDL] = low;
  mailbox[CAN_MDH] = high;
  mailbox[CAN_MCR] =
      CAN_READY | (uint32_t)frame->length_bytes << 16 | (frame->remote ? CAN_REMOTE : 0);
  return WL_CAN_TAKEN;
}

int wl_board_abort(uint16_t bus, uint64_t request) {
  if (bus >= CAN_BUSES || wl_requests[bus] != request) return WL_CAN_TAKEN;
  (CAN(bus) + CAN_MAILBOX)[CAN_MCR] = CAN_ABORT;
  return WL_CAN_TAKEN;
}

static uint8_t wl_can_state_of(uint32_t status) {
  if (status & SR_BOFF) return WL_CAN_BUS_OFF;
  return status & SR_ERRP ? WL_CAN_ERROR_PASSIVE : WL_CAN_ERROR_ACTIVE;
}

wl_can_status_t wl_board_can_status(uint16_t bus) {
  uint32_t counters = CAN(bus)[CAN_ECR];
  return (wl_can_status_t){.transmit_errors = (uint16_t)(counters >> 16 & 0x1ffu),
                           .receive_errors = (uint16_t)(counters & 0xffu),
                           .state = wl_can_state_of(CAN(bus)[CAN_SR])};
}

/* Reading the status clears its errors: each is an event once. The order is that of `bus-error`. */
static void wl_can_look(uint16_t bus) {
  static const uint32_t errors[] = {SR_BERR, SR_SERR, SR_FERR, SR_CERR, SR_AERR};
  uint32_t status = CAN(bus)[CAN_SR];
  uint8_t state = wl_can_state_of(status);
  for (uint8_t i = 0; i < sizeof errors / sizeof *errors; i++)
    if (status & errors[i]) wl_can_event(bus, WL_CAN_EVENT_BUS_ERROR, i, wl_board_now_ns());
  if (state != wl_can_states[bus]) wl_can_event(bus, WL_CAN_EVENT_STATE, state, wl_board_now_ns());
  wl_can_states[bus] = state;
  wl_can_sent(bus);
}

bool wl_board_receive(wl_frame_t *frame) {
  for (uint16_t bus = 0; bus < wl_system.can_count && bus < CAN_BUSES; bus++) {
    wl_can_look(bus);
    for (uint32_t i = 1; i < CAN_MAILBOXES; i++) {
      volatile uint32_t *mailbox = CAN(bus) + CAN_MAILBOX + i * 8;
      uint32_t status = mailbox[CAN_MSR];
      if (!(status & CAN_READY)) continue;
      uint32_t id = mailbox[CAN_MID], low = mailbox[CAN_MDL], high = mailbox[CAN_MDH];
      mailbox[CAN_MCR] = CAN_READY;
      frame->bus = bus;
      frame->extended = (id & CAN_MIDE) != 0;
      frame->remote = (status & CAN_REMOTE) != 0;
      frame->id = frame->extended ? id & 0x1fffffffu : id >> 18 & 0x7ffu;
      frame->length_bytes = (uint8_t)(status >> 16 & 15u);
      if (frame->length_bytes > 8) frame->length_bytes = 8;
      memcpy(frame->data, &low, 4);
      memcpy(frame->data + 4, &high, 4);
      return true;
    }
  }
  return false;
}

/* 32 bits in 84 cycles. */
uint64_t wl_board_random(void) {
  uint64_t number = 0;
  for (uint32_t half = 0; half < 2; half++) {
    while (!(TRNG[TRNG_ISR] & 1u)) {
    }
    number = number << 32 | TRNG[TRNG_ODATA];
  }
  return number;
}

/* Waits for a flag of the two-wire interface; an error ends the wait. */
static int wl_twi_wait(volatile uint32_t *twi, uint32_t flag, int refused) {
  for (uint32_t patience = PATIENCE; patience > 0; patience--) {
    uint32_t status = twi[TWI_SR];
    if (status & TWI_ARBLST) return WL_I2C_ARBITRATION_LOSS;
    if (status & TWI_NACK) return refused;
    if (status & TWI_OVRE) return WL_I2C_OVERRUN;
    if (status & flag) return WL_I2C_DONE;
  }
  return WL_I2C_BUS;
}

static int wl_twi_write(volatile uint32_t *twi, uint16_t address, const wl_i2c_operation_t *operation) {
  int done = WL_I2C_DONE;
  twi[TWI_MMR] = (uint32_t)address << 16;
  for (uint32_t i = 0; i < operation->count && done == WL_I2C_DONE; i++) {
    twi[TWI_THR] = operation->bytes[i];
    done = wl_twi_wait(twi, TWI_TXRDY,
                       i == 0 ? WL_I2C_NO_ACKNOWLEDGE_ADDRESS : WL_I2C_NO_ACKNOWLEDGE_DATA);
  }
  twi[TWI_CR] = TWI_STOP;
  int ended = wl_twi_wait(twi, TWI_TXCOMP, WL_I2C_NO_ACKNOWLEDGE_DATA);
  return done == WL_I2C_DONE ? ended : done;
}

static int wl_twi_read(volatile uint32_t *twi, uint16_t address, const wl_i2c_operation_t *write,
                       const wl_i2c_operation_t *operation) {
  uint32_t count = operation->count, before = write == NULL ? 0 : write->count, register_address = 0;
  for (uint32_t i = 0; i < before; i++) register_address = register_address << 8 | write->bytes[i];
  twi[TWI_MMR] = (uint32_t)address << 16 | 1u << 12 | before << 8;
  twi[TWI_IADR] = register_address;
  twi[TWI_CR] = TWI_START | (count == 1 ? TWI_STOP : 0);
  for (uint32_t i = 0; i < count; i++) {
    if (i + 2 == count) {
      int done = wl_twi_wait(twi, TWI_RXRDY, WL_I2C_NO_ACKNOWLEDGE_ADDRESS);
      if (done != WL_I2C_DONE) return done;
      twi[TWI_CR] = TWI_STOP;
    }
    int done = wl_twi_wait(twi, TWI_RXRDY, WL_I2C_NO_ACKNOWLEDGE_ADDRESS);
    if (done != WL_I2C_DONE) return done;
    operation->bytes[i] = (uint8_t)twi[TWI_RHR];
  }
  return wl_twi_wait(twi, TWI_TXCOMP, WL_I2C_NO_ACKNOWLEDGE_DATA);
}

/* One write, one read, or up to three bytes written and a read behind a repeated start, which is
 * what this controller can join; anything else is `other`. */
int wl_board_i2c(uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count) {
  if (bus > 1 || address > 0x7f || count == 0 || operations[count - 1].count == 0) return WL_I2C_OTHER;
  volatile uint32_t *twi = wl_twi(bus);
  if (count == 1 && operations[0].read) return wl_twi_read(twi, address, NULL, &operations[0]);
  if (count == 1) return wl_twi_write(twi, address, &operations[0]);
  bool joined = count == 2 && !operations[0].read && operations[1].read;
  if (!joined || operations[0].count == 0 || operations[0].count > 3) return WL_I2C_OTHER;
  return wl_twi_read(twi, address, &operations[0], &operations[1]);
}
