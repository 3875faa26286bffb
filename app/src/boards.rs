//! From a checked project to a board: lowers its partitions for the simulator, and makes images of
//! them for export. Writes nothing and reads nothing: firmware and key come in.

use crate::{
    canvas::names::port_label,
    concurrency,
    export::{self, ExportError},
    stand_ins,
};
use deployment::System;
use exporter::{
    Files, Product,
    boards::Board,
    lower,
    microcontroller::{self, EcuImage, ImageEntry, Input},
};
use graph_core::{
    compose::Composed,
    document::Document,
    hierarchy,
    library::Library,
    nv_data::{NvPort, nv_ports},
};
use payload::SigningKey;

/// What an export to a microcontroller is given besides the project.
#[derive(Debug, Clone, Copy)]
pub struct ImageOrder<'a> {
    pub board: &'a Board,
    /// The board's ELF file.
    pub firmware: &'a [u8],
    /// Names of the ECUs that get an image; empty: all.
    pub ecus: &'a [String],
    pub key: &'a SigningKey,
    /// Anti-rollback counter.
    pub counter: u32,
}

/// The files of an export with one image an ECU.
pub fn images(
    document: &Document,
    library: &Library,
    order: &ImageOrder<'_>,
) -> Result<Files, ExportError> {
    let product = export::checked_product(document, library)?;
    for ecu in selected(&product.system, order.ecus)? {
        refuse_unfit(document, library, &product, &ecu, order.board)?;
    }
    images_of_product(&product, order)
}

/// The same of what was composed before.
pub fn images_of_product(product: &Product, order: &ImageOrder<'_>) -> Result<Files, ExportError> {
    let ecus = selected(&product.system, order.ecus)?;
    let images = ecus.iter().map(|ecu| image(product, ecu, order));
    let images = images.collect::<Result<Vec<_>, _>>()?;
    Ok(microcontroller::export(product, images)?)
}

fn image(product: &Product, ecu: &str, order: &ImageOrder<'_>) -> Result<EcuImage, ExportError> {
    Ok(microcontroller::image(&Input {
        product,
        ecu,
        board: order.board,
        firmware: order.firmware,
        key: order.key,
        counter: order.counter,
    })?)
}

/// What images of these ECUs take of their board, without making files.
pub fn budget(
    document: &Document,
    library: &Library,
    composed: &Composed,
    order: &ImageOrder<'_>,
) -> Result<Vec<ImageEntry>, ExportError> {
    let product = export::product(document, library, composed)?;
    let mut entries = Vec::new();
    for ecu in selected(&product.system, order.ecus)? {
        refuse_unfit(document, library, &product, &ecu, order.board)?;
        entries.push(image(&product, &ecu, order)?.entry().clone());
    }
    Ok(entries)
}

/// The composed project with the partitions of these ECUs as the board would run them: what the
/// simulator has to run to say something about the board.
pub fn lowered(
    document: &Document,
    library: &Library,
    composed: &Composed,
    board: &Board,
    ecus: &[String],
) -> Result<Composed, ExportError> {
    let product = export::product(document, library, composed)?;
    let ecus = selected(&composed.system, ecus)?;
    let mut lowered = composed.clone();
    for ecu in &ecus {
        refuse_unfit(document, library, &product, ecu, board)?;
        for partition in &mut lowered.partitions {
            if partition.ecu != *ecu {
                continue;
            }
            let made = lower::lower(&partition.bytes);
            let file = &partition.file_name;
            partition.bytes = made
                .map_err(|source| ExportError::lower(file, source))?
                .bytes;
        }
    }
    for partition in &lowered.partitions {
        let files = lowered.system.ecus.iter_mut();
        let named = files
            .flat_map(|ecu| &mut ecu.partitions)
            .filter(|named| named.file == partition.file_name);
        for named in named {
            named.sha256 = simulator::sha256_hex(&partition.bytes);
        }
    }
    Ok(lowered)
}

/// These ECUs, or all that have partitions.
pub(crate) fn selected(system: &System, wanted: &[String]) -> Result<Vec<String>, ExportError> {
    let ecus = system.ecus.iter();
    let known: Vec<String> = ecus
        .filter(|ecu| !ecu.partitions.is_empty())
        .map(|ecu| ecu.name.clone())
        .collect();
    match wanted.iter().find(|ecu| !known.contains(ecu)) {
        Some(unknown) => Err(ExportError::NoEcu {
            ecu: unknown.clone(),
            known: known.join("`, `"),
        }),
        None if wanted.is_empty() => Ok(known),
        None => Ok(wanted.to_vec()),
    }
}

pub(crate) fn refuse_unfit(
    document: &Document,
    library: &Library,
    product: &Product,
    ecu: &str,
    board: &Board,
) -> Result<(), ExportError> {
    let partitions = product.partitions.iter().filter(|part| part.ecu == ecu);
    let components = partitions.flat_map(|partition| &partition.components);
    let components = components.filter_map(|component| {
        let instance = document.instance_named(component.instances.first()?);
        let (_, _, bytes) = export::loaded(document, library, instance)?;
        Some((component, bytes))
    });
    let mut unfit = lower::unfit(components, board);
    // Told with the function's name below.
    unfit.retain(|one| one.finding != lower::Finding::Asynchronous);
    let mut reasons: Vec<String> = unfit.iter().map(ToString::to_string).collect();
    reasons.extend(concurrency::refusals((document, library), ecu, &board.id));
    reasons.extend(stand_ins::with_handles((document, library), product, ecu));
    reasons.extend(networked(&product.system, ecu));
    reasons.extend(unkept((document, library), ecu, board));
    match reasons.is_empty() {
        true => Ok(()),
        false => Err(ExportError::Unfit {
            ecu: ecu.to_owned(),
            board: board.id.clone(),
            reasons,
        }),
    }
}

/// Non-volatile data of the ECU's instances, where the board has no memory for them.
fn unkept((document, library): (&Document, &Library), ecu: &str, board: &Board) -> Vec<String> {
    if board.keeps_blocks {
        return Vec::new();
    }
    let flat = hierarchy::flattened(document);
    let runs_there = |port: &&NvPort<'_>| {
        let instance = flat.document.instances.get(&port.instance);
        let key = instance.and_then(|instance| instance.partition.as_ref());
        let found = key.and_then(|key| flat.document.ecus.get(&key.ecu));
        found.is_some_and(|found| found.name == ecu)
    };
    let ports = nv_ports(&flat.document, library);
    let ports = ports.iter().filter(runs_there);
    ports
        .map(|port| {
            let instance = flat.document.instances.get(&port.instance);
            let instance = instance.map_or("?", |instance| &instance.name);
            let name = port_label(port.name);
            format!(
                "`{instance}.{name}` has non-volatile data, for which the board has no memory; connect a component that keeps them, or choose a board that does"
            )
        })
        .collect()
}

/// What the ECU would exchange over a network: microcontrollers have none here.
fn networked(system: &deployment::System, ecu: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    for bus in &system.buses {
        let deployment::BusKind::Ethernet { flows, .. } = &bus.kind else {
            continue;
        };
        let concerns = |flow: &&deployment::Flow| {
            flow.from.ecu == ecu || flow.to.iter().any(|end| end.ecu == ecu)
        };
        let count = flows.iter().filter(concerns).count();
        if count > 0 {
            reasons.push(format!(
                "{count} values go over the Ethernet network `{}`, which the firmware does not have; map them to signals of a CAN bus, or choose a Linux board",
                bus.name
            ));
        }
    }
    reasons
}
