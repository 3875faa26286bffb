/* The native run-time environment of a microcontroller: what generated code, the runtime and a
 * board tell each other. Freestanding C11, no heap. Knows no board.
 *
 *   partition<n>.c (generated)  ->  host.c, can.c, i2c.c, spi.c, pins.c, nv.c, wasi.c, poll.c,
 *                                   streams.c, random.c
 *                                   (what a partition imports)
 *   system.c       (generated)  ->  schedule.c             (tables: what runs when)
 *   board_*.c                   <-  all of them            (time, buses, log)
 *   replay.c, asked.c, told.c   <-  all of them            (a tester in the place of the board)
 */
#ifndef WIRELOOM_H
#define WIRELOOM_H

#include "wasm-rt.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WL_NEVER UINT64_MAX
/* Activations of one task that wait at most (ecu-host: EcuSettings::waiting_activations). */
#define WL_WAITING 8u
/* Restarts of one partition within WL_RESTART_NS; one more and it stays stopped. */
#define WL_RESTARTS 5u
#define WL_RESTART_NS 1000000000u
/* Handles of buses that a partition holds at a time. */
#define WL_HANDLES 16u
/* Bytes of one I2C transfer, each way. */
#define WL_I2C_BYTES 64u
/* Frames, confirmations and events that wait at a CAN controller, of each (ecu-host: WAITING). */
#define WL_CAN_WAITING 64u
/* Filters of a CAN controller. */
#define WL_CAN_FILTERS 16u
/* Bytes of a value that goes to another partition of the board. */
#define WL_VALUE_BYTES 256u
/* Bytes of a non-volatile block (ecu-host: NV_BLOCK_BYTES). */
#define WL_NV_BLOCK_BYTES 4096u

/* ---- values that wait: chains of blocks from one pool, so that nothing fragments ---- */

#define WL_BLOCK_BYTES 12u
#define WL_NO_BLOCK UINT16_MAX
typedef struct {
  uint16_t next;
  uint16_t used;
  uint8_t bytes[WL_BLOCK_BYTES];
} wl_block_t;

typedef struct {
  uint16_t first;
  uint16_t bytes;
  uint16_t element;
} wl_message_t;

typedef struct {
  wl_message_t *messages;
  uint16_t bound;
  uint16_t head;
  uint16_t count;
} wl_mailbox_t;

/* ---- the deployment table, generated ---- */

enum { WL_INIT, WL_TIMING, WL_DATA };
enum { WL_OUT, WL_IN };
/* A published element that somebody waits for. */
#define WL_WANTED 2u
enum { WL_ON_TRAP_RESTART, WL_ON_TRAP_STOP, WL_ON_TRAP_STOP_RUN };
enum { WL_STARTING, WL_INITIALISING, WL_RUNNING, WL_STOPPED };

typedef struct {
  const char *name;
  void (*run)(void);
  uint64_t period_ns;
  uint64_t offset_ns;
  uint8_t kind;
} wl_task_t;

typedef struct {
  uint64_t waiting_ns[WL_WAITING];
  uint64_t next_ns;
  uint64_t ended_ns;
  uint32_t late;
  uint32_t lost;
  uint8_t head;
  uint8_t count;
} wl_task_state_t;

/* A task that data activate. */
typedef struct {
  uint16_t of; /* number of the element or PDU */
  uint16_t task;
} wl_listener_t;

/* Where a published element goes. */
typedef struct {
  uint16_t element;
  uint16_t partition;
  uint16_t inbox;
} wl_route_t;

typedef struct {
  uint32_t id;
  uint16_t bus;
  uint8_t direction;
  uint8_t extended;
  uint8_t length_bytes;
} wl_pdu_t;

/* What a handle of a component instance stands for. */
typedef struct {
  uint8_t used;
  uint8_t kind;
  /* Another's, for the time of a call: dropping it closes nothing. */
  uint8_t lent;
  uint16_t object;
  uint32_t table;
  /* Of a pollable: when it is ready; of a pin's, since when its condition counts. */
  uint64_t ready_ns;
  /* Of a pin's pollable: its condition. */
  uint8_t watch;
  uint8_t watched; /* a level */
  uint32_t number; /* of an analog pin; or the edges that there were before */
} wl_handle_t;

