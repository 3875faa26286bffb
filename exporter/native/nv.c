/* `wireloom:ecu/nv`: the blocks that the project gives a partition. A block has its content in RAM
 * from the first request on; the board brings it in and makes it safe. A board without memory for
 * blocks answers `not-served`, as `ecu-host` does on such an ECU. Knows no memory. */
#include "wireloom.h"

#define WL_NV_NAME_BYTES 48u
/* `error` of the interface. */
enum { WL_NV_NOT_OK, WL_NV_INTEGRITY, WL_NV_INVALIDATED, WL_NV_FULL, WL_NV_WRONG_BLOCK,
       WL_NV_NOT_SERVED, WL_NV_FOUND };
/* `request-result` of it. */
enum { WL_NV_OK, WL_NV_PENDING, WL_NV_FAILED };

static bool wl_nv_is_name(const uint8_t *text, uint32_t bytes) {
  if (bytes == 0 || bytes > WL_NV_NAME_BYTES) return false;
  for (uint32_t i = 0; i < bytes; i++) {
    bool letter = text[i] >= 'a' && text[i] <= 'z', digit = text[i] >= '0' && text[i] <= '9';
    if (!letter && !digit && text[i] != '-') return false;
  }
  return true;
}

/* Brought in once: from then on RAM has what was written last, safe or not. */
static void wl_nv_load(const wl_nv_block_t *block) {
  wl_nv_state_t *state = block->state;
  if (state->loaded) return;
  state->loaded = 1;
  state->found = wl_board_nv_load(block, &state->bytes);
  if (state->found != WL_NV_NEVER || block->initial == NULL) return;
  state->found = WL_NV_CONTENT;
  state->bytes = block->initial_bytes;
  memcpy(block->content, block->initial, block->initial_bytes);
}

/* The block of that name of the partition that calls; NULL: there is none. */
static const wl_nv_block_t *wl_nv_named(const wl_caller_t *c, const uint8_t *text, uint32_t bytes) {
  for (uint16_t i = 0; i < wl_system.nv_count; i++) {
    const wl_nv_block_t *block = &wl_system.nv_blocks[i];
    if (block->partition == c->partition && wl_is_named(block->name, text, bytes)) return block;
  }
  return NULL;
}

/* The same, brought in; or why there is none. */
static uint8_t wl_nv_block(const wl_caller_t *c, uint32_t name, uint32_t bytes,
                           const wl_nv_block_t **found) {
  const uint8_t *text = wl_bytes(c, name, bytes);
  if (!wl_nv_is_name(text, bytes)) return WL_NV_WRONG_BLOCK;
  if (!wl_board_has_nv()) return WL_NV_NOT_SERVED;
  *found = wl_nv_named(c, text, bytes);
  if (*found == NULL) return WL_NV_WRONG_BLOCK;
  wl_nv_load(*found);
  return WL_NV_FOUND;
}

/* ---- a tester in the place of the board's memory: what it answers is the block's content ---- */

static uint8_t wl_nv_ask(const wl_caller_t *c, uint8_t call, uint32_t name, uint32_t bytes,
                         const uint8_t *data, uint32_t count) {
  const wl_asked_block_t asked = {.partition = c->partition->name,
                                  .name = wl_bytes(c, name, bytes),
                                  .name_bytes = bytes,
                                  .data = data,
                                  .data_bytes = count};
  const wl_nv_block_t *block = wl_nv_named(c, asked.name, bytes);
  uint8_t *to = block == NULL ? NULL : block->content;
  uint32_t room = block == NULL ? 0 : block->size_bytes, found = 0;
  if (!wl_nv_is_name(asked.name, bytes)) return WL_NV_WRONG_BLOCK;
  uint8_t error = wl_ask_nv(call, &asked, to, room, &found);
  if (block != NULL) block->state->bytes = found;
  return error == WL_SERVED ? WL_NV_FOUND : error;
}

static void wl_nv_ask_read(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  uint8_t error = wl_nv_ask(c, WL_ASK_NV_READ, name, bytes, NULL, 0);
  const wl_nv_block_t *block = wl_nv_named(c, wl_bytes(c, name, bytes), bytes);
  *wl_bytes(c, result, 1) = error != WL_NV_FOUND;
  if (error != WL_NV_FOUND)
    *wl_bytes(c, result + 4, 1) = error;
  else if (block == NULL)
    wl_write_list(c, result + 4, "", 0);
  else
    wl_write_list(c, result + 4, block->content, block->state->bytes);
}

