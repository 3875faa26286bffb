/* What a board would do, asked of the tester: the calls of `back-to-back` (message.rs) with their
 * answers. Numbers are positions in that crate's enumerations and in those of `ecu-host`'s board.
 * Knows nothing of how a message looks on the line. */
#include "wireloom.h"

enum { WL_OUTPUT = 2, WL_CALL = 0, WL_ANSWER = 2 };
enum { ASK_TRANSMIT, ASK_TRANSMIT_ONCE, ASK_ABORT, ASK_CAN_RATE, ASK_CAN_STATUS, ASK_I2C = 7,
       ASK_RANDOM, ASK_SPI_DEVICES = 10, ASK_SPI_CONFIGURE, ASK_SPI, ASK_PIN, ASK_DIGITAL_READ,
       ASK_DIGITAL_WRITE, ASK_ANALOG_READ, ASK_ANALOG_WRITE };
enum { ASK_PIN_READY = 22 };
enum { ANSWER_TAKEN, ANSWER_CAN_RATE, ANSWER_CAN_STATUS, ANSWER_ATTACHED, ANSWER_I2C, ANSWER_RANDOM,
       ANSWER_SPI_DEVICES, ANSWER_SPI_CONFIGURED, ANSWER_SPI, ANSWER_PIN, ANSWER_LEVEL,
       ANSWER_ANALOG, ANSWER_PIN_WRITTEN, ANSWER_NV_CONTENT, ANSWER_NV_TAKEN, ANSWER_NV_STATUS,
       ANSWER_PIN_READY };
/* Cases of the errors; the last of SPI and pins has words. */
enum { CAN_ERRORS = 4, I2C_ERRORS = 7, NV_ERRORS = 6 };
/* Words of an error. */
#define WL_WORDS_BYTES 96u

static void wl_ask(uint8_t call) {
  wl_say_begin();
  wl_say_u8(WL_OUTPUT);
  wl_say_u8(WL_CALL);
  wl_say_u8(call);
}

static void wl_ask_now(uint8_t call) {
  wl_ask(call);
  wl_say_number(wl_now_ns());
}

static void wl_hear_answer(uint8_t answer) {
  wl_say_end();
  wl_hear_begin();
  if (wl_hear_number() != WL_ANSWER || wl_hear_number() != answer)
    wl_refuse("the answer to a call was due; reset the board and begin again");
}

/* WL_SERVED, or the case of the error. */
static uint8_t wl_hear_result(uint8_t errors) {
  return wl_hear_case(2) == 0 ? WL_SERVED : wl_hear_case(errors);
}

/* The same of an error whose last case has words. */
static wl_outcome_t wl_hear_outcome(uint8_t last) {
  static char words[WL_WORDS_BYTES + 1];
  wl_outcome_t outcome = {.error = wl_hear_result((uint8_t)(last + 1))};
  if (outcome.error != last) return outcome;
  words[wl_hear_bytes((uint8_t *)words, WL_WORDS_BYTES)] = 0;
  outcome.words = words;
  return outcome;
}

bool wl_ask_has(uint8_t call, const uint8_t *name, uint32_t bytes) {
  wl_ask(call);
  wl_say_bytes(name, bytes);
  wl_hear_answer(ANSWER_ATTACHED);
  bool attached = wl_hear_case(2) == 1;
  wl_hear_end();
  return attached;
}

/* ---- CAN ---- */

static int wl_hear_taken(void) {
  static const uint8_t errors[CAN_ERRORS] = {WL_CAN_NO_BUS, WL_CAN_QUEUE_FULL, WL_CAN_IS_BUS_OFF,
                                             WL_CAN_UNSUPPORTED};
  wl_hear_answer(ANSWER_TAKEN);
  uint8_t error = wl_hear_result(CAN_ERRORS);
  wl_hear_end();
  return error == WL_SERVED ? WL_CAN_TAKEN : errors[error];
}

int wl_ask_transmit(const wl_frame_t *frame, uint64_t request, bool once) {
  wl_ask_now(once ? ASK_TRANSMIT_ONCE : ASK_TRANSMIT);
  wl_say_number(request);
  wl_say_text(wl_system.can_buses[frame->bus]);
  wl_say_number(frame->id);
  wl_say_u8(frame->extended);
  wl_say_u8(frame->remote);
  wl_say_bytes(frame->data, frame->length_bytes);
  return wl_hear_taken();
}

int wl_ask_abort(uint16_t bus, uint64_t request) {
  wl_ask_now(ASK_ABORT);
  wl_say_text(wl_system.can_buses[bus]);
  wl_say_number(request);
  return wl_hear_taken();
}

uint32_t wl_ask_can_rate(uint16_t bus) {
  wl_ask(ASK_CAN_RATE);
  wl_say_text(wl_system.can_buses[bus]);
  wl_hear_answer(ANSWER_CAN_RATE);
  uint32_t rate_hz = wl_hear_case(2) == 1 ? (uint32_t)wl_hear_number() : 0;
  wl_hear_end();
  return rate_hz;
}

