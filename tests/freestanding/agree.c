/* freestanding.c and soft_float.c against this machine's C library and its own arithmetic: every function on numbers of all sizes, on the
 * edges between whole numbers and on the halves between them, bit by bit; moves of bytes of every
 * length and overlap. Exit status 1 and a line for the first difference. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static double library_ceil(double x) { return ceil(x); }
static double library_floor(double x) { return floor(x); }
static double library_nearbyint(double x) { return nearbyint(x); }
static double library_sqrt(double x) { return sqrt(x); }
static double library_trunc(double x) { return trunc(x); }
static void *library_move(void *to, const void *from, size_t count) {
  return memmove(to, from, count);
}

/* Its names would clash with the library's. */
#undef NAN
#undef isnan
#undef signbit
#define ceil our_ceil
#define ceilf our_ceilf
#define copysign our_copysign
#define copysignf our_copysignf
#define floor our_floor
#define floorf our_floorf
#define memcmp our_memcmp
#define memcpy our_memcpy
#define memmove our_memmove
#define memset our_memset
#define nearbyint our_nearbyint
#define nearbyintf our_nearbyintf
#define sqrt our_sqrt
#define sqrtf our_sqrtf
#define strlen our_strlen
#define trunc our_trunc
#define truncf our_truncf
#include "freestanding/freestanding.c"
#include "freestanding/soft_float.c"

typedef double (*function_t)(double);
static const struct {
  const char *name;
  function_t ours, library;
} functions[] = {
    {"ceil", our_ceil, library_ceil},   {"floor", our_floor, library_floor},
    {"sqrt", our_sqrt, library_sqrt},   {"trunc", our_trunc, library_trunc},
    {"nearbyint", our_nearbyint, library_nearbyint},
};

static int differs(double x) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    double ours = functions[i].ours(x), library = functions[i].library(x);
    int both_nan = __builtin_isnan(ours) && __builtin_isnan(library);
    if (both_nan || bits(ours) == bits(library)) continue;
    printf("%s(%a): %a, not %a\n", functions[i].name, x, ours, library);
    return 1;
  }
  return 0;
}

/* Order and conversion of a number and the one before it, its neighbour or its opposite. */
static int compares(double one, double other) {
  const struct {
    const char *name;
    int ours, exact;
  } answers[] = {{"==", __aeabi_dcmpeq(one, other), one == other},
                 {"<", __aeabi_dcmplt(one, other), one < other},
                 {"<=", __aeabi_dcmple(one, other), one <= other},
                 {">=", __aeabi_dcmpge(one, other), one >= other},
                 {">", __aeabi_dcmpgt(one, other), one > other}};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    if (answers[i].ours == answers[i].exact) continue;
    printf("%a %s %a: %d, not %d\n", one, answers[i].name, other, answers[i].ours, answers[i].exact);
    return 1;
  }
  int has_unsigned = one > -1.0 && one < 0x1p64, has_signed = one >= -0x1p63 && one < 0x1p63;
  if (has_unsigned && __aeabi_d2ulz(one) != (uint64_t)one) return printf("u64 of %a\n", one);
  if (has_signed && __aeabi_d2lz(one) != (int64_t)one) return printf("s64 of %a\n", one);
  return 0;
}

static int compares_all(double x) {
  static double before;
  double last = before;
  before = x;
  return compares(x, last) || compares(x, x) || compares(x, -x) || compares(x, number(bits(x) ^ 1)) ||
         compares(-x, last) || compares(x, NAN) || compares(NAN, x) || compares(x, 0.0);
}

static int numbers(void) {
  uint64_t state = 1;
  for (uint32_t i = 0; i < 2000000; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    uint64_t fraction = (state >> 7 ^ state << 20) & UINT64_MAX >> 12;
    uint64_t exponent = i % 4 == 0 ? state >> 33 & 0x7ff : 1018 + (state >> 33) % 60;
    /* Whole numbers and halves have zeros at the end. */
    if (i % 3 == 0) fraction &= UINT64_MAX << (52 - i % 53);
    double x = number((state >> 63) << 63 | exponent << 52 | fraction);
    if (differs(x) || compares_all(x)) return 1;
  }
  const double edges[] = {0.0, -0.0, 0.5, -0.5, 1.0, 1.5, 2.5, -2.5, 4503599627370495.5, 1e300,
                          0x1.fffffffffffffp63, 0x1.fffffffffffffp62, -0x1p63, INFINITY, -INFINITY, NAN};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
    if (differs(edges[i]) || compares_all(edges[i])) return 1;
  return 0;
}

static int moves(void) {
  for (size_t count = 0; count < 24; count++)
    for (size_t from = 0; from < 32; from++)
      for (size_t to = 0; to < 32; to++) {
        unsigned char ours[64], library[64];
        for (size_t i = 0; i < sizeof ours; i++) ours[i] = library[i] = (unsigned char)(i * 7);
        our_memmove(ours + to, ours + from, count);
        library_move(library + to, library + from, count);
        if (our_memcmp(ours, library, sizeof ours) == 0) continue;
        printf("memmove of %zu bytes from %zu to %zu\n", count, from, to);
        return 1;
      }
  return 0;
}

int main(void) { return numbers() || moves(); }
