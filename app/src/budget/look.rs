//! The part of a budget that is counted without running anything: components, code, memories.

use super::Subject;
use crate::{
    concurrency, export, files,
    session::{
        EcuBudget, Flash, ImportBudget, PartBudget, PartitionBudget, Ram, Start, Unshrinkable,
    },
    stand_ins,
};
use exporter::{
    Component, Partition,
    boards::{Board, Kind},
    budget::{self as estimate, PartitionSize},
    compile, lower,
    microcontroller::{self, ImageEntry, Input},
    native,
};
use graph_core::compose::{ComposedPartition, PieceName};
use std::collections::BTreeMap;

/// What components ask of the board, and which of them do not fit.
pub(super) fn at_components(
    subject: &Subject<'_>,
    ecu: &str,
    board: &Board,
    budget: &mut EcuBudget,
) {
    let mut imports: BTreeMap<String, ImportBudget> = BTreeMap::new();
    for (component, bytes) in components(subject, ecu) {
        let unserved = lower::unserved(bytes, board);
        for interface in lower::device_imports(bytes) {
            let is_unserved = unserved.iter().any(|finding| {
                matches!(finding, lower::Finding::Unserved { interface: one, .. } if *one == interface)
            });
            let entry = imports
                .entry(interface.clone())
                .or_insert_with(|| ImportBudget {
                    interface,
                    instances: Vec::new(),
                    served: !is_unserved,
                });
            entry.instances.extend(component.instances.iter().cloned());
        }
        if board.kind == Kind::Microcontroller {
            let unfit = lower::unfit([(component, bytes)], board);
            for one in unfit {
                if let lower::Finding::Asks { access, function } = &one.finding {
                    budget.unshrinkable.push(Unshrinkable {
                        component: one.component.clone(),
                        instances: one.instances.clone(),
                        function: function.clone(),
                        access: access.to_string(),
                    });
                }
                // Told with the function's name below.
                if one.finding != lower::Finding::Asynchronous {
                    budget.refusals.push(one.to_string());
                }
            }
        }
    }
    budget.imports = imports.into_values().collect();
    if board.kind == Kind::Microcontroller {
        let project = (subject.document, subject.library);
        let refusals = concurrency::refusals(project, ecu, &board.id);
        budget.refusals.extend(refusals);
        let refusals = stand_ins::with_handles(project, subject.product, ecu);
        budget.refusals.extend(refusals);
    }
}

fn components<'a>(
    subject: &'a Subject<'_>,
    ecu: &'a str,
) -> impl Iterator<Item = (&'a Component, &'a [u8])> {
    let partitions = subject.product.partitions.iter();
    let partitions = partitions.filter(move |partition| partition.ecu == ecu);
    let components = partitions.flat_map(|partition| &partition.components);
    components.filter_map(|component| {
        let instance = subject
            .document
            .instance_named(component.instances.first()?);
        let (_, _, bytes) = export::loaded(subject.document, subject.library, instance)?;
        Some((component, bytes))
    })
}

/// Partitions that are interpreted: all sizes, against the firmware's limits.
pub(super) fn at_image(subject: &Subject<'_>, ecu: &str, board: &Board, budget: &mut EcuBudget) {
    let mut sizes = Vec::new();
    for partition in of_ecu(subject, ecu) {
        // What does not fit was said before, by component.
        let Ok(lowered) = lower::lower(&partition.bytes) else {
            continue;
        };
        let Some(entry) = (budget.partitions.iter_mut()).find(|one| one.name == partition.name)
        else {
            continue;
        };
        entry.memory_bytes = Some(lowered.memory_bytes());
        entry.core_instances = Some(lowered.core_instances());
        match compile::compile(&partition.file_name, &lowered.bytes) {
            Ok(code) => {
                let size = PartitionSize::of(&lowered, &code);
                entry.code_bytes = Some(size.code_bytes);
                entry.metadata_bytes = Some(size.metadata_bytes);
                entry.heap_bytes = Some(size.heap_bytes(&estimate::calibration().pulley.heap));
                sizes.push(size);
            }
            Err(error) => budget.refusals.push(error.to_string()),
        }
        let named = subject.composed.partitions.iter();
        let composed = named.filter(|one| one.file_name == partition.file_name);
        composed.for_each(|composed| add_parts(composed, &lowered.pieces, entry));
    }
    if budget.refusals.is_empty() && sizes.len() == budget.partitions.len() {
        match image_entry(subject, ecu, board) {
            Ok(image) => against(&image, board, budget),
            Err(reason) => budget.refusals.push(reason),
        }
    }
}

fn of_ecu<'a>(subject: &'a Subject<'_>, ecu: &'a str) -> impl Iterator<Item = &'a Partition> {
    let partitions = subject.product.partitions.iter();
    partitions.filter(move |partition| partition.ecu == ecu)
}

fn image_entry(subject: &Subject<'_>, ecu: &str, board: &Board) -> Result<ImageEntry, String> {
    let firmware = files::read_firmware(&board.id).map_err(|error| error.to_string())?;
    let input = Input {
        product: subject.product,
        ecu,
        board,
        firmware: &firmware,
        key: &payload::SigningKey::development(),
        counter: 0,
    };
    microcontroller::measured(&input).map_err(|error| error.to_string())
}