enum {
  WL_HANDLE_I2C = 1,
  WL_HANDLE_DELAY,
  WL_HANDLE_CAN,
  WL_HANDLE_POLLABLE,
  WL_HANDLE_INPUT,
  WL_HANDLE_OUTPUT,
  WL_HANDLE_SPI,
  WL_HANDLE_PIN,
  WL_HANDLE_WATCH
};
/* `ecu_host`'s PinWatch. */
enum { WL_WATCH_LEVEL, WL_WATCH_EDGE, WL_WATCH_ABOVE, WL_WATCH_BELOW };

typedef struct {
  uint32_t id;
  uint16_t bus;
  uint8_t extended;
  uint8_t remote;
  uint8_t length_bytes;
  uint8_t data[8];
} wl_frame_t;

/* ---- CAN controllers of drivers and gateways (autosar:can) ---- */

enum { WL_CAN_UNINIT, WL_CAN_STOPPED, WL_CAN_STARTED, WL_CAN_SLEEP };
enum { WL_CAN_SENT, WL_CAN_ABORTED, WL_CAN_ARBITRATION_LOST, WL_CAN_FAILED };
enum { WL_CAN_ERROR_ACTIVE, WL_CAN_ERROR_PASSIVE, WL_CAN_BUS_OFF };
enum { WL_CAN_EVENT_STATE, WL_CAN_EVENT_BUS_ERROR, WL_CAN_EVENT_ARBITRATION, WL_CAN_EVENT_OVERRUN };

typedef struct {
  uint32_t bit_rate_hz;
  uint16_t segment_1, segment_2, jump_width;
} wl_can_timing_t;

typedef struct {
  uint32_t id, mask;
  uint8_t extended;
} wl_can_filter_t;

typedef struct {
  wl_frame_t frame;
  uint32_t lost;
  uint64_t at_ns;
} wl_can_received_t;

typedef struct {
  uint64_t request, at_ns;
  uint8_t outcome, error;
} wl_can_confirmation_t;

typedef struct {
  uint64_t at_ns;
  uint8_t event, detail;
} wl_can_event_t;

/* A ring: first entry, entries. */
typedef struct {
  uint8_t head, count;
} wl_ring_t;

typedef struct {
  wl_can_received_t received[WL_CAN_WAITING];
  wl_can_confirmation_t confirmations[WL_CAN_WAITING];
  wl_can_event_t events[WL_CAN_WAITING];
  uint64_t requests[WL_CAN_WAITING];
  wl_can_filter_t filters[WL_CAN_FILTERS];
  wl_can_timing_t timing;
  wl_ring_t received_ring, confirmation_ring, event_ring, request_ring;
  uint32_t lost;
  uint16_t bus;
  uint8_t filter_count;
  uint8_t state;
  uint8_t used;
} wl_can_t;

typedef struct {
  uint8_t *data;
  uint32_t bytes;
} wl_memory_t;

typedef struct {
  wasm_rt_funcref_t *entries;
  uint32_t count;
} wl_table_t;

typedef struct wl_partition {
  const char *name;
  void (*instantiate)(void);
  const wl_task_t *tasks;
  wl_task_state_t *task_states;
  uint16_t task_count;
  uint16_t element_count;
  uint16_t pdu_count;
  uint16_t element_listener_count;
  uint16_t pdu_listener_count;
  uint16_t route_count;
  uint16_t runnable_count;
  const uint8_t *element_kinds; /* direction, WL_WANTED */
  const char *const *element_names;
  const wl_pdu_t *pdus;
  const wl_listener_t *element_listeners;
  const wl_listener_t *pdu_listeners;
  const wl_route_t *routes;
  const char *const *runnables;
  const uint16_t *runnable_instances;
  wl_mailbox_t *inboxes;  /* by element */
  wl_mailbox_t *mailboxes; /* by PDU */
  wl_mailbox_t *published;
  const wl_memory_t *memories;
  const wl_table_t *tables;
  wl_can_t *controllers;
  uint16_t controller_count;
  uint64_t budget_ns;
  uint8_t on_trap;
  struct wl_partition_state *state;
} wl_partition_t;

