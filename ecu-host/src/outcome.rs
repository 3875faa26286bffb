//! What the polled state machine says: what runs next, what came of it, what was counted. Plain
//! data; knows nothing of the engine.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::board::CanBusError;

/// Position of a partition in its ECU, in the order in which they were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PartitionId(pub u32);

/// What an activation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// A new store and instance of the partition; its initial tasks follow.
    Start,
    /// The task at this position in the partition's table.
    Task(u32),
}

/// What runs next, unless something more urgent comes before `at_ns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activation {
    /// When it can start: not before its release, not before the ECU is idle.
    pub at_ns: u64,
    /// When it was due.
    pub released_ns: u64,
    /// Whose.
    pub partition: PartitionId,
    /// What.
    pub work: Work,
    /// Of the task; 0 for a start.
    pub priority: u32,
}

/// One activation that has run to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Whose.
    pub partition: PartitionId,
    /// What.
    pub work: Work,
    /// When it was due.
    pub released_ns: u64,
    /// When it started.
    pub started_ns: u64,
    /// How long the ECU was busy with it.
    pub cost_ns: u64,
    /// What users' code spent of fuel (between `meter.enter` and `meter.leave`).
    pub fuel: u64,
    /// How it ended.
    pub outcome: Outcome,
}

impl Completion {
    /// When the ECU is idle again and the outputs appear.
    pub fn ended_ns(&self) -> u64 {
        self.started_ns.saturating_add(self.cost_ns)
    }
}

/// How an activation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Completed,
    /// The partition's store is dead; what follows is in [`Trapped::consequence`].
    Trapped(Box<Trapped>),
}

/// A misbehaving guest, with everything a diagnostic on its instance needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trapped {
    /// What kind of end it was.
    pub cause: Cause,
    /// The component instance whose runnable ran; none in generated glue and at the start.
    pub instance: Option<String>,
    /// That runnable, as in the deployment.
    pub runnable: Option<String>,
    /// In words, lower case, without a full stop.
    pub reason: String,
    /// Innermost first, `module!function`; empty without the engine's feature `backtrace`.
    pub backtrace: Vec<String>,
    /// What the host does about it.
    pub consequence: Consequence,
}

impl fmt::Display for Trapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.instance, &self.runnable) {
            (Some(instance), Some(runnable)) => {
                write!(f, "`{instance}` failed in `{runnable}`: {}", self.reason)
            }
            _ => write!(
                f,
                "the partition failed outside of its runnables: {}",
                self.reason
            ),
        }
    }
}

/// What ended a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A WebAssembly trap: unreachable, out of bounds, division, stack, …
    Trap,
    /// The activation's fuel is spent.
    Fuel,
    /// The partition's memory limit was met, and the guest could not go on.
    Memory,
    /// A host function was called with what it does not take, or that it does not serve.
    Misuse,
    /// The guest called `wasi:cli/exit`.
    Exit,
}

/// What follows a trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// The partition starts anew at the end of the activation.
    Restarts,
    /// The partition stays stopped, as its deployment says.
    Stops,
    /// The partition should restart, but did so too often (see [`crate::RestartLimit`]): it stays stopped.
    GivenUp,
    /// The ECU runs nothing any more; the caller ends the run.
    StopsRun,
}

/// What became of a transmission that a driver asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// As in [`crate::board::Board::transmit`].
    pub request: u64,
    /// Whether it was on the bus.
    pub outcome: Transmission,
    /// End of the frame, or of the last attempt.
    pub at_ns: u64,
}

/// How a transmission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transmission {
    /// Acknowledged on the bus.
    Sent,
    /// Withdrawn, or the controller went off the bus.
    Aborted,
    /// The only attempt lost arbitration.
    ArbitrationLost,
    /// The only attempt met this error.
    Failed(CanBusError),
}

/// Where a partition is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionState {
    /// Its instance is to be made.
    Starting,
    /// Initial tasks run; all others wait.
    Initialising,
    /// All tasks run.
    Running,
    /// Nothing runs until [`crate::Ecu::restart`].
    Stopped,
}

/// Counted per task since the ECU began; a restart does not reset it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskCounters {
    /// Activations that have ended, well or not.
    pub activations: u64,
    /// Released while an earlier one of the same task waited or ran; they queued.
    pub late: u64,
    /// Released while the queue was full, or waiting when the partition ended: never run.
    pub lost: u64,
    /// Longest time from release to end.
    pub worst_response_ns: u64,
    /// Time that the ECU was busy with it.
    pub busy_ns: u64,
}

/// Counted per partition since the ECU began; a restart does not reset it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartitionCounters {
    /// Activations that ended in a trap.
    pub traps: u64,
    /// New instances after the first.
    pub restarts: u64,
    /// Received frames that found a full mailbox with a queue (the oldest went), or were too short.
    pub frames_lost: u64,
    /// Frames for sending that the board did not take.
    pub frames_refused: u64,
    /// Values from other partitions that found a full queue (the oldest went).
    pub values_lost: u64,
    /// Values above their bound (`elements.refuse`).
    pub values_refused: u64,
}
