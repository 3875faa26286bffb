//! `wireloom budget PROJECT [--target BOARD]`: what ECUs take of boards, before anything is written.
//! Flash is exact; RAM, start and load are estimates, whose errors docs/images.md has.

use super::{outcome::Outcome, progress};
use crate::{
    budget::{self, Placed},
    files,
    session::{Cpu, EcuBudget, Flash, LoadBasis, PartitionBudget, Ram},
    targets,
};
use clap::builder::PossibleValuesParser;
use exporter::boards;
use serde_json::json;
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct BudgetArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// The board; without it each ECU is looked at on the board that the project gives it
    #[arg(long, value_name = "BOARD", value_parser = PossibleValuesParser::new(boards::ids().collect::<Vec<_>>()))]
    target: Option<String>,
    /// The partitions as C, where that is not the board's default
    #[arg(long, requires = "target")]
    native: bool,
    /// The ECU that is such a board; several are fine, none means all
    #[arg(long = "ecu", value_name = "NAME")]
    ecus: Vec<String>,
}

pub(super) fn budget(arguments: &BudgetArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    if super::outcome::has_errors(&diagnostics) {
        return Outcome::diagnosed(&project.document, &diagnostics);
    }
    let project = project.flattened();
    let (document, library) = (&project.document, &project.library);
    let placed = match placed(arguments, &project) {
        Ok(placed) => placed,
        Err(outcome) => return *outcome,
    };
    let bar = progress::spinner("Compiling");
    let made = budget::budget(document, library, &placed, &|_, _| true);
    bar.finish_and_clear();
    match made {
        Ok(budgets) => outcome(&budgets.unwrap_or_default()),
        Err(error) => Outcome::wrong(error),
    }
}

fn placed(
    arguments: &BudgetArguments,
    project: &files::Project,
) -> Result<Vec<Placed>, Box<Outcome>> {
    let (document, library) = (&project.document, &project.library);
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let Some(id) = &arguments.target else {
        let mut placed = budget::placed_by_project(document).map_err(|error| failed(&error))?;
        placed.retain(|one| arguments.ecus.is_empty() || arguments.ecus.contains(&one.ecu));
        return match placed.is_empty() {
            false => Ok(placed),
            true => Err(failed(
                &"no ECU has a board; name one by `--target`, or write `target = \"BOARD\"` under `[ecus.NAME]`",
            )),
        };
    };
    let target = match arguments.native {
        true => targets::native_named(id).map_err(|error| failed(&error))?,
        false => targets::named(id)
            .unwrap_or_else(|| unreachable!("the parser takes boards of the list: this is a bug")),
    };
    budget::placed_on(document, library, &target, &arguments.ecus)
        .map_err(|error| Box::new(Outcome::wrong(error)))
}

fn outcome(budgets: &[EcuBudget]) -> Outcome {
    let mut text = String::new();
    for budget in budgets {
        write_text(&mut text, budget);
    }
    let refused = budgets.iter().any(|budget| !budget.refusals.is_empty());
    let outcome = Outcome::fine(json!({ "ecus": budgets }), text);
    match refused {
        // What does not fit has its numbers too.
        true => Outcome {
            status: super::Status::ModelWrong,
            ..outcome
        },
        false => outcome,
    }
}

// Writing to a string cannot fail.
fn write_text(text: &mut String, budget: &EcuBudget) {
    let _ = writeln!(text, "{} on {} ({})", budget.ecu, budget.board, budget.form);
    if let Some(flash) = &budget.flash {
        flash_text(text, flash);
    }
    if let Some(ram) = &budget.ram {
        ram_text(text, ram);
    }
    if let Some(start) = &budget.start {
        let _ = writeln!(text, "  start  {:>9} instructions", start.instructions);
    }
    if let Some(cpu) = &budget.cpu {
        cpu_text(text, cpu);
    }
    for import in &budget.imports {
        let word = match import.served {
            true => "served",
            false => "NOT SERVED",
        };
        let instances = import.instances.join("`, `");
        let _ = writeln!(
            text,
            "  import {} of `{instances}`: {word}",
            import.interface
        );
    }
    for partition in &budget.partitions {
        partition_text(text, partition);
    }
    for refusal in &budget.refusals {
        let _ = writeln!(text, "  does not fit: {refusal}");
    }
}

fn flash_text(text: &mut String, flash: &Flash) {
    let (used, limit) = (flash.used_bytes, flash.limit_bytes);
    let _ = write!(text, "  flash  {used:>9} of {limit} bytes");
    if let (Some(firmware), Some(payload), Some(slot)) =
        (flash.firmware_bytes, flash.payload_bytes, flash.slot_bytes)
    {
        let _ = write!(
            text,
            ": firmware {firmware}, payload {payload} of {slot} in its slot"
        );
    }
    text.push('\n');
}

fn ram_text(text: &mut String, ram: &Ram) {
    let (used, limit) = (ram.used_bytes, ram.limit_bytes);
    let _ = write!(text, "  RAM    {used:>9} of {limit} bytes");
    if let (Some(fixed), Some(heap), Some(stack)) =
        (ram.fixed_bytes, ram.heap_bytes, ram.stack_bytes)
    {
        let memories = ram.memory_bytes;
        let _ = write!(
            text,
            ": firmware {fixed}, heap about {heap} (memories {memories}), stack {stack}"
        );
    }
    text.push('\n');
}

fn cpu_text(text: &mut String, cpu: &Cpu) {
    let _ = write!(
        text,
        "  load   {:>9} instructions a second",
        cpu.instructions_per_second
    );
    if let Some(load) = cpu.load {
        let percent = load * 100.0;
        let basis = match cpu.basis {
            LoadBasis::Measured => "as measured on the board",
            LoadBasis::OneInstructionACycle => {
                "if each took one cycle; not measured on the board, a real core takes more"
            }
        };
        let _ = write!(text, ": {percent:.1} % {basis}");
    }
    text.push('\n');
}

fn partition_text(text: &mut String, partition: &PartitionBudget) {
    let _ = writeln!(text, "  partition {}", partition.name);
    for part in &partition.parts {
        let _ = write!(
            text,
            "    {:<24} code {:>7}, memory {:>6}, RAM {:>6} bytes",
            part.name, part.code_bytes, part.memory_bytes, part.heap_bytes
        );
        if let Some(instructions) = part.instructions_per_second {
            let _ = write!(text, ", {instructions} instructions a second");
        }
        text.push('\n');
    }
    for task in &partition.tasks {
        let rate = task.activations_per_second;
        let _ = write!(text, "    task {:<19} {rate:.1} a second", task.name);
        if let Some(instructions) = task.instructions {
            let _ = write!(text, ", {instructions} instructions an activation");
        }
        if let Some(ms) = task.ms {
            let _ = write!(text, ", {ms:.3} ms");
        }
        text.push('\n');
    }
}
