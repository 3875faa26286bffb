/* The native run-time environment of a microcontroller: what generated code, the runtime and a
 * board tell each other. Freestanding C11, no heap. Knows no board.
 *
 *   partition<n>.c (generated)  ->  host.c, i2c.c, wasi.c  (what a partition imports)
 *   system.c       (generated)  ->  schedule.c             (tables: what runs when)
 *   board_*.c                   <-  all of them            (time, buses, log)
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
  uint16_t object;
  uint32_t table;
} wl_handle_t;

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
  const wl_pdu_t *pdus;
  const wl_listener_t *element_listeners;
  const wl_listener_t *pdu_listeners;
  const wl_route_t *routes;
  const char *const *runnables;
  wl_mailbox_t *inboxes;  /* by element */
  wl_mailbox_t *mailboxes; /* by PDU */
  wl_mailbox_t *published;
  const wl_memory_t *memories;
  const wl_table_t *tables;
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
  uint32_t lost;
  uint32_t runnable; /* 0: the environment's own work, else number + 1 */
  uint16_t next_memory;
  uint16_t next_table;
  uint8_t life;
} wl_partition_state_t;

typedef struct {
  uint16_t partition;
  uint16_t task;
} wl_place_t;

typedef struct {
  const char *name;
  const wl_partition_t *const *partitions;
  const uint16_t *starts; /* partitions by name */
  const wl_place_t *order; /* tasks, most urgent first */
  const char *const *i2c_buses;
  const uint32_t *can_rates_bps; /* by bus */
  uint16_t partition_count;
  uint16_t task_count;
  uint16_t i2c_count;
  uint16_t can_count;
  uint16_t block_count;
  wl_block_t *blocks;
} wl_system_t;

extern const wl_system_t wl_system;

/* ---- the side that calls the host ---- */

typedef struct {
  const wl_partition_t *partition;
  wasm_rt_memory_t *memory;
  uint32_t (*realloc)(uint32_t, uint32_t, uint32_t, uint32_t);
  uint32_t *flags;
  uint32_t table;
} wl_caller_t;

