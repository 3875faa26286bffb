//! The part of a budget that a short run gives: how often tasks run, and what an activation costs.

use super::{Placed, Subject};
use crate::{
    observe,
    session::{Cpu, EcuBudget, LoadBasis, PartitionBudget, TaskBudget},
    targets::Form,
};
use exporter::{
    boards::Board,
    budget::{CoreFactors, Work, calibration},
    lower,
};
use graph_core::compose::Composed;
use simulator::{OperatorCounts, Options, Simulation, SystemFiles, TaskEffort, TaskOperators};
use std::collections::BTreeMap;

/// Virtual time of the run.
const RUN_NS: u64 = 5_000_000_000;
/// How often the work may be ended.
const LOOK_NS: u64 = 250_000_000;

/// Adds tasks and loads; `false`: the work was ended. A system that does not run has none: the
/// simulation itself tells of that.
pub(super) fn add_load(
    subject: &Subject<'_>,
    placed: &[Placed],
    budgets: &mut [EcuBudget],
    go_on: &dyn Fn() -> bool,
) -> bool {
    let files = as_placed(subject.composed, placed);
    let Ok(mut simulation) = Simulation::new(&files, Options::default()) else {
        return true;
    };
    let mut until_ns = 0;
    while until_ns < RUN_NS {
        if !go_on() {
            return false;
        }
        until_ns += LOOK_NS;
        simulation.run_until(until_ns, &mut |_: &Simulation| true);
    }
    let seconds = simulation.now_ns() as f64 / 1e9;
    let efforts = simulation.efforts();
    let factors = |one: &Placed| factors(one.target.board.as_ref()?, one.target.form);
    let operators = match placed.iter().any(|one| factors(one).is_some()) {
        // What compiled once compiles again.
        true => files.operators(RUN_NS, go_on).unwrap_or_default(),
        false => Some(Vec::new()),
    };
    let Some(operators) = operators else {
        return false;
    };
    for (budget, one) in budgets.iter_mut().zip(placed) {
        let seen = Seen {
            efforts: (efforts.iter().filter(|effort| effort.ecu == one.ecu)).collect(),
            operators: (operators.iter().filter(|task| task.ecu == one.ecu)).collect(),
            seconds,
        };
        add(budget, &seen, one.target.board.as_ref(), factors(one));
    }
    true
}

/// What the runs have told of one ECU.
struct Seen<'a> {
    efforts: Vec<&'a TaskEffort>,
    operators: Vec<&'a TaskOperators>,
    /// Virtual time of the run.
    seconds: f64,
}

fn factors(board: &Board, form: Form) -> Option<&'static CoreFactors> {
    match form {
        Form::Pulley => calibration().pulley_core(&board.core),
        Form::Native => calibration().native_core(&board.core),
        _ => None,
    }
}

/// What the boards would run: partitions on microcontrollers are lowered, where that is possible.
fn as_placed(composed: &Composed, placed: &[Placed]) -> SystemFiles {
    let mut composed = composed.clone();
    for partition in &mut composed.partitions {
        let is_lowered = placed.iter().any(|one| {
            let form = one.target.form;
            let on_microcontroller = matches!(form, Form::Pulley | Form::Native | Form::CProject);
            one.ecu == partition.ecu && on_microcontroller
        });
        let Some(lowered) = (is_lowered.then(|| lower::lower(&partition.bytes).ok())).flatten()
        else {
            continue;
        };
        partition.bytes = lowered.bytes;
        let sha256 = simulator::sha256_hex(&partition.bytes);
        let named = composed.system.ecus.iter_mut();
        let named = named.flat_map(|ecu| &mut ecu.partitions);
        named
            .filter(|named| named.file == partition.file_name)
            .for_each(|named| named.sha256.clone_from(&sha256));
    }
    observe::system_files(&composed)
}

