//! The `system` file: ECUs with their partitions, buses, and routes between partitions.
//! Knows nothing of what is inside a partition.

use super::{
    ComposeError, ComposedPartition,
    flows::flows,
    scope::Scope,
    table::{Tables, Taken},
};
use crate::document::{self, BusId, Document};
use deployment::{
    Block, Bus, BusKind, Device, Ecu, PartitionFile, Pin, Route, RouteEnd, SpiDevice, System,
};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write};

/// The name of a partition's file.
pub(super) fn file_name(scope: &Scope<'_>) -> String {
    format!("{}-{}.wasm", scope.ecu.name, scope.key.partition)
}

pub(super) fn system(
    document: &Document,
    scopes: &[Scope<'_>],
    tables: &[Tables],
    partitions: &[ComposedPartition],
) -> Result<System, ComposeError> {
    check_file_names(partitions)?;
    let all = document.buses.iter();
    let mut buses: Vec<Bus> = all
        .map(|(id, one)| bus(document, scopes, tables, (*id, one)))
        .collect();
    buses.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(System {
        format: deployment::FORMAT,
        name: document.name.clone(),
        ecus: ecus(scopes, partitions),
        buses,
        routes: routes(scopes, tables),
        blocks: blocks(scopes, tables),
    })
}

/// Two pairs of names can give one file name.
fn check_file_names(partitions: &[ComposedPartition]) -> Result<(), ComposeError> {
    let mut seen: BTreeMap<&str, &ComposedPartition> = BTreeMap::new();
    for partition in partitions {
        if let Some(other) = seen.insert(&partition.file_name, partition) {
            return Err(ComposeError::FileName {
                file: partition.file_name.clone(),
                ecu: partition.ecu.clone(),
                other: other.ecu.clone(),
            });
        }
    }
    Ok(())
}

fn ecus(scopes: &[Scope<'_>], partitions: &[ComposedPartition]) -> Vec<Ecu> {
    let mut ecus: Vec<Ecu> = Vec::new();
    for (scope, partition) in scopes.iter().zip(partitions) {
        let file = PartitionFile {
            name: partition.name.clone(),
            file: partition.file_name.clone(),
            sha256: sha256(&partition.bytes),
        };
        match ecus.last_mut().filter(|ecu| ecu.name == scope.ecu.name) {
            Some(ecu) => ecu.partitions.push(file),
            None => ecus.push(Ecu {
                name: scope.ecu.name.clone(),
                fuel_ps: scope.ecu.fuel_ps,
                activation_ns: scope.ecu.activation_ns,
                partitions: vec![file],
            }),
        }
    }
    ecus
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn bus(
    document: &Document,
    scopes: &[Scope<'_>],
    tables: &[Tables],
    (id, bus): (BusId, &document::Bus),
) -> Bus {
    let kind = match &bus.kind {
        document::BusKind::Can {
            bitrate_bps,
            flexible: None,
            ..
        } => BusKind::Can {
            bitrate_bps: *bitrate_bps,
        },
        document::BusKind::Can {
            bitrate_bps,
            flexible: Some(flexible),
            ..
        } => BusKind::CanFd {
            bitrate_bps: *bitrate_bps,
            sample_point_permille: flexible.sample_point_permille,
            data_bitrate_bps: flexible.data_bitrate_bps,
            data_sample_point_permille: flexible.data_sample_point_permille,
        },
        document::BusKind::I2c { clock_hz, devices } => BusKind::I2c {
            clock_hz: *clock_hz,
            devices: devices.iter().map(i2c_device).collect(),
        },
        document::BusKind::Spi { clock_hz, devices } => BusKind::Spi {
            clock_hz: *clock_hz,
            devices: devices.iter().map(spi_device).collect(),
        },
        document::BusKind::Gpio { pins } => BusKind::Gpio {
            pins: pins.iter().map(pin).collect(),
        },
        document::BusKind::Ethernet {
            bitrate_bps,
            latency_ns,
        } => BusKind::Ethernet {
            bitrate_bps: *bitrate_bps,
            latency_ns: *latency_ns,
            flows: flows(document, scopes, tables, id),
        },
    };
    Bus {
        name: bus.name.clone(),
        kind,
    }
}

fn i2c_device(device: &document::Device) -> Device {
    Device {
        name: device.name.clone(),
        model: device.model.clone(),
        address: device.address,
        stimuli: device.stimuli.clone(),
    }
}

fn spi_device(device: &document::SpiDevice) -> SpiDevice {
    SpiDevice {
        name: device.name.clone(),
        model: device.model.clone(),
        chip_select: device.chip_select,
        mode: device.mode,
        stimuli: device.stimuli.clone(),
    }
}

fn pin(pin: &document::Pin) -> Pin {
    Pin {
        name: pin.name.clone(),
        signal: pin.signal,
        direction: pin.direction,
        active_level: pin.active_level,
        pull: pin.pull,
        stimuli: pin.stimuli.clone(),
    }
}

/// Blocks of every partition that is composed, by ECU, partition and name.
fn blocks(scopes: &[Scope<'_>], tables: &[Tables]) -> Vec<Block> {
    let of = |(scope, tables): (&Scope<'_>, &Tables)| {
        let partition = scope.ecu.partitions.get(&scope.key.partition);
        let blocks = partition.map(|partition| &partition.blocks);
        let block = |(name, block): (&String, &document::Block)| Block {
            ecu: scope.ecu.name.clone(),
            partition: scope.key.partition.clone(),
            name: name.clone(),
            size_bytes: block.size_bytes,
            initial: block.initial.clone(),
        };
        let declared = blocks.into_iter().flatten().map(block);
        let mut all: Vec<Block> = declared.chain(tables.nv.blocks.iter().cloned()).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    };
    scopes.iter().zip(tables).flat_map(of).collect()
}

/// Connectors between partitions of one ECU; those between ECUs are flows of a network.
fn routes(scopes: &[Scope<'_>], tables: &[Tables]) -> Vec<Route> {
    let route = |to: usize, taken: &Taken| {
        let published = tables.get(taken.from)?.published.get(&taken.sender)?;
        taken.network.is_none().then_some(Route {
            from: end(scopes, taken.from, *published)?,
            to: end(scopes, to, taken.element)?,
        })
    };
    tables
        .iter()
        .enumerate()
        .flat_map(|(to, table)| table.taken.iter().filter_map(move |taken| route(to, taken)))
        .collect()
}

/// An element of the partition at that position.
pub(super) fn end(scopes: &[Scope<'_>], at: usize, element: u32) -> Option<RouteEnd> {
    let scope = scopes.get(at)?;
    Some(RouteEnd {
        ecu: scope.ecu.name.clone(),
        partition: scope.key.partition.clone(),
        element,
    })
}
