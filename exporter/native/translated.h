/* Loads and stores of translated modules, on memories whose place and size are known when they are
 * compiled: one comparison of 32 bits and one access. Every access is checked. Included by modules,
 * behind their own types. */
#ifndef WL_TRANSLATED_H
#define WL_TRANSLATED_H

/* In bounds are `bytes - offset - sizeof(type) + 1` bases, or none. All but the base is constant. */
#define WL_CHECK(type)                                                                     \
  if (UNLIKELY((uint64_t)offset + sizeof(type) > bytes || base > bytes - offset - sizeof(type))) \
    wasm_rt_trap(WASM_RT_TRAP_OOB);

#define WL_LOAD(name, type, extended, result_type)                                         \
  static inline __attribute__((always_inline)) result_type wl_##name(                      \
      const uint8_t *data, uint32_t bytes, uint32_t base, uint32_t offset) {               \
    type result;                                                                           \
    WL_CHECK(type)                                                                         \
    __builtin_memcpy(&result, data + base + offset, sizeof result);                        \
    return (result_type)(extended)result;                                                  \
  }

#define WL_STORE(name, type, value_type)                                                   \
  static inline __attribute__((always_inline)) void wl_##name(                             \
      uint8_t *data, uint32_t bytes, uint32_t base, uint32_t offset, value_type value) {   \
    type wrapped = (type)value;                                                            \
    WL_CHECK(type)                                                                         \
    __builtin_memcpy(data + base + offset, &wrapped, sizeof wrapped);                      \
  }

WL_LOAD(i32_load, uint32_t, uint32_t, uint32_t)
WL_LOAD(i64_load, uint64_t, uint64_t, uint64_t)
WL_LOAD(f32_load, float, float, float)
WL_LOAD(f64_load, double, double, double)
WL_LOAD(i32_load8_s, int8_t, int32_t, uint32_t)
WL_LOAD(i64_load8_s, int8_t, int64_t, uint64_t)
WL_LOAD(i32_load8_u, uint8_t, uint32_t, uint32_t)
WL_LOAD(i64_load8_u, uint8_t, uint64_t, uint64_t)
WL_LOAD(i32_load16_s, int16_t, int32_t, uint32_t)
WL_LOAD(i64_load16_s, int16_t, int64_t, uint64_t)
WL_LOAD(i32_load16_u, uint16_t, uint32_t, uint32_t)
WL_LOAD(i64_load16_u, uint16_t, uint64_t, uint64_t)
WL_LOAD(i64_load32_s, int32_t, int64_t, uint64_t)
WL_LOAD(i64_load32_u, uint32_t, uint64_t, uint64_t)
WL_STORE(i32_store, uint32_t, uint32_t)
WL_STORE(i64_store, uint64_t, uint64_t)
WL_STORE(f32_store, float, float)
WL_STORE(f64_store, double, double)
WL_STORE(i32_store8, uint8_t, uint32_t)
WL_STORE(i32_store16, uint16_t, uint32_t)
WL_STORE(i64_store8, uint8_t, uint64_t)
WL_STORE(i64_store16, uint16_t, uint64_t)
WL_STORE(i64_store32, uint32_t, uint64_t)

#endif
