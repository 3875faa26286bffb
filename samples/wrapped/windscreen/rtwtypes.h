// Types of the controller by the names that generated code gives them.
#ifndef RTWTYPES_H
#define RTWTYPES_H

#include <stdbool.h>
#include <stdint.h>

typedef uint8_t uint8_T;
typedef uint16_t uint16_T;
typedef uint32_t uint32_T;
typedef int8_t int8_T;
typedef int16_t int16_T;
typedef int32_t int32_T;
typedef float real32_T;
typedef double real_T;
typedef unsigned char boolean_T;

#endif
