// A fixed arena in the place of a heap: bump allocation that starts anew whenever nothing is
// allocated any more, which for a guest is at the end of every call. Knows nothing of who
// allocates. Without `memory.grow` a microcontroller knows a guest's need beforehand.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef GUEST_ARENA_BYTES
#define GUEST_ARENA_BYTES 512
#endif

// Before each block, so that `free` and `realloc` know its size.
typedef struct {
  uint32_t size;
  uint32_t padding;
} header_t;

static _Alignas(8) uint8_t memory[GUEST_ARENA_BYTES];
static size_t used = 0;
static size_t live = 0;

static header_t *header_of(void *pointer) { return (header_t *)pointer - 1; }

// Every block is aligned to 8, the largest alignment of a value in WIT.
static size_t rounded(size_t size) { return (size + 7u) & ~(size_t)7u; }

static int is_last(void *pointer) {
  return (uint8_t *)pointer + rounded(header_of(pointer)->size) == memory + used;
}

void *malloc(size_t size) {
  if (size > GUEST_ARENA_BYTES ||
      sizeof(header_t) + rounded(size) > GUEST_ARENA_BYTES - used) {
    return NULL;
  }
  header_t *header = (header_t *)(memory + used);
  header->size = (uint32_t)size;
  used += sizeof(header_t) + rounded(size);
  live += 1;
  return header + 1;
}

void free(void *pointer) {
  if (pointer == NULL) {
    return;
  }
  live -= 1;
  if (live == 0) {
    used = 0;
  } else if (is_last(pointer)) {
    used = (size_t)((uint8_t *)header_of(pointer) - memory);
  }
}

void *realloc(void *pointer, size_t size) {
  if (pointer == NULL) {
    return malloc(size);
  }
  size_t old_size = header_of(pointer)->size;
  if (size <= old_size) {
    return pointer;
  }
  void *target = malloc(size);
  if (target != NULL) {
    memcpy(target, pointer, old_size);
    free(pointer);
  }
  return target;
}

void abort(void) { __builtin_trap(); }
