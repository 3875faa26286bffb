//! What a guest can do wrong with a host function. Each ends the activation like a trap.

use alloc::string::String;

/// A host function was called with what it does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misuse {
    #[error(
        "`{function}` was called with number {number}, the partition's table has {count}; compose the project again"
    )]
    Number {
        function: &'static str,
        number: u32,
        count: usize,
    },
    #[error(
        "`{function}` was called for `{name}`, which goes the other way; compose the project again"
    )]
    Direction {
        function: &'static str,
        name: String,
    },
    #[error(
        "a frame for `{pdu}` has {found} bytes, the message has {expected}; compose the project again"
    )]
    FrameLength {
        pdu: String,
        found: usize,
        expected: u8,
    },
    #[error(
        "no I2C bus `{name}` is attached to the ECU; attach one or correct the name that the driver is bound to"
    )]
    NoI2cBus { name: String },
    #[error(
        "no SPI device `{name}` is attached to the ECU; attach one or correct the name that the driver is bound to"
    )]
    NoSpiDevice { name: String },
    #[error("the ECU has no pin `{name}`; add one or correct the name that the driver is bound to")]
    NoPin { name: String },
    #[error(
        "pin `{name}` can not be used as `{resource}`; bind another pin or change how this one is set up"
    )]
    PinKind {
        name: String,
        resource: &'static str,
    },
    #[error(
        "the activation waited longer than {limit_ns} ns for buses and clocks; look for a sleep or a device that stretches the clock"
    )]
    WaitsTooLong { limit_ns: u64 },
    #[error("`{function}` was asked for {asked} bytes, {limit} are served at a time; ask in parts")]
    TooMany {
        function: &'static str,
        asked: u64,
        limit: u64,
    },
    #[error("`{function}` is not served by an ECU; take it out of the component or stub it")]
    Unserved { function: String },
    #[error(
        "the activation blocks on a pin and nobody knows when it will change; ask the pollable by `ready` in a periodic task"
    )]
    WaitsForPin,
    #[error("`wasi:io/poll#poll` was called without a pollable")]
    EmptyPoll,
    #[error(
        "the partition holds {limit} handles of the host; close buses, streams and pollables that are not needed"
    )]
    Handles { limit: usize },
    #[error("a host function was called outside of an activation; this is a bug in the host")]
    OutsideActivation,
}

/// The guest ended itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the program ended itself with `wasi:cli/exit` and status {status}; a task returns instead"
)]
pub(crate) struct Exit {
    pub(crate) status: u8,
}
