//! The table of one partition: its tasks and what the numbers in `wireloom:ecu` calls mean.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// One composed component in one store: the unit that is limited, trapped and restarted
/// (AUTOSAR: OS-Application).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    pub format: u32,
    pub ecu: String,
    pub name: String,
    /// Names of the component instances.
    pub instances: Vec<String>,
    /// What `meter.enter` names.
    pub runnables: Vec<Runnable>,
    pub tasks: Vec<Task>,
    /// What `elements` names.
    pub elements: Vec<Element>,
    /// What `frames` names.
    pub pdus: Vec<Pdu>,
    /// What `probes` names.
    pub probes: Vec<Probe>,
    pub limits: Limits,
    pub on_trap: Reaction,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runnable {
    /// Position in [`Partition::instances`].
    pub instance: u32,
    /// `interface#function` or the name of a root function, as the component exports it.
    pub function: String,
}

/// An exported `func()` and when it runs. At one instant tasks run by priority, then name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The export, and the task's name.
    pub name: String,
    pub event: Event,
    /// Higher runs first (AUTOSAR: OsTaskPriority).
    pub priority: u32,
    /// Positions in [`Partition::runnables`], in calling order; empty for a task that only sends PDUs.
    pub runnables: Vec<u32>,
}

/// When a task runs (AUTOSAR: RTEEvent).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// Once, before everything else of the partition, and again after its restart.
    Init,
    /// First at `offset_ns`, then every `period_ns`.
    Timing { period_ns: u64, offset_ns: u64 },
    /// When one of these elements was written by a sender in this partition or waits from another,
    /// or one of these PDUs was received.
    DataReceived { elements: Vec<u32>, pdus: Vec<u32> },
}

/// A data element that the partition's tasks publish or take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// The sender's end for a published one, the receiver's end for a taken one, as the project writes it.
    pub name: String,
    pub direction: Direction,
    /// The value's type in WIT, to be read by people and tools.
    pub value: String,
    /// How many values wait at most (1: the last is best); only for taken ones.
    pub queue: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Leaves the partition.
    Out,
    /// Reaches the partition.
    In,
}

/// A CAN frame whose signals the partition packs or unpacks (AUTOSAR: ISignalIPdu in a CanFrame).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pdu {
    /// The DBC message's name.
    pub name: String,
    /// Name of the CAN bus in the system.
    pub bus: String,
    pub direction: Direction,
    /// 11 or 29 bits.
    pub id: u32,
    pub extended: bool,
    pub length_bytes: u8,
    /// How many frames wait at most, for received ones.
    pub queue: u32,
}

/// A probe on a direct connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// `provider.port -> requirer.port`.
    pub name: String,
    /// Names of the functions, in the order of their numbers.
    pub functions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// All linear memories together.
    pub memory_bytes: u64,
    /// Fuel of one activation.
    pub fuel: u64,
}

/// What follows a trap, exhausted fuel or exceeded memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// A new instance of the partition; its initial tasks run again.
    Restart,
    /// The partition stays stopped, the others go on.
    Stop,
    /// The whole run ends.
    StopRun,
}
