//! What tasks ask of whatever runs them: fuel, calls to the host, traffic on buses. From it the
//! budget estimates other machines. Knows nothing of time.

use super::{Simulation, board::VirtualEcu};
use ecu_host::board::{I2cOperation, Record};
use ecu_host::{Completion, Outcome, PartitionId, Work};

/// All activations of one task together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskEffort {
    pub ecu: String,
    pub partition: String,
    pub task: String,
    pub activations: u64,
    /// Of the activations: those that trapped. What they spent is lost with their store, and is
    /// not in the counts below.
    pub trapped: u64,
    /// Users' and generated code's.
    pub fuel: u64,
    pub asked: Asked,
    /// Users' share, by instance, in the order of the partition's table.
    pub instances: Vec<(String, u64)>,
}

/// What was asked of the board.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Entering and leaving a runnable, values published or refused, calls of probes, text.
    pub records: u64,
    /// Frames for sending.
    pub frames: u64,
    pub i2c_transfers: u64,
    /// On the wire, with an address byte for each operation.
    pub i2c_bytes: u64,
}

impl Asked {
    fn add(&mut self, other: Asked) {
        self.records += other.records;
        self.frames += other.frames;
        self.i2c_transfers += other.i2c_transfers;
        self.i2c_bytes += other.i2c_bytes;
    }
}

/// What one activation asks, while it runs.
#[derive(Debug, Default)]
pub(super) struct Asking {
    pub(super) asked: Asked,
    /// Runnables that have ended, and their fuel.
    pub(super) ran: Vec<(u32, u64)>,
}

impl Asking {
    pub(super) fn i2c(&mut self, operations: &[I2cOperation]) {
        self.asked.i2c_transfers += 1;
        self.asked.i2c_bytes += operations.iter().map(wire_bytes).sum::<u64>();
    }

    pub(super) fn record(&mut self, record: &Record<'_>) {
        self.asked.records += 1;
        if let Record::Left { runnable, fuel, .. } = record {
            self.ran.push((*runnable, *fuel));
        }
    }
}

/// With the address before it.
fn wire_bytes(operation: &I2cOperation) -> u64 {
    let (I2cOperation::Read(bytes) | I2cOperation::Write(bytes)) = operation;
    1 + bytes.len() as u64
}

/// Of one ECU.
#[derive(Debug, Default)]
pub(super) struct Efforts {
    /// By partition, then by task.
    tasks: Vec<Vec<TaskEffort>>,
}

impl Efforts {
    pub(super) fn new(name: &str, ecu: &VirtualEcu) -> Efforts {
        let tables = (0..).map(PartitionId).map_while(|id| ecu.partition(id));
        let tasks = tables.map(|table| {
            let task = |task: &deployment::Task| TaskEffort {
                ecu: name.to_owned(),
                partition: table.name.clone(),
                task: task.name.clone(),
                instances: (table.instances.iter())
                    .map(|instance| (instance.clone(), 0))
                    .collect(),
                ..TaskEffort::default()
            };
            table.tasks.iter().map(task).collect()
        });
        Efforts {
            tasks: tasks.collect(),
        }
    }

    /// Counts an activation; starts of partitions are none.
    pub(super) fn add(&mut self, ecu: &VirtualEcu, completion: &Completion, asking: Asking) {
        let Work::Task(task) = completion.work else {
            return;
        };
        let tasks = self.tasks.get_mut(completion.partition.0 as usize);
        let effort = tasks.and_then(|tasks| tasks.get_mut(task as usize));
        let (Some(effort), Some(table)) = (effort, ecu.partition(completion.partition)) else {
            return;
        };
        effort.activations += 1;
        if let Outcome::Trapped(_) = completion.outcome {
            effort.trapped += 1;
            return;
        }
        let left_fuel = ecu.left_fuel(completion.partition).unwrap_or(0);
        effort.fuel += table.limits.fuel.saturating_sub(left_fuel);
        effort.asked.add(asking.asked);
        for (runnable, fuel) in asking.ran {
            let runnable = table.runnables.get(runnable as usize);
            let instance = runnable.map(|runnable| runnable.instance as usize);
            if let Some((_, spent)) = instance.and_then(|at| effort.instances.get_mut(at)) {
                *spent += fuel;
            }
        }
    }
}

impl TaskEffort {
    /// Activations that ran to their end: what the counts are of.
    pub fn completed(&self) -> u64 {
        self.activations - self.trapped
    }
}

impl Simulation {
    /// What every task has asked so far, by ECU, partition and task.
    pub fn efforts(&self) -> Vec<TaskEffort> {
        let all = self.statistics.efforts().flat_map(|ecu| &ecu.tasks);
        all.flatten().cloned().collect()
    }
}
