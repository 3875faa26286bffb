//! Where the devices stand and which interrupts they have, on each of the boards (AN385 and AN386
//! chapter 3, AN505 chapter 4; CMSDK and IoT kit interrupt tables).
#![allow(
    unsafe_code,
    reason = "the application notes say what stands at an address"
)]

use cortex_m::peripheral::NVIC;
use firmware_core::{Registers, StateError};

use crate::{layout::LAYOUT, timer::Timer, uart::Uart};

#[cfg(not(feature = "an505"))]
mod map {
    #[cfg(feature = "an386")]
    pub(crate) const BOARD: &str = "qemu-mps2-an386";
    #[cfg(not(feature = "an386"))]
    pub(crate) const BOARD: &str = "qemu-mps2-an385";
    pub(crate) const CLOCK_HZ: u32 = 25_000_000;
    pub(super) const TIMERS: [usize; 2] = [0x4000_0000, 0x4000_1000];
    pub(super) const UARTS: [usize; 4] = [0x4000_4000, 0x4000_5000, 0x4000_6000, 0x4000_7000];
    /// Shield 1 (QEMU's first bus `i2c`), shield 0, audio, touch screen.
    pub(super) const I2C: [usize; 4] = [0x4002_a000, 0x4002_9000, 0x4002_3000, 0x4002_2000];
    /// Timer 1; receivers of the UARTs.
    pub(super) const INTERRUPTS: [u16; 5] = [9, 0, 2, 4, 18];
}

#[cfg(feature = "an505")]
mod map {
    pub(crate) const BOARD: &str = "qemu-mps2-an505";
    pub(crate) const CLOCK_HZ: u32 = 20_000_000;
    // The secure addresses: out of reset all devices belong to the secure side.
    pub(super) const TIMERS: [usize; 2] = [0x5000_0000, 0x5000_1000];
    pub(super) const UARTS: [usize; 4] = [0x5020_0000, 0x5020_1000, 0x5020_2000, 0x5020_3000];
    /// Shield 1 (QEMU's first bus `i2c`), shield 0, audio, touch screen.
    pub(super) const I2C: [usize; 4] = [0x5020_d000, 0x5020_c000, 0x5020_8000, 0x5020_7000];
    /// Timer 1; receivers of the UARTs.
    pub(super) const INTERRUPTS: [u16; 5] = [4, 32, 34, 36, 38];
}

pub(crate) use map::{BOARD, CLOCK_HZ};

const fn registers<const N: usize>(addresses: [usize; N]) -> [Registers; N] {
    // SAFETY: only called with the constants above.
    let mut all = [unsafe { Registers::at(0) }; N];
    let mut number = 0;
    while number < N {
        // SAFETY: as above.
        all[number] = unsafe { Registers::at(addresses[number]) };
        number += 1;
    }
    all
}

pub(crate) const I2C: [Registers; 4] = registers(map::I2C);
pub(crate) static CLOCK: Timer = Timer(registers(map::TIMERS)[0]);
pub(crate) static ALARM: Timer = Timer(registers(map::TIMERS)[1]);
pub(crate) static UARTS: [Uart; 4] = {
    let [a, b, c, d] = registers(map::UARTS);
    [Uart(a), Uart(b), Uart(c), Uart(d)]
};

#[derive(Clone, Copy)]
struct Interrupt(u16);

// SAFETY: the number is one of the tables above.
unsafe impl cortex_m::interrupt::InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

/// What there is once.
pub(crate) struct Machine {
    // Only `take` makes one.
    _once: (),
}

impl Machine {
    /// Call it once, when handlers are installed: interrupts come from now on.
    pub(crate) fn take() -> Machine {
        for number in map::INTERRUPTS {
            // SAFETY: no critical section depends on the mask.
            unsafe { NVIC::unmask(Interrupt(number)) };
        }
        Machine { _once: () }
    }

    /// The state's place is RAM that plays flash.
    fn state(&mut self, bytes: core::ops::Range<usize>) -> Result<&mut [u8], StateError> {
        let region = LAYOUT.state;
        // SAFETY: the linker script leaves the region out; `&mut self` and the single caller that
        // reads it between writes keep it from being written while it is read.
        let all = unsafe {
            core::slice::from_raw_parts_mut(region.address as *mut u8, region.bytes as usize)
        };
        all.get_mut(bytes).ok_or(StateError::Flash)
    }

    pub(crate) fn fill_state(
        &mut self,
        bytes: core::ops::Range<usize>,
        value: u8,
    ) -> Result<(), StateError> {
        self.state(bytes)?.fill(value);
        Ok(())
    }

    pub(crate) fn write_state(&mut self, offset: usize, bytes: &[u8]) -> Result<(), StateError> {
        let place = self.state(offset..offset + bytes.len())?;
        place.copy_from_slice(bytes);
        Ok(())
    }
}
