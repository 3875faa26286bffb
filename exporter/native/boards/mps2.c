/* QEMU mps2-an385 (Arm Application Note 385: Cortex-M3 at 25 MHz), linked within the Arduino Due's
 * memories. UART 0: log. UART 1 and 2: the first two CAN buses as SLCAN. UART 3: a tester. I2C: bus 0 is the controller
 * of shield 1 (where QEMU puts a device without a bus), bus 1 that of shield 0; two pins driven by
 * program (Arm SBCon). Timers 0 and 1 of the CMSDK: time and alarm. */
#include "../freestanding/cortex_m.h"

const uint32_t wl_clock_hz = 25000000;
#define NS_PER_TICK 40u

#define UART(n) ((volatile uint32_t *)(0x40004000 + (n) * 0x1000))
enum { UART_DATA, UART_STATE, UART_CTRL, UART_INTSTATUS, UART_BAUDDIV };
#define TIMER(n) ((volatile uint32_t *)(0x40000000 + (n) * 0x1000))
enum { TIMER_CTRL, TIMER_VALUE, TIMER_RELOAD, TIMER_INTSTATUS };
#define SBCON ((volatile uint32_t *)wl_controller)
enum { SBCON_SET, SBCON_CLEAR };
enum { SCL = 1, SDA = 2 };
enum { UART1_RX_INTERRUPT = 2, UART2_RX_INTERRUPT = 4, TIMER1_INTERRUPT = 9 };
#define CAN_BUSES 2u
#define LINK_UART 3u

static const uintptr_t wl_controllers[] = {0x4002a000, 0x40029000};
static uintptr_t wl_controller;
static uint64_t wl_ticks;
static uint32_t wl_last;
static wl_slcan_t wl_can_lines[CAN_BUSES];

static void wl_write(uint32_t uart, const char *text, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    while (UART(uart)[UART_STATE] & 1u) {
    }
    UART(uart)[UART_DATA] = (uint8_t)text[i];
  }
}

void wl_board_log(const char *text) { wl_write(0, text, strlen(text)); }

void wl_board_link_put(uint8_t byte) {
  const char text = (char)byte;
  wl_write(LINK_UART, &text, 1);
}

uint8_t wl_board_link_get(void) {
  while (!(UART(LINK_UART)[UART_STATE] & 2u)) {
  }
  return (uint8_t)UART(LINK_UART)[UART_DATA];
}

static void wl_received(uint32_t bus) {
  volatile uint32_t *uart = UART(bus + 1);
  uart[UART_INTSTATUS] = 2;
  while (uart[UART_STATE] & 2u) wl_slcan_put(&wl_can_lines[bus], (uint8_t)uart[UART_DATA]);
}

static void wl_uart1_received(void) { wl_received(0); }
static void wl_uart2_received(void) { wl_received(1); }

static void wl_alarm(void) {
  TIMER(1)[TIMER_CTRL] = 0;
  TIMER(1)[TIMER_INTSTATUS] = 1;
}

typedef void (*wl_vector_t)(void);
WL_VECTORS const wl_vector_t wl_vectors[16 + 32] = {
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
    [16 + UART1_RX_INTERRUPT] = wl_uart1_received,
    [16 + UART2_RX_INTERRUPT] = wl_uart2_received,
    [16 + TIMER1_INTERRUPT] = wl_alarm,
};

void wl_board_start(void) {
  for (uint32_t uart = 0; uart <= CAN_BUSES; uart++) {
    UART(uart)[UART_BAUDDIV] = 16;
    UART(uart)[UART_CTRL] = uart == 0 ? 1u : 1u | 2u | 8u;
  }
  UART(LINK_UART)[UART_BAUDDIV] = 16;
  UART(LINK_UART)[UART_CTRL] = 1u | 2u;
  TIMER(0)[TIMER_RELOAD] = UINT32_MAX;
  TIMER(0)[TIMER_VALUE] = UINT32_MAX;
  TIMER(0)[TIMER_CTRL] = 1;
  wl_last = UINT32_MAX;
  wl_enable_interrupt(UART1_RX_INTERRUPT);
  wl_enable_interrupt(UART2_RX_INTERRUPT);
  wl_enable_interrupt(TIMER1_INTERRUPT);
}

/* The timer counts down 32 bits in 171 s; no sleep is longer than half of it. */
uint64_t wl_board_now_ns(void) {
  uint32_t value = TIMER(0)[TIMER_VALUE];
  wl_ticks += wl_last - value;
  wl_last = value;
  return wl_ticks * NS_PER_TICK;
}

