//! What a CAN bus tells of. Data.

use super::{bus::ControllerId, controller::ErrorState, frame::Frame, setback::Setback};
use serde::Serialize;

/// What happened on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusEvent {
    Sent(Sent),
    Failed(Failed),
    /// An error flag from outside, while no frame was on the bus, and the error frame around it.
    Flagged {
        start_ns: u64,
        /// End of the error delimiter.
        end_ns: u64,
    },
    /// After the end of the frame that it stood back from or failed with.
    Setback(Setback),
    StateChanged {
        at_ns: u64,
        controller: ControllerId,
        state: ErrorState,
    },
}

/// A frame has reached its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub frame: Frame,
    /// Start of frame.
    pub start_ns: u64,
    /// End of the last bit of end of frame.
    pub end_ns: u64,
    /// Usually one; more when they sent the same at the same instant. With the requests' numbers.
    pub senders: Vec<(ControllerId, u64)>,
    pub receivers: Vec<ControllerId>,
}

/// A frame was ended by an error; its senders try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    pub kind: BusError,
    pub frame: Frame,
    pub start_ns: u64,
    /// End of the error delimiter.
    pub end_ns: u64,
    pub senders: Vec<ControllerId>,
    /// All others that were on the bus at its start.
    pub listeners: Vec<ControllerId>,
    /// Who has taken the frame all the same: receivers are content one bit before its end.
    pub receivers: Vec<ControllerId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BusError {
    /// A sender saw another level than it sent.
    Bit,
    /// Nobody acknowledged.
    Acknowledge,
}
