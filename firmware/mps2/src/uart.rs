//! The UART of the Cortex-M System Design Kit (Arm DDI 0479, 4.3).

use firmware_core::Registers;

const DATA: usize = 0x00;
const STATE: usize = 0x04;
const CTRL: usize = 0x08;
const INTCLEAR: usize = 0x0c;
const BAUDDIV: usize = 0x10;

const TRANSMIT_FULL: u32 = 1 << 0;
const RECEIVE_FULL: u32 = 1 << 1;
const TRANSMIT_ENABLE: u32 = 1 << 0;
const RECEIVE_ENABLE: u32 = 1 << 1;
const RECEIVE_INTERRUPT: u32 = 1 << 3;
/// The least that it takes: the fastest line.
const LEAST_DIVIDER: u32 = 16;

pub(crate) struct Uart(pub(crate) Registers);

impl Uart {
    pub(crate) fn enable(&self) {
        self.0.write(BAUDDIV, LEAST_DIVIDER);
        let control = TRANSMIT_ENABLE | RECEIVE_ENABLE | RECEIVE_INTERRUPT;
        self.0.write(CTRL, control);
    }

    /// Sends all of them; waits for the line.
    pub(crate) fn send(&self, bytes: &[u8]) {
        for byte in bytes {
            while self.0.read(STATE) & TRANSMIT_FULL != 0 {}
            self.0.write(DATA, u32::from(*byte));
        }
    }

    /// A byte that has come, if one has.
    pub(crate) fn receive(&self) -> Option<u8> {
        self.0.write(INTCLEAR, 1 << 1);
        match self.0.read(STATE) & RECEIVE_FULL {
            0 => None,
            _ => Some(self.0.read(DATA) as u8),
        }
    }
}
