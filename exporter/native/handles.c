/* Handles of what the host gives out: each component instance has its own table of them. Knows
 * nothing of what they stand for, but that a CAN controller is closed with its handle. */
#include "wireloom.h"

uint32_t wl_handle_new(const wl_partition_t *partition, uint32_t table, uint8_t kind,
                       uint16_t object) {
  wl_handle_t *handles = partition->state->handles;
  for (uint32_t i = 0; i < WL_HANDLES; i++) {
    if (handles[i].used) continue;
    handles[i] = (wl_handle_t){.used = 1, .kind = kind, .object = object, .table = table};
    return i + 1;
  }
  wl_trap(WL_TRAP_HANDLES);
}

static wl_handle_t *wl_handle_of(const wl_partition_t *partition, uint32_t table, uint32_t handle) {
  wl_handle_t *handles = partition->state->handles;
  if (handle == 0 || handle > WL_HANDLES || !handles[handle - 1].used ||
      handles[handle - 1].table != table)
    wl_trap(WL_TRAP_MISUSE);
  return &handles[handle - 1];
}

uint8_t wl_handle_kind(const wl_partition_t *partition, uint32_t table, uint32_t handle) {
  return wl_handle_of(partition, table, handle)->kind;
}

wl_handle_t *wl_handle(const wl_partition_t *partition, uint32_t table, uint32_t handle,
                       uint8_t kind) {
  wl_handle_t *entry = wl_handle_of(partition, table, handle);
  if (entry->kind != kind) wl_trap(WL_TRAP_MISUSE);
  return entry;
}

void wl_handle_drop(const wl_partition_t *partition, uint32_t table, uint32_t handle) {
  wl_handle_t *entry = wl_handle_of(partition, table, handle);
  if (entry->kind == WL_HANDLE_CAN && !entry->lent) partition->controllers[entry->object].used = 0;
  entry->used = 0;
}

uint32_t wl_handle_move(const wl_partition_t *partition, uint32_t handle, uint32_t from,
                        uint32_t to) {
  wl_handle_t *entry = wl_handle_of(partition, from, handle);
  if (entry->lent) wl_trap(WL_TRAP_MISUSE);
  entry->table = to;
  return handle;
}

uint32_t wl_handle_lend(const wl_partition_t *partition, uint32_t handle, uint32_t from,
                        uint32_t to) {
  const wl_handle_t *entry = wl_handle_of(partition, from, handle);
  uint32_t lent = wl_handle_new(partition, to, entry->kind, entry->object);
  wl_handle_t *copy = &partition->state->handles[lent - 1];
  *copy = *entry;
  copy->table = to;
  copy->lent = 1;
  return lent;
}
