// A low pass of first order behind a gain.
#include "amplifier.h"

void exports_fixture_spread_gain_step(exports_fixture_spread_gain_step_input_t *input,
                                      exports_fixture_spread_gain_step_output_t *ret) {
  static float state = 0.0f;
  state += 0.2f * (1.5f * input->value - state);
  ret->value = state;
}
