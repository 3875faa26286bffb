// An H-bridge with a soft start: the duty grows by at most 5 percent a step, and shrinks or turns
// round at once. An overload switches off for half a second. Knows nothing of windows.

#include "h_bridge.h"

#include <stdbool.h>
#include <stdint.h>

static const float RISE_PER_STEP = 0.05f;
static const double OVERLOAD_AMPERES = 12.0;
// 100 ms of overload before the bridge switches off, for 500 ms.
static const uint32_t OVERLOAD_STEPS = 10;
static const uint32_t PAUSE_STEPS = 50;

typedef struct {
  float duty;
  uint32_t overload_steps;
  uint32_t pause_steps;
} bridge_t;

static bridge_t bridge;

static float magnitude(float value) { return value < 0.0f ? -value : value; }

// A demand beyond −1 to 1 is cut off; one that is not a number is none.
static float bounded(float duty) {
  if (duty != duty) {
    return 0.0f;
  }
  return duty < -1.0f ? -1.0f : (duty > 1.0f ? 1.0f : duty);
}

static float softened(float duty, float demand) {
  bool turns_round = duty * demand < 0.0f;
  float limit = (turns_round ? 0.0f : magnitude(duty)) + RISE_PER_STEP;
  if (magnitude(demand) <= limit) {
    return demand;
  }
  return demand < 0.0f ? -limit : limit;
}

static void watch(double current) {
  double amperes = current < 0.0 ? -current : current;
  bridge.overload_steps = amperes > OVERLOAD_AMPERES ? bridge.overload_steps + 1 : 0;
  if (bridge.overload_steps >= OVERLOAD_STEPS) {
    bridge.overload_steps = 0;
    bridge.pause_steps = PAUSE_STEPS;
  } else if (bridge.pause_steps > 0) {
    bridge.pause_steps -= 1;
  }
}

void exports_wireloom_antipinch_motor_driver_initialize(void) { bridge = (bridge_t){0}; }

void exports_wireloom_antipinch_motor_driver_step(
    exports_wireloom_antipinch_motor_driver_step_input_t *input,
    exports_wireloom_antipinch_motor_driver_step_output_t *ret) {
  watch(input->motor_current);
  bool overload = bridge.pause_steps > 0;
  bool driven = !overload && !input->brake;
  bridge.duty = driven ? softened(bridge.duty, bounded(input->duty)) : 0.0f;
  // Both half bridges on short the motor; both off leave it open.
  bool shorted = input->brake && !overload;
  ret->right_pwm = shorted ? 1.0f : (bridge.duty > 0.0f ? bridge.duty : 0.0f);
  ret->left_pwm = shorted ? 1.0f : (bridge.duty < 0.0f ? -bridge.duty : 0.0f);
  ret->overload = overload;
}

void exports_wireloom_antipinch_motor_driver_terminate(void) {}
