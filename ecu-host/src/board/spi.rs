//! SPI as `ecu-host` and a board speak of it. Knows no controller.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::BusTime;

/// One part of an SPI transaction; chip select stays asserted from the first to the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpiOperation {
    /// To be filled; its length is the number of bytes to read.
    Read(#[serde(with = "crate::hexadecimal")] Vec<u8>),
    /// Sent as it is; what comes in meanwhile is dropped.
    Write(#[serde(with = "crate::hexadecimal")] Vec<u8>),
    /// Sent, and overwritten by what comes in meanwhile.
    Transfer(#[serde(with = "crate::hexadecimal")] Vec<u8>),
    /// The bus rests for that many nanoseconds.
    DelayNs(u32),
}

/// What became of one SPI transaction, and how long the caller waited for it (also after an error).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpiTransfer {
    /// Delays between operations are part of it.
    pub bus_time: BusTime,
    pub result: Result<(), SpiError>,
}

/// How a device wants to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpiConfig {
    pub clock_hz: u32,
    pub mode: SpiMode,
    pub bit_order: BitOrder,
}

/// Clock polarity and phase, by the usual numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpiMode {
    /// Idle low, sampled on the leading edge.
    #[default]
    Mode0,
    /// Idle low, sampled on the trailing edge.
    Mode1,
    /// Idle high, sampled on the leading edge.
    Mode2,
    /// Idle high, sampled on the trailing edge.
    Mode3,
}

/// Which bit of a byte goes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum BitOrder {
    #[default]
    MostSignificantFirst,
    LeastSignificantFirst,
}

/// The errors of `wasi:spi`, which are those of `embedded-hal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpiError {
    /// Data came faster than they were taken.
    Overrun,
    /// Another controller drives the bus.
    ModeFault,
    /// A frame had a form that was not expected.
    FrameFormat,
    /// Chip select could not be driven.
    ChipSelectFault,
    /// Anything else, in words.
    Other(String),
}

impl SpiTransfer {
    /// Nothing was transferred and no time has passed.
    pub fn failed(error: SpiError) -> SpiTransfer {
        SpiTransfer {
            bus_time: BusTime(0),
            result: Err(error),
        }
    }
}