bool wl_ask_can_status(uint16_t bus, wl_can_status_t *status) {
  wl_ask_now(ASK_CAN_STATUS);
  wl_say_text(wl_system.can_buses[bus]);
  wl_hear_answer(ANSWER_CAN_STATUS);
  bool known = wl_hear_case(2) == 1;
  if (known) {
    status->state = wl_hear_case(WL_CAN_BUS_OFF + 1);
    status->transmit_errors = (uint16_t)wl_hear_number();
    status->receive_errors = (uint16_t)wl_hear_number();
  }
  wl_hear_end();
  return known;
}

/* ---- I2C ---- */

enum { OPERATION_READ, OPERATION_WRITE, OPERATION_TRANSFER, OPERATION_DELAY };

/* A list as long as what is asked for, before it comes. */
static void wl_say_zeroes(uint32_t count) {
  wl_say_number(count);
  while (count-- > 0) wl_say_u8(0);
}

static void wl_hear_read(uint8_t *bytes, uint32_t count) {
  wl_hear_exactly(count);
  for (uint32_t i = 0; i < count; i++) bytes[i] = wl_hear_u8();
}

int wl_ask_i2c(uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count) {
  wl_ask_now(ASK_I2C);
  wl_say_text(wl_system.i2c_buses[bus]);
  wl_say_number(address);
  wl_say_number(count);
  for (uint32_t i = 0; i < count; i++) {
    wl_say_u8(operations[i].read ? OPERATION_READ : OPERATION_WRITE);
    if (operations[i].read)
      wl_say_zeroes(operations[i].count);
    else
      wl_say_bytes(operations[i].bytes, operations[i].count);
  }
  wl_hear_answer(ANSWER_I2C);
  uint64_t busy_ns = wl_hear_number();
  uint8_t error = wl_hear_result(I2C_ERRORS);
  wl_hear_exactly(count);
  for (uint32_t i = 0; i < count; i++) {
    wl_hear_exactly(operations[i].read ? OPERATION_READ : OPERATION_WRITE);
    if (operations[i].read)
      wl_hear_read(operations[i].bytes, operations[i].count);
    else
      wl_hear_same(operations[i].bytes, operations[i].count);
  }
  wl_hear_end();
  wl_pass(busy_ns);
  return error == WL_SERVED ? WL_I2C_DONE : error;
}

/* ---- SPI ---- */

void wl_ask_spi_devices(void) {
  wl_ask(ASK_SPI_DEVICES);
  wl_hear_answer(ANSWER_SPI_DEVICES);
  wl_hear_exactly(wl_system.spi_count);
  for (uint16_t i = 0; i < wl_system.spi_count; i++)
    wl_hear_same(wl_system.spi_devices[i].name, (uint32_t)strlen(wl_system.spi_devices[i].name));
  wl_hear_end();
}

wl_outcome_t wl_ask_spi_configure(const wl_spi_device_t *device, const wl_spi_config_t *config) {
  wl_ask_now(ASK_SPI_CONFIGURE);
  wl_say_text(device->name);
  wl_say_number(config->clock_hz);
  wl_say_u8(config->mode);
  wl_say_u8(config->lsb_first);
  wl_hear_answer(ANSWER_SPI_CONFIGURED);
  wl_outcome_t outcome = wl_hear_outcome(WL_SPI_OTHER);
  wl_hear_end();
  return outcome;
}

static uint8_t wl_spi_kind(const wl_spi_operation_t *operation) {
  if (operation->in == NULL) return operation->out == NULL ? OPERATION_DELAY : OPERATION_WRITE;
  return operation->out == NULL ? OPERATION_READ : OPERATION_TRANSFER;
}

static void wl_say_spi(const wl_spi_operation_t *operation) {
  uint8_t kind = wl_spi_kind(operation);
  wl_say_u8(kind);
  switch (kind) {
    case OPERATION_READ: wl_say_zeroes(operation->count); return;
    case OPERATION_DELAY: wl_say_number(operation->delay_ns); return;
    default: wl_say_bytes(operation->out, operation->count);
  }
}

static void wl_hear_spi(const wl_spi_operation_t *operation) {
  uint8_t kind = wl_spi_kind(operation);
  wl_hear_exactly(kind);
  switch (kind) {
    case OPERATION_DELAY: wl_hear_exactly(operation->delay_ns); return;
    case OPERATION_WRITE: wl_hear_same(operation->out, operation->count); return;
    default: wl_hear_read(operation->in, operation->count);
  }
}

wl_outcome_t wl_ask_spi(const wl_spi_device_t *device, const wl_spi_operation_t *operations,
                        uint32_t count) {
  wl_ask_now(ASK_SPI);
  wl_say_text(device->name);
  wl_say_number(count);
  for (uint32_t i = 0; i < count; i++) wl_say_spi(&operations[i]);
  wl_hear_answer(ANSWER_SPI);
  uint64_t busy_ns = wl_hear_number();
  wl_outcome_t outcome = wl_hear_outcome(WL_SPI_OTHER);
  wl_hear_exactly(count);
  for (uint32_t i = 0; i < count; i++) wl_hear_spi(&operations[i]);
  wl_hear_end();
  wl_pass(busy_ns);
  return outcome;
}

