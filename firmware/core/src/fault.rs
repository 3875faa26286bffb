//! What ends the firmware itself: a panic or a fault of the processor. Both are told on the log,
//! then the device resets: partitions never come here, their traps are caught.

use core::panic::PanicInfo;

use cortex_m::peripheral::SCB;
use cortex_m_rt::{ExceptionFrame, exception};

use crate::log::log;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    match info.location() {
        Some(at) => log!(
            "PANIC in {} line {}: {}; resetting",
            at.file(),
            at.line(),
            info.message()
        ),
        None => log!("PANIC: {}; resetting", info.message()),
    }
    SCB::sys_reset()
}

/// Configurable Fault Status Register and its neighbours (ARMv7-M B3.2.15, ARMv8-M D1.2.7).
const CFSR: *const u32 = 0xe000_ed28 as *const u32;
const BFAR: *const u32 = 0xe000_ed38 as *const u32;

#[exception]
#[allow(unsafe_code, reason = "a handler of the vector table is declared so")]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    // SAFETY: both registers are there on every core of these families, and reading is harmless.
    let (status, address) = unsafe { (CFSR.read_volatile(), BFAR.read_volatile()) };
    log!(
        "HARD FAULT at {:#010x} called from {:#010x}: fault status {status:#010x}, address {address:#010x}; resetting",
        frame.pc(),
        frame.lr()
    );
    SCB::sys_reset()
}
