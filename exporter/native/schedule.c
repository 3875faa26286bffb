/* The table of tasks: releases, order, restarts. The order is that of `ecu-host` (its crate
 * documentation): starts of partitions by name; initial tasks; all others; among these higher
 * priority, then the task's name, then the partition's. Knows nothing of what tasks do. */
#include "wireloom.h"

/* Longest wait of one activation for clocks (ecu-host: longest_wait_ns). */
#define WL_LONGEST_WAIT_NS 10000000000u
/* What a board is asked to wait at a time. */
#define WL_DELAY_NS 1000000000u

static uint64_t wl_idle_from_ns;
static bool wl_stopped;
/* Of the activation at hand: when it began, when its budget ends, and how long it has waited. */
static uint64_t wl_started_ns, wl_spent_ns, wl_waited_ns;
wl_ended_t wl_ended;

static uint64_t wl_sum(uint64_t one, uint64_t other) {
  return one > UINT64_MAX - other ? UINT64_MAX : one + other;
}

/* A tester's time goes on by what an activation takes and by what it waits. */
uint64_t wl_now_ns(void) {
  if (!wl_replays) return wl_board_now_ns();
  return wl_sum(wl_started_ns + wl_system.activation_ns, wl_waited_ns);
}

static void wl_release(wl_task_state_t *state, uint64_t at_ns) {
  if (state->count == WL_WAITING) {
    state->lost++;
    return;
  }
  if (state->count > 0 || at_ns < state->ended_ns) state->late++;
  state->waiting_ns[(state->head + state->count) % WL_WAITING] = at_ns;
  state->count++;
}

static void wl_release_due(const wl_task_t *task, wl_task_state_t *state, uint64_t until_ns) {
  while (task->kind == WL_TIMING && state->next_ns <= until_ns) {
    uint64_t count = 1;
    if (state->count == WL_WAITING) {
      /* A full queue loses all that is due at once: no loop over a long time. */
      count = (until_ns - state->next_ns) / task->period_ns + 1;
      state->lost += (uint32_t)count;
    } else {
      wl_release(state, state->next_ns);
    }
    state->next_ns += count * task->period_ns;
  }
}

static uint64_t wl_earliest_ns(const wl_task_t *task, const wl_task_state_t *state) {
  if (state->count > 0) return state->waiting_ns[state->head];
  return task->kind == WL_TIMING ? state->next_ns : WL_NEVER;
}

static bool wl_runs(const wl_partition_t *partition, const wl_task_t *task) {
  uint8_t life = partition->state->life;
  return life == WL_RUNNING || (life == WL_INITIALISING && task->kind == WL_INIT);
}

static void wl_drop_waiting(const wl_partition_t *partition, uint8_t life) {
  partition->state->life = life;
  for (uint16_t i = 0; i < partition->task_count; i++) {
    partition->task_states[i].lost += partition->task_states[i].count;
    partition->task_states[i].count = 0;
  }
}

static void wl_begin_again(const wl_partition_t *partition, uint64_t at_ns) {
  wl_drop_waiting(partition, WL_STARTING);
  partition->state->start_ns = at_ns;
  for (uint16_t i = 0; i < partition->task_count; i++) {
    const wl_task_t *task = &partition->tasks[i];
    wl_task_state_t *state = &partition->task_states[i];
    /* Releases from the time in which the partition did not run are not made up for. */
    if (task->kind == WL_TIMING && state->next_ns < at_ns)
      state->next_ns += (at_ns - state->next_ns + task->period_ns - 1) / task->period_ns * task->period_ns;
  }
  for (uint16_t i = 0; i < partition->element_count; i++) wl_mailbox_clear(&partition->inboxes[i]);
  for (uint16_t i = 0; i < partition->pdu_count; i++) wl_mailbox_clear(&partition->mailboxes[i]);
}

void wl_start(void) {
  wl_pool_reset();
  for (uint16_t i = 0; i < wl_system.partition_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[i];
    for (uint16_t j = 0; j < partition->task_count; j++)
      partition->task_states[j].next_ns = partition->tasks[j].offset_ns;
    partition->state->life = WL_STARTING;
  }
}

