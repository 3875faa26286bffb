/* The link to a tester, as bytes: postcard's numbers and texts, CRC-16 (IBM-3740), COBS, a zero byte.
 * One message each way at a time, and each is read and written as it comes: nothing of it is kept
 * but a block of COBS. Knows nothing of what the messages say. */
#include "wireloom.h"

#define WL_COBS_BYTES 254u
/* Bytes of a number of 64 bits, seven bits each. */
#define WL_NUMBER_BYTES 10u

static uint16_t wl_crc;
static uint8_t wl_block[WL_COBS_BYTES];
static uint8_t wl_block_count;
/* Of the block that comes in: its bytes that are to come, and whether a zero stands behind it. */
static uint8_t wl_left;
static bool wl_zero;

static void wl_check(uint8_t byte) {
  uint32_t crc = wl_crc ^ (uint32_t)byte << 8;
  for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000u) != 0 ? crc << 1 ^ 0x1021u : crc << 1;
  wl_crc = (uint16_t)crc;
}

/* ---- out ---- */

static void wl_put_block(void) {
  wl_board_link_put((uint8_t)(wl_block_count + 1));
  for (uint32_t i = 0; i < wl_block_count; i++) wl_board_link_put(wl_block[i]);
  wl_block_count = 0;
}

static void wl_put(uint8_t byte) {
  if (byte != 0) wl_block[wl_block_count++] = byte;
  if (byte == 0 || wl_block_count == WL_COBS_BYTES) wl_put_block();
}

void wl_say_begin(void) {
  wl_board_budget_stop();
  wl_crc = 0xffff;
  wl_block_count = 0;
}

void wl_say_u8(uint8_t byte) {
  wl_check(byte);
  wl_put(byte);
}

void wl_say_number(uint64_t number) {
  for (; number >= 0x80; number >>= 7) wl_say_u8((uint8_t)(number | 0x80));
  wl_say_u8((uint8_t)number);
}

void wl_say_bytes(const void *bytes, uint32_t count) {
  const uint8_t *next = bytes;
  wl_say_number(count);
  while (count-- > 0) wl_say_u8(*next++);
}

void wl_say_text(const char *text) { wl_say_bytes(text, (uint32_t)strlen(text)); }

void wl_say_end(void) {
  uint16_t crc = wl_crc;
  wl_put((uint8_t)crc);
  wl_put((uint8_t)(crc >> 8));
  wl_put_block();
  wl_board_link_put(0);
  wl_board_budget_start(WL_REPLAY_BUDGET_NS);
}

/* ---- in ---- */

static void wl_block_begins(uint8_t code) {
  wl_left = (uint8_t)(code - 1);
  wl_zero = code <= WL_COBS_BYTES;
}

void wl_hear_begin(void) {
  uint8_t code;
  wl_board_budget_stop();
  wl_crc = 0xffff;
  /* A line may begin with a zero. */
  do code = wl_board_link_get();
  while (code == 0);
  wl_block_begins(code);
}

static uint8_t wl_get_decoded(void) {
  while (wl_left == 0) {
    bool zero = wl_zero;
    uint8_t code = wl_board_link_get();
    if (code == 0) wl_refuse("a message ends too soon; check that both ends are of one version");
    wl_block_begins(code);
    if (zero) return 0;
  }
  wl_left--;
  uint8_t byte = wl_board_link_get();
  if (byte == 0) wl_refuse("a frame is not COBS; check the line");
  return byte;
}

uint8_t wl_hear_u8(void) {
  uint8_t byte = wl_get_decoded();
  wl_check(byte);
  return byte;
}

uint64_t wl_hear_number(void) {
  uint64_t number = 0;
  for (uint32_t i = 0; i < WL_NUMBER_BYTES; i++) {
    uint8_t byte = wl_hear_u8();
    number |= (uint64_t)(byte & 0x7fu) << (7 * i);
    if (byte < 0x80) return number;
  }
  wl_refuse("a number has more than 64 bits; check that both ends are of one version");
}

uint8_t wl_hear_case(uint8_t cases) {
  uint64_t found = wl_hear_number();
  if (found >= cases) wl_refuse("a message has a case that this image does not know; export it again");
  return (uint8_t)found;
}

uint32_t wl_hear_bytes(uint8_t *bytes, uint32_t room) {
  uint64_t count = wl_hear_number();
  if (count > room) wl_refuse("a message has more bytes than the native runtime takes at a time");
  for (uint32_t i = 0; i < count; i++) bytes[i] = wl_hear_u8();
  return (uint32_t)count;
}

static _Noreturn void wl_refuse_answer(void) {
  wl_refuse("the tester answers something else than was asked; reset the board and begin again");
}

void wl_hear_exactly(uint64_t number) {
  if (wl_hear_number() != number) wl_refuse_answer();
}

void wl_hear_same(const void *bytes, uint32_t count) {
  const uint8_t *next = bytes;
  wl_hear_exactly(count);
  while (count-- > 0)
    if (wl_hear_u8() != *next++) wl_refuse_answer();
}

void wl_hear_end(void) {
  uint16_t crc = wl_crc;
  uint8_t low = wl_get_decoded(), high = wl_get_decoded();
  uint8_t last = wl_board_link_get();
  /* Behind a full block an empty one may stand. */
  if (last == 1 && wl_left == 0 && !wl_zero) last = wl_board_link_get();
  if (wl_left != 0 || last != 0)
    wl_refuse("a message is longer than this version has it; check that both ends are of one version");
  if ((low | high << 8) != crc) wl_refuse("the checksum of a frame is wrong; check the line");
  wl_board_budget_start(WL_REPLAY_BUDGET_NS);
}