void wl_board_sleep_until(uint64_t at_ns) {
  const uint64_t longest_ticks = UINT32_MAX / 2;
  uint64_t now_ns = wl_board_now_ns();
  if (at_ns <= now_ns) return;
  uint64_t ticks = at_ns == WL_NEVER ? longest_ticks : (at_ns - now_ns + NS_PER_TICK - 1) / NS_PER_TICK;
  if (ticks > longest_ticks) ticks = longest_ticks;
  __asm volatile("cpsid i");
  if (!wl_slcan_waits(&wl_can_lines[0]) && !wl_slcan_waits(&wl_can_lines[1])) {
    TIMER(1)[TIMER_CTRL] = 0;
    TIMER(1)[TIMER_INTSTATUS] = 1;
    TIMER(1)[TIMER_RELOAD] = (uint32_t)ticks;
    TIMER(1)[TIMER_VALUE] = (uint32_t)ticks;
    TIMER(1)[TIMER_CTRL] = 1u | 8u;
    __asm volatile("wfi");
  }
  __asm volatile("cpsie i");
}

void wl_board_delay_ns(uint32_t delay_ns) {
  uint64_t until_ns = wl_board_now_ns() + delay_ns;
  while (wl_board_now_ns() < until_ns) {
  }
}

/* What is written to a serial line has left. */
int wl_board_transmit(const wl_frame_t *frame, uint64_t request) {
  char line[WL_SLCAN_BYTES];
  if (frame->bus >= CAN_BUSES) return WL_CAN_UNSUPPORTED;
  wl_write(frame->bus + 1u, line, wl_slcan_write(frame, line));
  if (request != 0) wl_can_confirm(request, WL_CAN_SENT, 0, wl_board_now_ns());
  return WL_CAN_TAKEN;
}

int wl_board_abort(uint16_t bus, uint64_t request) {
  (void)bus, (void)request;
  return WL_CAN_UNSUPPORTED;
}

wl_can_status_t wl_board_can_status(uint16_t bus) {
  (void)bus;
  return (wl_can_status_t){.state = WL_CAN_ERROR_ACTIVE};
}

bool wl_board_receive(wl_frame_t *frame) {
  for (uint16_t bus = 0; bus < CAN_BUSES; bus++) {
    if (!wl_slcan_take(&wl_can_lines[bus], frame)) continue;
    frame->bus = bus;
    return true;
  }
  return false;
}

/* No source of entropy: numbers that start from the clock, and not for keys (SplitMix64). */
uint64_t wl_board_random(void) {
  static uint64_t state;
  if (state == 0) state = wl_board_now_ns() | 1u;
  state += 0x9e3779b97f4a7c15u;
  uint64_t mixed = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
  return mixed ^ mixed >> 31;
}

/* ---- I2C by two pins (NXP UM10204): about 100 kHz at 25 MHz ---- */

static void wl_pins(uint32_t set, uint32_t clear) {
  for (volatile uint32_t i = 0; i < 8; i++) {
  }
  SBCON[SBCON_CLEAR] = clear;
  SBCON[SBCON_SET] = set;
}

static void wl_begin(void) {
  wl_pins(SDA, 0);
  wl_pins(SCL, 0);
  wl_pins(0, SDA);
  wl_pins(0, SCL);
}

static void wl_end(void) {
  wl_pins(0, SDA);
  wl_pins(SCL, 0);
  wl_pins(SDA, 0);
}

static uint32_t wl_bit(uint32_t out) {
  wl_pins(out ? SDA : 0, out ? 0 : SDA);
  wl_pins(SCL, 0);
  uint32_t in = SBCON[SBCON_SET] & SDA;
  wl_pins(0, SCL);
  return in != 0;
}

static bool wl_send(uint8_t byte) {
  for (int bit = 7; bit >= 0; bit--) (void)wl_bit(byte >> bit & 1u);
  return wl_bit(1) == 0;
}

static uint8_t wl_get(bool acknowledge) {
  uint32_t byte = 0;
  for (int bit = 0; bit < 8; bit++) byte = byte << 1 | wl_bit(1);
  (void)wl_bit(!acknowledge);
  return (uint8_t)byte;
}

int wl_board_i2c(uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count) {
  int done = WL_I2C_DONE;
  if (bus >= sizeof wl_controllers / sizeof *wl_controllers || address > 0x7f) return WL_I2C_OTHER;
  wl_controller = wl_controllers[bus];
  for (uint32_t i = 0; i < count && done == WL_I2C_DONE; i++) {
    const wl_i2c_operation_t *operation = &operations[i];
    wl_begin();
    if (!wl_send((uint8_t)(address << 1 | operation->read))) {
      done = WL_I2C_NO_ACKNOWLEDGE_ADDRESS;
      break;
    }
    for (uint32_t j = 0; j < operation->count && done == WL_I2C_DONE; j++) {
      if (operation->read)
        operation->bytes[j] = wl_get(j + 1 < operation->count);
      else if (!wl_send(operation->bytes[j]))
        done = WL_I2C_NO_ACKNOWLEDGE_DATA;
    }
  }
  wl_end();
  return done;
}