typedef struct wl_partition_state {
  uint64_t start_ns;
  uint64_t restarts_ns[WL_RESTARTS];
  wl_handle_t handles[WL_HANDLES];
  uint32_t restarts;
  uint32_t values_refused;
  uint32_t too_long;
  uint32_t lost;
  uint32_t runnable; /* 0: the environment's own work, else number + 1 */
  uint64_t request;  /* the last that was given to a board */
  uint16_t next_memory;
  uint16_t next_table;
  uint8_t life;
} wl_partition_state_t;

typedef struct {
  uint16_t partition;
  uint16_t task;
} wl_place_t;

/* ---- SPI devices, pins, non-volatile blocks ---- */

typedef struct {
  const char *name;
  uint32_t clock_hz; /* the fastest of the bus */
  uint16_t bus;
  uint8_t chip_select;
} wl_spi_device_t;

/* How a device is spoken to. */
typedef struct {
  uint32_t clock_hz;
  uint8_t mode; /* clock polarity and phase, by the usual numbers */
  uint8_t lsb_first;
} wl_spi_config_t;

enum { WL_PIN_IN, WL_PIN_OUT, WL_PIN_IN_OUT };
enum { WL_PULL_NONE, WL_PULL_UP, WL_PULL_DOWN };

typedef struct {
  const char *name;
  uint32_t full_scale; /* of an analog pin; 0: digital */
  uint16_t line;       /* position among the digital pins, the analog inputs, the analog outputs */
  uint8_t direction;
  uint8_t active_low;
  uint8_t pull;
} wl_pin_t;

/* What is known of the edges at a digital pin, each as often as it was seen. */
typedef struct {
  uint32_t edges[2]; /* to low, to high */
  uint8_t high;
} wl_pin_state_t;

/* What is known of a block's content: never written, no content, one, or one that is damaged. */
enum { WL_NV_NEVER, WL_NV_NONE, WL_NV_CONTENT, WL_NV_DAMAGED };

typedef struct {
  uint32_t bytes;
  uint8_t loaded;
  uint8_t found;
  uint8_t dirty;  /* waits for the board to write it */
  uint8_t failed; /* the last that was written */
} wl_nv_state_t;

typedef struct {
  const wl_partition_t *partition;
  const char *name;
  uint32_t size_bytes;
  uint8_t *content;
  wl_nv_state_t *state;
  const uint8_t *initial; /* before the first write; NULL: none */
  uint32_t initial_bytes;
} wl_nv_block_t;

typedef struct {
  const char *name;
  const wl_partition_t *const *partitions;
  const uint16_t *starts; /* partitions by name */
  const wl_place_t *order; /* tasks, most urgent first */
  const char *const *i2c_buses;
  const char *const *can_buses;
  const uint32_t *can_rates_bps; /* by bus */
  uint16_t partition_count;
  uint16_t task_count;
  uint16_t i2c_count;
  uint16_t can_count;
  uint16_t block_count;
  uint64_t activation_ns; /* what an activation takes, where time is a tester's */
  wl_block_t *blocks;
  const wl_spi_device_t *spi_devices; /* by name */
  wl_spi_config_t *spi_configs;
  const wl_pin_t *pins;
  wl_pin_state_t *pin_states;
  const wl_nv_block_t *nv_blocks;
  uint16_t spi_count;
  uint16_t pin_count;
  uint16_t nv_count;
} wl_system_t;

extern const wl_system_t wl_system;

/* ---- the side that calls the host ---- */

typedef struct {
  const wl_partition_t *partition;
  wasm_rt_memory_t *memory;
  uint32_t (*realloc)(uint32_t, uint32_t, uint32_t, uint32_t);
  uint32_t *flags;
  uint32_t table; /* of the handle that it is called with */
  uint32_t made;  /* of the handle that it gives */
} wl_caller_t;

