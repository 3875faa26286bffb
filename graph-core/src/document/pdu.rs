//! How a message is sent, protected and missed. Knows nothing of signals.

use super::BusId;

/// How a message is sent, protected and missed (AUTOSAR: ISignalIPdu). What is not said here its
/// description says; see [`crate::message::Communication`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdu {
    pub bus: BusId,
    pub message: String,
    pub mode: Option<TransmissionMode>,
    /// At least so long from one frame to the next (AUTOSAR: minimumDelay).
    pub minimum_delay_ns: Option<u64>,
    /// How often a change is sent again (AUTOSAR: numberOfRepetitions).
    pub repetitions: Option<u32>,
    /// From a frame to its repetition (AUTOSAR: repetitionPeriod).
    pub repetition_period_ns: Option<u64>,
    /// Receivers without an alive timeout of their own take this one.
    pub timeout_ns: Option<u64>,
    /// End-to-end protection, at the sender and at all receivers.
    pub protection: Option<protection::Configuration>,
}

impl Pdu {
    /// A message of which the project says nothing yet.
    pub fn new(bus: BusId, message: String) -> Self {
        Self {
            bus,
            message,
            mode: None,
            minimum_delay_ns: None,
            repetitions: None,
            repetition_period_ns: None,
            timeout_ns: None,
            protection: None,
        }
    }

    pub fn says_nothing(&self) -> bool {
        *self == Self::new(self.bus, self.message.clone())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransmissionMode {
    Cyclic { period_ns: u64, offset_ns: u64 },
    OnChange,
    Mixed { period_ns: u64, offset_ns: u64 },
}