uint64_t wl_next_ns(void) {
  uint64_t at_ns = WL_NEVER;
  for (uint16_t i = 0; i < wl_system.partition_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[i];
    if (partition->state->life == WL_STARTING && partition->state->start_ns < at_ns)
      at_ns = partition->state->start_ns;
    for (uint16_t j = 0; j < partition->task_count; j++) {
      if (!wl_runs(partition, &partition->tasks[j])) continue;
      uint64_t due_ns = wl_earliest_ns(&partition->tasks[j], &partition->task_states[j]);
      if (due_ns < at_ns) at_ns = due_ns;
    }
  }
  if (at_ns != WL_NEVER && at_ns < wl_idle_from_ns) at_ns = wl_idle_from_ns;
  return at_ns;
}

static void wl_leave_initialisation(const wl_partition_t *partition) {
  if (partition->state->life != WL_INITIALISING) return;
  for (uint16_t i = 0; i < partition->task_count; i++)
    if (partition->tasks[i].kind == WL_INIT && partition->task_states[i].count > 0) return;
  partition->state->life = WL_RUNNING;
}

static void wl_release_data(const wl_partition_t *partition, uint16_t task, uint64_t at_ns,
                            bool grew) {
  wl_task_state_t *state = &partition->task_states[task];
  if (partition->state->life == WL_STOPPED) return;
  if (grew || state->count == 0) wl_release(state, at_ns);
}

void wl_deliver(uint16_t to, uint16_t inbox, const uint8_t *bytes, uint32_t count, uint64_t now_ns) {
  const wl_partition_t *partition = wl_system.partitions[to];
  wl_mailbox_t *box = &partition->inboxes[inbox];
  bool grew = wl_mailbox_put(box, inbox, bytes, count);
  if (!grew && box->bound > 1) partition->state->lost++;
  for (uint16_t i = 0; i < partition->element_listener_count; i++)
    if (partition->element_listeners[i].of == inbox)
      wl_release_data(partition, partition->element_listeners[i].task, now_ns, grew);
}

void wl_receive(const wl_frame_t *frame, uint64_t now_ns) {
  for (uint16_t i = 0; i < wl_system.partition_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[i];
    if (partition->state->life == WL_STOPPED) continue;
    wl_can_receive(partition, frame, now_ns);
    for (uint16_t j = 0; j < partition->pdu_count && !frame->remote; j++) {
      const wl_pdu_t *pdu = &partition->pdus[j];
      if (pdu->direction != WL_IN || pdu->bus != frame->bus || pdu->id != frame->id ||
          pdu->extended != frame->extended)
        continue;
      /* Bytes beyond the message are not its matter; a frame too short for it is lost. */
      if (frame->length_bytes < pdu->length_bytes) {
        partition->state->lost++;
        continue;
      }
      bool grew = wl_mailbox_put(&partition->mailboxes[j], j, frame->data, pdu->length_bytes);
      if (!grew && partition->mailboxes[j].bound > 1) partition->state->lost++;
      for (uint16_t k = 0; k < partition->pdu_listener_count; k++)
        if (partition->pdu_listeners[k].of == j)
          wl_release_data(partition, partition->pdu_listeners[k].task, now_ns, grew);
    }
  }
}

/* Told once: what is lost again and again is lost for the same reason. */
static void wl_lose(const wl_partition_t *partition, uint16_t element) {
  if (partition->state->too_long++ > 0) return;
  wl_board_log("lost: partition `");
  wl_board_log(partition->name);
  wl_board_log("`, element `");
  wl_board_log(partition->element_names[element]);
  wl_board_log("`: longer than 256 bytes, which no value for another partition may be\n");
}

/* What an activation published goes on when it has ended well. */
static void wl_hand_on(const wl_partition_t *partition, uint64_t at_ns) {
  wl_message_t message;
  while (wl_mailbox_take(partition->published, &message)) {
    for (uint16_t i = 0; i < partition->element_listener_count; i++)
      if (partition->element_listeners[i].of == message.element)
        wl_release_data(partition, partition->element_listeners[i].task, at_ns, true);
    for (uint16_t i = 0; i < partition->route_count; i++) {
      const wl_route_t *route = &partition->routes[i];
      if (route->element != message.element) continue;
      uint8_t bytes[WL_VALUE_BYTES];
      if (message.bytes > sizeof bytes) {
        wl_lose(partition, message.element);
        continue;
      }
      wl_message_read(&message, bytes);
      wl_deliver(route->partition, route->inbox, bytes, message.bytes, at_ns);
    }
    wl_message_free(&message);
  }
}

