// A value that rises and begins anew.
#include "ramp.h"

void exports_fixture_spread_source_step(exports_fixture_spread_source_step_output_t *ret) {
  static float value = 0.0f;
  value = value > 100.0f ? 0.0f : value + 0.5f;
  ret->value = value;
}
