/* The part of the C library's mathematics that WebAssembly has instructions for; in
 * freestanding.c. */
#ifndef WL_MATH_H
#define WL_MATH_H
#define NAN __builtin_nanf("")
#define isnan(x) __builtin_isnan(x)
#define signbit(x) __builtin_signbit(x)
#define fabs(x) __builtin_fabs(x)
#define fabsf(x) __builtin_fabsf(x)
double floor(double x);
double ceil(double x);
double trunc(double x);
double nearbyint(double x);
double sqrt(double x);
float floorf(float x);
float ceilf(float x);
float truncf(float x);
float nearbyintf(float x);
float sqrtf(float x);
double copysign(double x, double sign);
float copysignf(float x, float sign);
#endif
