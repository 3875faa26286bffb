//! Classic CAN: frames and their text, bits on the wire, logs, and a bus with its controllers.
//! Knows nothing of ECUs and what the data mean.

mod arbitration;
pub mod bits;
pub mod bus;
pub mod controller;
pub mod describe;
pub mod frame;
pub mod log;
pub mod recorded;
pub mod setback;
pub mod statistics;

pub use bus::{Bus, BusError, BusEvent, ControllerId, Failed, Phase, Sent};
pub use controller::{
    Attempts, Controller, ControllerSettings, ErrorState, Mode, QueueOrder, RequestError,
};
pub use describe::{Description, SignalText, describe};
pub use frame::{Frame, FrameError, Id};
pub use setback::{Setback, SetbackCause};
