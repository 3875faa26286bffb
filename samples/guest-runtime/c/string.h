// The part of <string.h> that generated bindings use.
#ifndef GUEST_STRING_H
#define GUEST_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memcpy(void *target, const void *source, size_t size);
void *memmove(void *target, const void *source, size_t size);
void *memset(void *target, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);

#ifdef __cplusplus
}
#endif

#endif