fn add(
    budget: &mut EcuBudget,
    seen: &Seen<'_>,
    board: Option<&Board>,
    factors: Option<&CoreFactors>,
) {
    let mut all = 0.0;
    for effort in &seen.efforts {
        let partitions = budget.partitions.iter_mut();
        let Some(partition) = partitions
            .into_iter()
            .find(|one| one.name == effort.partition)
        else {
            continue;
        };
        let operators = (seen.operators.iter())
            .find(|one| (&one.partition, &one.task) == (&effort.partition, &effort.task));
        let each = activation(effort, operators.copied());
        let instructions = factors
            .filter(|_| each.activations > 0.0)
            .map(|factors| each.instructions(factors));
        let rate = effort.activations as f64 / seen.seconds;
        all += instructions.unwrap_or(0.0) * rate;
        partition.tasks.push(TaskBudget {
            name: effort.task.clone(),
            activations_per_second: rate,
            instructions: instructions.map(|instructions| instructions.round() as u64),
            ms: instructions.and_then(|instructions| ms(instructions, board)),
            fuel: effort.fuel as f64 / (effort.completed() as f64).max(1.0),
            functions: each.functions,
            host_calls: each.host_calls,
            records: each.records,
            frames: each.frames,
            i2c_bytes: each.i2c_bytes,
            operators: each.operators,
        });
        add_to_parts(partition, effort, operators.copied(), factors, seen.seconds);
    }
    budget.cpu = factors.map(|_| {
        let instructions_per_second = all.round() as u64;
        let clock_hz = board.and_then(|board| board.clock_hz);
        let cycles = board.and_then(|board| board.cycles_per_instruction);
        Cpu {
            instructions_per_second,
            clock_hz,
            load: clock_hz.map(|clock_hz| {
                let cycles = cycles.unwrap_or(1.0) * instructions_per_second as f64;
                cycles / clock_hz as f64
            }),
            basis: match cycles {
                Some(_) => LoadBasis::Measured,
                None => LoadBasis::OneInstructionACycle,
            },
        }
    });
}

/// What the runnables of each instance take by themselves.
fn add_to_parts(
    partition: &mut PartitionBudget,
    effort: &TaskEffort,
    operators: Option<&TaskOperators>,
    factors: Option<&CoreFactors>,
    seconds: f64,
) {
    for (at, (instance, fuel)) in effort.instances.iter().enumerate() {
        let parts = partition.parts.iter_mut();
        let users = parts.filter(|part| !part.generated);
        let Some(part) = users.into_iter().find(|part| part.name == *instance) else {
            continue;
        };
        let fuel_per_second = *fuel as f64 / seconds + part.fuel_per_second.unwrap_or(0.0);
        part.fuel_per_second = Some(fuel_per_second);
        let counts = operators.and_then(|one| Some((one.activations, &one.instances.get(at)?.1)));
        let (Some(factors), Some((activations, counts))) = (factors, counts) else {
            continue;
        };
        let each = Work {
            operators: named(counts, activations),
            ..Work::default()
        };
        let rate = effort.completed() as f64 / seconds;
        let instructions = (each.instructions(factors) * rate).round() as u64;
        part.instructions_per_second =
            Some(instructions + part.instructions_per_second.unwrap_or(0));
    }
}

/// Milliseconds, where cycles an instruction were measured on the real board.
pub(super) fn ms(instructions: f64, board: Option<&Board>) -> Option<f64> {
    let board = board?;
    let cycles = instructions * board.cycles_per_instruction?;
    Some(cycles / board.clock_hz? as f64 * 1e3)
}

/// What one activation asks on average; none of a task that never ran to its end.
fn activation(effort: &TaskEffort, operators: Option<&TaskOperators>) -> Work {
    let Some(counted) = operators.filter(|one| one.activations > 0 && effort.completed() > 0)
    else {
        return Work::default();
    };
    let each = |count: u64| count as f64 / effort.completed() as f64;
    let of_counted = |count: u64| count as f64 / counted.activations as f64;
    Work {
        activations: 1.0,
        functions: of_counted(counted.entered),
        host_calls: of_counted(counted.host_calls()),
        records: each(effort.asked.records),
        frames: each(effort.asked.frames),
        i2c_bytes: each(effort.asked.i2c_bytes),
        operators: named(&counted.executed, counted.activations),
    }
}

/// By the names that the factors have, of one of so many activations.
fn named(counts: &OperatorCounts, activations: u64) -> BTreeMap<String, f64> {
    let activations = (activations as f64).max(1.0);
    let counts = counts.iter();
    let named = counts.map(|(class, count)| (class.name().to_owned(), *count as f64 / activations));
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use exporter::boards;
    use simulator::OperatorClass;

    #[test]
    fn every_class_of_operators_has_a_factor_on_every_core() {
        let expected: Vec<&str> = OperatorClass::ALL.iter().map(|one| one.name()).collect();
        for id in boards::ids() {
            let board = boards::board(id).unwrap();
            for form in [Form::Pulley, Form::Native] {
                let Some(factors) = factors(&board, form) else {
                    continue;
                };
                let mut classes: Vec<&str> =
                    factors.per_operator.keys().map(String::as_str).collect();
                let mut expected = expected.clone();
                classes.sort_unstable();
                expected.sort_unstable();
                assert_eq!(classes, expected, "{id}");
            }
        }
    }
}