/* Why an activation ended early. Values from 100 on are ours, lower ones wasm-rt's. */
enum {
  WL_TRAP_BUDGET = 100,
  WL_TRAP_MISUSE,
  WL_TRAP_CANNOT_LEAVE,
  WL_TRAP_MEMORY,
  WL_TRAP_EXIT,
  WL_TRAP_ABI,
  WL_TRAP_HANDLES,
  WL_TRAP_EMPTY_POLL,
  WL_TRAP_WAIT,
  WL_TRAP_WAIT_FOR_PIN
};

extern volatile uint8_t wl_in_host;
extern volatile uint8_t wl_expired;

_Noreturn void wl_trap(int cause);
/* Called by a board's timer when an activation has run for longer than its budget. Returns true
 * when the caller has to redirect the interrupted code to wl_budget_trap. */
bool wl_budget_expired(void);
_Noreturn void wl_budget_trap(void);
const char *wl_trap_name(int cause);
/* Runs `work` to its end; 0, or why it ended early. */
int wl_try(void (*work)(void));

static inline void wl_may_leave(const wl_caller_t *caller) {
  if (caller->flags != NULL && *caller->flags == 0) wl_trap(WL_TRAP_CANNOT_LEAVE);
}

static inline void wl_enter(const wl_caller_t *caller) {
  wl_in_host = 1;
  wl_may_leave(caller);
}

static inline void wl_leave(void) {
  wl_in_host = 0;
  if (wl_expired) wl_trap(WL_TRAP_BUDGET);
}

/* Bytes of the guest's memory; traps where there are none. */
uint8_t *wl_bytes(const wl_caller_t *caller, uint32_t address, uint32_t bytes);
/* Room in the guest's memory, asked of its `cabi_realloc`. */
uint32_t wl_allocate(const wl_caller_t *caller, uint32_t align, uint32_t bytes);
void wl_write_u32(const wl_caller_t *caller, uint32_t address, uint32_t value);
void wl_write_u64(const wl_caller_t *caller, uint32_t address, uint64_t value);
/* A list of bytes in the guest's memory, and its address and length at `place`. */
void wl_write_list(const wl_caller_t *caller, uint32_t place, const void *bytes, uint32_t count);
void wl_write_text(const wl_caller_t *caller, uint32_t place, const char *text);
/* `before`, bytes of the guest's own, `behind`, as one text. */
void wl_write_words(const wl_caller_t *caller, uint32_t place, const char *before, uint32_t address,
                    uint32_t bytes, const char *behind);
uint32_t wl_read_u32(const wl_caller_t *caller, uint32_t address);
/* Whether a guest's text is that name. */
bool wl_is_named(const char *name, const uint8_t *text, uint32_t bytes);

/* ---- mailboxes ---- */

void wl_pool_reset(void);
/* False: an older one went, or there was no room. */
bool wl_mailbox_put(wl_mailbox_t *box, uint16_t element, const uint8_t *bytes, uint32_t count);
bool wl_mailbox_take(wl_mailbox_t *box, wl_message_t *message);
void wl_message_read(const wl_message_t *message, uint8_t *bytes);
void wl_message_free(const wl_message_t *message);
void wl_mailbox_clear(wl_mailbox_t *box);

/* ---- handles ---- */

uint32_t wl_handle_new(const wl_partition_t *partition, uint32_t table, uint8_t kind,
                       uint16_t object);
/* Traps where that table has no such handle. */
wl_handle_t *wl_handle(const wl_partition_t *partition, uint32_t table, uint32_t handle,
                       uint8_t kind);
uint8_t wl_handle_kind(const wl_partition_t *partition, uint32_t table, uint32_t handle);
void wl_handle_drop(const wl_partition_t *partition, uint32_t table, uint32_t handle);
uint32_t wl_handle_move(const wl_partition_t *partition, uint32_t handle, uint32_t from,
                        uint32_t to);
