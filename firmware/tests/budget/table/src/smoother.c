// 40 KiB of samples: a new one with every step, and the mean of a window of 256.
#include "smoother.h"

#define SAMPLES 10240
#define WINDOW 256

static float samples[SAMPLES];
static uint32_t at = 0;

void exports_fixture_table_smoothing_initialize(void) {
  for (uint32_t place = 0; place < SAMPLES; place += 1) {
    samples[place] = (float)(place % 97u);
  }
}

void exports_fixture_table_smoothing_step(exports_fixture_table_smoothing_step_output_t *ret) {
  at = (at + 1) % SAMPLES;
  samples[at] = (float)(at % 89u);
  float sum = 0.0f;
  for (uint32_t back = 0; back < WINDOW; back += 1) {
    sum += samples[(at + SAMPLES - back) % SAMPLES];
  }
  ret->mean = sum / (float)WINDOW;
}