/* Why an activation ended early. Values from 100 on are ours, lower ones wasm-rt's. */
enum {
  WL_TRAP_BUDGET = 100,
  WL_TRAP_MISUSE,
  WL_TRAP_CANNOT_LEAVE,
  WL_TRAP_MEMORY,
  WL_TRAP_EXIT,
  WL_TRAP_ABI
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

static inline void wl_enter(const wl_caller_t *caller) {
  wl_in_host = 1;
  if (caller->flags != NULL && *caller->flags == 0) wl_trap(WL_TRAP_CANNOT_LEAVE);
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
uint32_t wl_read_u32(const wl_caller_t *caller, uint32_t address);

/* ---- mailboxes ---- */

void wl_pool_reset(void);
/* False: an older one went, or there was no room. */
bool wl_mailbox_put(wl_mailbox_t *box, uint16_t element, const uint8_t *bytes, uint32_t count);
bool wl_mailbox_take(wl_mailbox_t *box, wl_message_t *message);
void wl_message_read(const wl_message_t *message, uint8_t *bytes);
void wl_message_free(const wl_message_t *message);
void wl_mailbox_clear(wl_mailbox_t *box);

/* ---- schedule ---- */

_Noreturn void wl_run(void);
/* The activation whose time has come, run to its end; false: nothing is due at that time. */
bool wl_step(uint64_t now_ns);
uint64_t wl_next_ns(void);
void wl_start(void);
bool wl_run_stopped(void);
void wl_deliver(uint16_t partition, uint16_t inbox, const uint8_t *bytes, uint32_t count,
                uint64_t now_ns);

typedef struct {
  uint32_t id;
  uint16_t bus;
  uint8_t extended;
  uint8_t length_bytes;
  uint8_t data[8];
} wl_frame_t;

void wl_receive(const wl_frame_t *frame, uint64_t now_ns);

/* ---- the board ---- */

/* wasi:i2c error-code; WL_I2C_DONE is none of it. */
enum {
  WL_I2C_BUS,
  WL_I2C_ARBITRATION_LOSS,
  WL_I2C_NO_ACKNOWLEDGE_ADDRESS,
  WL_I2C_NO_ACKNOWLEDGE_DATA,
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
bool wl_board_transmit(const wl_frame_t *frame);
bool wl_board_receive(wl_frame_t *frame);
int wl_board_i2c(uint16_t bus, uint16_t address, wl_i2c_operation_t *operations, uint32_t count);
void wl_board_budget_start(uint64_t budget_ns);
void wl_board_budget_stop(void);
void wl_board_log(const char *text);

/* For tests and measurements; nothing unless compiled for it. */
void wl_trace_publish(const wl_partition_t *partition, uint32_t element, const uint8_t *bytes,
                      uint32_t count);
void wl_trace_task(const wl_partition_t *partition, const wl_task_t *task, uint64_t spent_ns);

/* ---- SLCAN (LAWICEL ASCII): one line a frame ---- */

#define WL_SLCAN_BYTES 28u
uint32_t wl_slcan_write(const wl_frame_t *frame, char *line);
/* One character of a line; true when a frame is complete. */
typedef struct {
  char line[WL_SLCAN_BYTES];
  uint8_t count;
} wl_slcan_reader_t;
bool wl_slcan_read(wl_slcan_reader_t *reader, char character, wl_frame_t *frame);

/* ---- what a partition imports ---- */

uint32_t wl_open_i2c(const wl_caller_t *c, uint32_t name, uint32_t bytes);
uint32_t wl_open_delay(const wl_caller_t *c);
void wl_delay_ns(const wl_caller_t *c, uint32_t handle, uint32_t delay_ns);
void wl_i2c_read(const wl_caller_t *c, uint32_t handle, uint32_t address, uint64_t bytes,
                 uint32_t result);
void wl_i2c_write(const wl_caller_t *c, uint32_t handle, uint32_t address, uint32_t data,
                  uint32_t bytes, uint32_t result);
void wl_i2c_write_read(const wl_caller_t *c, uint32_t handle, uint32_t address, uint32_t data,
                       uint32_t bytes, uint64_t read_bytes, uint32_t result);
void wl_i2c_transaction(const wl_caller_t *c, uint32_t handle, uint32_t address,
                        uint32_t operations, uint32_t count, uint32_t result);
uint64_t wl_clock_now(const wl_caller_t *c);
void wl_elements_publish(const wl_caller_t *c, uint32_t element, uint32_t data, uint32_t bytes);
void wl_elements_refuse(const wl_caller_t *c, uint32_t element);
void wl_elements_take(const wl_caller_t *c, uint32_t element, uint32_t result);
void wl_frames_transmit(const wl_caller_t *c, uint32_t pdu, uint32_t data, uint32_t bytes);
void wl_frames_take(const wl_caller_t *c, uint32_t pdu, uint32_t result);
void wl_meter_enter(const wl_caller_t *c, uint32_t runnable);
void wl_meter_leave(const wl_caller_t *c);
void wl_probes_seen(const wl_caller_t *c, uint32_t probe, uint32_t function, uint32_t data,
                    uint32_t bytes);
void wl_probes_pause(const wl_caller_t *c);
void wl_wasi_empty_list(const wl_caller_t *c, uint32_t result);
void wl_wasi_none(const wl_caller_t *c, uint32_t result);
void wl_wasi_exit(const wl_caller_t *c, uint32_t status);
uint64_t wl_wasi_resolution(const wl_caller_t *c);
void wl_handle_drop(const wl_partition_t *partition, uint32_t table, uint32_t handle);
uint32_t wl_handle_move(const wl_partition_t *partition, uint32_t handle, uint32_t from,
                        uint32_t to);
uint32_t wl_handle_lend(const wl_partition_t *partition, uint32_t handle, uint32_t from,
                        uint32_t to);
void wl_copy_utf8(const wasm_rt_memory_t *from, wasm_rt_memory_t *to, uint32_t address,
                  uint32_t bytes, uint32_t to_address);
/* The partition that is being instantiated: its memories and tables are given out in order. */
extern const wl_partition_t *wl_current;

#endif
