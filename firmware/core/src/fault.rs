//! What ends the firmware itself: a panic or a fault of the processor. Both are told on the log,
//! then the device resets: partitions never come here, their traps are caught. In a released image
//! a panic is an instruction that the processor does not know, in place of its words: the log has
//! the address, and docs/firmware.md says how to find the line.

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
/// An instruction that there is not: what a panic was compiled to.
const UNDEFINED_INSTRUCTION: u32 = 1 << 16;
const BFAR: *const u32 = 0xe000_ed38 as *const u32;

#[exception]
#[allow(unsafe_code, reason = "a handler of the vector table is declared so")]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    // SAFETY: both registers are there on every core of these families, and reading is harmless.
    let (status, address) = unsafe { (CFSR.read_volatile(), BFAR.read_volatile()) };
    let what = match status & UNDEFINED_INSTRUCTION {
        0 => "HARD FAULT",
        _ => "PANIC",
    };
    log!(
        "{what} at {:#010x} called from {:#010x}: fault status {status:#010x}, address {address:#010x}; resetting",
        frame.pc(),
        frame.lr()
    );
    SCB::sys_reset()
}
