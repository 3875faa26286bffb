/* What boards with a Cortex-M share. */
#ifndef WL_CORTEX_M_H
#define WL_CORTEX_M_H
#include "../wireloom.h"

/* Core clock, which SysTick counts. */
extern const uint32_t wl_clock_hz;
extern uint32_t wl_stack_top;
void wl_reset(void);
void wl_systick(void);
void wl_fault(void);
void wl_enable_interrupt(uint32_t number);
#define WL_VECTORS __attribute__((section(".vectors"), used))
#endif
