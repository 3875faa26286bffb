// The controller `windscreen` behind the component's bindings; made by `wireloom wrap`.
// Numbers are copied field by field; a value that an enumeration does not have traps.

#include "windscreen_component.h"
#include "windscreen.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static windscreen_in_T wrapped_in;
static windscreen_out_T wrapped_out;

static exports_wireloom_wrapped_windscreen_driver_lever_t driver_lever_out(DriverLever value) {
  switch (value) {
  case DriverLever_Off: return 0;
  case DriverLever_Interval: return 1;
  case DriverLever_Slow: return 2;
  case DriverLever_Fast: return 3;
  default: __builtin_trap();
  }
}

void exports_wireloom_wrapped_windscreen_initialize(void) { windscreen_initialize(); }

void exports_wireloom_wrapped_windscreen_step(
    exports_wireloom_wrapped_windscreen_step_input_t *input,
    exports_wireloom_wrapped_windscreen_step_output_t *ret) {
  wrapped_in.MotorDuty = input->motor_duty;
  windscreen_step(&wrapped_in, &wrapped_out);
  ret->arm.angle = wrapped_out.Arm.Angle;
  ret->arm.at_park = wrapped_out.Arm.AtPark != 0;
  ret->water = wrapped_out.Water;
  ret->lever = driver_lever_out(wrapped_out.Lever);
  ret->speed = wrapped_out.Speed;
}

void exports_wireloom_wrapped_windscreen_terminate(void) {}
