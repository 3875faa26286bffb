/* Verification: a tester drives the ECU over a serial line in virtual time (docs/verification.md).
 * Messages and framing are those of the crate `back-to-back`. The tester answers in the place of the
 * board; the partitions, their order and the runtime are the ones that run in the vehicle. */
#ifndef WL_LINK_H
#define WL_LINK_H

/* The word at the start of RAM that chooses it, for one boot: `B2B1`. */
#define WL_REPLAY_WORD 0x31423242u

/* A tester's time is virtual, an endless loop is not: the longest time between two messages. */
#define WL_REPLAY_BUDGET_NS 10000000000u

/* Whether a tester drives the ECU. */
extern bool wl_replays;
_Noreturn void wl_replay(void);

/* ---- the board's line, polled: a tester says something only when it is waited for ---- */

/* Whether the word was there; it is not any more. */
bool wl_board_replays(void);
uint8_t wl_board_link_get(void);
void wl_board_link_put(uint8_t byte);

/* ---- messages (link.c): numbers, bytes and texts of postcard ---- */

void wl_say_begin(void);
void wl_say_u8(uint8_t byte);
void wl_say_number(uint64_t number);
void wl_say_bytes(const void *bytes, uint32_t count);
void wl_say_text(const char *text);
void wl_say_end(void);
void wl_hear_begin(void);
uint8_t wl_hear_u8(void);
uint64_t wl_hear_number(void);
/* One of so many cases. */
uint8_t wl_hear_case(uint8_t cases);
/* At most `room` bytes; says how many. */
uint32_t wl_hear_bytes(uint8_t *bytes, uint32_t room);
/* That number, or the test ends. */
void wl_hear_exactly(uint64_t number);
/* The same bytes as these, or the test ends. */
void wl_hear_same(const void *bytes, uint32_t count);
void wl_hear_end(void);
/* The tester is told why the test ends; nothing runs behind it. */
_Noreturn void wl_refuse(const char *reason);

/* ---- what a board would do (asked.c): an error is a number of the crate's enumeration ---- */

enum { WL_ASK_HAS_CAN = 5, WL_ASK_HAS_I2C = 6, WL_ASK_HAS_SPI = 9 };
/* Whether the ECU has a bus or device of that name of the guest's. */
bool wl_ask_has(uint8_t call, const uint8_t *name, uint32_t bytes);
int wl_ask_transmit(const wl_frame_t *frame, uint64_t request, bool once);
int wl_ask_abort(uint16_t bus, uint64_t request);
/* 0: the board does not know. */
uint32_t wl_ask_can_rate(uint16_t bus);
/* False: the board does not know. */
bool wl_ask_can_status(uint16_t bus, wl_can_status_t *status);
int wl_ask_i2c(uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count);
uint64_t wl_ask_random(void);
void wl_ask_spi_devices(void);
wl_outcome_t wl_ask_spi_configure(const wl_spi_device_t *device, const wl_spi_config_t *config);
wl_outcome_t wl_ask_spi(const wl_spi_device_t *device, const wl_spi_operation_t *operations,
                        uint32_t count);
bool wl_ask_pin(const uint8_t *name, uint32_t bytes);
wl_outcome_t wl_ask_digital_read(const wl_pin_t *pin, bool *high);
wl_outcome_t wl_ask_digital_write(const wl_pin_t *pin, bool high);
wl_outcome_t wl_ask_analog_read(const wl_pin_t *pin, uint32_t *value);
wl_outcome_t wl_ask_analog_write(const wl_pin_t *pin, uint32_t value);
/* When the condition of a handle holds; WL_NEVER: that is not known. */
wl_outcome_t wl_ask_pin_ready(const wl_handle_t *watch, uint64_t *ready_ns);
enum { WL_ASK_NV_READ = 18, WL_ASK_NV_WRITE, WL_ASK_NV_INVALIDATE, WL_ASK_NV_STATUS };
/* What names a block to the tester; what is written with it. */
typedef struct {
  const char *partition;
  const uint8_t *name;
  uint32_t name_bytes;
  const uint8_t *data;
  uint32_t data_bytes;
} wl_asked_block_t;
/* WL_SERVED or the error; a content goes to `to`. */
uint8_t wl_ask_nv(uint8_t call, const wl_asked_block_t *asked, uint8_t *to, uint32_t room,
                  uint32_t *bytes);
/* Its case; an error. */
uint8_t wl_ask_nv_status(const wl_asked_block_t *asked, uint8_t *error);

/* ---- what happened (told.c) ---- */

void wl_tell_published(const wl_caller_t *c, uint32_t element, const uint8_t *bytes, uint32_t count);
void wl_tell_refused(const wl_caller_t *c, uint32_t element);
void wl_tell_probe(const wl_caller_t *c, bool returned, uint32_t probe, uint32_t function,
                   const uint8_t *bytes, uint32_t count);
void wl_tell_entered(const wl_caller_t *c, uint32_t runnable);
void wl_tell_left(const wl_caller_t *c);
/* Zeroes without a text. */
void wl_tell_printed(const wl_caller_t *c, bool error, const uint8_t *text, uint32_t count);
void wl_tell_ended(void);
void wl_tell_idle(void);

#endif
