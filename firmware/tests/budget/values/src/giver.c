// Values that change with every activation.
#include "giver.h"
#include <stdlib.h>
#include <string.h>

static uint32_t turn = 0;

void exports_fixture_values_give_numbers(exports_fixture_values_give_numbers_given_t *ret) {
  turn += 1;
  ret->numbers.len = 40;
  ret->numbers.ptr = malloc(40 * sizeof(uint32_t));
  for (uint32_t at = 0; at < 40; at += 1) ret->numbers.ptr[at] = turn + at;
}

void exports_fixture_values_give_octets(exports_fixture_values_give_octets_given_t *ret) {
  ret->octets.len = 128;
  ret->octets.ptr = malloc(128);
  memset(ret->octets.ptr, (int)(turn & 127), 128);
}

void exports_fixture_values_give_corners(exports_fixture_values_give_corners_given_t *ret) {
  ret->corners.len = 10;
  ret->corners.ptr = malloc(10 * sizeof(exports_fixture_values_give_corner_t));
  for (uint32_t at = 0; at < 10; at += 1) {
    ret->corners.ptr[at].number = (uint8_t)at;
    ret->corners.ptr[at].height = turn * at;
  }
}

static void word(giver_string_t *made, size_t length) {
  made->len = length;
  made->ptr = malloc(length);
  memset(made->ptr, 'a' + (int)(turn % 26), length);
}

void exports_fixture_values_give_words(exports_fixture_values_give_words_given_t *ret) {
  word(&ret->first, 6);
  word(&ret->other, 30);
}

void exports_fixture_values_give_states(exports_fixture_values_give_state_given_t *ret) {
  ret->state.speed = (float)turn;
  ret->state.torque = (double)turn * 0.5;
  ret->state.gear = (int8_t)(turn % 6);
  ret->state.ready = turn & 1;
  ret->state.turns = (uint64_t)turn << 20;
  ret->count = turn;
}

void exports_fixture_values_give_toggles(exports_fixture_values_give_flag_given_t *ret) {
  ret->flag = turn & 1;
}
