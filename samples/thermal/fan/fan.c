// A fan with a limited slew rate: its duty follows the demand by at most 5 percent a step, and goes
// to full speed when there is no valid demand. Knows nothing of the bus that its duty travels on.

#include "fan.h"

#include <stdbool.h>

static const float SLEW_PERCENT = 5.0f;
static const float FULL_PERCENT = 100.0f;

typedef enum { DEMAND_VALID, DEMAND_NOT_YET, DEMAND_LOST } demand_status_t;

typedef struct {
  demand_status_t status;
  float percent;
} demand_t;

static float duty_percent = 0.0f;
static exports_wireloom_thermal_fan_status_fan_state_t state =
    EXPORTS_WIRELOOM_THERMAL_FAN_STATUS_FAN_STATE_OFF;

static float limited(float value, float low, float high) {
  return value < low ? low : (value > high ? high : value);
}

static demand_t read_demand(void) {
  float percent = 0.0f;
  wireloom_thermal_fan_demand_rx_error_t error = 0;
  if (wireloom_thermal_fan_demand_get(&percent, &error)) {
    // Only a number is a demand: NaN is not equal to itself.
    bool valid = percent == percent;
    return (demand_t){valid ? DEMAND_VALID : DEMAND_LOST, limited(percent, 0.0f, FULL_PERCENT)};
  }
  bool not_yet = error == AUTOSAR_RTE_TYPES_RX_ERROR_NEVER_RECEIVED;
  return (demand_t){not_yet ? DEMAND_NOT_YET : DEMAND_LOST, 0.0f};
}

static exports_wireloom_thermal_fan_status_fan_state_t state_at(float target) {
  if (duty_percent != target) {
    return EXPORTS_WIRELOOM_THERMAL_FAN_STATUS_FAN_STATE_RAMPING;
  }
  return target == 0.0f ? EXPORTS_WIRELOOM_THERMAL_FAN_STATUS_FAN_STATE_OFF
                        : EXPORTS_WIRELOOM_THERMAL_FAN_STATUS_FAN_STATE_RUNNING;
}

void exports_wireloom_thermal_fan_control_initialize(void) {
  duty_percent = 0.0f;
  state = EXPORTS_WIRELOOM_THERMAL_FAN_STATUS_FAN_STATE_OFF;
}

void exports_wireloom_thermal_fan_control_step(void) {
  demand_t demand = read_demand();
  float target = demand.status == DEMAND_LOST ? FULL_PERCENT : demand.percent;
  duty_percent += limited(target - duty_percent, -SLEW_PERCENT, SLEW_PERCENT);
  state = demand.status == DEMAND_LOST ? EXPORTS_WIRELOOM_THERMAL_FAN_STATUS_FAN_STATE_FAULT
                                       : state_at(target);
}

bool exports_wireloom_thermal_fan_status_duty(
    float *ret, exports_wireloom_thermal_fan_status_rx_error_t *err) {
  (void)err;
  *ret = duty_percent;
  return true;
}

bool exports_wireloom_thermal_fan_status_state(
    exports_wireloom_thermal_fan_status_fan_state_t *ret,
    exports_wireloom_thermal_fan_status_rx_error_t *err) {
  (void)err;
  *ret = state;
  return true;
}
