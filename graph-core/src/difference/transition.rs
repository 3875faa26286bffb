//! The edits that make one document of another: what has the same name, or was only renamed, keeps
//! its number, so that selection and history go on. Whatever cannot be changed in place is taken out
//! and put in again, dependents first.

mod annotations;

use super::rename::Renames;
use crate::{document::*, edit::Edit};
use std::collections::{BTreeMap, BTreeSet};

/// The edits that make `from` mean and look like `to`.
pub fn transition(from: &Document, to: &Document) -> Vec<Edit> {
    edits(from, &Numbers::new(from, to).renumbered(to))
}

/// Of each thing of the other document the number that it has here.
struct Numbers {
    components: BTreeMap<ComponentId, ComponentId>,
    instances: BTreeMap<InstanceId, InstanceId>,
    connectors: BTreeMap<ConnectorId, ConnectorId>,
    buses: BTreeMap<BusId, BusId>,
    ecus: BTreeMap<EcuId, EcuId>,
    pdus: BTreeMap<PduId, PduId>,
    frames: BTreeMap<FrameId, FrameId>,
    notes: BTreeMap<NoteId, NoteId>,
}

impl Numbers {
    fn new(from: &Document, to: &Document) -> Numbers {
        let renames = Renames::between(from, to);
        let old = |names: &BTreeMap<String, String>, name: &str| {
            let renamed = names.iter().find(|(_, new)| *new == name);
            renamed.map_or(name.to_owned(), |(old, _)| old.clone())
        };
        let mut ids = from.new_ids();
        let mut numbers = Numbers {
            components: numbered(&to.components, |one| {
                from.component_named(&one.name)
                    .unwrap_or_else(|| ids.component())
            }),
            instances: BTreeMap::new(),
            connectors: BTreeMap::new(),
            buses: BTreeMap::new(),
            ecus: BTreeMap::new(),
            pdus: BTreeMap::new(),
            frames: BTreeMap::new(),
            notes: BTreeMap::new(),
        };
        // Ports of compositions are numbered as instances are.
        let composition = |id: ComponentId| renumbered(&numbers.components, id);
        let mut places = numbered(&to.instances, |one| {
            let place = one.composition.and_then(|id| to.components.get(&id));
            let place = place.map(|composition| composition.name.as_str());
            let name = old(renames.instances_in(place), &one.name);
            from.part_named(one.composition.map(composition), &name)
                .unwrap_or_else(|| ids.instance())
        });
        places.extend(numbered(&to.ports, |one| {
            from.port_named(composition(one.composition), &one.name)
                .unwrap_or_else(|| ids.instance())
        }));
        numbers.instances = places;
        numbers.buses = numbered(&to.buses, |one| {
            from.bus_named(&old(&renames.buses, &one.name))
                .unwrap_or_else(|| ids.bus())
        });
        numbers.ecus = numbered(&to.ecus, |one| {
            from.ecu_named(&old(&renames.ecus, &one.name))
                .unwrap_or_else(|| ids.ecu())
        });
        numbers.frames = numbered(&to.frames, |one| {
            from.frame_titled(&one.title).unwrap_or_else(|| ids.frame())
        });
        numbers.notes = numbered(&to.notes, |one| {
            from.note_named(&one.name).unwrap_or_else(|| ids.note())
        });
        let known: BTreeMap<(&End, &End), ConnectorId> = from
            .connectors
            .iter()
            .map(|(id, one)| ((&one.from, &one.to), *id))
            .collect();
        numbers.connectors = numbered(&to.connectors, |one| {
            let ends = (numbers.end(&one.from), numbers.end(&one.to));
            let known = known.get(&(&ends.0, &ends.1)).copied();
            known.unwrap_or_else(|| ids.connector())
        });
        numbers.pdus = numbered(&to.pdus, |one| {
            let bus = renumbered(&numbers.buses, one.bus);
            let mut known = from.pdus.iter();
            known
                .find(|(_, pdu)| pdu.bus == bus && pdu.message == one.message)
                .map_or_else(|| ids.pdu(), |(id, _)| *id)
        });
        numbers
    }

    fn end(&self, end: &End) -> End {
        match end {
            End::Signal {
                bus,
                message,
                signal,
            } => End::Signal {
                bus: renumbered(&self.buses, *bus),
                message: message.clone(),
                signal: signal.clone(),
            },
            end => match end.instance() {
                Some(instance) => end.at(renumbered(&self.instances, instance)),
                None => end.clone(),
            },
        }
    }

    fn instance(&self, instance: &Instance) -> Instance {
        let mut one = instance.clone();
        one.component = renumbered(&self.components, one.component);
        one.composition = one.composition.map(|id| renumbered(&self.components, id));
        if let Some(key) = &mut one.partition {
            key.ecu = renumbered(&self.ecus, key.ecu);
        }
        for binding in one.bindings.values_mut() {
            binding.bus = renumbered(&self.buses, binding.bus);
        }
        one
    }

