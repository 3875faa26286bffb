/* The part of the C library's string functions that the runtime uses; in freestanding.c. */
#ifndef WL_STRING_H
#define WL_STRING_H
#include <stddef.h>
void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *one, const void *other, size_t count);
size_t strlen(const char *text);
#endif