static bool wl_may_restart(const wl_partition_t *partition, uint64_t at_ns) {
  wl_partition_state_t *state = partition->state;
  uint32_t recent = 0;
  for (uint32_t i = 0; i < WL_RESTARTS && i < state->restarts; i++)
    if (at_ns - state->restarts_ns[i] < WL_RESTART_NS) recent++;
  if (recent >= WL_RESTARTS) return false;
  state->restarts_ns[state->restarts % WL_RESTARTS] = at_ns;
  state->restarts++;
  return true;
}

static void wl_fail(const wl_partition_t *partition, const char *work, int cause, uint64_t at_ns) {
  static const char *const words[] = {"restarts", "stops", "is given up", "stops the run"};
  wl_partition_state_t *state = partition->state;
  uint8_t consequence = WL_STOPS;
  wl_mailbox_clear(partition->published);
  if (partition->on_trap == WL_ON_TRAP_STOP_RUN) {
    consequence = WL_STOPS_THE_RUN;
    wl_stopped = true;
  } else if (partition->on_trap == WL_ON_TRAP_RESTART) {
    consequence = wl_may_restart(partition, at_ns) ? WL_RESTARTS_ANEW : WL_GIVEN_UP;
  }
  wl_ended.consequence = consequence;
  wl_board_log("trap: partition `");
  wl_board_log(partition->name);
  wl_board_log("`, ");
  wl_board_log(work);
  if (state->runnable > 0 && state->runnable <= partition->runnable_count) {
    wl_board_log(", ");
    wl_board_log(partition->runnables[state->runnable - 1]);
  }
  wl_board_log(": ");
  wl_board_log(wl_trap_name(cause));
  wl_board_log("; it ");
  wl_board_log(words[consequence]);
  wl_board_log("\n");
  if (consequence == WL_RESTARTS_ANEW)
    wl_begin_again(partition, at_ns);
  else
    wl_drop_waiting(partition, WL_STOPPED);
}

static int wl_guard(const wl_partition_t *partition, void (*work)(void), uint64_t started_ns) {
  wl_current = partition;
  partition->state->runnable = 0;
  wl_started_ns = started_ns;
  wl_waited_ns = 0;
  wl_spent_ns = started_ns + partition->budget_ns;
  wl_board_budget_start(wl_replays ? WL_REPLAY_BUDGET_NS : partition->budget_ns);
  int cause = wl_try(work);
  wl_board_budget_stop();
  wl_ended.started_ns = started_ns;
  wl_ended.ended_ns = wl_now_ns();
  wl_ended.cause = cause;
  wl_idle_from_ns = wl_ended.ended_ns;
  return cause;
}

void wl_pass(uint64_t passed_ns) {
  wl_waited_ns = wl_sum(wl_waited_ns, passed_ns);
  if (wl_waited_ns > WL_LONGEST_WAIT_NS) wl_trap(WL_TRAP_WAIT);
}

/* A budget is for what the guest does: while it waits the timer rests. */
void wl_wait_until(uint64_t until_ns) {
  uint64_t now_ns = wl_now_ns();
  if (until_ns <= now_ns) return;
  uint64_t wait_ns = until_ns - now_ns;
  if (wl_replays) {
    wl_pass(wait_ns);
    return;
  }
  if (wait_ns > WL_LONGEST_WAIT_NS - wl_waited_ns) wl_trap(WL_TRAP_WAIT);
  wl_waited_ns += wait_ns;
  wl_board_budget_stop();
  if (wl_expired) return;
  while (now_ns < until_ns) {
    uint64_t left_ns = until_ns - now_ns;
    wl_board_delay_ns(left_ns > WL_DELAY_NS ? WL_DELAY_NS : (uint32_t)left_ns);
    now_ns = wl_board_now_ns();
  }
  wl_spent_ns += wait_ns;
  wl_board_budget_start(wl_spent_ns > now_ns ? wl_spent_ns - now_ns : 1);
}

