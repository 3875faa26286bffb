// A window lifter with pinch protection: follows the switch, and lets go of what is in its way by
// opening a hand's breadth. Knows nothing of the motor's bridge.

#include "anti_pinch.h"
#include "pinch_detector.hpp"

namespace {

using Input = exports_wireloom_antipinch_lifter_step_input_t;
using Output = exports_wireloom_antipinch_lifter_step_output_t;

enum class State : uint8_t {
  stopped = EXPORTS_WIRELOOM_ANTIPINCH_LIFTER_LIFTER_STATE_STOPPED,
  closing = EXPORTS_WIRELOOM_ANTIPINCH_LIFTER_LIFTER_STATE_CLOSING,
  opening = EXPORTS_WIRELOOM_ANTIPINCH_LIFTER_LIFTER_STATE_OPENING,
  reversing = EXPORTS_WIRELOOM_ANTIPINCH_LIFTER_LIFTER_STATE_REVERSING,
};

constexpr float OPEN_MM = 1.0f;
constexpr float CLOSED_MM = 449.0f;
// Between these a pinch is possible (FMVSS 118 and UN R21 protect openings from 4 mm on).
constexpr float PROTECTED_FROM_MM = 4.0f;
constexpr float PROTECTED_TO_MM = 446.0f;
constexpr float REVERSAL_MM = 125.0f;
// Slower than it could, so that the force on a hand stays below 100 N.
constexpr float CLOSING_DUTY = 0.8f;
constexpr float OPENING_DUTY = -1.0f;
// A motor this slow for that long stands against something.
constexpr float STALL_RPS = 1.0f;
constexpr uint32_t STALL_STEPS = 20;

State state = State::stopped;
// A new movement needs a switch that was released after the last one.
bool released = true;
float reversal_end_mm = 0.0f;
uint32_t stall_steps = 0;
PinchDetector detector;

void enter(State next) {
  state = next;
  stall_steps = 0;
  detector.restart();
  released = released && next != State::stopped;
}

bool is_stalled(const Input &input) {
  const float rps = input.motor_speed < 0.0f ? -input.motor_speed : input.motor_speed;
  stall_steps = rps < STALL_RPS ? stall_steps + 1 : 0;
  return stall_steps >= STALL_STEPS;
}

bool is_pinched(const Input &input) {
  const bool is_protected =
      input.position > PROTECTED_FROM_MM && input.position < PROTECTED_TO_MM;
  return detector.step(input.motor_current) && is_protected;
}

void rest(const Input &input) {
  released = released || (!input.up && !input.down);
  if (!released || input.up == input.down) {
    return;
  }
  if (input.up && input.position < CLOSED_MM) {
    enter(State::closing);
  } else if (input.down && input.position > OPEN_MM) {
    enter(State::opening);
  }
}

void close(const Input &input) {
  if (is_pinched(input)) {
    reversal_end_mm = input.position - REVERSAL_MM;
    enter(State::reversing);
  } else if (!input.up || input.position >= CLOSED_MM || is_stalled(input)) {
    enter(State::stopped);
  }
}

void open(const Input &input) {
  if (!input.down || input.position <= OPEN_MM || is_stalled(input)) {
    enter(State::stopped);
  }
}

void reverse(const Input &input) {
  const bool is_open = input.position <= OPEN_MM;
  if (is_open || input.position <= reversal_end_mm || is_stalled(input)) {
    enter(State::stopped);
  }
}

void advance(const Input &input) {
  switch (state) {
  case State::stopped:
    return rest(input);
  case State::closing:
    return close(input);
  case State::opening:
    return open(input);
  case State::reversing:
    return reverse(input);
  }
}

float duty() {
  switch (state) {
  case State::closing:
    return CLOSING_DUTY;
  case State::opening:
  case State::reversing:
    return OPENING_DUTY;
  case State::stopped:
    break;
  }
  return 0.0f;
}

} // namespace

extern "C" {

void exports_wireloom_antipinch_lifter_initialize(void) {
  enter(State::stopped);
  released = true;
}

void exports_wireloom_antipinch_lifter_step(Input *input, Output *ret) {
  advance(*input);
  ret->motor.duty = duty();
  ret->motor.brake = state == State::stopped;
  ret->state = static_cast<uint8_t>(state);
  ret->pinch_detected = state == State::reversing;
}

void exports_wireloom_antipinch_lifter_terminate(void) { enter(State::stopped); }

} // extern "C"
