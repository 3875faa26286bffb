//! What a host gives to `ecu-host`: one trait that the simulator, the Linux runner and the
//! firmware implement. Knows nothing of who that is.

use alloc::{string::String, vec::Vec};

/// The platform under one ECU. Every call carries `at_ns`, the ECU's time at which it happens:
/// start of the activation plus its cost so far.
pub trait Board {
    /// A PDU leaves (also a frame that a driver sends through `autosar:can`).
    fn transmit(&mut self, at_ns: u64, frame: &CanFrame) -> Result<(), CanError>;

    /// One I2C transaction, from START to STOP with repeated STARTs between the operations.
    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> Result<BusTime, I2cError>;

    /// What happened inside the activation, for traces: borrowed, to be copied if it is kept.
    fn record(&mut self, at_ns: u64, record: Record<'_>);

    /// Eight random bytes: from the seed in the simulation, from the system on a target.
    fn random(&mut self) -> u64;
}

/// A classic CAN frame on a named bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanFrame {
    pub bus: String,
    /// 11 or 29 bits.
    pub id: u32,
    pub extended: bool,
    pub remote: bool,
    /// 0 to 8 bytes; for a remote frame its length is the DLC and its content is unused.
    pub data: Vec<u8>,
}

/// Time that a transfer kept the bus (and the caller waiting) in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusTime(pub u64);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum I2cOperation {
    /// To be filled; its length is the number of bytes to read.
    Read(Vec<u8>),
    Write(Vec<u8>),
}

/// The error codes of `wasi:i2c@0.2.0-draft`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum I2cError {
    Bus,
    ArbitrationLoss,
    NoAcknowledgeAddress,
    NoAcknowledgeData,
    NoAcknowledgeUnknown,
    Overrun,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanError {
    /// No bus of that name is attached to the ECU.
    NoBus,
    QueueFull,
    BusOff,
}

/// Something that a partition did or met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record<'a> {
    /// An element was written; packed.
    Published { partition: &'a str, element: u32, value: &'a [u8] },
    /// A value above its bound was dropped.
    Refused { partition: &'a str, element: u32 },
    Called { partition: &'a str, probe: u32, function: u32, arguments: &'a [u8] },
    Returned { partition: &'a str, probe: u32, function: u32, outcome: &'a [u8] },
    /// Standard output or error of an instance.
    Printed { partition: &'a str, instance: u32, is_error: bool, text: &'a [u8] },
}
