//! CAN and CAN FD: frames and their text, bits on the wire, logs, and a bus with its controllers.
//! Knows nothing of ECUs and what the data mean.

mod arbitration;
pub mod bits;
pub mod bus;
pub mod controller;
pub mod crc;
pub mod describe;
mod disturb;
pub mod event;
pub mod expected;
pub mod frame;
pub mod log;
mod membership;
mod mistimed;
pub mod rates;
pub mod recorded;
mod recovery;
pub mod setback;
pub mod statistics;

pub use bus::{Bus, ControllerId, Phase};
pub use controller::{
    Attempts, Controller, ControllerSettings, ErrorState, Mode, QueueOrder, RequestError,
};
pub use describe::{Description, SignalText, describe};
pub use event::{BusError, BusEvent, Failed, Sent};
pub use expected::{Counters, Expected};
pub use frame::{Flexible, Frame, FrameError, Id};
pub use rates::{BitRates, FlexibleRates};
pub use setback::{Setback, SetbackCause};
