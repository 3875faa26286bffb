//! The lines of the boards' two-wire interfaces (SBCon, Arm DDI 0397): software moves them.

use cortex_m::asm::delay;
use firmware_core::Registers;
use two_wire::{Line, Lines};

const CONTROL: usize = 0x00;
const SET: usize = 0x00;
const CLEAR: usize = 0x04;
const SCL: u32 = 1 << 0;
const SDA: u32 = 1 << 1;

/// One interface.
pub(crate) struct Sbcon(pub(crate) Registers);

fn bit(line: Line) -> u32 {
    match line {
        Line::Clock => SCL,
        Line::Data => SDA,
    }
}

impl Lines for Sbcon {
    fn release(&self, line: Line) {
        self.0.write(SET, bit(line));
    }

    fn pull(&self, line: Line) {
        self.0.write(CLEAR, bit(line));
    }

    fn is_high(&self, line: Line) -> bool {
        self.0.read(CONTROL) & bit(line) != 0
    }

    fn wait(&self, cycles: u32) {
        delay(cycles);
    }
}
