/* Arduino Due: non-volatile blocks in flash (SAM3X8E data sheet Atmel-11057, Enhanced Embedded Flash
 * Controller). NOT RUN ON THE BOARD: written from the data sheet, compiled and linked, never flashed.
 *
 * The last 16 KiB of the second bank, whose controller writes while code runs from the first. A
 * block has two copies, and the older one is written: a loss of power leaves the other. A copy is a
 * head of 16 bytes and the content; the page with the head is written last. A page of 256 bytes is
 * erased and written at once, and the main loop begins the next. The linker keeps code out of there. */
#include "../wireloom.h"

#define PAGE_BYTES 256u
#define BANK 0x000c0000u
#define FIRST_PAGE 960u
#define PAGES 64u
/* Controller of the second bank. */
#define EEFC1 ((volatile uint32_t *)0x400e0c00)
enum { EEFC_FMR = 0, EEFC_FCR = 1, EEFC_FSR = 2 };
enum { FSR_READY = 1u << 0, FSR_COMMAND_ERROR = 1u << 1, FSR_LOCK_ERROR = 1u << 2 };
#define ERASE_AND_WRITE_PAGE (0x5au << 24 | 0x03u)
/* Wait states: as the rest of the board has them, and six while a page is written (errata). */
#define WAIT_STATES (4u << 8)
#define WRITE_WAIT_STATES (6u << 8)
/* Length of a block that was invalidated. */
#define NO_CONTENT UINT32_MAX

typedef struct {
  uint32_t name; /* hash: a block that moved is none */
  uint32_t sequence;
  uint32_t bytes;
  uint32_t check;
} wl_head_t;

/* The block that is being written: its copy and the next page of it, counted down to the head's. */
static const wl_nv_block_t *wl_writing;
static wl_head_t wl_head;
static uint32_t wl_copy, wl_page;

/* Both copies of a block lie behind those of the blocks before it. */
static uint32_t wl_pages_of(const wl_nv_block_t *block) {
  return (sizeof(wl_head_t) + block->size_bytes + PAGE_BYTES - 1u) / PAGE_BYTES;
}

static uint32_t wl_first_page(const wl_nv_block_t *block, uint32_t copy) {
  uint32_t page = 0;
  for (const wl_nv_block_t *before = wl_system.nv_blocks; before < block; before++)
    page += 2u * wl_pages_of(before);
  return page + copy * wl_pages_of(block);
}

static bool wl_fits(const wl_nv_block_t *block) {
  return wl_first_page(block, 0) + 2u * wl_pages_of(block) <= PAGES;
}

static const uint8_t *wl_place(const wl_nv_block_t *block, uint32_t copy) {
  return (const uint8_t *)(uintptr_t)(BANK + (FIRST_PAGE + wl_first_page(block, copy)) * PAGE_BYTES);
}

/* FNV-1a, 32 bits. */
static uint32_t wl_hash(uint32_t hash, const void *bytes, uint32_t count) {
  for (const uint8_t *byte = bytes; count > 0; count--) hash = (hash ^ *byte++) * 16777619u;
  return hash;
}

static uint32_t wl_name_of(const wl_nv_block_t *block) {
  uint32_t hash = wl_hash(2166136261u, block->partition->name, strlen(block->partition->name) + 1u);
  return wl_hash(hash, block->name, strlen(block->name));
}

/* CRC-32 (IEEE 802.3) of head and content. */
static uint32_t wl_crc(uint32_t crc, const void *bytes, uint32_t count) {
  for (const uint8_t *byte = bytes; count > 0; count--) {
    crc ^= *byte++;
    for (uint32_t bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1u));
  }
  return crc;
}

static uint32_t wl_check_of(const wl_head_t *head, const uint8_t *content) {
  uint32_t crc = wl_crc(UINT32_MAX, head, offsetof(wl_head_t, check));
  if (head->bytes != NO_CONTENT) crc = wl_crc(crc, content, head->bytes);
  return ~crc;
}

enum { COPY_EMPTY, COPY_DAMAGED, COPY_WHOLE };

static int wl_copy_of(const wl_nv_block_t *block, uint32_t copy, wl_head_t *head) {
  const uint8_t *place = wl_place(block, copy);
  memcpy(head, place, sizeof *head);
  if (head->name != wl_name_of(block)) return COPY_EMPTY;
  if (head->bytes != NO_CONTENT && head->bytes > block->size_bytes) return COPY_DAMAGED;
  return head->check == wl_check_of(head, place + sizeof *head) ? COPY_WHOLE : COPY_DAMAGED;
}

