//! A run: ECUs, buses and devices under one queue of events in virtual time.
//!
//! At one instant events run in this order: stimuli, ends of frames (by bus), activations by
//! data-received events, activations by init and timing events (both by priority, then ECU,
//! partition and task), requests to send, starts of frames.
//! Knows nothing of windows, and nothing of wall clocks and threads.

mod files;
mod options;
mod summary;

pub use files::{FilesError, SystemFiles, sha256_hex};
pub use options::{
    OptionError, Options, ROWS_BYTES_MAX, Replay, ReplayTiming, StimulusChange, parse_duration_ns,
    split_replay,
};
pub use summary::{
    BusSummary, EcuSummary, IdSummary, Incident, IncidentReaction, Summary, TaskSummary,
};

/// A system that runs in virtual time.
#[derive(Debug)]
pub struct Simulation {}

/// Why a call came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The time, or the step, that was asked for is reached.
    Reached,
    /// The caller's closure said so.
    Paused,
    /// An incident whose reaction is to stop the run; every further call gives this again.
    Ended,
}

/// Why a system cannot be simulated, or an input not be given.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// Stub: the engine has not been joined yet.
    #[error("this build cannot simulate yet")]
    Unfinished,
}

impl Simulation {
    /// Loads every partition and stands at time 0; nothing has run.
    pub fn new(_files: &SystemFiles, _options: Options) -> Result<Simulation, SimulationError> {
        Err(SimulationError::Unfinished)
    }

    /// Runs every event up to and with `until_ns`; asks `keep_going` after each of them.
    pub fn run_until(
        &mut self,
        _until_ns: u64,
        _keep_going: &mut dyn FnMut(&Simulation) -> bool,
    ) -> Halt {
        Halt::Ended
    }

    /// Virtual time reached.
    pub fn now_ns(&self) -> u64 {
        0
    }
}