uint32_t wl_handle_lend(const wl_partition_t *partition, uint32_t handle, uint32_t from,
                        uint32_t to);
/* The ECU's time: the board's clock, or a tester's. */
uint64_t wl_now_ns(void);
/* Waits within an activation, for ten seconds in all at most; that is not of its budget. */
void wl_wait_until(uint64_t until_ns);
/* When the condition of a pin's pollable holds; WL_NEVER: it does not yet, and nobody knows. */
uint64_t wl_watch_ready_ns(wl_handle_t *watch);
/* So much of a tester's time has passed in a call. */
void wl_pass(uint64_t passed_ns);

/* ---- schedule ---- */

_Noreturn void wl_run(void);
/* The activation whose time has come, run to its end; false: nothing is due at that time. */
bool wl_step(uint64_t now_ns);
uint64_t wl_next_ns(void);
void wl_start(void);
bool wl_run_stopped(void);

/* `ecu_host::Consequence`, by its numbers. */
enum { WL_RESTARTS_ANEW, WL_STOPS, WL_GIVEN_UP, WL_STOPS_THE_RUN };
/* The last activation that has ended. */
typedef struct {
  uint64_t released_ns, started_ns, ended_ns;
  int cause; /* 0: as it should */
  uint16_t partition, task;
  uint8_t is_start;
  uint8_t consequence;
} wl_ended_t;
extern wl_ended_t wl_ended;

void wl_deliver(uint16_t partition, uint16_t inbox, const uint8_t *bytes, uint32_t count,
                uint64_t now_ns);

void wl_receive(const wl_frame_t *frame, uint64_t now_ns);

/* ---- the board ---- */

/* `ecu_host`'s I2cError; WL_I2C_DONE is none of it. */
enum {
  WL_I2C_BUS,
  WL_I2C_ARBITRATION_LOSS,
  WL_I2C_NO_ACKNOWLEDGE_ADDRESS,
  WL_I2C_NO_ACKNOWLEDGE_DATA,
  WL_I2C_NO_ACKNOWLEDGE_UNKNOWN,
  WL_I2C_OVERRUN,
  WL_I2C_OTHER,
  WL_I2C_DONE
};

typedef struct {
  uint8_t *bytes;
  uint32_t count;
  bool read;
} wl_i2c_operation_t;

void wl_board_start(void);
uint64_t wl_board_now_ns(void);
/* Sleeps until that time, or until something was received. */
void wl_board_sleep_until(uint64_t at_ns);
void wl_board_delay_ns(uint32_t delay_ns);
/* Why a frame was not taken; WL_CAN_TAKEN is none of it. */
enum { WL_CAN_TAKEN, WL_CAN_QUEUE_FULL, WL_CAN_IS_BUS_OFF, WL_CAN_UNSUPPORTED, WL_CAN_NO_BUS };

typedef struct {
  uint16_t transmit_errors, receive_errors;
  uint8_t state;
} wl_can_status_t;

/* What became of a request whose number is not 0 is told by wl_can_confirm, at once or later. */
int wl_board_transmit(const wl_frame_t *frame, uint64_t request);
/* Whether it came in time is told by wl_can_confirm. */
int wl_board_abort(uint16_t bus, uint64_t request);
wl_can_status_t wl_board_can_status(uint16_t bus);
/* The oldest frame of any bus; what has left meanwhile is confirmed. */
bool wl_board_receive(wl_frame_t *frame);
/* A frame for the controllers that a partition has opened. */
void wl_can_receive(const wl_partition_t *partition, const wl_frame_t *frame, uint64_t now_ns);
void wl_can_confirm(uint64_t request, uint8_t outcome, uint8_t error, uint64_t at_ns);
void wl_can_event(uint16_t bus, uint8_t event, uint8_t detail, uint64_t at_ns);
/* A number that no other request of the ECU has. */
uint64_t wl_can_request(const wl_partition_t *partition);
/* Eight random bytes, from the board's source of them where it has one. */
uint64_t wl_board_random(void);
int wl_board_i2c(uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count);