/* ---- pins ---- */

/* How it is wired is in this image, too: only whether there is such a pin is asked. */
bool wl_ask_pin(const uint8_t *name, uint32_t bytes) {
  wl_ask(ASK_PIN);
  wl_say_bytes(name, bytes);
  wl_hear_answer(ANSWER_PIN);
  bool known = wl_hear_case(2) == 1;
  if (known) {
    (void)wl_hear_case(WL_PIN_IN_OUT + 1);
    if (wl_hear_case(2) == 1) (void)wl_hear_number();
    (void)wl_hear_case(2);
    if (wl_hear_case(2) == 1) (void)wl_hear_case(2);
  }
  wl_hear_end();
  return known;
}

static void wl_ask_of_pin(uint8_t call, const wl_pin_t *pin) {
  wl_ask_now(call);
  wl_say_text(pin->name);
}

static wl_outcome_t wl_hear_written(void) {
  wl_hear_answer(ANSWER_PIN_WRITTEN);
  wl_outcome_t outcome = wl_hear_outcome(WL_GPIO_OTHER);
  wl_hear_end();
  return outcome;
}

wl_outcome_t wl_ask_digital_read(const wl_pin_t *pin, bool *high) {
  wl_ask_of_pin(ASK_DIGITAL_READ, pin);
  wl_hear_answer(ANSWER_LEVEL);
  wl_outcome_t outcome = wl_hear_outcome(WL_GPIO_OTHER);
  if (outcome.error == WL_SERVED) *high = wl_hear_case(2) == 1;
  wl_hear_end();
  return outcome;
}

wl_outcome_t wl_ask_digital_write(const wl_pin_t *pin, bool high) {
  wl_ask_of_pin(ASK_DIGITAL_WRITE, pin);
  wl_say_u8(high);
  return wl_hear_written();
}

wl_outcome_t wl_ask_analog_read(const wl_pin_t *pin, uint32_t *value) {
  wl_ask_of_pin(ASK_ANALOG_READ, pin);
  wl_hear_answer(ANSWER_ANALOG);
  wl_outcome_t outcome = wl_hear_outcome(WL_GPIO_OTHER);
  if (outcome.error == WL_SERVED) *value = (uint32_t)wl_hear_number();
  wl_hear_end();
  return outcome;
}

wl_outcome_t wl_ask_analog_write(const wl_pin_t *pin, uint32_t value) {
  wl_ask_of_pin(ASK_ANALOG_WRITE, pin);
  wl_say_number(value);
  return wl_hear_written();
}

wl_outcome_t wl_ask_pin_ready(const wl_handle_t *watch, uint64_t *ready_ns) {
  bool of_level = watch->watch == WL_WATCH_LEVEL || watch->watch == WL_WATCH_EDGE;
  wl_ask_of_pin(ASK_PIN_READY, &wl_system.pins[watch->object]);
  wl_say_u8(watch->watch);
  wl_say_number(of_level ? watch->watched : watch->number);
  wl_say_number(watch->ready_ns);
  wl_hear_answer(ANSWER_PIN_READY);
  wl_outcome_t outcome = wl_hear_outcome(WL_GPIO_OTHER);
  *ready_ns = WL_NEVER;
  if (outcome.error == WL_SERVED && wl_hear_case(2) == 1) *ready_ns = wl_hear_number();
  wl_hear_end();
  return outcome;
}

/* ---- non-volatile blocks, and random numbers ---- */

static void wl_ask_of_block(uint8_t call, const wl_asked_block_t *asked) {
  wl_ask_now(call);
  wl_say_text(asked->partition);
  wl_say_bytes(asked->name, asked->name_bytes);
  if (call == WL_ASK_NV_WRITE) wl_say_bytes(asked->data, asked->data_bytes);
}

uint8_t wl_ask_nv(uint8_t call, const wl_asked_block_t *asked, uint8_t *to, uint32_t room,
                  uint32_t *bytes) {
  bool reads = call == WL_ASK_NV_READ;
  wl_ask_of_block(call, asked);
  wl_hear_answer(reads ? ANSWER_NV_CONTENT : ANSWER_NV_TAKEN);
  uint8_t error = wl_hear_result(NV_ERRORS);
  if (reads && error == WL_SERVED) *bytes = wl_hear_bytes(to, room);
  wl_hear_end();
  return error;
}

uint8_t wl_ask_nv_status(const wl_asked_block_t *asked, uint8_t *error) {
  wl_ask_of_block(WL_ASK_NV_STATUS, asked);
  wl_hear_answer(ANSWER_NV_STATUS);
  uint8_t status = wl_hear_case(3);
  if (status == 2) *error = wl_hear_case(NV_ERRORS);
  wl_hear_end();
  return status;
}

uint64_t wl_ask_random(void) {
  wl_ask(ASK_RANDOM);
  wl_hear_answer(ANSWER_RANDOM);
  uint64_t number = wl_hear_number();
  wl_hear_end();
  return number;
}