    fn connector(&self, connector: &Connector) -> Connector {
        let mut one = connector.clone();
        (one.from, one.to) = (self.end(&one.from), self.end(&one.to));
        if let ConnectorKind::Buffered(buffering) = &mut one.kind {
            let network = buffering.network;
            buffering.network = network.map(|bus| renumbered(&self.buses, bus));
        }
        one
    }

    /// The other document with the numbers of this one.
    fn renumbered(&self, to: &Document) -> Document {
        let positions = to.layout.positions.iter();
        let routes = to.layout.reroute_points.iter();
        Document {
            name: to.name.clone(),
            imported: to.imported.clone(),
            components: keyed(&self.components, &to.components, Component::clone),
            instances: keyed(&self.instances, &to.instances, |one| self.instance(one)),
            ports: keyed(&self.instances, &to.ports, |one| DelegationPort {
                composition: renumbered(&self.components, one.composition),
                ..one.clone()
            }),
            connectors: keyed(&self.connectors, &to.connectors, |one| self.connector(one)),
            buses: keyed(&self.buses, &to.buses, Bus::clone),
            ecus: keyed(&self.ecus, &to.ecus, Ecu::clone),
            pdus: keyed(&self.pdus, &to.pdus, |one| Pdu {
                bus: renumbered(&self.buses, one.bus),
                ..one.clone()
            }),
            frames: keyed(&self.frames, &to.frames, Frame::clone),
            notes: keyed(&self.notes, &to.notes, |one| Note {
                instance: one.instance.map(|id| renumbered(&self.instances, id)),
                ..one.clone()
            }),
            layout: Layout {
                frames: keyed(&self.frames, &to.layout.frames, |area| *area),
                notes: keyed(&self.notes, &to.layout.notes, |place| *place),
                positions: positions
                    .filter_map(|(id, at)| Some((*self.instances.get(id)?, *at)))
                    .collect(),
                reroute_points: routes
                    .filter_map(|(id, points)| Some((*self.connectors.get(id)?, points.clone())))
                    .collect(),
            },
            next_id: to.next_id,
        }
    }
}

fn numbered<I: Ord + Copy, T>(
    things: &BTreeMap<I, T>,
    mut number: impl FnMut(&T) -> I,
) -> BTreeMap<I, I> {
    things.iter().map(|(id, one)| (*id, number(one))).collect()
}

fn renumbered<I: Ord + Copy>(numbers: &BTreeMap<I, I>, id: I) -> I {
    numbers.get(&id).copied().unwrap_or(id)
}

fn keyed<I: Ord + Copy, T>(
    numbers: &BTreeMap<I, I>,
    things: &BTreeMap<I, T>,
    change: impl Fn(&T) -> T,
) -> BTreeMap<I, T> {
    let things = things.iter();
    things
        .map(|(id, one)| (renumbered(numbers, *id), change(one)))
        .collect()
}

/// Both have the same numbers for the same things.
fn edits(from: &Document, to: &Document) -> Vec<Edit> {
    let out = instances_out(from, to);
    let mut edits = Vec::new();
    let touches = |end: &End| end.instance().is_some_and(|id| out.contains(&id));
    let mut cut = BTreeSet::new();
    for (id, one) in &from.connectors {
        if to.connectors.get(id) != Some(one) || touches(&one.from) || touches(&one.to) {
            cut.insert(*id);
            edits.push(Edit::Disconnect(*id));
        }
    }
    let pdus = from
        .pdus
        .iter()
        .filter(|(id, one)| to.pdus.get(id) != Some(one));
    edits.extend(pdus.map(|(id, _)| Edit::RemovePdu(*id)));
    annotations::take_out(from, to, &out, &mut edits);
    take_out(from, to, &out, &mut edits);
    put_in(from, to, &out, &mut edits);
    annotations::put_in(from, to, &mut edits);
    for (id, one) in &to.connectors {
        if cut.contains(id) || !from.connectors.contains_key(id) {
            edits.push(Edit::Connect(*id, one.clone()));
        }
    }
    let pdus = to
        .pdus
        .iter()
        .filter(|(id, one)| from.pdus.get(id) != Some(one));
    edits.extend(pdus.map(|(id, one)| Edit::InsertPdu(*id, one.clone())));
    looks(from, to, &out, &mut edits);
    if from.name != to.name {
        edits.push(Edit::Rename(to.name.clone()));
    }
    if from.imported != to.imported {
        edits.push(Edit::SetImported(to.imported.clone()));
    }
    edits
}

/// Instances and ports that go, or have to be put in anew: those whose component is changed or
/// exchanged, or that stand in another composition.
fn instances_out(from: &Document, to: &Document) -> BTreeSet<InstanceId> {
    let stays = |id: &InstanceId, one: &Instance| {
        let place = |one: &Instance| (one.component, one.composition);
        let same = to.instances.get(id).map(place) == Some(place(one));
        same && from.components.get(&one.component) == to.components.get(&one.component)
    };
    let instances = from.instances.iter();
    let out = instances.filter(|(id, one)| !stays(id, one));
    let ports = from.ports.iter();
    let gone = ports.filter(|(id, one)| to.ports.get(id) != Some(one));
    let gone = gone.map(|(id, _)| *id);
    out.map(|(id, _)| *id).chain(gone).collect()
}

