/* The climate partition of the sample `thermal` as an engineer writes it by hand: the yardstick of
 * scripts/native-speed. It does what the sample's components do, over the same runtime and board. */
#include "wireloom.h"

enum { VALID, NEVER, LOST };
enum { OFF, RAMPING, RUNNING, FAULT };

static struct { int status; float celsius; bool configured; } sensor = {.status = NEVER};
static struct { int status; float percent; uint32_t waited; bool running; } demand = {.status = NEVER};
static struct { float percent; int state; } duty;

static float limited(float value, float low, float high) {
  return value < low ? low : (value > high ? high : value);
}

static bool configure(void) {
  uint8_t bytes[] = {1, 0x60};
  wl_i2c_operation_t operation = {.bytes = bytes, .count = 2, .read = false};
  return wl_board_i2c(0, 0x48, &operation, 1) == WL_I2C_DONE;
}

static void sensor_initialize(void) { sensor.configured = configure(); }

static void sensor_sample(void) {
  uint8_t pointer = 0, answer[2];
  wl_i2c_operation_t operations[] = {{.bytes = &pointer, .count = 1, .read = false},
                                     {.bytes = answer, .count = 2, .read = true}};
  if (!sensor.configured) sensor.configured = configure();
  bool read = sensor.configured && wl_board_i2c(0, 0x48, operations, 2) == WL_I2C_DONE;
  sensor.status = read ? VALID : LOST;
  if (read) sensor.celsius = (float)((int16_t)(answer[0] << 8 | answer[1]) >> 4) * 0.0625f;
  sensor.configured = read;
}

static void controller_initialize(void) { demand.status = NEVER; }

static void controller_step(void) {
  if (sensor.status == NEVER && demand.waited < 20) {
    demand.waited++;
    return;
  }
  demand.status = VALID;
  if (sensor.status != VALID || !__builtin_isfinite(sensor.celsius)) {
    demand.running = true;
    demand.percent = 100.0f;
    return;
  }
  demand.waited = 20;
  demand.running = sensor.celsius >= (demand.running ? 24.0f : 26.0f);
  demand.percent = demand.running ? limited(20.0f + (sensor.celsius - 24.0f) * 8.0f, 20.0f, 100.0f) : 0.0f;
}

static void fan_initialize(void) { duty.percent = 0.0f; }

static void fan_step(void) {
  bool lost = demand.status == LOST || demand.percent != demand.percent;
  float target = lost ? 100.0f : limited(demand.percent, 0.0f, 100.0f);
  duty.percent += limited(target - duty.percent, -5.0f, 5.0f);
  if (lost) duty.state = FAULT;
  else if (duty.percent != target) duty.state = RAMPING;
  else duty.state = target == 0.0f ? OFF : RUNNING;
}

static int32_t rounded(float value) { return (int32_t)(value < 0 ? value - 0.5f : value + 0.5f); }

/* thermal.dbc: duty 0.5 %, state, temperature 0.1 °C from 40 °C, 12 bits, big-endian. */
static void send_fan_status(void) {
  wl_frame_t frame = {.id = 288, .length_bytes = 4};
  int32_t temperature = rounded((sensor.celsius - 40.0f) * 10.0f);
  frame.data[0] = (uint8_t)rounded(duty.percent * 2.0f);
  frame.data[1] = (uint8_t)duty.state;
  frame.data[2] = (uint8_t)(temperature >> 4);
  frame.data[3] = (uint8_t)(temperature << 4);
  (void)wl_board_transmit(&frame, 0);
}

#define PERIOD_NS 100000000u
static const wl_task_t tasks[] = {{"controller-initialize", controller_initialize, 0, 0, WL_INIT},
                                  {"controller-step", controller_step, PERIOD_NS, 0, WL_TIMING},
                                  {"fan-initialize", fan_initialize, 0, 0, WL_INIT},
                                  {"fan-step", fan_step, PERIOD_NS, 0, WL_TIMING},
                                  {"sensor-initialize", sensor_initialize, 0, 0, WL_INIT},
                                  {"sensor-sample", sensor_sample, PERIOD_NS, 0, WL_TIMING},
                                  {"send-fan-status", send_fan_status, PERIOD_NS, 0, WL_TIMING}};
static wl_task_state_t task_states[7];
static wl_partition_state_t state;
static void instantiate(void) {}
static wl_mailbox_t published = {NULL, 0, 0, 0};

const wl_partition_t wl_partition0 = {.name = "main",
                                      .instantiate = instantiate,
                                      .tasks = tasks,
                                      .task_states = task_states,
                                      .task_count = 7,
                                      .published = &published,
                                      .budget_ns = 20000000,
                                      .on_trap = WL_ON_TRAP_RESTART,
                                      .state = &state};
