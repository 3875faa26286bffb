//! Drivers for devices of the STM32F4: each takes the device's register block (from the PAC, which
//! is made from the vendor's description) and knows no board, no pins but by their numbers, no
//! engine. On the host a register block is memory, so what a driver computes and writes is tested
//! there; how the device answers is not.
//!
//! The blocks of RM0386 (STM32F469) are those of RM0090 (STM32F405), at the same addresses: USART
//! and timers therefore also run in QEMU's `netduinoplus2`.
#![cfg_attr(not(test), no_std)]
#![allow(
    unsafe_code,
    reason = "the PAC has raw values of registers written by unsafe functions"
)]

pub mod adc;
pub mod can;
pub mod clock;
pub mod flash;
pub mod gpio;
pub mod spi;
pub mod timer;
pub mod usart;
pub mod watchdog;

pub use stm32f4::stm32f469 as pac;

/// Asks at most so often whether something holds: a device that never answers stops nothing.
pub(crate) fn wait(polls: u32, mut holds: impl FnMut() -> bool) -> bool {
    (0..polls).any(|_| holds())
}

/// A register block of zeroes, as memory.
#[cfg(test)]
pub(crate) fn block_of_zeroes<T>() -> &'static T {
    // SAFETY: register blocks are plain numbers; the memory is never freed.
    Box::leak(unsafe { Box::new(core::mem::zeroed()) })
}
