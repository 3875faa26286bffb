// A scan of 24 points that moves on with every step, and a label that grows and shrinks.
#include "scanner.h"
#include <stdlib.h>

#define POINTS 24

void exports_fixture_lists_scan_step(exports_fixture_lists_scan_step_output_t *ret) {
  static uint32_t turn = 0;
  turn += 1;
  ret->points.len = POINTS;
  ret->points.ptr = malloc(POINTS * sizeof(exports_fixture_lists_scan_point_t));
  for (uint32_t at = 0; at < POINTS; at += 1) {
    ret->points.ptr[at].angle = (float)at * 15.0f;
    ret->points.ptr[at].distance = (uint16_t)((turn * 37u + at * at * 11u) % 5000u);
  }
  ret->label.len = 4 + turn % 12;
  ret->label.ptr = malloc(ret->label.len);
  for (size_t at = 0; at < ret->label.len; at += 1) {
    ret->label.ptr[at] = (uint8_t)('a' + (turn + at) % 26);
  }
}
