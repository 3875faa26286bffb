//! Makes the ECUs of a system: reads tables, compiles partitions, joins routes and buses.
//! Knows nothing of time.

use super::{
    board::{VirtualBoard, VirtualEcu},
    error::{SimulationError, listed},
    ethernet,
    files::SystemFiles,
    nv,
    options::Options,
    programs::Programs,
    world::World,
};
use crate::can::QueueOrder;
use back_to_back::Recorder;
use deployment::{Partition, PartitionFile, Route, RouteEnd};
use ecu_host::{Ecu, EcuSettings};
use std::collections::BTreeSet;
use wasmtime::{Engine, component::Component};

/// The interface by which a driver opens CAN buses by their names.
const RAW_CAN: &str = "autosar:can/controllers@";

/// Everything of a run, at time 0.
pub(super) struct Built {
    /// By name.
    pub(super) ecus: Vec<(String, VirtualEcu)>,
    pub(super) world: World,
    pub(super) replays: Vec<ReplayRun>,
}

/// A log on its way.
#[derive(Debug)]
pub(super) struct ReplayRun {
    pub(super) net: usize,
    pub(super) controller: crate::can::ControllerId,
    /// By time.
    pub(super) frames: Vec<(u64, crate::can::Frame)>,
    pub(super) next: usize,
}

pub(super) fn build(
    files: &SystemFiles,
    options: &Options,
    programs: &Programs,
) -> Result<Built, SimulationError> {
    let mut world = World::new(&files.system, options.rows_bytes_max)?;
    let mut descriptions: Vec<&deployment::Ecu> = files.system.ecus.iter().collect();
    descriptions.sort_by(|a, b| a.name.cmp(&b.name));
    refuse_duplicates("ECUs", descriptions.iter().map(|ecu| ecu.name.as_str()))?;
    refuse_unknown(options.record.as_deref(), &descriptions)?;
    let mut ecus = Vec::new();
    for description in descriptions {
        let ecu = build_ecu(
            ecus.len(),
            description,
            files,
            options,
            programs,
            &mut world,
        )?;
        ecus.push((description.name.clone(), ecu));
    }
    files
        .system
        .routes
        .iter()
        .try_for_each(|route| connect(&mut ecus, route))?;
    ethernet::join(&mut ecus, &mut world, &files.system)?;
    let replays = attach_replays(&mut world, options)?;
    world.add_restbus(&options.restbus)?;
    world.wire(&options.wirings)?;
    world.faults.seed = options.seed;
    world.faults.ecus = ecus.iter().map(|(name, _)| name.clone()).collect();
    for fault in &options.faults {
        world.add_fault(0, fault.clone())?;
    }
    for given in &options.nv {
        nv::give(&mut world, given, None)?;
    }
    for change in &options.stimuli {
        let stimulation = world.resolve(change)?;
        world.schedule_stimulus(change.at_ns, stimulation);
    }
    Ok(Built {
        ecus,
        world,
        replays,
    })
}

fn refuse_unknown(
    recorded: Option<&str>,
    ecus: &[&deployment::Ecu],
) -> Result<(), SimulationError> {
    let names = || ecus.iter().map(|ecu| ecu.name.as_str());
    match recorded.filter(|name| !names().any(|known| known == *name)) {
        None => Ok(()),
        Some(name) => Err(SimulationError::UnknownEcu {
            ecu: name.to_owned(),
            known: listed(names()),
        }),
    }
}

fn build_ecu(
    number: usize,
    description: &deployment::Ecu,
    files: &SystemFiles,
    options: &Options,
    programs: &Programs,
    world: &mut World,
) -> Result<VirtualEcu, SimulationError> {
    let mut loaded = Vec::new();
    for entry in &description.partitions {
        loaded.push(load(&description.name, entry, files, programs)?);
    }
    let mut controllers = Vec::new();
    for net in 0..world.cans.len() {
        let name = world.cans.get(net).map_or("", |net| net.name.as_str());
        if loaded
            .iter()
            .any(|(table, component)| uses_can(table, component, name))
        {
            let controller =
                world.attach(net, &description.name, Some(number), QueueOrder::Priority);
            controllers.push((net, controller));
        }
    }
    let tables: Vec<Partition> = loaded.iter().map(|(table, _)| table.clone()).collect();
    tables.iter().for_each(|table| world.name_messages(table));
    let board = VirtualBoard::new(
        &mut world.trace,
        &description.name,
        options.seed,
        &tables,
        (number, controllers),
    );
    let board = match options.record.as_deref() == Some(description.name.as_str()) {
        true => Recorder::on(board),
        false => Recorder::off(board),
    };
    let mut ecu = Ecu::new(programs.engine(), EcuSettings::of(description), board);
    for (table, component) in loaded {
        let is_concurrent = !Engine::same(component.engine(), programs.engine());
        let added = match is_concurrent {
            true => ecu.add_concurrent(&component, table),
            false => ecu.add(&component, table),
        };
        added.map_err(|source| load_error(&description.name, source))?;
    }
    Ok(ecu)
}

