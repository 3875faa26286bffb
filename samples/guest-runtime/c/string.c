// Byte-wise memory functions: small rather than fast, since guests move a few bytes.
// Knows nothing of the arena.

#include <stdint.h>
#include <string.h>

void *memcpy(void *target, const void *source, size_t size) {
  uint8_t *to = target;
  const uint8_t *from = source;
  for (size_t index = 0; index < size; index++) {
    to[index] = from[index];
  }
  return target;
}

void *memmove(void *target, const void *source, size_t size) {
  uint8_t *to = target;
  const uint8_t *from = source;
  if (to < from) {
    return memcpy(target, source, size);
  }
  for (size_t index = size; index > 0; index--) {
    to[index - 1] = from[index - 1];
  }
  return target;
}

void *memset(void *target, int value, size_t size) {
  uint8_t *to = target;
  for (size_t index = 0; index < size; index++) {
    to[index] = (uint8_t)value;
  }
  return target;
}

int memcmp(const void *left, const void *right, size_t size) {
  const uint8_t *a = left;
  const uint8_t *b = right;
  for (size_t index = 0; index < size; index++) {
    if (a[index] != b[index]) {
      return a[index] < b[index] ? -1 : 1;
    }
  }
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length] != '\0') {
    length += 1;
  }
  return length;
}
