/* What `fake_io.c` takes of the script. */
#pragma once
#include <stdbool.h>
/* `pin32=0`: a level reaches an input; `code0=512`: a number of the MCP3008; `raw3=2047`: one of the
 * chip's own converter. False: it is none of these. */
bool fake_io_event(const char *event);
