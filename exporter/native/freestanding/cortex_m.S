/* Start, and the two functions that C cannot say, for Cortex-M3 and up (Armv7-M). */
  .syntax unified
  .thumb

  .section .text.wl_reset, "ax", %progbits
  .global wl_reset
  .thumb_func
  .type wl_reset, %function
wl_reset:
  ldr r0, =wl_data_start
  ldr r1, =wl_data_end
  ldr r2, =wl_data_load
1:
  cmp r0, r1
  bhs 2f
  ldr r3, [r2], #4
  str r3, [r0], #4
  b 1b
2:
  ldr r0, =wl_bss_start
  ldr r1, =wl_bss_end
  movs r3, #0
3:
  cmp r0, r1
  bhs 4f
  str r3, [r0], #4
  b 3b
4:
  bl wl_run
5:
  b 5b

  .section .text.setjmp, "ax", %progbits
  .global setjmp
  .thumb_func
  .type setjmp, %function
setjmp:
  mov r12, sp
  stmia r0!, {r4-r11}
  str r12, [r0], #4
  str lr, [r0]
  movs r0, #0
  bx lr

  .section .text.longjmp, "ax", %progbits
  .global longjmp
  .thumb_func
  .type longjmp, %function
longjmp:
  ldmia r0!, {r4-r11}
  ldr r12, [r0], #4
  ldr lr, [r0]
  mov sp, r12
  movs r0, r1
  it eq
  moveq r0, #1
  bx lr

/* SysTick: the frame that the hardware pushed is at sp (Armv7-M ARM B1.5.6). */
  .section .text.wl_systick, "ax", %progbits
  .global wl_systick
  .thumb_func
  .type wl_systick, %function
wl_systick:
  mov r0, sp
  b wl_systick_frame
