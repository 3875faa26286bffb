// A sum of what comes.
#include "taker.h"

void exports_fixture_values_take_numbers(exports_fixture_values_take_numbers_taken_t *input,
                                         exports_fixture_values_take_sum_t *ret) {
  ret->sum = 0;
  for (size_t at = 0; at < input->numbers.len; at += 1) ret->sum += input->numbers.ptr[at];
  exports_fixture_values_take_numbers_taken_free(input);
}

void exports_fixture_values_take_octets(exports_fixture_values_take_octets_taken_t *input,
                                        exports_fixture_values_take_sum_t *ret) {
  ret->sum = input->octets.len > 0 ? input->octets.ptr[0] : 0;
  exports_fixture_values_take_octets_taken_free(input);
}

void exports_fixture_values_take_corners(exports_fixture_values_take_corners_taken_t *input,
                                         exports_fixture_values_take_sum_t *ret) {
  ret->sum = 0;
  for (size_t at = 0; at < input->corners.len; at += 1) ret->sum += input->corners.ptr[at].height;
  exports_fixture_values_take_corners_taken_free(input);
}

void exports_fixture_values_take_words(exports_fixture_values_take_words_taken_t *input,
                                       exports_fixture_values_take_sum_t *ret) {
  ret->sum = (uint32_t)(input->first.len + input->other.len);
  exports_fixture_values_take_words_taken_free(input);
}

void exports_fixture_values_take_states(exports_fixture_values_take_state_taken_t *input,
                                        exports_fixture_values_take_sum_t *ret) {
  ret->sum = input->count + (uint32_t)input->state.turns + (uint32_t)input->state.gear;
}

void exports_fixture_values_take_toggles(exports_fixture_values_take_flag_taken_t *input,
                                       exports_fixture_values_take_sum_t *ret) {
  ret->sum = input->flag ? 2 : 1;
}
