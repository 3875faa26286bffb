// The controller `wiper` behind the component's bindings; made by `wireloom wrap`.
// Numbers are copied field by field; a value that an enumeration does not have traps.

#include "wiper_component.h"
#include "wiper.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static Lever lever_in(exports_wireloom_wrapped_wiper_lever_t value) {
  switch (value) {
  case 0: return Lever_Off;
  case 1: return Lever_Interval;
  case 2: return Lever_Slow;
  case 3: return Lever_Fast;
  default: __builtin_trap();
  }
}

static exports_wireloom_wrapped_wiper_wiper_state_t wiper_state_out(WiperState value) {
  switch (value) {
  case WiperState_Parked: return 0;
  case WiperState_Wiping: return 1;
  case WiperState_Waiting: return 2;
  default: __builtin_trap();
  }
}

void exports_wireloom_wrapped_wiper_initialize(void) { wiper_initialize(); }

void exports_wireloom_wrapped_wiper_step(
    exports_wireloom_wrapped_wiper_step_input_t *input,
    exports_wireloom_wrapped_wiper_step_output_t *ret) {
  wiper_U.LeverPosition = lever_in(input->lever_position);
  wiper_U.Rain = input->rain;
  wiper_U.VehicleSpeed = input->vehicle_speed;
  wiper_U.AtPark = input->at_park;
  wiper_step();
  ret->motor_duty = wiper_Y.MotorDuty;
  ret->state = wiper_state_out(wiper_Y.State);
  ret->wipes = wiper_Y.Wipes;
}

void exports_wireloom_wrapped_wiper_terminate(void) { wiper_terminate(); }
