//! The timer of the Cortex-M System Design Kit (Arm DDI 0479, 4.1): counts down.

use firmware_core::Registers;

const CTRL: usize = 0x00;
const VALUE: usize = 0x04;
const RELOAD: usize = 0x08;
const INTCLEAR: usize = 0x0c;

const ENABLE: u32 = 1 << 0;
const INTERRUPT: u32 = 1 << 3;

pub(crate) struct Timer(pub(crate) Registers);

impl Timer {
    /// From its highest value round and round.
    pub(crate) fn run_freely(&self) {
        self.0.write(RELOAD, u32::MAX);
        self.0.write(VALUE, u32::MAX);
        self.0.write(CTRL, ENABLE);
    }

    /// Counts up, as one thinks of time.
    pub(crate) fn ticks(&self) -> u32 {
        u32::MAX - self.0.read(VALUE)
    }

    /// One interrupt.
    pub(crate) fn interrupt_after(&self, ticks: u32) {
        self.0.write(CTRL, 0);
        self.0.write(INTCLEAR, 1);
        self.0.write(RELOAD, ticks);
        self.0.write(VALUE, ticks);
        self.0.write(CTRL, ENABLE | INTERRUPT);
    }

    /// No interrupt until the next is asked for.
    pub(crate) fn quieten(&self) {
        if self.0.read(INTCLEAR) != 0 {
            self.0.write(CTRL, 0);
            self.0.write(INTCLEAR, 1);
        }
    }
}
