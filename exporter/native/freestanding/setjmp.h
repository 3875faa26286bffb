/* Saved registers of a call: r4 to r11, sp, lr (Procedure Call Standard for the Arm Architecture,
 * 6.1.1); in cortex_m.S. */
#ifndef WL_SETJMP_H
#define WL_SETJMP_H
typedef unsigned jmp_buf[10];
int setjmp(jmp_buf buffer) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf buffer, int value);
#endif
