// Wipes as the lever says; between two wipes of an interval it waits the shorter, the more water
// there is. An arm that is under way always returns to its park contact.

#include "wiper.h"

#define STEPS_PER_SECOND 100.0f
#define LONGEST_SECONDS 6.0f
#define SHORTEST_SECONDS 1.0f
#define FAST_DRIVING_KMH 60.0f

// Slow and fast, in percent.
const real32_T wiper_Duty[WIPER_SPEEDS] = {60.0f, 100.0f};

DW_wiper_T wiper_DW;
ExtU_wiper_T wiper_U;
ExtY_wiper_T wiper_Y;

static real32_T wiper_bounded(real32_T percent) {
  // What is not a number counts as rain: wiping is the safe side.
  if (!(percent <= 100.0f)) {
    return 100.0f;
  }
  return percent < 0.0f ? 0.0f : percent;
}

static uint32_T wiper_pause_steps(void) {
  real32_T share = 1.0f - wiper_bounded(wiper_U.Rain) / 100.0f;
  real32_T seconds = SHORTEST_SECONDS + share * (LONGEST_SECONDS - SHORTEST_SECONDS);
  if (wiper_U.VehicleSpeed > FAST_DRIVING_KMH) {
    seconds *= 0.5f;
  }
  return (uint32_T)(seconds * STEPS_PER_SECOND);
}

static void wiper_start(void) {
  wiper_DW.State = WiperState_Wiping;
  wiper_DW.HasLeftPark = false;
}

static void wiper_wipe(void) {
  if (!wiper_U.AtPark) {
    wiper_DW.HasLeftPark = true;
    return;
  }
  if (!wiper_DW.HasLeftPark) {
    return;
  }
  wiper_Y.Wipes += 1u;
  wiper_DW.HasLeftPark = false;
  wiper_DW.WaitedSteps = 0u;
  if (wiper_U.LeverPosition == Lever_Off) {
    wiper_DW.State = WiperState_Parked;
  } else if (wiper_U.LeverPosition == Lever_Interval) {
    wiper_DW.State = WiperState_Waiting;
  }
}

static void wiper_wait(void) {
  wiper_DW.WaitedSteps += 1u;
  if (wiper_U.LeverPosition == Lever_Off) {
    wiper_DW.State = WiperState_Parked;
  } else if (wiper_U.LeverPosition != Lever_Interval ||
             wiper_DW.WaitedSteps >= wiper_pause_steps()) {
    wiper_start();
  }
}

void wiper_initialize(void) {
  wiper_DW = (DW_wiper_T){WiperState_Parked, 0u, false};
  wiper_Y = (ExtY_wiper_T){0.0f, WiperState_Parked, 0u};
}

void wiper_step(void) {
  switch (wiper_DW.State) {
  case WiperState_Parked:
    if (wiper_U.LeverPosition != Lever_Off) {
      wiper_start();
    }
    break;
  case WiperState_Wiping:
    wiper_wipe();
    break;
  default:
    wiper_wait();
    break;
  }
  boolean_T is_fast = wiper_U.LeverPosition == Lever_Fast;
  boolean_T is_driven = wiper_DW.State == WiperState_Wiping;
  wiper_Y.MotorDuty = is_driven ? wiper_Duty[is_fast] : 0.0f;
  wiper_Y.State = wiper_DW.State;
}

void wiper_terminate(void) { wiper_Y.MotorDuty = 0.0f; }
