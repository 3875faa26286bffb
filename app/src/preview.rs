//! What an export to a board would need, and what is in its way, before anything is written:
//! composes, lowers and compiles as the export does. Reads and writes nothing.

use crate::{
    export::{self, ExportError},
    session::{EcuPreview, PartitionPreview, Preview},
};
use exporter::{
    Partition,
    boards::{Board, Execution, Kind},
    budget, compile, lower,
    microcontroller::MicrocontrollerError,
};
use graph_core::{compose, document::Document, library::Library};

/// Looks at every ECU. `proceed` is told how many of how many partitions are done; its `false`
/// ends the work without a result.
pub fn preview(
    document: &Document,
    library: &Library,
    board: &Board,
    proceed: &dyn Fn(usize, usize) -> bool,
) -> Result<Option<Preview>, ExportError> {
    export::refuse_errors(document, library)?;
    let composed = compose::compose(document, library)?;
    let product = export::product(document, library, &composed)?;
    let mut preview = Preview::default();
    let way = no_way(board);
    let mut done = 0;
    for ecu in &product.system.ecus {
        let partitions: Vec<&Partition> = (product.partitions.iter())
            .filter(|partition| partition.ecu == ecu.name)
            .collect();
        if partitions.is_empty() {
            continue;
        }
        let mut looked = EcuPreview {
            name: ecu.name.clone(),
            partitions: Vec::new(),
            refusals: (way.iter().cloned())
                .chain(refusals(document, library, &partitions, board))
                .collect(),
            code_bytes: None,
            ram_bytes: None,
        };
        for partition in partitions {
            if !proceed(done, product.partitions.len()) {
                return Ok(None);
            }
            look(partition, board, &mut looked);
            done += 1;
        }
        if looked.code_bytes.is_some() {
            let ram_bytes = looked.ram_bytes.unwrap_or_default();
            looked.ram_bytes = Some(ram_bytes + budget::ENGINE_HEAP_BYTES);
        }
        looked.refusals.extend(too_large(&looked, board));
        preview.ecus.push(looked);
    }
    Ok(Some(preview))
}

/// Why this program makes nothing for the board, whatever the components.
fn no_way(board: &Board) -> Option<String> {
    let id = board.id.clone();
    let is_made = board.kind == Kind::Microcontroller && board.execution == Execution::Pulley;
    match is_made {
        true => None,
        false => Some(MicrocontrollerError::NotPulley { board: id }.to_string()),
    }
}

/// Components that do not fit, by instance.
fn refusals(
    document: &Document,
    library: &Library,
    partitions: &[&Partition],
    board: &Board,
) -> Vec<String> {
    if board.kind != Kind::Microcontroller {
        return Vec::new();
    }
    let components = partitions
        .iter()
        .flat_map(|partition| &partition.components);
    let components = components.filter_map(|component| {
        let instance = document.instance_named(component.instances.first()?);
        let (_, _, bytes) = export::loaded(document, library, instance)?;
        Some((component, bytes))
    });
    let unfit = lower::unfit(components, board);
    unfit.iter().map(ToString::to_string).collect()
}

fn look(partition: &Partition, board: &Board, ecu: &mut EcuPreview) {
    let mut looked = PartitionPreview {
        name: partition.name.clone(),
        instances: (partition.components.iter())
            .flat_map(|component| component.instances.clone())
            .collect(),
        component_bytes: partition.bytes.len() as u64,
        memory_bytes: None,
    };
    // What does not fit was said before, by component.
    if board.kind == Kind::Microcontroller
        && let Ok(lowered) = lower::lower(&partition.bytes)
    {
        looked.memory_bytes = Some(lowered.memory_bytes());
        if ecu.refusals.is_empty() {
            match compile::compile(&partition.file_name, &lowered.bytes) {
                Ok(code) => {
                    *ecu.code_bytes.get_or_insert(0) += code.len() as u64;
                    *ecu.ram_bytes.get_or_insert(0) += budget::heap_bytes(&lowered, &code);
                }
                Err(error) => ecu.refusals.push(error.to_string()),
            }
        }
    }
    ecu.partitions.push(looked);
}

fn too_large(ecu: &EcuPreview, board: &Board) -> Vec<String> {
    let needs = [
        ("flash", ecu.code_bytes, board.flash),
        ("RAM", ecu.ram_bytes, board.ram),
    ];
    let over = needs.into_iter().filter_map(|(what, needed, region)| {
        let (needed, has) = (needed?, u64::from(region?.bytes));
        (needed > has).then(|| {
            format!(
                "ECU `{}` needs {needed} bytes of {what}, board `{}` has {has}; remove components, or choose a larger board",
                ecu.name, board.id
            )
        })
    });
    over.collect()
}
