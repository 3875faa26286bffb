//! The part of a budget that a short run gives: how often tasks run, and what an activation costs.

use super::{Placed, Subject};
use crate::{
    observe,
    session::{Cpu, EcuBudget, LoadBasis, TaskBudget},
    targets::Form,
};
use exporter::{
    boards::Board,
    budget::{CoreFactors, Work, calibration},
    lower,
};
use graph_core::compose::Composed;
use simulator::{Options, Simulation, SystemFiles, TaskEffort};

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
    for (budget, one) in budgets.iter_mut().zip(placed) {
        let of_ecu = efforts.iter().filter(|effort| effort.ecu == one.ecu);
        let board = one.target.board.as_ref();
        let factors = board.and_then(|board| factors(board, one.target.form));
        add(budget, of_ecu.collect(), seconds, board, factors);
    }
    true
}

fn factors(board: &Board, form: Form) -> Option<CoreFactors> {
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
    efforts: Vec<&TaskEffort>,
    seconds: f64,
    board: Option<&Board>,
    factors: Option<CoreFactors>,
) {
    let mut all = 0.0;
    for effort in efforts {
        let partitions = budget.partitions.iter_mut();
        let Some(partition) = partitions
            .into_iter()
            .find(|one| one.name == effort.partition)
        else {
            continue;
        };
        let whole = work(effort);
        all += factors.map_or(0.0, |factors| whole.instructions(&factors));
        let activations = (effort.activations as f64).max(1.0);
        let each = |count: f64| count / activations;
        partition.tasks.push(TaskBudget {
            name: effort.task.clone(),
            activations_per_second: effort.activations as f64 / seconds,
            instructions: factors
                .filter(|_| effort.activations > 0)
                .map(|factors| each(whole.instructions(&factors)).round() as u64),
            ms: factors.and_then(|factors| ms(each(whole.instructions(&factors)), board)),
            fuel: each(whole.fuel),
            records: each(whole.records),
            frames: each(whole.frames),
            i2c_bytes: each(whole.i2c_bytes),
        });
        for (instance, fuel) in &effort.instances {
            let parts = partition.parts.iter_mut();
            for part in parts.filter(|part| !part.generated && part.name == *instance) {
                let fuel = *fuel as f64 / seconds + part.fuel_per_second.unwrap_or(0.0);
                part.fuel_per_second = Some(fuel);
                part.instructions_per_second =
                    factors.map(|factors| (fuel * factors.per_fuel).round() as u64);
            }
        }
    }
    budget.cpu = factors.map(|_| {
        let instructions_per_second = (all / seconds).round() as u64;
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

/// Milliseconds, where cycles an instruction were measured on the real board.
pub(super) fn ms(instructions: f64, board: Option<&Board>) -> Option<f64> {
    let board = board?;
    let cycles = instructions * board.cycles_per_instruction?;
    Some(cycles / board.clock_hz? as f64 * 1e3)
}

fn work(effort: &TaskEffort) -> Work {
    Work {
        activations: effort.activations as f64,
        fuel: effort.fuel as f64,
        records: effort.asked.records as f64,
        frames: effort.asked.frames as f64,
        i2c_bytes: effort.asked.i2c_bytes as f64,
    }
}
