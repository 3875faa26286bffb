/* boards/due_nv.c on this machine: flash and its controller are memory at the addresses that they
 * have on the board. Blocks of one page and of several, power that fails between two pages, copies
 * that are damaged. Exit status 1 and a line for the first difference. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "boards/due_nv.c"

static const wl_partition_t partition = {.name = "main"};
static uint8_t small[8], large[600];
static wl_nv_state_t states[2];
static const wl_nv_block_t blocks[] = {
    {.partition = &partition, .name = "small", .size_bytes = sizeof small, .content = small, .state = &states[0]},
    {.partition = &partition, .name = "large", .size_bytes = sizeof large, .content = large, .state = &states[1]},
};
const wl_system_t wl_system = {.nv_blocks = blocks, .nv_count = 2};

static void want(int holds, const char *what) {
  if (holds) return;
  printf("%s\n", what);
  exit(1);
}

/* What RAM knew is gone. */
static void power_off(void) {
  memset(states, 0, sizeof states);
  memset(small, 0xa5, sizeof small);
  memset(large, 0xa5, sizeof large);
  wl_writing = NULL;
}

static void put(const wl_nv_block_t *block, uint8_t fill, uint32_t bytes) {
  memset(block->content, fill, bytes);
  block->state->bytes = bytes;
  block->state->found = WL_NV_CONTENT;
  want(wl_board_nv_store(block), "a block is not taken");
}

static void finish(void) {
  for (int step = 0; step < 20; step++) wl_board_nv_step();
  want(wl_board_nv_is_safe(&blocks[0]) && wl_board_nv_is_safe(&blocks[1]), "a block is never safe");
}

static int holds(const wl_nv_block_t *block, uint8_t fill, uint32_t bytes) {
  uint32_t found = 0;
  if (wl_board_nv_load(block, &found) != WL_NV_CONTENT || found != bytes) return 0;
  for (uint32_t i = 0; i < bytes; i++)
    if (block->content[i] != fill) return 0;
  return 1;
}

static void map(uintptr_t address, size_t bytes) {
  void *place = mmap((void *)address, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  want(place == (void *)address, "this machine has something at the board's addresses");
}

int main(void) {
  uint32_t bytes;
  map(BANK + FIRST_PAGE * PAGE_BYTES, PAGES * PAGE_BYTES);
  map(0x400e0000, 0x1000);
  memset((void *)(uintptr_t)(BANK + FIRST_PAGE * PAGE_BYTES), 0xff, PAGES * PAGE_BYTES);
  EEFC1[EEFC_FSR] = FSR_READY;

  want(wl_board_nv_load(&blocks[0], &bytes) == WL_NV_NEVER, "erased flash has a block");
  put(&blocks[0], 1, 5);
  put(&blocks[1], 2, 600);
  want(!wl_board_nv_is_safe(&blocks[1]), "safe before anything was written");
  finish();
  power_off();
  want(holds(&blocks[0], 1, 5) && holds(&blocks[1], 2, 600), "a block is lost");

  /* Power fails at every page of a block of three: the old content, or the whole new one. */
  for (int steps = 0; steps <= 3; steps++) {
    put(&blocks[1], (uint8_t)(10 + steps), 600);
    for (int step = 0; step < steps; step++) wl_board_nv_step();
    power_off();
    want(holds(&blocks[1], steps == 3 ? 13 : 2, 600), "half a block was taken");
  }
  want(holds(&blocks[0], 1, 5), "a neighbour was touched");

  /* A block that changes while it is written begins again. */
  put(&blocks[1], 20, 600);
  wl_board_nv_step();
  put(&blocks[1], 21, 100);
  finish();
  power_off();
  want(holds(&blocks[1], 21, 100), "the last content is not the one that is kept");

  /* The copy that counts is damaged: the older one. Then both. */
  wl_head_t head;
  bool damaged;
  int newest = wl_newest(&blocks[1], &head, &damaged);
  ((uint8_t *)wl_place(&blocks[1], (uint32_t)newest))[20] ^= 1;
  want(holds(&blocks[1], 13, 600), "a damaged copy was taken");
  ((uint8_t *)wl_place(&blocks[1], (uint32_t)(1 - newest)))[20] ^= 1;
  want(wl_board_nv_load(&blocks[1], &bytes) == WL_NV_DAMAGED, "damage is not told");

  states[0].found = WL_NV_NONE;
  want(wl_board_nv_store(&blocks[0]), "a block is not invalidated");
  finish();
  power_off();
  want(wl_board_nv_load(&blocks[0], &bytes) == WL_NV_NONE, "an invalidated block has a content");

  /* The controller refuses a page. */
  put(&blocks[0], 3, 8);
  wl_board_nv_step();
  EEFC1[EEFC_FSR] = FSR_READY | FSR_LOCK_ERROR;
  wl_board_nv_step();
  want(states[0].failed, "a locked page is not told");
  return 0;
}
