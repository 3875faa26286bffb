// Loops whose bodies are mostly one class of operators; what else is in them is counted as well.
// Results stay in memory, so that no compiler leaves the work out.
#include "worker.h"
#include <string.h>

#define NEVER_INLINED __attribute__((noinline))

static uint32_t whole = 12345;
static uint64_t whole_long = 0x123456789abcdefull;
static float single = 1.5f;
static double twice = 1.25;
static uint32_t table[256];
static uint8_t bytes[2][512];

void exports_fixture_operators_work_nothing(void) {}

// Six values that change places.
void exports_fixture_operators_work_moves(void) {
  uint32_t a = whole, b = 2, c = 3, d = 4, e = 5, f = 6;
  for (uint32_t turn = 0; turn < 150; turn += 1) {
    uint32_t kept = a;
    a = b;
    b = c;
    c = d;
    d = e;
    e = f;
    f = kept + turn;
  }
  whole = a + b + c + d + e + f;
}

void exports_fixture_operators_work_integers(void) {
  uint32_t a = whole, b = 77;
  for (uint32_t turn = 0; turn < 100; turn += 1) {
    a = (a ^ (a << 13)) + b;
    b = (b | (a >> 17)) - turn;
    a = (a * 1103515245u) ^ (b & 0xffff00ffu);
    b = a > b ? a - b : b - a;
  }
  whole = a + b;
}

void exports_fixture_operators_work_divisions(void) {
  uint32_t a = whole | 1, b = 7;
  int32_t c = -100000;
  for (uint32_t turn = 1; turn < 100; turn += 1) {
    a = a / b + 1000003u;
    b = a % 251u + 3;
    c = c / (int32_t)(turn | 1) - 1000 + c % 13;
  }
  whole = a + b + (uint32_t)c;
}

void exports_fixture_operators_work_longs(void) {
  uint64_t a = whole_long, b = 99;
  for (uint32_t turn = 0; turn < 80; turn += 1) {
    a = (a ^ (a << 13)) + b;
    b = (b | (a >> 17)) - turn;
    a = (a * 6364136223846793005ull) ^ (b & 0xffff00ff00ffull);
    b = a > b ? a - b : b - a;
  }
  whole_long = a + b;
}

void exports_fixture_operators_work_long_divisions(void) {
  uint64_t a = whole_long | 1, b = 7;
  for (uint32_t turn = 1; turn < 60; turn += 1) {
    a = a / b + 1000000000003ull;
    b = a % 25100000001ull + turn;
  }
  whole_long = a + b;
}

void exports_fixture_operators_work_floats(void) {
  float a = single, b = 0.25f;
  for (uint32_t turn = 0; turn < 80; turn += 1) {
    a = a * 0.999f + b;
    b = b - a * 0.125f;
    a = a * 0.5f + 1.0f;
  }
  single = a + b * 1e-3f;
}

// To integers and back, and comparisons.
void exports_fixture_operators_work_float_conversions(void) {
  float a = single, b = 3.25f;
  for (uint32_t turn = 0; turn < 80; turn += 1) {
    a = a > (float)turn ? b : (float)(turn & 15u);
    b = (float)(int32_t)a;
    a = __builtin_fabsf(a) > b ? a : -b;
  }
  single = a;
}

void exports_fixture_operators_work_float_divisions(void) {
  float a = single, b = 3.25f;
  for (uint32_t turn = 0; turn < 80; turn += 1) {
    a = 1000.0f / (b + 1.5f);
    b = (b + 2.0f) / 7.0f;
  }
  single = a + b;
}

void exports_fixture_operators_work_doubles(void) {
  double a = twice, b = 0.25;
  for (uint32_t turn = 0; turn < 60; turn += 1) {
    a = a * 0.999 + b;
    b = b - a * 0.125;
    a = a * 0.5 + 1.0;
  }
  twice = a + b * 1e-3;
}

void exports_fixture_operators_work_double_conversions(void) {
  double a = twice, b = 3.25;
  for (uint32_t turn = 0; turn < 60; turn += 1) {
    a = a > (double)turn ? b : (double)(turn & 15u);
    b = (double)(float)a;
    a = (double)(int32_t)b > b ? a : -b;
  }
  twice = a;
}

void exports_fixture_operators_work_double_divisions(void) {
  double a = twice, b = 3.25;
  for (uint32_t turn = 0; turn < 40; turn += 1) {
    a = 1000.0 / (b + 1.5);
    b = (b + 2.0) / 7.0;
  }
  twice = a + b;
}

void exports_fixture_operators_work_roots(void) {
  double a = twice;
  float b = single;
  for (uint32_t turn = 0; turn < 40; turn += 1) {
    a = __builtin_sqrt(a + 2.0);
    b = __builtin_sqrtf(b + 2.0f);
  }
  twice = a;
  single = b;
}

void exports_fixture_operators_work_accesses(void) {
  for (uint32_t turn = 0; turn < 60; turn += 1) {
    volatile uint32_t *place = table + turn;
    place[0] = place[1];
    place[2] = place[3];
    place[4] = place[5];
    place[6] = place[7];
    place[8] = place[9];
  }
}

// The stack's pointer is a global: a function whose locals need memory reads and writes it.
NEVER_INLINED static uint32_t with_frame(uint32_t value) {
  volatile uint32_t kept = value;
  return kept + 1;
}

void exports_fixture_operators_work_globals(void) {
  uint32_t a = whole;
  for (uint32_t turn = 0; turn < 80; turn += 1) a = with_frame(a);
  whole = a;
}

void exports_fixture_operators_work_branches(void) {
  uint32_t a = whole;
  for (uint32_t turn = 0; turn < 120; turn += 1) {
    switch (a & 7) {
      case 0: a += 3; table[0] += 1; break;
      case 1: a ^= 5; table[1] += 2; break;
      case 2: a -= 7; table[2] += 3; break;
      case 3: a += 9; if (a & 16) table[3] += 4; break;
      case 4: a ^= 11; if (a & 32) table[4] += 5; break;
      case 5: a -= 13; table[5] += 6; break;
      default: a += 1; if (a & 64) break; table[6] += 7; break;
    }
    if (a & 256) a += turn;
  }
  whole = a;
}

NEVER_INLINED static uint32_t called(uint32_t a, uint32_t b) {
  __asm__ volatile("");
  return a + b;
}

void exports_fixture_operators_work_calls(void) {
  uint32_t a = whole;
  for (uint32_t turn = 0; turn < 60; turn += 1) {
    a = called(called(called(a, turn), 3), called(turn, a));
  }
  whole = a;
}

static uint32_t first(uint32_t a) { return a + 1; }
static uint32_t second(uint32_t a) { return a ^ 3; }
static uint32_t (*volatile chosen[2])(uint32_t) = {first, second};

void exports_fixture_operators_work_indirect_calls(void) {
  uint32_t a = whole;
  for (uint32_t turn = 0; turn < 80; turn += 1) a = chosen[turn & 1](a);
  whole = a;
}

// Lengths that no compiler knows.
static volatile uint32_t few = 12, many = 480;

void exports_fixture_operators_work_copies(void) {
  for (uint32_t turn = 0; turn < 40; turn += 1) {
    memcpy(bytes[0] + turn, bytes[1], few);
    memset(bytes[1] + turn, (int)turn, few);
  }
}

void exports_fixture_operators_work_long_copies(void) {
  for (uint32_t turn = 0; turn < 16; turn += 1) {
    memmove(bytes[0] + turn, bytes[1], many);
    memset(bytes[1] + turn, (int)turn, many);
  }
}
