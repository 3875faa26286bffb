//! Faults as data and as text of one line: `at 3 s for 200 ms can body lose FanCommand`.
//! Knows nothing of a system: what the names mean is looked up when a run gets the fault.
//!
//! `docs/faults.md` tells what each kind does; a test holds the two together.

mod error;
mod text;
mod wire_text;

pub use error::FaultError;
pub(crate) use error::near;

use crate::can::Id;
use ecu_host::board::{GpioError, I2cError, SpiError};

/// One fault of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Not before this time.
    pub at_ns: u64,
    pub extent: Extent,
    pub kind: FaultKind,
}

/// How often, or how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The next so many things that it meets.
    Times(u32),
    /// Everything that it meets within this time.
    ForNs(u64),
    /// Everything to the end of the run.
    Always,
}

/// Where, and what.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    Can {
        bus: String,
        effect: CanEffect,
    },
    I2c {
        bus: String,
        effect: I2cEffect,
    },
    Spi {
        device: String,
        effect: SpiEffect,
    },
    Pin {
        pin: String,
        error: GpioError,
    },
    Sensor {
        device: String,
        stimulus: String,
        effect: SensorEffect,
    },
    /// Its partitions begin anew.
    EcuReset {
        ecu: String,
    },
}

/// What happens on a CAN bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CanEffect {
    /// No receiver, or not that ECU, is given the frame; its sender is told that it is out.
    Lose {
        frame: FrameChoice,
        to: Option<String>,
    },
    /// The frame is asked for later.
    Delay { frame: FrameChoice, by_ns: u64 },
    /// The frame is sent a second time.
    Duplicate { frame: FrameChoice },
    /// A bit on the wire is turned over: 0 is start of frame, stuff bits count.
    Corrupt { frame: FrameChoice, bit: u32 },
    /// Six dominant bits, whatever is on the bus.
    ErrorFrame,
    /// The controller of an ECU is bus-off, and recovers as always.
    BusOff { node: String },
    /// At times that the seed chooses a bit of the next frame is turned over.
    Random { per_s: u32, seed: u64 },
}

/// What happens on an I2C bus, at the device with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum I2cEffect {
    /// Nobody acknowledges: byte 0 is the address, 1 the first byte that is written.
    Nack { address: u16, byte: u32 },
    /// The controller reports this behind the address.
    Fail { address: u16, error: I2cError },
    /// A bit of a byte behind the address is turned over: byte 1 is the first, bit 7 the highest.
    Corrupt { address: u16, byte: u32, bit: u32 },
    /// The device holds the clock behind the address.
    Stretch { address: u16, by_ns: u64 },
    /// The device hears and says nothing.
    Disconnect { address: u16 },
    /// The data line stays low, whatever the controller clocks.
    Stuck,
}

/// What happens at a device on SPI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpiEffect {
    /// The controller reports this.
    Fail { error: SpiError },
    /// A bit of a byte is turned over on its way to the controller, or from it where it only
    /// writes: byte 1 is the first, bit 7 the highest.
    Corrupt { byte: u32, bit: u32 },
    /// The device hears and says nothing.
    Disconnect,
}

/// What a sensor makes of the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SensorEffect {
    StuckAt(f64),
    /// The last value before.
    Frozen,
    /// Up to that much more or less, anew for each transaction.
    Noisy(f64),
    Offset(f64),
    /// The end of the range that its model declares.
    OutOfRange(Extreme),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    Low,
    High,
}

/// Which frames a fault meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameChoice {
    Any,
    Id(Id),
    /// By the name of its message.
    Message(String),
}

impl FaultKind {
    /// What a fault of this kind has without a word on it: frames are met once, what holds holds on.
    pub fn usual_extent(&self) -> Extent {
        match self {
            FaultKind::Can {
                effect: CanEffect::Random { .. },
                ..
            }
            | FaultKind::Sensor { .. }
            | FaultKind::I2c {
                effect: I2cEffect::Stuck | I2cEffect::Disconnect { .. },
                ..
            }
            | FaultKind::Spi {
                effect: SpiEffect::Disconnect,
                ..
            } => Extent::Always,
            _ => Extent::Times(1),
        }
    }
}
