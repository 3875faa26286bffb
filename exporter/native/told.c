/* What happened, told to the tester: notes, the end of an activation, when the ECU is next due
 * (`back-to-back`, note.rs and message.rs). A native image counts no fuel: where the message has it,
 * it is 0. Knows nothing of how a message looks on the line. */
#include "wireloom.h"

enum { WL_OUTPUT = 2 };
enum { OUTPUT_NOTE = 1, OUTPUT_ENDED, OUTPUT_IDLE };
enum { NOTE_PUBLISHED, NOTE_REFUSED, NOTE_CALLED, NOTE_RETURNED, NOTE_ENTERED, NOTE_LEFT,
       NOTE_PRINTED };
enum { WORK_START, WORK_TASK };
/* `ecu_host::Cause`. */
enum { CAUSE_TRAP, CAUSE_FUEL, CAUSE_MEMORY, CAUSE_MISUSE, CAUSE_EXIT };

static void wl_tell(uint8_t output) {
  wl_say_begin();
  wl_say_u8(WL_OUTPUT);
  wl_say_u8(output);
}

/* Every note begins with its time and its partition. */
static void wl_note(const wl_partition_t *partition, uint8_t note) {
  wl_tell(OUTPUT_NOTE);
  wl_say_u8(note);
  wl_say_number(wl_now_ns());
  wl_say_text(partition->name);
}

void wl_tell_published(const wl_caller_t *c, uint32_t element, const uint8_t *bytes,
                       uint32_t count) {
  wl_note(c->partition, NOTE_PUBLISHED);
  wl_say_number(element);
  wl_say_bytes(bytes, count);
  wl_say_end();
}

void wl_tell_refused(const wl_caller_t *c, uint32_t element) {
  wl_note(c->partition, NOTE_REFUSED);
  wl_say_number(element);
  wl_say_end();
}

void wl_tell_probe(const wl_caller_t *c, bool returned, uint32_t probe, uint32_t function,
                   const uint8_t *bytes, uint32_t count) {
  wl_note(c->partition, returned ? NOTE_RETURNED : NOTE_CALLED);
  wl_say_number(probe);
  wl_say_number(function);
  wl_say_bytes(bytes, count);
  wl_say_end();
}

/* The two around a runnable are part of the partition's code, and may be interrupted there. */
void wl_tell_entered(const wl_caller_t *c, uint32_t runnable) {
  wl_in_host = 1;
  wl_note(c->partition, NOTE_ENTERED);
  wl_say_number(runnable);
  wl_say_end();
  wl_leave();
}

void wl_tell_left(const wl_caller_t *c) {
  uint32_t runnable = c->partition->state->runnable;
  if (runnable == 0) return;
  wl_in_host = 1;
  wl_note(c->partition, NOTE_LEFT);
  wl_say_number(runnable - 1);
  wl_say_number(0);
  wl_say_end();
  wl_leave();
}

void wl_tell_printed(const wl_caller_t *c, bool error, const uint8_t *text, uint32_t count) {
  uint32_t runnable = c->partition->state->runnable;
  wl_note(c->partition, NOTE_PRINTED);
  wl_say_u8(runnable > 0);
  if (runnable > 0) wl_say_number(c->partition->runnable_instances[runnable - 1]);
  wl_say_u8(error);
  wl_say_number(count);
  for (uint32_t i = 0; i < count; i++) wl_say_u8(text == NULL ? 0 : text[i]);
  wl_say_end();
}

/* ---- the end of an activation ---- */

static uint8_t wl_cause(int cause) {
  switch (cause) {
    case WL_TRAP_BUDGET: return CAUSE_FUEL;
    case WL_TRAP_MEMORY: return CAUSE_MEMORY;
    case WL_TRAP_EXIT: return CAUSE_EXIT;
    case WL_TRAP_MISUSE:
    case WL_TRAP_ABI:
    case WL_TRAP_HANDLES:
    case WL_TRAP_EMPTY_POLL:
    case WL_TRAP_WAIT_FOR_PIN:
    case WL_TRAP_WAIT: return CAUSE_MISUSE;
    default: return CAUSE_TRAP;
  }
}

/* Two engines have two ways of saying why: compared is the cause, by its name. */
static void wl_say_trap(const wl_partition_t *partition) {
  static const char *const words[] = {"trap", "fuel", "memory", "misuse", "exit"};
  uint8_t cause = wl_cause(wl_ended.cause);
  uint32_t runnable = partition->state->runnable;
  wl_say_u8(cause);
  wl_say_u8(runnable > 0);
  if (runnable > 0) {
    /* `instance.function`; a label has no dot. */
    const char *name = partition->runnables[runnable - 1];
    uint32_t instance = 0;
    while (name[instance] != '.') instance++;
    wl_say_bytes(name, instance);
    wl_say_u8(1);
    wl_say_text(name + instance + 1);
  } else {
    wl_say_u8(0);
  }
  wl_say_text(words[cause]);
  wl_say_u8(wl_ended.consequence);
}

void wl_tell_ended(void) {
  const wl_partition_t *partition = wl_system.partitions[wl_ended.partition];
  wl_tell(OUTPUT_ENDED);
  wl_say_number(wl_ended.partition);
  wl_say_u8(wl_ended.is_start ? WORK_START : WORK_TASK);
  if (!wl_ended.is_start) wl_say_number(wl_ended.task);
  wl_say_number(wl_ended.released_ns);
  wl_say_number(wl_ended.started_ns);
  wl_say_number(wl_ended.ended_ns - wl_ended.started_ns);
  wl_say_number(0);
  wl_say_u8(wl_ended.cause != 0);
  if (wl_ended.cause != 0) wl_say_trap(partition);
  wl_say_end();
}

void wl_tell_idle(void) {
  uint64_t next_ns = wl_run_stopped() ? WL_NEVER : wl_next_ns();
  wl_tell(OUTPUT_IDLE);
  wl_say_u8(next_ns != WL_NEVER);
  if (next_ns != WL_NEVER) wl_say_number(next_ns);
  wl_say_end();
}
