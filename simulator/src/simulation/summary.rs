//! What a run amounts to, as data for the command line (`--json`) and the window.
//! Field names are stable. Knows nothing of how it came about.

use super::faults::FaultView;
use crate::can::ErrorState;
use serde::Serialize;

/// A run up to now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// SHA-256 of the canonical trace, hexadecimal.
    pub trace_hash: String,
    pub seed: u64,
    /// Virtual time that has passed.
    pub time_ns: u64,
    /// Frames that reached their end on any bus.
    pub frames: u64,
    pub activations: u64,
    /// In the order of the system.
    pub ecus: Vec<EcuSummary>,
    pub tasks: Vec<TaskSummary>,
    pub buses: Vec<BusSummary>,
    /// Ethernet networks; not written where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkSummary>,
    pub incidents: Vec<Incident>,
    /// As they were given; not written where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultView>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EcuSummary {
    pub ecu: String,
    /// Part of the time spent in activations, 0 to 1.
    pub load: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskSummary {
    pub ecu: String,
    pub partition: String,
    pub task: String,
    pub activations: u64,
    pub cost_worst_ns: u64,
    /// From the event to the end of the activation.
    pub response_worst_ns: u64,
    /// Activations that were due while an earlier one of the task still waited.
    pub late: u64,
    /// Activations that the bounded queue had no room for.
    pub lost: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BusSummary {
    pub bus: String,
    pub frames: u64,
    pub error_frames: u64,
    /// Part of the time in which the bus was not idle, interframe spaces included, 0 to 1.
    pub load: f64,
    /// By id.
    pub ids: Vec<IdSummary>,
    /// In the order of attaching; not written where a run has no faults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controllers: Vec<ControllerSummary>,
}

/// Error counters of a controller, and beside them what they should be by the frames and errors that
/// were on the bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControllerSummary {
    pub controller: String,
    pub state: ErrorState,
    pub transmit_errors: u32,
    pub expected_transmit_errors: u32,
    pub receive_errors: u32,
    pub expected_receive_errors: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IdSummary {
    /// 3 hexadecimal digits, or 8 for an extended one.
    pub id: String,
    pub frames: u64,
    pub load: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkSummary {
    pub network: String,
    /// Of the ECUs that send on it, by name.
    pub links: Vec<LinkSummary>,
}

/// What one ECU has sent on its link to the network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkSummary {
    pub ecu: String,
    /// One a receiving ECU.
    pub values: u64,
    /// On the link, gaps between frames included.
    pub bytes: u64,
    /// Part of the time in which the link was busy in this direction, 0 to 1.
    pub load: f64,
}

/// A trap, exhausted fuel or exceeded memory, and what followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    pub time_ns: u64,
    pub ecu: String,
    pub partition: String,
    /// The component instance in whose code it happened, if it was a user's.
    pub instance: Option<String>,
    pub task: Option<String>,
    pub message: String,
    /// Names of the guest's functions, innermost first.
    pub backtrace: Vec<String>,
    pub reaction: IncidentReaction,
}

/// What followed an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentReaction {
    Restarted,
    /// The partition stays stopped.
    Stopped,
    /// It should have restarted, but did so too often.
    GivenUp,
    /// The whole run ended.
    RunEnded,
}

impl IncidentReaction {
    /// As the trace and `--json` write it.
    pub fn word(self) -> &'static str {
        match self {
            IncidentReaction::Restarted => "restarted",
            IncidentReaction::Stopped => "stopped",
            IncidentReaction::GivenUp => "given-up",
            IncidentReaction::RunEnded => "run-ended",
        }
    }
}
