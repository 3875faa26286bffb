//! How many operators of each class tasks execute: the same run once by the engine's fuel, and
//! once a class with an engine that takes twice the fuel for it. The difference is the count.
//! Knows nothing of what an operator costs.

use super::{Options, Programs, Simulation, SimulationError, SystemFiles, TaskEffort};
use crate::operators::{OperatorClass, OperatorCounts};
use std::sync::Arc;

/// All completed activations of one task together, in a run where code takes no time: every run
/// is the same then, whatever is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskOperators {
    pub ecu: String,
    pub partition: String,
    pub task: String,
    pub activations: u64,
    /// Users' and generated code's.
    pub executed: OperatorCounts,
    /// Functions of WebAssembly that were entered, by whoever called them.
    pub entered: u64,
    /// What users' runnables executed, by instance, in the order of the partition's table.
    pub instances: Vec<(String, OperatorCounts)>,
}

impl SystemFiles {
    /// Runs the system up to `until_ns` once more than there are classes. `go_on` is asked at
    /// every event; its `false` ends it without a result.
    pub fn operators(
        &self,
        until_ns: u64,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<TaskOperators>>, SimulationError> {
        let mut timeless = self.clone();
        for ecu in &mut timeless.system.ecus {
            ecu.fuel_ps = 0;
        }
        let files = Arc::new(timeless);
        let Some(plain) = efforts(&files, &Programs::new()?, until_ns, go_on)? else {
            return Ok(None);
        };
        let mut counted: Vec<TaskOperators> = plain.iter().map(begun).collect();
        for class in OperatorClass::ALL {
            let programs = Programs::doubling(class)?;
            let Some(doubled) = efforts(&files, &programs, until_ns, go_on)? else {
                return Ok(None);
            };
            for ((task, plain), doubled) in counted.iter_mut().zip(&plain).zip(&doubled) {
                task.add(class, plain, doubled);
            }
        }
        Ok(Some(counted))
    }
}

fn efforts(
    files: &Arc<SystemFiles>,
    programs: &Programs,
    until_ns: u64,
    go_on: &dyn Fn() -> bool,
) -> Result<Option<Vec<TaskEffort>>, SimulationError> {
    let options = Options {
        rows_bytes_max: 0,
        ..Options::default()
    };
    let mut simulation = Simulation::with_programs(files.clone(), options, programs)?;
    let mut goes_on = true;
    simulation.run_until(until_ns, &mut |_| {
        goes_on = go_on();
        goes_on
    });
    Ok(goes_on.then(|| simulation.efforts()))
}

/// Every unit of fuel that is no operator's is a function's that was entered.
fn begun(plain: &TaskEffort) -> TaskOperators {
    TaskOperators {
        ecu: plain.ecu.clone(),
        partition: plain.partition.clone(),
        task: plain.task.clone(),
        activations: plain.completed(),
        executed: OperatorCounts::new(),
        entered: plain.fuel,
        instances: (plain.instances.iter())
            .map(|(name, _)| (name.clone(), OperatorCounts::new()))
            .collect(),
    }
}

impl TaskOperators {
    fn add(&mut self, class: OperatorClass, plain: &TaskEffort, doubled: &TaskEffort) {
        let executed = doubled.fuel.saturating_sub(plain.fuel);
        self.executed.insert(class, executed);
        self.entered = self.entered.saturating_sub(executed);
        let fuel = plain.instances.iter().zip(&doubled.instances);
        for ((_, counts), ((_, plain), (_, doubled))) in self.instances.iter_mut().zip(fuel) {
            counts.insert(class, doubled.saturating_sub(*plain));
        }
    }

    /// Calls that left WebAssembly for the host: those by which no function was entered. The host
    /// itself enters one an activation.
    pub fn host_calls(&self) -> u64 {
        let of = |class| self.executed.get(&class).copied().unwrap_or(0);
        let calls = of(OperatorClass::Calls) + of(OperatorClass::IndirectCalls);
        (calls + self.activations).saturating_sub(self.entered)
    }
}
