//! Real devices behind the names of the configuration, one kind a file. Each knows its system calls
//! and what their errors mean; none knows the ECU.

#[cfg(not(feature = "devices"))]
mod absent;
#[cfg(feature = "devices")]
pub(crate) mod can;
pub(crate) mod edges;
#[cfg(feature = "devices")]
mod gpiochip;
#[cfg(feature = "devices")]
pub(crate) mod i2c;
pub(crate) mod pins;
#[cfg(feature = "devices")]
pub(crate) mod spi;

#[cfg(not(feature = "devices"))]
use absent::gpiochip;
#[cfg(not(feature = "devices"))]
pub(crate) use absent::{can, i2c, spi};
use ecu_host::board::{CanEvent, CanFrame};

/// What a network interface tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "devices"),
    expect(dead_code, reason = "no interface tells anything")
)]
pub(crate) enum Heard {
    Frame(CanFrame),
    Event(CanEvent),
    /// The controller's error counters.
    Counters {
        transmit: u8,
        receive: u8,
    },
    /// The interface is gone.
    Lost(String),
}
