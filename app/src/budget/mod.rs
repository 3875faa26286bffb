//! What ECUs take of boards, before anything is written: composes, lowers and compiles as the export
//! does, and simulates what it lowered for the load. Estimates are the exporter's, with its measured
//! factors. Knows no window and no command line.

mod look;
mod run;

use crate::{
    boards,
    export::{self, ExportError},
    session::{EcuBudget, PartitionBudget},
    targets::{self, ExportTarget, Form},
};
use exporter::{Product, boards::BoardError};
use graph_core::{
    compose::{self, Composed},
    document::Document,
    library::Library,
};

/// Which ECU, on what.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub ecu: String,
    pub target: ExportTarget,
}

/// A project as it was composed.
struct Subject<'a> {
    document: &'a Document,
    library: &'a Library,
    composed: &'a Composed,
    product: &'a Product,
}

/// Each ECU with partitions on the board that the project gives it; those without one are left out.
pub fn placed_by_project(document: &Document) -> Result<Vec<Placed>, BoardError> {
    let mut placed = Vec::new();
    for ecu in document.ecus.values() {
        let Some(id) = &ecu.target else {
            continue;
        };
        exporter::boards::board(id)?;
        let target = targets::named(id);
        placed.extend(target.map(|target| Placed {
            ecu: ecu.name.clone(),
            target,
        }));
    }
    Ok(placed)
}

/// All ECUs with partitions on one target, or those of them that are named.
pub fn placed_on(
    document: &Document,
    library: &Library,
    target: &ExportTarget,
    ecus: &[String],
) -> Result<Vec<Placed>, ExportError> {
    let composed = compose::compose(document, library)?;
    let ecus = boards::selected(&composed.system, ecus)?.into_iter();
    let placed = ecus.map(|ecu| Placed {
        ecu,
        target: target.clone(),
    });
    Ok(placed.collect())
}

/// The budget of each of these ECUs. `proceed` is told how many of how many steps are done; its
/// `false` ends the work without a result.
pub fn budget(
    document: &Document,
    library: &Library,
    placed: &[Placed],
    proceed: &dyn Fn(usize, usize) -> bool,
) -> Result<Option<Vec<EcuBudget>>, ExportError> {
    export::refuse_errors(document, library)?;
    let composed = compose::compose(document, library)?;
    let product = export::product(document, library, &composed)?;
    let subject = Subject {
        document,
        library,
        composed: &composed,
        product: &product,
    };
    // The run is one step more.
    let steps = placed.len() + 1;
    let mut budgets = Vec::with_capacity(placed.len());
    for (done, one) in placed.iter().enumerate() {
        if !proceed(done, steps) {
            return Ok(None);
        }
        budgets.push(ecu_budget(&subject, one));
    }
    let go_on = || proceed(placed.len(), steps);
    match run::add_load(&subject, placed, &mut budgets, &go_on) {
        true => Ok(Some(budgets)),
        false => Ok(None),
    }
}

fn ecu_budget(subject: &Subject<'_>, placed: &Placed) -> EcuBudget {
    let Placed { ecu, target } = placed;
    let mut budget = EcuBudget {
        ecu: ecu.clone(),
        board: target.id.to_owned(),
        form: form_word(target.form),
        flash: None,
        ram: None,
        start: None,
        cpu: None,
        partitions: partitions(subject, ecu),
        imports: Vec::new(),
        unshrinkable: Vec::new(),
        refusals: Vec::new(),
    };
    let Some(board) = &target.board else {
        return budget;
    };
    look::at_components(subject, ecu, board, &mut budget);
    match target.form {
        Form::Pulley => look::at_image(subject, ecu, board, &mut budget),
        Form::Native | Form::CProject => look::at_native(subject, ecu, board, &mut budget),
        _ => {}
    }
    budget.refusals.dedup();
    budget
}

fn partitions(subject: &Subject<'_>, ecu: &str) -> Vec<PartitionBudget> {
    let of_ecu = |partition: &&compose::ComposedPartition| partition.ecu == ecu;
    let partitions = subject.composed.partitions.iter().filter(of_ecu);
    let empty = partitions.map(|partition| PartitionBudget {
        name: partition.name.clone(),
        component_bytes: partition.bytes.len() as u64,
        code_bytes: None,
        metadata_bytes: None,
        core_instances: None,
        memory_bytes: None,
        heap_bytes: None,
        parts: Vec::new(),
        tasks: Vec::new(),
    });
    empty.collect()
}

fn form_word(form: Form) -> &'static str {
    match form {
        Form::Pulley => "pulley",
        Form::Native => "native",
        Form::CProject => "c-project",
        Form::LinuxBundle => "linux-bundle",
        Form::Wasm | Form::OciLayout | Form::Wac | Form::Dbc | Form::Arxml => "portable",
    }
}
