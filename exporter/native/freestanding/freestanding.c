/* What a compiler without a C library leaves open: memory functions, and the rounding and the
 * square root of IEEE 754 on integers, exact in every bit. Knows nothing of the runtime. */
#include "math.h"
#include "string.h"
#include <stdbool.h>
#include <stdint.h>

/* Armv7-M loads and stores words at any address. */
typedef uint32_t __attribute__((aligned(1), may_alias)) word_t;

/* These loops must not become calls of what they are. */
#ifndef __clang__
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/* From the first byte to the last: memmove counts on it. */
void *memcpy(void *to, const void *from, size_t count) {
  unsigned char *out = to;
  const unsigned char *in = from;
  for (; count >= 4; count -= 4, out += 4, in += 4) *(word_t *)out = *(const word_t *)in;
  while (count-- > 0) *out++ = *in++;
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  unsigned char *out = to;
  const unsigned char *in = from;
  if (out < in || out >= in + count) return memcpy(to, from, count);
  for (; count >= 4; count -= 4) *(word_t *)(out + count - 4) = *(const word_t *)(in + count - 4);
  while (count-- > 0) out[count] = in[count];
  return to;
}

void *memset(void *to, int value, size_t count) {
  unsigned char *out = to;
  uint32_t word = (unsigned char)value * 0x01010101u;
  for (; count >= 4; count -= 4, out += 4) *(word_t *)out = word;
  while (count-- > 0) *out++ = (unsigned char)value;
  return to;
}

int memcmp(const void *one, const void *other, size_t count) {
  const unsigned char *a = one, *b = other;
  for (; count > 0; count--, a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}

size_t strlen(const char *text) {
  size_t count = 0;
  while (text[count] != 0) count++;
  return count;
}

/* ---- binary64 ---- */

static uint64_t bits(double x) {
  uint64_t b;
  __builtin_memcpy(&b, &x, 8);
  return b;
}

static double number(uint64_t b) {
  double x;
  __builtin_memcpy(&x, &b, 8);
  return x;
}

double copysign(double x, double sign) {
  return number((bits(x) & INT64_MAX) | (bits(sign) & ~(uint64_t)INT64_MAX));
}

/* Cuts off the fraction. */
double trunc(double x) {
  int exponent = (int)(bits(x) >> 52 & 0x7ff) - 1023;
  if (exponent >= 52) return x;
  if (exponent < 0) return copysign(0, x);
  return number(bits(x) & ~(UINT64_MAX >> 12 >> exponent));
}

double floor(double x) {
  double whole = trunc(x);
  return whole > x ? whole - 1 : whole;
}

double ceil(double x) {
  double whole = trunc(x);
  return copysign(whole < x ? whole + 1 : whole, x);
}

/* To the nearest, ties to even. A carry out of the fraction is one more in the exponent. */
double nearbyint(double x) {
  uint64_t b = bits(x);
  int exponent = (int)(b >> 52 & 0x7ff) - 1023;
  if (exponent >= 52) return x;
  if (exponent < -1) return copysign(0, x);
  if (exponent == -1) return copysign((b << 12) == 0 ? 0 : 1, x);
  uint64_t unit = (uint64_t)1 << (52 - exponent), fraction = b & (unit - 1), half = unit >> 1;
  b -= fraction;
  /* The last bit before the point; of 1 it is the one that is not stored. */
  bool odd = exponent == 0 || (b & unit) != 0;
  return number(fraction > half || (fraction == half && odd) ? b + unit : b);
}

double sqrt(double x) {
  uint64_t b = bits(x);
  int exponent = (int)(b >> 52 & 0x7ff);
  uint64_t fraction = b & (UINT64_MAX >> 12);
  if (exponent == 0x7ff || (b << 1) == 0) return (b >> 63) && exponent == 0x7ff && fraction == 0 ? NAN : x;
  if (b >> 63) return NAN;
  if (exponent == 0) {
    for (exponent = 1; (fraction >> 52) == 0; exponent--) fraction <<= 1;
  } else {
    fraction |= (uint64_t)1 << 52;
  }
  exponent -= 1023;
  if (exponent & 1) {
    fraction <<= 1;
    exponent--;
  }
  /* Digit by digit: 53 bits of the root and one to round by; what is left says on which side. */
  uint64_t root = 0, rest = 0;
  fraction <<= 10;
  for (int digit = 0; digit < 54; digit++) {
    rest = rest << 2 | fraction >> 62;
    fraction <<= 2;
    root <<= 1;
    if (rest > root << 1) {
      rest -= (root << 1) + 1;
      root++;
    }
  }
  root = (root >> 1) + (root & 1);
  return number(root + ((uint64_t)(exponent / 2 + 1022) << 52));
}

/* ---- binary32: through binary64, which holds every binary32; a root rounded to 53 and then to 24
 * bits is the root rounded to 24 (53 >= 2 * 24 + 2). ---- */

float copysignf(float x, float sign) { return (float)copysign((double)x, (double)sign); }
float truncf(float x) { return (float)trunc((double)x); }
float floorf(float x) { return (float)floor((double)x); }
float ceilf(float x) { return (float)ceil((double)x); }
float nearbyintf(float x) { return (float)nearbyint((double)x); }
float sqrtf(float x) { return (float)sqrt((double)x); }