static void wl_nv_ask_status(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint8_t *answer) {
  const wl_asked_block_t asked = {.partition = c->partition->name,
                                  .name = wl_bytes(c, name, bytes),
                                  .name_bytes = bytes};
  uint8_t error = WL_NV_WRONG_BLOCK;
  answer[0] = WL_NV_FAILED;
  if (wl_nv_is_name(asked.name, bytes)) answer[0] = wl_ask_nv_status(&asked, &error);
  if (answer[0] == WL_NV_FAILED) answer[1] = error;
}

/* ---- the interface ---- */

void wl_nv_read(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  static const uint8_t errors[] = {
      [WL_NV_NEVER] = WL_NV_INVALIDATED, [WL_NV_NONE] = WL_NV_INVALIDATED, [WL_NV_DAMAGED] = WL_NV_INTEGRITY};
  if (wl_replays) {
    wl_nv_ask_read(c, name, bytes, result);
    return;
  }
  const wl_nv_block_t *block = NULL;
  uint8_t error = wl_nv_block(c, name, bytes, &block);
  if (error == WL_NV_FOUND && block->state->found != WL_NV_CONTENT)
    error = errors[block->state->found];
  *wl_bytes(c, result, 1) = error != WL_NV_FOUND;
  if (error != WL_NV_FOUND)
    *wl_bytes(c, result + 4, 1) = error;
  else
    wl_write_list(c, result + 4, block->content, block->state->bytes);
}

/* `result<_, error>`. */
static void wl_nv_answer(const wl_caller_t *c, uint32_t result, uint8_t error) {
  uint8_t *answer = wl_bytes(c, result, 2);
  answer[0] = error != WL_NV_FOUND;
  if (error != WL_NV_FOUND) answer[1] = error;
}

void wl_nv_write(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t data, uint32_t count,
                 uint32_t result) {
  const wl_nv_block_t *block = NULL;
  const uint8_t *content = wl_bytes(c, data, count);
  if (wl_replays && count <= WL_NV_BLOCK_BYTES) {
    wl_nv_answer(c, result, wl_nv_ask(c, WL_ASK_NV_WRITE, name, bytes, content, count));
    return;
  }
  uint8_t error = wl_nv_block(c, name, bytes, &block);
  if (count > WL_NV_BLOCK_BYTES || (error == WL_NV_FOUND && count > block->size_bytes))
    error = WL_NV_WRONG_BLOCK;
  if (error == WL_NV_FOUND) {
    memcpy(block->content, content, count);
    block->state->bytes = count;
    block->state->found = WL_NV_CONTENT;
    if (!wl_board_nv_store(block)) error = WL_NV_NOT_OK;
  }
  wl_nv_answer(c, result, error);
}

void wl_nv_invalidate(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  if (wl_replays) {
    wl_nv_answer(c, result, wl_nv_ask(c, WL_ASK_NV_INVALIDATE, name, bytes, NULL, 0));
    return;
  }
  const wl_nv_block_t *block = NULL;
  uint8_t error = wl_nv_block(c, name, bytes, &block);
  if (error == WL_NV_FOUND) {
    block->state->bytes = 0;
    block->state->found = WL_NV_NONE;
    if (!wl_board_nv_store(block)) error = WL_NV_NOT_OK;
  }
  wl_nv_answer(c, result, error);
}

void wl_nv_status(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result) {
  const wl_nv_block_t *block = NULL;
  uint8_t *answer = wl_bytes(c, result, 2);
  if (wl_replays) {
    wl_nv_ask_status(c, name, bytes, answer);
    return;
  }
  uint8_t error = wl_nv_block(c, name, bytes, &block);
  if (error == WL_NV_FOUND && !wl_board_nv_is_safe(block)) {
    answer[0] = WL_NV_PENDING;
    return;
  }
  if (error == WL_NV_FOUND && block->state->failed) error = WL_NV_NOT_OK;
  answer[0] = error == WL_NV_FOUND ? WL_NV_OK : WL_NV_FAILED;
  if (error != WL_NV_FOUND) answer[1] = error;
}
