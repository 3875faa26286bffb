// What is round the wiper, as a model: the arm, the rain, the driver. Its step is handed what it
// reads and where it writes, and called every 10 ms.
#ifndef WINDSCREEN_H
#define WINDSCREEN_H

#include "rtwtypes.h"

typedef uint8_T DriverLever;
#define DriverLever_Off ((DriverLever)0U)
#define DriverLever_Interval ((DriverLever)1U)
#define DriverLever_Slow ((DriverLever)2U)
#define DriverLever_Fast ((DriverLever)3U)

typedef struct {
  real32_T Angle;   /* Above the park position [°] */
  boolean_T AtPark; /* The park contact is closed */
} windscreen_arm_T;

typedef struct {
  real32_T MotorDuty; /* Of full power [%] */
} windscreen_in_T;

typedef struct {
  windscreen_arm_T Arm;
  real32_T Water;     /* On the glass [%] */
  DriverLever Lever;  /* Interval from 1 s on, fast from 20 s on, off from 25 s on */
  real32_T Speed;     /* Of the vehicle [km/h] */
} windscreen_out_T;

extern void windscreen_initialize(void);
extern void windscreen_step(const windscreen_in_T *in, windscreen_out_T *out);

#endif
