// A crank turns the arm up and down once a turn; rain begins after two seconds and grows, and an arm
// that moves takes water away.

#include "windscreen.h"

#define STEP_SECONDS 0.01f
#define TURNS_PER_SECOND 1.2f
#define SWEEP_DEGREES 110.0f
// The contact is closed in this part of a turn, round its beginning.
#define PARK_TURNS 0.03f
#define RAIN_FROM_STEP 200u
#define RAIN_PERCENT_PER_SECOND 8.0f
#define WIPED_SHARE 0.03f

typedef struct {
  uint32_T step;
  real32_T turns;
  real32_T water;
} state_t;

static state_t state;

static DriverLever lever(void) {
  if (state.step < 100u || state.step >= 2500u) {
    return DriverLever_Off;
  }
  return state.step < 2000u ? DriverLever_Interval : DriverLever_Fast;
}

void windscreen_initialize(void) { state = (state_t){0u, 0.0f, 0.0f}; }

void windscreen_step(const windscreen_in_T *in, windscreen_out_T *out) {
  state.step += 1u;
  state.turns += in->MotorDuty / 100.0f * TURNS_PER_SECOND * STEP_SECONDS;
  if (state.turns >= 1.0f) {
    state.turns -= 1.0f;
  }
  if (state.step > RAIN_FROM_STEP) {
    state.water += RAIN_PERCENT_PER_SECOND * STEP_SECONDS;
  }
  if (in->MotorDuty > 0.0f) {
    state.water -= state.water * WIPED_SHARE;
  }
  if (state.water > 100.0f) {
    state.water = 100.0f;
  }
  real32_T up = state.turns < 0.5f ? state.turns : 1.0f - state.turns;
  out->Arm.Angle = 2.0f * SWEEP_DEGREES * up;
  out->Arm.AtPark = up < PARK_TURNS;
  out->Water = state.water;
  out->Lever = lever();
  out->Speed = 50.0f;
}
