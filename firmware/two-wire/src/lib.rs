//! I2C by two open-drain lines that software moves (NXP UM10204): for boards whose controller is no
//! more than that, and for those where a transaction must end whatever a device does. Knows no
//! board: lines are a trait. On QEMU's `mps2` boards it speaks with a chip that QEMU plays.
#![cfg_attr(not(test), no_std)]

use embedded_hal::i2c::{
    Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation, SevenBitAddress,
};

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Clock,
    Data,
}

/// Two lines with a resistor that pulls them up.
pub trait Lines {
    /// Lets a line go; others may hold it low.
    fn release(&self, line: Line);
    /// Holds a line low.
    fn pull(&self, line: Line);
    /// What the line shows.
    fn is_high(&self, line: Line) -> bool;
    /// So many cycles of the core pass, or more.
    fn wait(&self, cycles: u32);
}

/// A device may hold the clock low so many half periods.
const LONGEST_STRETCH: u32 = 1_000;
/// A device that was cut off inside of a byte lets the data line go after so many clocks (UM10204,
/// 3.1.16).
const CLEARING_CLOCKS: u32 = 9;

/// One controller.
pub struct TwoWire<L> {
    lines: L,
    core_hz: u32,
    half_period_cycles: u32,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoWireError {
    /// Nobody answers at the address.
    Address,
    /// The device refused a byte.
    Data,
    /// Another controller won.
    Arbitration,
    /// A line stays low.
    Stuck,
}

impl Error for TwoWireError {
    fn kind(&self) -> ErrorKind {
        match self {
            TwoWireError::Address => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
            TwoWireError::Data => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data),
            TwoWireError::Arbitration => ErrorKind::ArbitrationLoss,
            TwoWireError::Stuck => ErrorKind::Bus,
        }
    }
}

impl<L: Lines> ErrorType for TwoWire<L> {
    type Error = TwoWireError;
}

impl<L: Lines> TwoWire<L> {
    /// At 100 kHz, from a core of that rate.
    pub fn new(lines: L, core_hz: u32) -> TwoWire<L> {
        lines.release(Line::Clock);
        lines.release(Line::Data);
        TwoWire {
            lines,
            core_hz,
            half_period_cycles: core_hz / 2 / 100_000,
        }
    }

    /// From the next transaction on; what the lines and their reading take comes on top.
    pub fn set_clock(&mut self, clock_hz: u32) {
        self.half_period_cycles = self.core_hz / 2 / clock_hz.clamp(1_000, 1_000_000);
    }

    fn wait(&self) {
        self.lines.wait(self.half_period_cycles);
    }

    /// SCL up, and up it is: a device may stretch it.
    fn raise_clock(&self) -> Result<(), TwoWireError> {
        self.lines.release(Line::Clock);
        for _ in 0..LONGEST_STRETCH {
            self.wait();
            if self.lines.is_high(Line::Clock) {
                return Ok(());
            }
        }
        Err(TwoWireError::Stuck)
    }

    fn start(&self) -> Result<(), TwoWireError> {
        self.lines.release(Line::Data);
        self.wait();
        self.raise_clock()?;
        if !self.lines.is_high(Line::Data) {
            self.clear()?;
        }
        self.lines.pull(Line::Data);
        self.wait();
        self.lines.pull(Line::Clock);
        Ok(())
    }

    /// Clocks until a device that holds the data line has sent what it was sending.
    fn clear(&self) -> Result<(), TwoWireError> {
        for _ in 0..CLEARING_CLOCKS {
            self.lines.pull(Line::Clock);
            self.wait();
            self.raise_clock()?;
            if self.lines.is_high(Line::Data) {
                return Ok(());
            }
        }
        Err(TwoWireError::Stuck)
    }

    fn stop(&self) -> Result<(), TwoWireError> {
        self.lines.pull(Line::Data);
        self.wait();
        self.raise_clock()?;
        self.lines.release(Line::Data);
        self.wait();
        Ok(())
    }

    /// Gives a bit, and what the line then shows.
    fn bit(&self, high: bool) -> Result<bool, TwoWireError> {
        match high {
            true => self.lines.release(Line::Data),
            false => self.lines.pull(Line::Data),
        }
        self.wait();
        self.raise_clock()?;
        let seen = self.lines.is_high(Line::Data);
        self.lines.pull(Line::Clock);
        Ok(seen)
    }

    /// Whether the byte was acknowledged.
    fn send(&self, byte: u8) -> Result<bool, TwoWireError> {
        for bit in (0..8).rev() {
            let high = byte >> bit & 1 != 0;
            if self.bit(high)? != high {
                return Err(TwoWireError::Arbitration);
            }
        }
        Ok(!self.bit(true)?)
    }

    fn receive(&self, last: bool) -> Result<u8, TwoWireError> {
        let mut byte = 0;
        for _ in 0..8 {
            byte = byte << 1 | u8::from(self.bit(true)?);
        }
        self.bit(last)?;
        Ok(byte)
    }

    fn operate(&self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), TwoWireError> {
        let mut direction = None;
        let count = operations.len();
        for position in 0..count {
            let next_reads = matches!(operations.get(position + 1), Some(Operation::Read(_)));
            let Some(operation) = operations.get_mut(position) else {
                break;
            };
            let reads = matches!(operation, Operation::Read(_));
            if direction != Some(reads) {
                direction = Some(reads);
                self.start()?;
                if !self.send(address << 1 | u8::from(reads))? {
                    return Err(TwoWireError::Address);
                }
            }
            match operation {
                Operation::Write(bytes) => self.write_all(bytes)?,
                Operation::Read(bytes) => self.read_all(bytes, next_reads)?,
            }
        }
        Ok(())
    }

    fn write_all(&self, bytes: &[u8]) -> Result<(), TwoWireError> {
        for byte in bytes {
            if !self.send(*byte)? {
                return Err(TwoWireError::Data);
            }
        }
        Ok(())
    }

    /// The last byte before the direction changes is not acknowledged.
    fn read_all(&self, bytes: &mut [u8], goes_on: bool) -> Result<(), TwoWireError> {
        let count = bytes.len();
        for (position, byte) in bytes.iter_mut().enumerate() {
            *byte = self.receive(position + 1 == count && !goes_on)?;
        }
        Ok(())
    }
}

impl<L: Lines> I2c<SevenBitAddress> for TwoWire<L> {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), TwoWireError> {
        if operations.is_empty() {
            return Ok(());
        }
        let done = self.operate(address, operations);
        if done == Err(TwoWireError::Arbitration) {
            // The bus is the other controller's: not even a STOP.
            self.lines.release(Line::Data);
            self.lines.release(Line::Clock);
            return done;
        }
        let stopped = self.stop();
        done.and(stopped)
    }
}

#[cfg(test)]
mod tests;