/* The copy that counts, or -1; `damaged` where there was one that does not. */
static int wl_newest(const wl_nv_block_t *block, wl_head_t *head, bool *damaged) {
  wl_head_t heads[2];
  int newest = -1;
  *damaged = false;
  for (uint32_t copy = 0; copy < 2; copy++) {
    int state = wl_copy_of(block, copy, &heads[copy]);
    if (state == COPY_DAMAGED) *damaged = true;
    if (state != COPY_WHOLE) continue;
    if (newest < 0 || (int32_t)(heads[copy].sequence - heads[newest].sequence) > 0) newest = (int)copy;
  }
  if (newest >= 0) *head = heads[newest];
  return newest;
}

bool wl_board_has_nv(void) { return true; }

uint8_t wl_board_nv_load(const wl_nv_block_t *block, uint32_t *bytes) {
  wl_head_t head;
  bool damaged = false;
  int newest = wl_fits(block) ? wl_newest(block, &head, &damaged) : -1;
  if (newest < 0) return damaged ? WL_NV_DAMAGED : WL_NV_NEVER;
  if (head.bytes == NO_CONTENT) return WL_NV_NONE;
  memcpy(block->content, wl_place(block, (uint32_t)newest) + sizeof head, head.bytes);
  *bytes = head.bytes;
  return WL_NV_CONTENT;
}

/* The main loop writes it; one that is being written begins again with the new content. */
bool wl_board_nv_store(const wl_nv_block_t *block) {
  if (!wl_fits(block)) return false;
  block->state->dirty = 1;
  block->state->failed = 0;
  if (wl_writing == block) wl_writing = NULL;
  return true;
}

bool wl_board_nv_is_safe(const wl_nv_block_t *block) {
  return !block->state->dirty && wl_writing != block;
}

static void wl_begin(const wl_nv_block_t *block) {
  wl_head_t last = {0};
  bool damaged;
  int newest = wl_newest(block, &last, &damaged);
  wl_copy = newest == 0 ? 1u : 0u;
  wl_page = wl_pages_of(block);
  wl_head = (wl_head_t){.name = wl_name_of(block),
                        .sequence = newest < 0 ? 1u : last.sequence + 1u,
                        .bytes = block->state->found == WL_NV_CONTENT ? block->state->bytes : NO_CONTENT};
  wl_head.check = wl_check_of(&wl_head, block->content);
  block->state->dirty = 0;
  wl_writing = block;
}

/* Fills the controller's buffer, in words as it wants them, and begins. */
static void wl_write_page(const wl_nv_block_t *block, uint32_t page) {
  uint32_t number = FIRST_PAGE + wl_first_page(block, wl_copy) + page;
  volatile uint32_t *place = (volatile uint32_t *)(uintptr_t)(BANK + number * PAGE_BYTES);
  for (uint32_t word = 0; word < PAGE_BYTES / 4u; word++) {
    uint8_t bytes[4];
    for (uint32_t i = 0; i < 4; i++) {
      uint32_t at = page * PAGE_BYTES + word * 4u + i;
      uint32_t of_content = at - sizeof wl_head;
      if (at < sizeof wl_head) bytes[i] = ((const uint8_t *)&wl_head)[at];
      else bytes[i] = of_content < block->size_bytes ? block->content[of_content] : 0xffu;
    }
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    place[word] = value;
  }
  EEFC1[EEFC_FMR] = WRITE_WAIT_STATES;
  EEFC1[EEFC_FCR] = ERASE_AND_WRITE_PAGE | number << 8;
}

/* From the main loop: one page at a time, and never a wait for it. */
void wl_board_nv_step(void) {
  uint32_t state = EEFC1[EEFC_FSR];
  if (!(state & FSR_READY)) return;
  EEFC1[EEFC_FMR] = WAIT_STATES;
  if (wl_writing != NULL && (state & (FSR_COMMAND_ERROR | FSR_LOCK_ERROR)) != 0) {
    wl_writing->state->failed = 1;
    wl_writing = NULL;
  }
  if (wl_writing != NULL && wl_page == 0) {
    wl_head_t head;
    wl_writing->state->failed = wl_copy_of(wl_writing, wl_copy, &head) != COPY_WHOLE;
    wl_writing = NULL;
  }
  for (uint16_t i = 0; i < wl_system.nv_count && wl_writing == NULL; i++)
    if (wl_system.nv_blocks[i].state->dirty) wl_begin(&wl_system.nv_blocks[i]);
  if (wl_writing != NULL) wl_write_page(wl_writing, --wl_page);
}
