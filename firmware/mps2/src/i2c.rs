//! I2C by the boards' two-wire interface (SBCon): two open-drain lines that software moves (Arm DDI
//! 0397; NXP UM10204 for the protocol).

use cortex_m::asm::delay;
use embedded_hal::i2c::{
    Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation, SevenBitAddress,
};

use firmware_core::Registers;

use crate::machine::CLOCK_HZ;

const CONTROL: usize = 0x00;
const SET: usize = 0x00;
const CLEAR: usize = 0x04;
const SCL: u32 = 1 << 0;
const SDA: u32 = 1 << 1;
/// A device may hold SCL low so many half periods.
const LONGEST_STRETCH: u32 = 1_000;

/// One controller.
pub(crate) struct TwoWire {
    registers: Registers,
    half_period_cycles: u32,
}

/// What went wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TwoWireError {
    Address,
    Data,
    Stuck,
}

impl Error for TwoWireError {
    fn kind(&self) -> ErrorKind {
        match self {
            TwoWireError::Address => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
            TwoWireError::Data => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data),
            TwoWireError::Stuck => ErrorKind::Bus,
        }
    }
}

impl ErrorType for TwoWire {
    type Error = TwoWireError;
}

impl TwoWire {
    pub(crate) fn new(registers: Registers) -> TwoWire {
        registers.write(SET, SCL | SDA);
        TwoWire {
            registers,
            half_period_cycles: CLOCK_HZ / 2 / 100_000,
        }
    }

    pub(crate) fn set_clock(&mut self, clock_hz: u32) {
        self.half_period_cycles = CLOCK_HZ / 2 / clock_hz.clamp(1_000, 1_000_000);
    }

    fn wait(&self) {
        delay(self.half_period_cycles);
    }

    fn release(&self, line: u32) {
        self.registers.write(SET, line);
    }

    fn pull(&self, line: u32) {
        self.registers.write(CLEAR, line);
    }

    fn is_high(&self, line: u32) -> bool {
        self.registers.read(CONTROL) & line != 0
    }

    /// SCL up, and up it is: a device may stretch it.
    fn raise_clock(&self) -> Result<(), TwoWireError> {
        self.release(SCL);
        for _ in 0..LONGEST_STRETCH {
            self.wait();
            if self.is_high(SCL) {
                return Ok(());
            }
        }
        Err(TwoWireError::Stuck)
    }

    fn start(&self) -> Result<(), TwoWireError> {
        self.release(SDA);
        self.wait();
        self.raise_clock()?;
        if !self.is_high(SDA) {
            return Err(TwoWireError::Stuck);
        }
        self.pull(SDA);
        self.wait();
        self.pull(SCL);
        Ok(())
    }

    fn stop(&self) -> Result<(), TwoWireError> {
        self.pull(SDA);
        self.wait();
        self.raise_clock()?;
        self.release(SDA);
        self.wait();
        Ok(())
    }

    /// Gives a bit, and what the line then shows.
    fn bit(&self, high: bool) -> Result<bool, TwoWireError> {
        match high {
            true => self.release(SDA),
            false => self.pull(SDA),
        }
        self.wait();
        self.raise_clock()?;
        let seen = self.is_high(SDA);
        self.pull(SCL);
        Ok(seen)
    }

    /// Whether the byte was acknowledged.
    fn send(&self, byte: u8) -> Result<bool, TwoWireError> {
        for bit in (0..8).rev() {
            self.bit(byte >> bit & 1 != 0)?;
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

impl I2c<SevenBitAddress> for TwoWire {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), TwoWireError> {
        if operations.is_empty() {
            return Ok(());
        }
        let done = self.operate(address, operations);
        let stopped = self.stop();
        done.and(stopped)
    }
}
