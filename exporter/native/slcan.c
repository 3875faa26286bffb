/* CAN frames as lines of text (LAWICEL CANUSB manual, SLCAN): `tIIILDD..` with 11 bits, `TIIIIIIIILDD..`
 * with 29, ended by a carriage return. Knows no wire. */
#include "wireloom.h"

static char *wl_hex(char *line, uint32_t value, uint32_t digits) {
  while (digits-- > 0) *line++ = "0123456789ABCDEF"[value >> (digits * 4) & 15u];
  return line;
}

uint32_t wl_slcan_write(const wl_frame_t *frame, char *line) {
  char *end = line;
  *end++ = frame->extended ? 'T' : 't';
  end = wl_hex(end, frame->id, frame->extended ? 8 : 3);
  end = wl_hex(end, frame->length_bytes, 1);
  for (uint32_t i = 0; i < frame->length_bytes; i++) end = wl_hex(end, frame->data[i], 2);
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

static bool wl_parse(const wl_slcan_reader_t *reader, wl_frame_t *frame) {
  const char *line = reader->line;
  uint32_t digits = line[0] == 'T' ? 8u : 3u, length, byte;
  if ((line[0] != 't' && line[0] != 'T') || reader->count < digits + 2u) return false;
  if (!wl_number(line + 1, digits, &frame->id)) return false;
  if (!wl_number(line + 1 + digits, 1, &length) || length > 8) return false;
  if (reader->count != digits + 2u + 2u * length) return false;
  for (uint32_t i = 0; i < length; i++) {
    if (!wl_number(line + 2 + digits + 2 * i, 2, &byte)) return false;
    frame->data[i] = (uint8_t)byte;
  }
  frame->extended = line[0] == 'T';
  frame->length_bytes = (uint8_t)length;
  frame->bus = 0;
  return frame->id <= (frame->extended ? 0x1fffffffu : 0x7ffu);
}

bool wl_slcan_read(wl_slcan_reader_t *reader, char character, wl_frame_t *frame) {
  if (character == '\r' || character == '\n') {
    bool complete = reader->count > 0 && wl_parse(reader, frame);
    reader->count = 0;
    return complete;
  }
  if (reader->count < sizeof reader->line)
    reader->line[reader->count++] = character;
  else
    reader->line[0] = '?';
  return false;
}
