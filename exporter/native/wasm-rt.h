/* What C translated by wasm2c 1.0.32 needs of its run-time: types and functions of that version's
 * interface, for a machine without a C library. Knows nothing of partitions. */
#ifndef WASM_RT_H_
#define WASM_RT_H_

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define wasm_rt_memcpy __builtin_memcpy
#define wasm_rt_unreachable __builtin_unreachable

/* No pages are protected: every access is checked. */
#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 0
/* Calls are not counted: each function looks at the stack itself, since what a call takes of it is
 * the compiler's matter. Above the floor there is room for the host's functions and interrupts. */
#define WASM_RT_USE_STACK_DEPTH_COUNT 0
#ifdef __arm__
extern uint8_t wl_stack_floor[]; /* by the linker's script */
#define WL_STACK_FLOOR ((uintptr_t)wl_stack_floor)
static inline __attribute__((always_inline)) uintptr_t wl_stack_pointer(void) {
  uintptr_t pointer;
  __asm__("mov %0, sp" : "=r"(pointer));
  return pointer;
}
#else
/* From where a guest begins; a board may have more. */
#ifndef WL_GUEST_STACK_BYTES
#define WL_GUEST_STACK_BYTES 4096u
#endif
extern uintptr_t wl_stack_floor;
#define WL_STACK_FLOOR wl_stack_floor
#define wl_stack_pointer() ((uintptr_t)__builtin_frame_address(0))
#endif
#define WL_CHECK_STACK \
  if (UNLIKELY(wl_stack_pointer() < WL_STACK_FLOOR)) wasm_rt_trap(WASM_RT_TRAP_EXHAUSTION)

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT,
  WASM_RT_TRAP_UNCAUGHT_EXCEPTION,
  WASM_RT_TRAP_EXHAUSTION,
} wasm_rt_trap_t;

typedef enum {
  WASM_RT_I32,
  WASM_RT_I64,
  WASM_RT_F32,
  WASM_RT_F64,
  WASM_RT_FUNCREF,
  WASM_RT_EXTERNREF,
} wasm_rt_type_t;

typedef void (*wasm_rt_function_ptr_t)(void);

typedef struct {
  uint32_t func_type;
  wasm_rt_function_ptr_t func;
  void *module_instance;
} wasm_rt_funcref_t;
static const wasm_rt_funcref_t wasm_rt_funcref_null_value __attribute__((unused)) = {0, NULL, NULL};

typedef void *wasm_rt_externref_t;
static const wasm_rt_externref_t wasm_rt_externref_null_value __attribute__((unused)) = NULL;

/* `size` is what there is in truth; `pages` is what the guest was told. */
typedef struct {
  uint8_t *data;
  uint32_t pages, max_pages;
  uint32_t size;
} wasm_rt_memory_t;

typedef struct {
  wasm_rt_funcref_t *data;
  uint32_t max_size;
  uint32_t size;
} wasm_rt_funcref_table_t;

typedef struct {
  wasm_rt_externref_t *data;
  uint32_t max_size;
  uint32_t size;
} wasm_rt_externref_table_t;

static inline bool wasm_rt_is_initialized(void) { return true; }
_Noreturn void wasm_rt_trap(wasm_rt_trap_t trap);
uint32_t wasm_rt_register_func_type(uint32_t parameters, uint32_t results, ...);
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t initial_pages, uint32_t max_pages);
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t pages);
void wasm_rt_free_memory(wasm_rt_memory_t *memory);
void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t elements,
                                    uint32_t max_elements);
void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table);

#endif
