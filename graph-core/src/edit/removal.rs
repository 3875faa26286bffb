//! What has to go with a thing that is removed. Applies nothing.

use super::Edit;
use crate::document::*;
use std::collections::BTreeSet;

/// The edits that remove the subjects and all that refers to them, dependents first: instances go
/// with their component, the inside with its composition, connectors with their ends, ports of
/// compositions with the last of what stands behind them; instances of a removed ECU or partition stay,
/// undeployed, and connectors over a removed network name none. The project and single ports cannot be
/// removed and are passed over.
pub fn removal(document: &Document, subjects: &[Subject]) -> Vec<Edit> {
    let going = going(document, subjects);
    let mut edits = Vec::new();
    edits.extend(going.connectors.iter().map(|id| Edit::Disconnect(*id)));
    edits.extend(without_network(document, &going));
    edits.extend(going.pdus.iter().map(|id| Edit::RemovePdu(*id)));
    annotations(document, &going, &mut edits);
    for (id, instance) in &document.instances {
        if going.instances.contains(id) {
            if document.layout.positions.contains_key(id) {
                edits.push(Edit::Move(*id, None));
            }
            edits.push(Edit::RemoveInstance(*id));
        } else if let Some(changed) = without(&going, instance) {
            edits.push(Edit::ChangeInstance(*id, changed));
        }
    }
    for id in &going.ports {
        if document.layout.positions.contains_key(id) {
            edits.push(Edit::Move(*id, None));
        }
        edits.push(Edit::RemovePort(*id));
    }
    edits.extend(going.components.iter().map(|id| Edit::RemoveComponent(*id)));
    edits.extend(going.buses.iter().map(|id| Edit::RemoveBus(*id)));
    edits.extend(going.ecus.iter().map(|id| Edit::RemoveEcu(*id)));
    for (id, ecu) in document
        .ecus
        .iter()
        .filter(|(id, _)| !going.ecus.contains(id))
    {
        let mut changed = ecu.clone();
        changed.partitions.retain(|name, _| {
            !going.partitions.contains(&PartitionKey {
                ecu: *id,
                partition: name.clone(),
            })
        });
        if changed.partitions.len() != ecu.partitions.len() {
            edits.push(Edit::ChangeEcu(*id, changed));
        }
    }
    edits
}

/// The edits that give a bus other properties. Where devices or pins have new names, position by
/// position, what is bound to them stays bound; what is bound to one that goes is bound to nothing.
pub fn change_bus(document: &Document, id: BusId, changed: Bus) -> Vec<Edit> {
    let Some(bus) = document.buses.get(&id) else {
        return vec![Edit::ChangeBus(id, changed)];
    };
    let (before, after) = (bus.parts(), changed.parts());
    let follow = |part: &str| match before.len() == after.len() {
        true => {
            let at = before.iter().position(|name| *name == part)?;
            after.get(at).map(|name| (*name).to_owned())
        }
        false => after.contains(&part).then(|| part.to_owned()),
    };
    let (mut free, mut bind) = (Vec::new(), Vec::new());
    for (instance, properties) in &document.instances {
        let mut freed = properties.clone();
        let mut bound = properties.clone();
        for (key, binding) in &properties.bindings {
            let Some(part) = binding.part.as_deref().filter(|_| binding.bus == id) else {
                continue;
            };
            let now = follow(part);
            if now.as_deref() == Some(part) {
                continue;
            }
            freed.bindings.remove(key);
            match now {
                Some(part) => bound
                    .bindings
                    .insert(key.clone(), Binding::to_part(id, &part)),
                None => bound.bindings.remove(key),
            };
        }
        if freed != *properties {
            free.push(Edit::ChangeInstance(*instance, freed.clone()));
        }
        if bound != freed {
            bind.push(Edit::ChangeInstance(*instance, bound));
        }
    }
    free.push(Edit::ChangeBus(id, changed));
    free.extend(bind);
    free
}

#[derive(Default)]
struct Going {
    components: BTreeSet<ComponentId>,
    instances: BTreeSet<InstanceId>,
    ports: BTreeSet<InstanceId>,
    connectors: BTreeSet<ConnectorId>,
    buses: BTreeSet<BusId>,
    ecus: BTreeSet<EcuId>,
    partitions: BTreeSet<PartitionKey>,
    pdus: BTreeSet<PduId>,
    frames: BTreeSet<FrameId>,
    notes: BTreeSet<NoteId>,
}

