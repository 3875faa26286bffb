/* CAN frames as lines of text (LAWICEL CANUSB manual, SLCAN): `tIIILDD..` with 11 bits,
 * `TIIIIIIIILDD..` with 29, `r` and `R` for remote frames without data, ended by a carriage return.
 * A serial line is a bus: characters come from an interrupt, frames are taken outside of it. Knows
 * no registers. */
#include "wireloom.h"

static char *wl_hex(char *line, uint32_t value, uint32_t digits) {
  while (digits-- > 0) *line++ = "0123456789ABCDEF"[value >> (digits * 4) & 15u];
  return line;
}

uint32_t wl_slcan_write(const wl_frame_t *frame, char *line) {
  char *end = line;
  *end++ = frame->remote ? (frame->extended ? 'R' : 'r') : (frame->extended ? 'T' : 't');
  end = wl_hex(end, frame->id, frame->extended ? 8 : 3);
  end = wl_hex(end, frame->length_bytes, 1);
  for (uint32_t i = 0; i < frame->length_bytes && !frame->remote; i++)
    end = wl_hex(end, frame->data[i], 2);
  *end++ = '\r';
  return (uint32_t)(end - line);
}

static int wl_digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return -1;
}

static bool wl_number(const char *line, uint32_t digits, uint32_t *value) {
  *value = 0;
  for (uint32_t i = 0; i < digits; i++) {
    int digit = wl_digit(line[i]);
    if (digit < 0) return false;
    *value = *value << 4 | (uint32_t)digit;
  }
  return true;
}

static bool wl_parse(const wl_slcan_t *bus, wl_frame_t *frame) {
  const char *line = bus->line;
  bool extended = line[0] == 'T' || line[0] == 'R', remote = line[0] == 'r' || line[0] == 'R';
  uint32_t digits = extended ? 8u : 3u, length, byte;
  if (!extended && !remote && line[0] != 't') return false;
  if (bus->count < digits + 2u) return false;
  *frame = (wl_frame_t){.extended = extended, .remote = remote};
  if (!wl_number(line + 1, digits, &frame->id)) return false;
  if (!wl_number(line + 1 + digits, 1, &length) || length > 8) return false;
  if (bus->count != digits + 2u + (remote ? 0 : 2u * length)) return false;
  for (uint32_t i = 0; i < length && !remote; i++) {
    if (!wl_number(line + 2 + digits + 2 * i, 2, &byte)) return false;
    frame->data[i] = (uint8_t)byte;
  }
  frame->length_bytes = (uint8_t)length;
  return frame->id <= (extended ? 0x1fffffffu : 0x7ffu);
}

void wl_slcan_put(wl_slcan_t *bus, uint8_t character) {
  if ((uint8_t)(bus->head + 1) == bus->tail) return;
  bus->characters[bus->head] = character;
  bus->head++;
}

bool wl_slcan_waits(const wl_slcan_t *bus) { return bus->head != bus->tail; }

bool wl_slcan_take(wl_slcan_t *bus, wl_frame_t *frame) {
  while (wl_slcan_waits(bus)) {
    char character = (char)bus->characters[bus->tail];
    bus->tail++;
    if (character != '\r' && character != '\n') {
      /* A line that is too long is none. */
      if (bus->count < sizeof bus->line)
        bus->line[bus->count++] = character;
      else
        bus->line[0] = '?';
      continue;
    }
    bool complete = bus->count > 0 && wl_parse(bus, frame);
    bus->count = 0;
    if (complete) return true;
  }
  return false;
}