static void wl_run_start(const wl_partition_t *partition, uint64_t started_ns) {
  wl_partition_state_t *state = partition->state;
  state->next_memory = 0;
  state->next_table = 0;
  memset(state->handles, 0, sizeof state->handles);
  for (uint16_t i = 0; i < partition->controller_count; i++) partition->controllers[i].used = 0;
  int cause = wl_guard(partition, partition->instantiate, started_ns);
  uint64_t ended_ns = wl_ended.ended_ns;
  if (cause != 0) {
    wl_fail(partition, "start", cause, ended_ns);
    return;
  }
  wl_board_log("start: partition `");
  wl_board_log(partition->name);
  wl_board_log("`\n");
  state->life = WL_INITIALISING;
  for (uint16_t i = 0; i < partition->task_count; i++)
    if (partition->tasks[i].kind == WL_INIT) wl_release(&partition->task_states[i], ended_ns);
  wl_leave_initialisation(partition);
}

static void wl_run_task(const wl_partition_t *partition, uint16_t number, uint64_t started_ns) {
  const wl_task_t *task = &partition->tasks[number];
  wl_task_state_t *state = &partition->task_states[number];
  wl_ended.released_ns = state->waiting_ns[state->head];
  state->head = (uint8_t)((state->head + 1) % WL_WAITING);
  state->count--;
  int cause = wl_guard(partition, task->run, started_ns);
  uint64_t ended_ns = wl_ended.ended_ns;
  state->ended_ns = ended_ns;
  wl_trace_task(partition, task, ended_ns - started_ns);
  if (cause != 0) {
    wl_fail(partition, task->name, cause, ended_ns);
    return;
  }
  wl_leave_initialisation(partition);
  wl_hand_on(partition, ended_ns);
}

bool wl_step(uint64_t now_ns) {
  if (wl_stopped || now_ns < wl_idle_from_ns) return false;
  for (uint16_t i = 0; i < wl_system.partition_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[i];
    uint8_t life = partition->state->life;
    if (life != WL_INITIALISING && life != WL_RUNNING) continue;
    for (uint16_t j = 0; j < partition->task_count; j++)
      wl_release_due(&partition->tasks[j], &partition->task_states[j], now_ns);
  }
  for (uint16_t i = 0; i < wl_system.partition_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[wl_system.starts[i]];
    if (partition->state->life == WL_STARTING && partition->state->start_ns <= now_ns) {
      wl_ended.released_ns = partition->state->start_ns;
      wl_ended.partition = wl_system.starts[i];
      wl_ended.is_start = 1;
      wl_run_start(partition, now_ns);
      return true;
    }
  }
  for (uint16_t i = 0; i < wl_system.task_count; i++) {
    const wl_partition_t *partition = wl_system.partitions[wl_system.order[i].partition];
    uint16_t task = wl_system.order[i].task;
    if (!wl_runs(partition, &partition->tasks[task]) || partition->task_states[task].count == 0)
      continue;
    wl_ended.partition = wl_system.order[i].partition;
    wl_ended.task = task;
    wl_ended.is_start = 0;
    wl_run_task(partition, task, now_ns);
    return true;
  }
  return false;
}

bool wl_run_stopped(void) { return wl_stopped; }

_Noreturn void wl_run(void) {
  wl_frame_t frame;
  wl_board_start();
  wl_board_log("wireloom: ");
  wl_board_log(wl_system.name);
  wl_board_log(", native image\n");
  wl_start();
  wl_replays = wl_board_replays();
  if (wl_replays) wl_replay();
  for (;;) {
    while (wl_board_receive(&frame)) wl_receive(&frame, wl_board_now_ns());
    wl_board_nv_step();
    uint64_t at_ns = wl_stopped ? WL_NEVER : wl_next_ns();
    uint64_t now_ns = wl_board_now_ns();
    if (at_ns > now_ns)
      wl_board_sleep_until(at_ns);
    else
      (void)wl_step(now_ns);
  }
}
