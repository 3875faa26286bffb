/* Bounded queues of bytes between a bus or another partition and the tasks that take them, over
 * one pool of blocks. Knows nothing of what the bytes mean. */
#include "wireloom.h"

static uint16_t wl_free;

void wl_pool_reset(void) {
  wl_free = wl_system.block_count == 0 ? WL_NO_BLOCK : 0;
  for (uint16_t i = 0; i < wl_system.block_count; i++)
    wl_system.blocks[i].next = (uint16_t)(i + 1 < wl_system.block_count ? i + 1 : WL_NO_BLOCK);
}

void wl_message_free(const wl_message_t *message) {
  uint16_t block = message->first;
  while (block != WL_NO_BLOCK) {
    uint16_t next = wl_system.blocks[block].next;
    wl_system.blocks[block].next = wl_free;
    wl_free = block;
    block = next;
  }
}

static bool wl_message_write(wl_message_t *message, const uint8_t *bytes, uint32_t count) {
  uint16_t *link = &message->first;
  message->first = WL_NO_BLOCK;
  message->bytes = (uint16_t)count;
  if (count > UINT16_MAX) return false;
  while (count > 0) {
    uint16_t block = wl_free;
    if (block == WL_NO_BLOCK) {
      wl_message_free(message);
      return false;
    }
    wl_free = wl_system.blocks[block].next;
    uint32_t part = count < WL_BLOCK_BYTES ? count : WL_BLOCK_BYTES;
    memcpy(wl_system.blocks[block].bytes, bytes, part);
    wl_system.blocks[block].used = (uint16_t)part;
    wl_system.blocks[block].next = WL_NO_BLOCK;
    *link = block;
    link = &wl_system.blocks[block].next;
    bytes += part;
    count -= part;
  }
  return true;
}

void wl_message_read(const wl_message_t *message, uint8_t *bytes) {
  for (uint16_t block = message->first; block != WL_NO_BLOCK; block = wl_system.blocks[block].next) {
    memcpy(bytes, wl_system.blocks[block].bytes, wl_system.blocks[block].used);
    bytes += wl_system.blocks[block].used;
  }
}

bool wl_mailbox_put(wl_mailbox_t *box, uint16_t element, const uint8_t *bytes, uint32_t count) {
  wl_message_t message;
  bool grew = true;
  if (box->count == box->bound) {
    wl_message_t oldest;
    (void)wl_mailbox_take(box, &oldest);
    wl_message_free(&oldest);
    grew = false;
  }
  if (!wl_message_write(&message, bytes, count)) return false;
  message.element = element;
  box->messages[(box->head + box->count) % box->bound] = message;
  box->count++;
  return grew;
}

bool wl_mailbox_take(wl_mailbox_t *box, wl_message_t *message) {
  if (box->count == 0) return false;
  *message = box->messages[box->head];
  box->head = (uint16_t)((box->head + 1) % box->bound);
  box->count--;
  return true;
}

void wl_mailbox_clear(wl_mailbox_t *box) {
  wl_message_t message;
  while (wl_mailbox_take(box, &message)) wl_message_free(&message);
}