/// The image's needs, and which of them the board does not have.
fn against(image: &ImageEntry, board: &Board, budget: &mut EcuBudget) {
    let (Some(flash), Some(ram)) = (board.flash, board.ram) else {
        return;
    };
    let payload_bytes = image.payload_bytes as u64;
    budget.flash = Some(Flash {
        firmware_bytes: Some(image.firmware_bytes),
        payload_bytes: Some(payload_bytes),
        slot_bytes: Some(image.slot_bytes.into()),
        used_bytes: image.firmware_bytes + payload_bytes,
        limit_bytes: flash.bytes.into(),
    });
    let factors = estimate::calibration().pulley_core(&board.core);
    let stack_bytes = factors.map(|factors| factors.stack_bytes);
    let heap_bytes = image.ram_bytes;
    budget.ram = Some(Ram {
        fixed_bytes: Some(image.firmware_ram_bytes),
        heap_bytes: Some(heap_bytes),
        heap_limit_bytes: Some(image.device_ram_bytes.into()),
        memory_bytes: image.partitions.iter().map(|one| one.memory_bytes).sum(),
        stack_bytes,
        used_bytes: image.firmware_ram_bytes + heap_bytes + stack_bytes.unwrap_or(0),
        limit_bytes: ram.bytes.into(),
    });
    budget.start = factors.map(|factors| {
        let payload = factors.start_per_payload_byte * payload_bytes as f64;
        let instructions = factors.start_instructions + payload;
        Start {
            instructions: instructions.round() as u64,
            ms: super::run::ms(instructions, Some(board)),
        }
    });
    let needs = [
        ("flash for its payload", payload_bytes, image.slot_bytes),
        ("RAM for its heap", heap_bytes, image.device_ram_bytes),
    ];
    for (what, needed, has) in needs {
        if needed > u64::from(has) {
            budget.refusals.push(format!(
                "ECU `{}` needs {needed} bytes of {what}, board `{}` has {has}; remove components, or choose a larger board",
                budget.ecu, board.id
            ));
        }
    }
}

/// Partitions by way of C: a compiler on this machine says what the image takes.
pub(super) fn at_native(subject: &Subject<'_>, ecu: &str, board: &Board, budget: &mut EcuBudget) {
    for partition in of_ecu(subject, ecu) {
        let Ok(lowered) = lower::lower(&partition.bytes) else {
            continue;
        };
        let entries = budget.partitions.iter_mut();
        for entry in entries.filter(|one| one.name == partition.name) {
            entry.memory_bytes = Some(lowered.memory_bytes());
            entry.core_instances = Some(lowered.core_instances());
            let named = subject.composed.partitions.iter();
            let composed = named.filter(|one| one.file_name == partition.file_name);
            composed.for_each(|composed| add_parts(composed, &lowered.pieces, entry));
        }
    }
    let Some(native_board) = native::native_board(&board.id) else {
        return;
    };
    if !budget.refusals.is_empty() || native::missing_tools(native_board).is_some() {
        return;
    }
    let image = match crate::native::image(subject.product, ecu, native_board) {
        Ok(image) => image,
        Err(error) => {
            budget.refusals.push(error.to_string());
            return;
        }
    };
    let memories = budget.partitions.iter();
    let memory_bytes = memories.filter_map(|one| one.memory_bytes).sum();
    if let (Some(used), Some(region)) = (image.flash_bytes, board.flash) {
        budget.flash = Some(Flash {
            firmware_bytes: None,
            payload_bytes: None,
            slot_bytes: None,
            used_bytes: used.into(),
            limit_bytes: region.bytes.into(),
        });
    }
    if let (Some(used), Some(region)) = (image.ram_bytes, board.ram) {
        budget.ram = Some(Ram {
            fixed_bytes: None,
            heap_bytes: None,
            heap_limit_bytes: None,
            memory_bytes,
            stack_bytes: None,
            used_bytes: used.into(),
            limit_bytes: region.bytes.into(),
        });
    }
}

/// Who in a partition has which share of its code, memories and heap.
fn add_parts(
    composed: &ComposedPartition,
    pieces: &lower::Pieces,
    partition: &mut PartitionBudget,
) {
    let all_code: u64 = pieces.made.iter().map(|piece| piece.code_bytes).sum();
    let share = |whole: u64, code: u64| match all_code {
        0 => 0,
        _ => (u128::from(whole) * u128::from(code) / u128::from(all_code)) as u64,
    };
    let code_bytes = partition.code_bytes.unwrap_or(0);
    let memory_bytes = partition.memory_bytes.unwrap_or(0);
    let kept_bytes = (partition.heap_bytes.unwrap_or(0)).saturating_sub(memory_bytes);
    for (name, piece) in composed.pieces.iter().zip(&pieces.made) {
        let (name, generated) = match name {
            PieceName::Instance(name) => (name, false),
            PieceName::Generated(name) => (name, true),
        };
        partition.parts.push(PartBudget {
            name: name.clone(),
            generated,
            code_bytes: share(code_bytes, piece.code_bytes),
            memory_bytes: piece.memory_bytes,
            heap_bytes: piece.memory_bytes + share(kept_bytes, piece.code_bytes),
            fuel_per_second: None,
            instructions_per_second: None,
        });
    }
}
