// The nearest point, and how many letters the label has.
#include "counter.h"

void exports_fixture_lists_count_step(exports_fixture_lists_count_step_input_t *input,
                                      exports_fixture_lists_count_step_output_t *ret) {
  uint16_t nearest = UINT16_MAX;
  for (size_t at = 0; at < input->points.len; at += 1) {
    if (input->points.ptr[at].distance < nearest) {
      nearest = input->points.ptr[at].distance;
    }
  }
  ret->nearest = nearest;
  ret->letters = (uint32_t)input->label.len;
  exports_fixture_lists_count_step_input_free(input);
}
