/* Included by generated code that never calls it. */
#include <stddef.h>
