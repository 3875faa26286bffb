// Driver of a TMP105: sets it to 12 bits and reads it, once a call. A sensor that does not answer
// makes the temperature invalid and is set up anew when it answers again.
// Knows nothing of where the temperature goes, nor which bus it was given.

#include "temperature_sensor.h"
#include "tmp105.hpp"

namespace {

// The temperature as its receivers see it.
struct Reading {
  bool valid;
  float celsius;
  autosar_rte_types_rx_error_t why;
};

constexpr Reading NEVER{false, 0.0f, AUTOSAR_RTE_TYPES_RX_ERROR_NEVER_RECEIVED};
constexpr Reading INVALID{false, 0.0f, AUTOSAR_RTE_TYPES_RX_ERROR_INVALID};

Reading reading = NEVER;
bool configured = false;

wasi_i2c_i2c_borrow_i2c_t bus() {
  static const temperature_sensor_own_i2c_t handle = temperature_sensor_get_i2c_bus();
  return wasi_i2c_i2c_borrow_i2c(handle);
}

bool configure() {
  uint8_t bytes[] = {static_cast<uint8_t>(tmp105::Register::configuration),
                          tmp105::TWELVE_BITS};
  temperature_sensor_list_u8_t data{bytes, sizeof bytes};
  wasi_i2c_i2c_error_code_t error;
  return wasi_i2c_i2c_method_i2c_write(bus(), tmp105::ADDRESS, &data, &error);
}

Reading read() {
  uint8_t pointer[] = {static_cast<uint8_t>(tmp105::Register::temperature)};
  temperature_sensor_list_u8_t data{pointer, sizeof pointer};
  temperature_sensor_list_u8_t answer{nullptr, 0};
  wasi_i2c_i2c_error_code_t error;
  if (!wasi_i2c_i2c_method_i2c_write_read(bus(), tmp105::ADDRESS, &data, 2, &answer, &error)) {
    return INVALID;
  }
  const Reading result =
      answer.len == 2 ? Reading{true, tmp105::celsius(answer.ptr[0], answer.ptr[1]), 0} : INVALID;
  temperature_sensor_list_u8_free(&answer);
  return result;
}

} // namespace

extern "C" {

void exports_wireloom_thermal_driver_initialize(void) {
  reading = NEVER;
  configured = configure();
}

void exports_wireloom_thermal_driver_sample(void) {
  if (!configured) {
    configured = configure();
  }
  reading = configured ? read() : INVALID;
  // A sensor that was away may have lost its configuration.
  configured = configured && reading.valid;
}

bool exports_wireloom_thermal_temperature_get(
    float *ret, exports_wireloom_thermal_temperature_rx_error_t *err) {
  *ret = reading.celsius;
  *err = reading.why;
  return reading.valid;
}

} // extern "C"
