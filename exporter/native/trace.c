/* For tests and measurements: with WL_TRACE_VALUES every published element on the log, with
 * WL_TRACE_TASKS the time of every task. */
#include "wireloom.h"

#if defined WL_TRACE_VALUES || defined WL_TRACE_TASKS
static void wl_log_number(uint64_t number) {
  char text[21];
  uint32_t at = sizeof text;
  text[--at] = 0;
  do {
    text[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  wl_board_log(text + at);
}
#endif

void wl_trace_publish(const wl_partition_t *partition, uint32_t element, const uint8_t *bytes,
                      uint32_t count) {
  (void)partition, (void)element, (void)bytes, (void)count;
#ifdef WL_TRACE_VALUES
  wl_board_log("publish ");
  wl_board_log(partition->name);
  wl_board_log(" ");
  wl_log_number(element);
  wl_board_log(" ");
  if (count == 0) wl_board_log("invalid");
  for (uint32_t i = 0; i < count; i++) {
    char hex[3] = {"0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15], 0};
    wl_board_log(hex);
  }
  wl_board_log("\n");
#endif
}

void wl_trace_refuse(const wl_partition_t *partition, uint32_t element) {
  (void)partition, (void)element;
#ifdef WL_TRACE_VALUES
  wl_board_log("refuse ");
  wl_board_log(partition->name);
  wl_board_log(" ");
  wl_log_number(element);
  wl_board_log("\n");
#endif
}

void wl_trace_task(const wl_partition_t *partition, const wl_task_t *task, uint64_t spent_ns) {
  (void)partition, (void)task, (void)spent_ns;
#ifdef WL_TRACE_TASKS
  wl_board_log("task ");
  wl_board_log(partition->name);
  wl_board_log(" ");
  wl_board_log(task->name);
  wl_board_log(" ");
  wl_log_number(spent_ns);
  wl_board_log("\n");
#endif
}
