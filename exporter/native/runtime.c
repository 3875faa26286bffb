/* Memories, tables, function types and traps of translated modules. Knows nothing of tasks. */
#include "wireloom.h"
#include <stdarg.h>

/* Signatures of all partitions together. */
#define WL_TYPES 128u
#define WL_TYPE_VALUES 24u

#ifndef __arm__
uintptr_t wl_stack_floor;
#endif
volatile uint8_t wl_in_host;
volatile uint8_t wl_expired;
const wl_partition_t *wl_current;

static jmp_buf wl_back;
static volatile uint8_t wl_guarded;

_Noreturn void wl_trap(int cause) {
  wl_in_host = 1;
  longjmp(wl_back, cause);
}

_Noreturn void wasm_rt_trap(wasm_rt_trap_t trap) { wl_trap((int)trap); }

int wl_try(void (*work)(void)) {
  int cause = setjmp(wl_back);
  if (cause == 0) {
#ifndef __arm__
    wl_stack_floor = wl_stack_pointer() - WL_GUEST_STACK_BYTES;
#endif
    wl_expired = 0;
    wl_guarded = 1;
    wl_in_host = 0;
    work();
  }
  wl_in_host = 1;
  wl_guarded = 0;
  return cause;
}

bool wl_budget_expired(void) {
  if (!wl_guarded) return false;
  wl_expired = 1;
  return !wl_in_host;
}

_Noreturn void wl_budget_trap(void) { wl_trap(WL_TRAP_BUDGET); }

const char *wl_trap_name(int cause) {
  switch (cause) {
    case WASM_RT_TRAP_OOB: return "out of bounds";
    case WASM_RT_TRAP_INT_OVERFLOW: return "integer overflow";
    case WASM_RT_TRAP_DIV_BY_ZERO: return "division by zero";
    case WASM_RT_TRAP_INVALID_CONVERSION: return "invalid conversion to integer";
    case WASM_RT_TRAP_UNREACHABLE: return "unreachable";
    case WASM_RT_TRAP_CALL_INDIRECT: return "indirect call of another type";
    case WASM_RT_TRAP_EXHAUSTION: return "stack exhausted";
    case WL_TRAP_BUDGET: return "budget exhausted";
    case WL_TRAP_MISUSE: return "a call with arguments that its table does not have";
    case WL_TRAP_CANNOT_LEAVE: return "a call out where the instance must not leave";
    case WL_TRAP_MEMORY: return "no memory for an answer";
    case WL_TRAP_EXIT: return "exit";
    case WL_TRAP_ABI: return "a value that its type does not have";
    case WL_TRAP_HANDLES: return "too many handles";
    case WL_TRAP_EMPTY_POLL: return "a poll without a pollable";
    case WL_TRAP_WAIT_FOR_PIN: return "a wait for a pin of which nobody knows when it changes";
    case WL_TRAP_WAIT: return "a wait of more than ten seconds";
    default: return "unknown";
  }
}

/* The same number for the same signature; 0 is no type. */
uint32_t wasm_rt_register_func_type(uint32_t parameters, uint32_t results, ...) {
  static struct {
    uint8_t parameters, results, values[WL_TYPE_VALUES];
  } types[WL_TYPES];
  static uint32_t count;
  uint8_t values[WL_TYPE_VALUES] = {0};
  if (parameters + results > WL_TYPE_VALUES) wl_trap(WL_TRAP_ABI);
  va_list arguments;
  va_start(arguments, results);
  for (uint32_t i = 0; i < parameters + results; i++) values[i] = (uint8_t)va_arg(arguments, int);
  va_end(arguments);
  for (uint32_t i = 0; i < count; i++)
    if (types[i].parameters == parameters && types[i].results == results &&
        memcmp(types[i].values, values, sizeof values) == 0)
      return i + 1;
  if (count == WL_TYPES) wl_trap(WL_TRAP_ABI);
  types[count].parameters = (uint8_t)parameters;
  types[count].results = (uint8_t)results;
  memcpy(types[count].values, values, sizeof values);
  return ++count;
}

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t initial_pages, uint32_t max_pages) {
  const wl_memory_t *place = &wl_current->memories[wl_current->state->next_memory++];
  memset(place->data, 0, place->bytes);
  memory->data = place->data;
  memory->size = place->bytes;
  memory->pages = initial_pages;
  memory->max_pages = max_pages;
}

/* Memories have their place when the image is linked: none grows. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t pages) {
  return pages == 0 ? memory->pages : UINT32_MAX;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) { memory->data = NULL; }

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t elements,
                                    uint32_t max_elements) {
  const wl_table_t *place = &wl_current->tables[wl_current->state->next_table++];
  memset(place->entries, 0, place->count * sizeof *place->entries);
  table->data = place->entries;
  table->size = elements;
  table->max_size = max_elements;
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table) { table->data = NULL; }