/* What a board says of a transfer or a pin: WL_SERVED, or a case of the interface's error; the last
 * case has words. */
#define WL_SERVED 255u
typedef struct {
  uint8_t error;
  const char *words;
} wl_outcome_t;
/* wasi:spi error. */
enum {
  WL_SPI_OVERRUN,
  WL_SPI_MODE_FAULT,
  WL_SPI_FRAME_FORMAT,
  WL_SPI_CHIP_SELECT_FAULT,
  WL_SPI_OTHER
};
/* wasi:gpio gpio-error: those that a board gives. */
enum { WL_GPIO_HARDWARE_FAULT = 0, WL_GPIO_NOT_SUPPORTED = 7, WL_GPIO_OTHER = 8 };

/* A pause, or `count` bytes in both directions: without `out` zeroes go, without `in` what comes is
 * dropped. */
typedef struct {
  const uint8_t *out;
  uint8_t *in;
  uint32_t count;
  uint32_t delay_ns;
} wl_spi_operation_t;

/* Chip select is asserted from the first operation to the last. */
wl_outcome_t wl_board_spi(const wl_spi_device_t *device, const wl_spi_config_t *config,
                          const wl_spi_operation_t *operations, uint32_t count);
wl_outcome_t wl_board_digital_read(const wl_pin_t *pin, bool *high);
wl_outcome_t wl_board_digital_write(const wl_pin_t *pin, bool high);
/* Whether the level of an input has changed since this was asked last, also to and fro. */
bool wl_board_digital_changed(const wl_pin_t *pin);
/* 0 to the pin's full scale. */
wl_outcome_t wl_board_analog_read(const wl_pin_t *pin, uint32_t *value);
wl_outcome_t wl_board_analog_write(const wl_pin_t *pin, uint32_t value);
bool wl_board_has_nv(void);
/* What the board kept: WL_NV_NEVER to WL_NV_DAMAGED; a content into `block->content`. */
uint8_t wl_board_nv_load(const wl_nv_block_t *block, uint32_t *bytes);
/* Begins to make safe what the block has in RAM, or that it has none; false: it cannot. */
bool wl_board_nv_store(const wl_nv_block_t *block);
bool wl_board_nv_is_safe(const wl_nv_block_t *block);
/* From the main loop, so that nothing waits for the memory. */
void wl_board_nv_step(void);

void wl_board_budget_start(uint64_t budget_ns);
void wl_board_budget_stop(void);
void wl_board_log(const char *text);

/* For tests and measurements; nothing unless compiled for it. */
void wl_trace_publish(const wl_partition_t *partition, uint32_t element, const uint8_t *bytes,
                      uint32_t count);
void wl_trace_refuse(const wl_partition_t *partition, uint32_t element);
void wl_trace_task(const wl_partition_t *partition, const wl_task_t *task, uint64_t spent_ns);

/* ---- SLCAN (LAWICEL ASCII): one line a frame ---- */

#define WL_SLCAN_BYTES 28u
uint32_t wl_slcan_write(const wl_frame_t *frame, char *line);
/* One bus on a serial line: what an interrupt has taken off it, and the line that grows of it. */
typedef struct {
  uint8_t characters[256];
  volatile uint8_t head, tail;
  char line[WL_SLCAN_BYTES];
  uint8_t count;
} wl_slcan_t;
/* From the interrupt; without room the character is lost, and with it its frame. */
void wl_slcan_put(wl_slcan_t *bus, uint8_t character);
bool wl_slcan_waits(const wl_slcan_t *bus);
/* The next frame that is complete. */
bool wl_slcan_take(wl_slcan_t *bus, wl_frame_t *frame);

void wl_copy_utf8(const wasm_rt_memory_t *from, wasm_rt_memory_t *to, uint32_t address,
                  uint32_t bytes, uint32_t to_address);
/* The partition that is being instantiated: its memories and tables are given out in order. */
extern const wl_partition_t *wl_current;

#include "link.h"

#include "imports.h"

#endif
