// A wiper controller in the shape that model-based design tools generate: global structures of
// inputs and outputs, and a step that is called every 10 ms.
#ifndef WIPER_H
#define WIPER_H

#include "rtwtypes.h"

#define WIPER_SPEEDS 2

typedef enum {
  Lever_Off = 0,
  Lever_Interval = 1,
  Lever_Slow = 2,
  Lever_Fast = 3
} Lever;

typedef enum {
  WiperState_Parked = 0,
  WiperState_Wiping = 1,
  WiperState_Waiting = 2
} WiperState;

/* Block states */
typedef struct {
  WiperState State;
  uint32_T WaitedSteps;
  boolean_T HasLeftPark;
} DW_wiper_T;

/* Inputs */
typedef struct {
  Lever LeverPosition;   /* What the driver asks for */
  real32_T Rain;         /* Water on the glass [%] */
  real32_T VehicleSpeed; /* Above 60 km/h intervals are shorter [km/h] */
  boolean_T AtPark;      /* The arm closes the park contact */
} ExtU_wiper_T;

/* Outputs */
typedef struct {
  real32_T MotorDuty; /* Of full power [%] */
  WiperState State;   /* For the cluster */
  uint32_T Wipes;     /* Since the start */
} ExtY_wiper_T;

extern const real32_T wiper_Duty[WIPER_SPEEDS];
extern DW_wiper_T wiper_DW;
extern ExtU_wiper_T wiper_U;
extern ExtY_wiper_T wiper_Y;

extern void wiper_initialize(void);
extern void wiper_step(void);
extern void wiper_terminate(void);

#endif
