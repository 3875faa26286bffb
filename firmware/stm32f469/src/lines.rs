//! I2C by the two pins that the controller's own I2C would have. Its receiver has to be told to stop
//! a byte ahead, has no time limit, and nobody here could try it; two lines that software moves are
//! proven on QEMU's boards with the same code, end whatever a device does, and cost no more: the
//! caller waits for its transaction either way.

use cortex_m::asm::delay;
use stm32f4_drivers::gpio::{Level, Pull, Use};
use two_wire::{Line, Lines};

use crate::pins::{I2C, Pin};

/// D15 and D14.
pub(crate) struct Header;

fn pin(line: Line) -> Pin {
    let [clock, data] = I2C;
    match line {
        Line::Clock => clock,
        Line::Data => data,
    }
}

impl Header {
    /// Takes the pins.
    pub(crate) fn take() -> Header {
        for pin in I2C {
            pin.write(Level::High);
            pin.set_up(Use::OpenDrain, Pull::Up);
        }
        Header
    }
}

impl Lines for Header {
    fn release(&self, line: Line) {
        pin(line).write(Level::High);
    }

    fn pull(&self, line: Line) {
        pin(line).write(Level::Low);
    }

    fn is_high(&self, line: Line) -> bool {
        pin(line).read() == Level::High
    }

    fn wait(&self, cycles: u32) {
        delay(cycles);
    }
}
