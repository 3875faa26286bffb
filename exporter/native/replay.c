/* The turns of a verification: what the tester puts in is done, and what came of it is told
 * (`back-to-back`, serve.rs). Knows nothing of what a partition asks meanwhile. */
#include "wireloom.h"

#define WL_PROTOCOL 1u
/* Of the name of a bus. */
#define WL_NAME_BYTES 64u
enum { TO_BEGIN, TO_INPUT, TO_ANSWER, TO_END, TO_CASES };
enum { FROM_READY, FROM_REFUSED };
enum { INPUT_RECEIVE, INPUT_CONFIRM, INPUT_CAN_EVENT, INPUT_DELIVER, INPUT_RUN, INPUT_CASES };
enum { BUS_ERRORS = 5 };

bool wl_replays;

/* A reset begins anew. */
static _Noreturn void wl_rest(void) {
  wl_board_budget_stop();
  for (;;) wl_board_sleep_until(WL_NEVER);
}

_Noreturn void wl_refuse(const char *reason) {
  wl_say_begin();
  wl_say_u8(FROM_REFUSED);
  wl_say_text(reason);
  wl_say_end();
  wl_board_log("verification: ");
  wl_board_log(reason);
  wl_board_log("\n");
  wl_rest();
}

static void wl_begin_test(void) {
  wl_hear_begin();
  if (wl_hear_case(TO_CASES) != TO_BEGIN) wl_refuse("the beginning was due; reset the board");
  if (wl_hear_number() != WL_PROTOCOL)
    wl_refuse("this image speaks version 1 of the protocol; export it again with the tester's version");
  wl_hear_end();
  wl_say_begin();
  wl_say_u8(FROM_READY);
  wl_say_number(WL_PROTOCOL);
  wl_say_number(wl_system.partition_count);
  for (uint16_t i = 0; i < wl_system.partition_count; i++)
    wl_say_text(wl_system.partitions[i]->name);
  wl_say_end();
}

/* ---- inputs ---- */

/* The number of the bus of that name; one that nobody has where there is none. */
static uint16_t wl_hear_bus(void) {
  uint8_t name[WL_NAME_BYTES];
  uint32_t bytes = wl_hear_bytes(name, sizeof name);
  uint16_t bus = 0;
  while (bus < wl_system.can_count && !wl_is_named(wl_system.can_buses[bus], name, bytes)) bus++;
  return bus;
}

static void wl_do_receive(void) {
  uint64_t at_ns = wl_hear_number();
  wl_frame_t frame = {.bus = wl_hear_bus()};
  frame.id = (uint32_t)wl_hear_number();
  frame.extended = wl_hear_case(2);
  frame.remote = wl_hear_case(2);
  frame.length_bytes = (uint8_t)wl_hear_bytes(frame.data, sizeof frame.data);
  wl_hear_end();
  wl_receive(&frame, at_ns);
}

static void wl_do_confirm(void) {
  uint64_t request = wl_hear_number();
  uint8_t outcome = wl_hear_case(WL_CAN_FAILED + 1);
  uint8_t error = outcome == WL_CAN_FAILED ? wl_hear_case(BUS_ERRORS) : 0;
  uint64_t at_ns = wl_hear_number();
  wl_hear_end();
  wl_can_confirm(request, outcome, error, at_ns);
}

static void wl_do_can_event(void) {
  uint64_t at_ns = wl_hear_number();
  uint16_t bus = wl_hear_bus();
  uint8_t event = wl_hear_case(WL_CAN_EVENT_OVERRUN + 1);
  uint8_t detail = event == WL_CAN_EVENT_OVERRUN ? 0 : wl_hear_u8();
  wl_hear_end();
  wl_can_event(bus, event, detail, at_ns);
}

/* What is not taken shows in what follows, on both sides. */
static void wl_do_deliver(void) {
  uint8_t value[WL_VALUE_BYTES];
  uint64_t at_ns = wl_hear_number(), partition = wl_hear_number(), element = wl_hear_number();
  uint32_t bytes = wl_hear_bytes(value, sizeof value);
  wl_hear_end();
  if (partition >= wl_system.partition_count) return;
  const wl_partition_t *to = wl_system.partitions[partition];
  if (element < to->element_count && (to->element_kinds[element] & ~WL_WANTED) == WL_IN)
    wl_deliver((uint16_t)partition, (uint16_t)element, value, bytes, at_ns);
}

static void wl_do_run(void) {
  uint64_t at_ns = wl_hear_number();
  wl_hear_end();
  if (wl_step(at_ns)) wl_tell_ended();
}

_Noreturn void wl_replay(void) {
  static void (*const inputs[INPUT_CASES])(void) = {wl_do_receive, wl_do_confirm, wl_do_can_event,
                                                    wl_do_deliver, wl_do_run};
  wl_board_log("verification: driven over the link\n");
  wl_begin_test();
  for (;;) {
    wl_hear_begin();
    switch (wl_hear_case(TO_CASES)) {
      case TO_INPUT: inputs[wl_hear_case(INPUT_CASES)](); break;
      case TO_END:
        wl_hear_end();
        wl_board_log("verification: ended\n");
        wl_rest();
      default: wl_refuse("an input was due; reset the board and begin again");
    }
    wl_tell_idle();
  }
}