fn load_error(ecu: &str, source: ecu_host::LoadError) -> SimulationError {
    SimulationError::Load {
        ecu: ecu.to_owned(),
        source,
    }
}

fn load(
    ecu: &str,
    entry: &PartitionFile,
    files: &SystemFiles,
    programs: &Programs,
) -> Result<(Partition, Component), SimulationError> {
    let file = &entry.file;
    let bytes = files
        .partitions
        .get(file)
        .ok_or_else(|| SimulationError::MissingFile { file: file.clone() })?;
    let mut table = ecu_host::deployment_of(bytes).map_err(|source| SimulationError::Section {
        file: file.clone(),
        source,
    })?;
    if (table.ecu.as_str(), &table.name) != (ecu, &entry.name) {
        return Err(SimulationError::Mismatch {
            file: file.clone(),
            expected: format!("{ecu}/{}", entry.name),
            found: format!("{}/{}", table.ecu, table.name),
        });
    }
    table.limits.fuel = programs.fuel_limit(table.limits.fuel);
    let component = programs.component(file, bytes)?;
    Ok((table, component))
}

/// An ECU is on a bus if it has a PDU there, or a driver that may open any.
fn uses_can(table: &Partition, component: &Component, bus: &str) -> bool {
    table.pdus.iter().any(|pdu| pdu.bus == bus)
        || component
            .component_type()
            .imports(component.engine())
            .any(|(name, _)| name.starts_with(RAW_CAN))
}

fn connect(ecus: &mut [(String, VirtualEcu)], route: &Route) -> Result<(), SimulationError> {
    let named = |end: &RouteEnd| format!("{}/{} element {}", end.ecu, end.partition, end.element);
    if route.from.ecu != route.to.ecu {
        return Err(SimulationError::Route {
            from: named(&route.from),
            to: named(&route.to),
        });
    }
    let missing = |end: &RouteEnd| SimulationError::RouteEnd {
        ecu: end.ecu.clone(),
        partition: end.partition.clone(),
    };
    let (_, ecu) = ecus
        .iter_mut()
        .find(|(name, _)| *name == route.from.ecu)
        .ok_or_else(|| missing(&route.from))?;
    let from = ecu
        .partition_named(&route.from.partition)
        .ok_or_else(|| missing(&route.from))?;
    let to = ecu
        .partition_named(&route.to.partition)
        .ok_or_else(|| missing(&route.to))?;
    ecu.connect((from, route.from.element), (to, route.to.element))
        .map_err(|source| load_error(&route.from.ecu, source))
}

fn attach_replays(world: &mut World, options: &Options) -> Result<Vec<ReplayRun>, SimulationError> {
    let mut runs = Vec::new();
    for (number, replay) in options.replays.iter().enumerate() {
        let net = world.can_named(&replay.bus)?;
        let mut entries = replay.entries.iter();
        entries.try_for_each(|entry| world.carries(net, &entry.frame))?;
        let controller = world.attach(net, &format!("replay{number}"), None, QueueOrder::Fifo);
        let times = replay.schedule_ns();
        let mut frames: Vec<_> = times
            .into_iter()
            .zip(replay.entries.iter().map(|entry| entry.frame))
            .collect();
        frames.sort_by_key(|(at_ns, _)| *at_ns);
        runs.push(ReplayRun {
            net,
            controller,
            frames,
            next: 0,
        });
    }
    Ok(runs)
}

pub(super) fn refuse_duplicates<'a>(
    what: &'static str,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), SimulationError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(SimulationError::Duplicate {
                what,
                name: name.to_owned(),
            });
        }
    }
    Ok(())
}