fn going(document: &Document, subjects: &[Subject]) -> Going {
    let mut going = Going::default();
    for subject in subjects {
        match subject {
            Subject::Project | Subject::Port { .. } => {}
            Subject::Component(id) => drop(going.components.insert(*id)),
            Subject::Instance(id) if document.ports.contains_key(id) => {
                going.ports.insert(*id);
            }
            Subject::Instance(id) => drop(going.instances.insert(*id)),
            Subject::Connector(id) => drop(going.connectors.insert(*id)),
            Subject::Bus(id) => drop(going.buses.insert(*id)),
            Subject::Ecu(id) => drop(going.ecus.insert(*id)),
            Subject::Partition(key) => drop(going.partitions.insert(key.clone())),
            Subject::Pdu(id) => drop(going.pdus.insert(*id)),
            Subject::Frame(id) => drop(going.frames.insert(*id)),
            Subject::Note(id) => drop(going.notes.insert(*id)),
        }
    }
    going
        .components
        .retain(|id| document.components.contains_key(id));
    going.buses.retain(|id| document.buses.contains_key(id));
    going.ecus.retain(|id| document.ecus.contains_key(id));
    let is_inside = |composition| going.components.contains(&composition);
    let instances = document.instances.iter().filter(|(_, instance)| {
        is_inside(instance.component) || instance.composition.is_some_and(is_inside)
    });
    going.instances.extend(instances.map(|(id, _)| *id));
    let ports = document.ports.iter();
    let ports = ports.filter(|(_, port)| is_inside(port.composition));
    going.ports.extend(ports.map(|(id, _)| *id));
    going
        .connectors
        .retain(|id| document.connectors.contains_key(id));
    going.follow(document);
    let pdus = document
        .pdus
        .iter()
        .filter(|(_, pdu)| going.buses.contains(&pdu.bus));
    going.pdus.extend(pdus.map(|(id, _)| *id));
    going.pdus.retain(|id| document.pdus.contains_key(id));
    going
}

impl Going {
    /// Connectors go with their ends, ports with the last connector to what is behind them; and so on
    /// from composition to composition.
    fn follow(&mut self, document: &Document) {
        loop {
            let before = (self.connectors.len(), self.ports.len());
            let connectors = document.connectors.iter();
            let gone: Vec<ConnectorId> = connectors
                .filter(|(_, one)| self.takes(document, &one.from) || self.takes(document, &one.to))
                .map(|(id, _)| *id)
                .collect();
            self.connectors.extend(gone);
            for id in document.ports.keys() {
                let mut behind = document.delegations(*id).peekable();
                let is_used = behind.peek().is_some();
                if is_used && behind.all(|(connector, _)| self.connectors.contains(&connector)) {
                    self.ports.insert(*id);
                }
            }
            if before == (self.connectors.len(), self.ports.len()) {
                return;
            }
        }
    }

    fn takes(&self, document: &Document, end: &End) -> bool {
        if end.bus().is_some_and(|id| self.buses.contains(&id)) {
            return true;
        }
        let Some(id) = end.instance() else {
            return false;
        };
        if self.instances.contains(&id) || self.ports.contains(&id) {
            return true;
        }
        let (instance, port) = (document.instances.get(&id), end.port());
        let is_port = |(instance, name): (&Instance, &str)| {
            document.is_composition(instance.component)
                && document
                    .port_named(instance.component, name)
                    .is_some_and(|port| self.ports.contains(&port))
        };
        instance.zip(port).is_some_and(is_port)
    }
}

/// Frames and notes that go; a note on an instance that goes stays, on nothing.
fn annotations(document: &Document, going: &Going, edits: &mut Vec<Edit>) {
    for id in document
        .frames
        .keys()
        .filter(|id| going.frames.contains(id))
    {
        if document.layout.frames.contains_key(id) {
            edits.push(Edit::PlaceFrame(*id, None));
        }
        edits.push(Edit::RemoveFrame(*id));
    }
    for (id, note) in &document.notes {
        if going.notes.contains(id) {
            if document.layout.notes.contains_key(id) {
                edits.push(Edit::PlaceNote(*id, None));
            }
            edits.push(Edit::RemoveNote(*id));
        } else if note
            .instance
            .is_some_and(|id| going.instances.contains(&id))
        {
            let mut free = note.clone();
            free.instance = None;
            edits.push(Edit::ChangeNote(*id, free));
        }
    }
}

/// Connectors that stay and named a network that goes: they name none any more.
fn without_network(document: &Document, going: &Going) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (id, connector) in &document.connectors {
        let mut changed = connector.clone();
        let ConnectorKind::Buffered(buffering) = &mut changed.kind else {
            continue;
        };
        let goes = |network: &BusId| going.buses.contains(network);
        if going.connectors.contains(id) || !buffering.network.as_ref().is_some_and(goes) {
            continue;
        }
        buffering.network = None;
        edits.push(Edit::ChangeConnector(*id, changed));
    }
    edits
}

/// The instance without what goes; `None` if it has nothing of that.
fn without(going: &Going, instance: &Instance) -> Option<Instance> {
    let mut changed = instance.clone();
    changed
        .bindings
        .retain(|_, bound| !going.buses.contains(&bound.bus));
    let leaves =
        |key: &PartitionKey| going.ecus.contains(&key.ecu) || going.partitions.contains(key);
    if changed.partition.as_ref().is_some_and(leaves) {
        changed.partition = None;
    }
    (changed != *instance).then_some(changed)
}