/// Everything that goes, and whatever would hold it: a changed instance lets go of buses and
/// partitions first.
fn take_out(from: &Document, to: &Document, out: &BTreeSet<InstanceId>, edits: &mut Vec<Edit>) {
    for (id, one) in &from.instances {
        if out.contains(id) {
            if from.layout.positions.contains_key(id) {
                edits.push(Edit::Move(*id, None));
            }
            edits.push(Edit::RemoveInstance(*id));
        } else if to.instances.get(id) != Some(one) {
            let bare = Instance {
                partition: None,
                bindings: BTreeMap::new(),
                ..one.clone()
            };
            edits.push(Edit::ChangeInstance(*id, bare));
        }
    }
    for id in from.ports.keys().filter(|id| out.contains(id)) {
        if from.layout.positions.contains_key(id) {
            edits.push(Edit::Move(*id, None));
        }
        edits.push(Edit::RemovePort(*id));
    }
    let components = from.components.iter();
    let gone = components.filter(|(id, one)| to.components.get(id) != Some(one));
    edits.extend(gone.map(|(id, _)| Edit::RemoveComponent(*id)));
    for (id, bus) in &from.buses {
        match to.buses.get(id) {
            None => edits.push(Edit::RemoveBus(*id)),
            // Another bus may be about to get a device of that name.
            Some(other) if other != bus => {
                let common = without_others(bus, &other.parts());
                if common != *bus {
                    edits.push(Edit::ChangeBus(*id, common));
                }
            }
            Some(_) => {}
        }
    }
    let gone = from.ecus.keys().filter(|id| !to.ecus.contains_key(id));
    edits.extend(gone.map(|id| Edit::RemoveEcu(*id)));
}

fn without_others(bus: &Bus, parts: &[&str]) -> Bus {
    let mut bus = bus.clone();
    let stays = |name: &str| parts.contains(&name);
    match &mut bus.kind {
        BusKind::I2c { devices, .. } => devices.retain(|one| stays(&one.name)),
        BusKind::Spi { devices, .. } => devices.retain(|one| stays(&one.name)),
        BusKind::Gpio { pins } => pins.retain(|one| stays(&one.name)),
        BusKind::Can { .. } | BusKind::Ethernet { .. } => {}
    }
    bus
}

fn put_in(from: &Document, to: &Document, out: &BTreeSet<InstanceId>, edits: &mut Vec<Edit>) {
    let components = to.components.iter();
    let new = components.filter(|(id, one)| from.components.get(id) != Some(one));
    edits.extend(new.map(|(id, one)| Edit::InsertComponent(*id, one.clone())));
    for (id, one) in &to.ports {
        if out.contains(id) || !from.ports.contains_key(id) {
            edits.push(Edit::InsertPort(*id, one.clone()));
        }
    }
    // Changes before what is new: a name may have become free.
    for is_new in [false, true] {
        for (id, one) in &to.buses {
            match from.buses.get(id) {
                None if is_new => edits.push(Edit::InsertBus(*id, one.clone())),
                Some(old) if !is_new && old != one => {
                    edits.push(Edit::ChangeBus(*id, one.clone()));
                }
                _ => {}
            }
        }
        for (id, one) in &to.ecus {
            match from.ecus.get(id) {
                None if is_new => edits.push(Edit::InsertEcu(*id, one.clone())),
                Some(old) if !is_new && old != one => {
                    edits.push(Edit::ChangeEcu(*id, one.clone()));
                }
                _ => {}
            }
        }
    }
    for is_new in [false, true] {
        for (id, one) in &to.instances {
            let old = from.instances.get(id).filter(|_| !out.contains(id));
            match old {
                None if is_new => edits.push(Edit::InsertInstance(*id, one.clone())),
                Some(old) if !is_new && old != one => {
                    edits.push(Edit::ChangeInstance(*id, one.clone()));
                }
                _ => {}
            }
        }
    }
}

/// Positions, and the points that wires go through.
fn looks(from: &Document, to: &Document, out: &BTreeSet<InstanceId>, edits: &mut Vec<Edit>) {
    for id in to.instances.keys().chain(to.ports.keys()) {
        let stood = from.layout.positions.get(id).filter(|_| !out.contains(id));
        let stands = to.layout.positions.get(id);
        if stood != stands {
            edits.push(Edit::Move(*id, stands.copied()));
        }
    }
    for id in to.connectors.keys() {
        let points = to.layout.reroute_points.get(id);
        if from.layout.reroute_points.get(id) != points {
            edits.push(Edit::Reroute(*id, points.cloned().unwrap_or_default()));
        }
    }
}
