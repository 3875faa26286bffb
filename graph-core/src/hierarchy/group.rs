//! Instances that become one composition, and ports that lead to its outside. What the system does
//! stays what it is: the flat system is the same before and after. Applies nothing.

use super::names::short;
use crate::{document::*, edit::Edit, resolve::Side};
use autosar_wit::{component::Direction, names};
use std::collections::{BTreeMap, BTreeSet};

/// The edits that make a composition of some instances.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    pub edits: Vec<Edit>,
    /// The instance that stands for them.
    pub instance: InstanceId,
    pub name: String,
}

/// Makes a composition of these instances, with a port for each of theirs that leads elsewhere. The
/// parts keep their names and partitions. `None` where there are none; those that stand in another
/// composition than the first are left out.
pub fn group(
    document: &Document,
    instances: &BTreeSet<InstanceId>,
    name: &str,
) -> Option<Grouping> {
    let scope = instances
        .iter()
        .find_map(|id| Some(document.instances.get(id)?.composition))?;
    let parts = document.parts(scope);
    let parts: BTreeMap<InstanceId, &Instance> =
        parts.filter(|(id, _)| instances.contains(id)).collect();
    let mut ids = document.new_ids();
    let (composition, group) = (ids.component(), ids.instance());
    let type_name = free_component_name(document, name);
    let name = document.free_instance_name(scope, name);
    let mut ports = Ports::new(document, composition, ids);
    let touched = document.connectors.iter().filter(|(_, connector)| {
        let ends = [&connector.from, &connector.to].into_iter();
        ends.filter_map(|end| end.instance())
            .any(|id| parts.contains_key(&id))
    });
    let touched: Vec<(ConnectorId, &Connector)> = touched.map(|(id, one)| (*id, one)).collect();
    let mut connected = Vec::new();
    for (id, connector) in &touched {
        let mut after = (*connector).clone();
        let is_part = |end: &End| end.instance().is_some_and(|id| parts.contains_key(&id));
        match (is_part(&connector.from), is_part(&connector.to)) {
            (true, false) => after.from = ports.outside(&connector.from, Side::Source, group)?,
            (false, true) => after.to = ports.outside(&connector.to, Side::Target, group)?,
            _ => {}
        }
        connected.push(Edit::Connect(*id, after));
    }
    let mut edits = vec![Edit::InsertComponent(
        composition,
        Component {
            name: type_name,
            source: ComponentSource::Composition,
        },
    )];
    edits.extend(touched.iter().map(|(id, _)| Edit::Disconnect(*id)));
    for (id, part) in &parts {
        let inside = Instance {
            composition: Some(composition),
            ..(*part).clone()
        };
        edits.push(Edit::ChangeInstance(*id, inside));
    }
    let standing = Instance {
        name: name.clone(),
        composition: scope,
        component: composition,
        prefix: Some(String::new()),
        partition: None,
        activations: Vec::new(),
        bindings: BTreeMap::new(),
        blocks: BTreeMap::new(),
        configuration: BTreeMap::new(),
        parameters: BTreeMap::new(),
        nv_data: BTreeMap::new(),
        capabilities: BTreeMap::new(),
    };
    edits.push(Edit::InsertInstance(group, standing));
    // Compositions have no notes: what is said of a part stands on the box that shows it.
    for (id, note) in &document.notes {
        if note.instance.is_some_and(|on| parts.contains_key(&on)) {
            let mut moved = note.clone();
            moved.instance = Some(group);
            edits.push(Edit::ChangeNote(*id, moved));
        }
    }
    let places = parts
        .keys()
        .filter_map(|id| document.layout.positions.get(id));
    edits.extend(middle(places).map(|at| Edit::Move(group, Some(at))));
    edits.extend(ports.edits);
    edits.extend(connected);
    Some(Grouping {
        edits,
        instance: group,
        name,
    })
}

/// The edits that give a composition a port for a part's port, whatever of it the end is, and the
/// number of the port; `None`: the end is no part of a composition.
pub fn delegate(document: &Document, end: &End, side: Side) -> Option<(InstanceId, Vec<Edit>)> {
    let composition = document.instances.get(&end.instance()?)?.composition?;
    let mut ports = Ports::new(document, composition, document.new_ids());
    let outside = ports.outside(end, side, InstanceId(0))?;
    let inserted = ports.edits.iter().find_map(|edit| match edit {
        Edit::InsertPort(id, port) if Some(port.name.as_str()) == outside.port() => Some(*id),
        _ => None,
    });
    Some((inserted?, ports.edits))
}

/// The way of a port that an end is in: runnables are provided, whichever way their values go.
fn direction(end: &End, side: Side) -> Direction {
    match (end, side) {
        (End::Parameter { .. }, _) | (_, Side::Source) => Direction::Provided,
        (_, Side::Target) => Direction::Required,
    }
}

/// Ports on their way into a composition.
pub(super) struct Ports<'a> {
    document: &'a Document,
    composition: ComponentId,
    pub(super) ids: NewIds,
    known: BTreeMap<(InstanceId, Direction, String), String>,
    taken: BTreeSet<String>,
    pub(super) edits: Vec<Edit>,
}

impl<'a> Ports<'a> {
    pub(super) fn new(document: &'a Document, composition: ComponentId, ids: NewIds) -> Ports<'a> {
        let taken = document.ports_of(composition);
        let taken = taken.map(|(_, port)| port.name.to_ascii_lowercase());
        Ports {
            document,
            composition,
            ids,
            known: BTreeMap::new(),
            taken: taken.collect(),
            edits: Vec::new(),
        }
    }

    /// The end as seen from outside, where `group` stands for the part.
    pub(super) fn outside(&mut self, end: &End, side: Side, group: InstanceId) -> Option<End> {
        let (part, port) = (end.instance()?, end.port()?);
        let key = (part, direction(end, side), port.to_owned());
        let name = match self.known.get(&key) {
            Some(known) => known.clone(),
            None => {
                let name = self.insert(&key)?;
                self.known.insert(key, name.clone());
                name
            }
        };
        Some(end.at(group).of_port(&name))
    }

    fn insert(&mut self, key: &(InstanceId, Direction, String)) -> Option<String> {
        let (part, direction, port) = key;
        let is_taken = |name: &str| self.taken.contains(&name.to_ascii_lowercase());
        let name = match is_taken(port) {
            false => port.clone(),
            true => {
                let owner = &self.document.instances.get(part)?.name;
                names::unique(
                    &names::to_label(&format!("{owner}-{}", short(port))),
                    is_taken,
                )
            }
        };
        self.taken.insert(name.to_ascii_lowercase());
        let (id, delegation) = (self.ids.instance(), self.ids.connector());
        let inserted = DelegationPort {
            name: name.clone(),
            composition: self.composition,
            direction: *direction,
        };
        let outer = End::Port {
            instance: id,
            port: name.clone(),
        };
        let inner = End::Port {
            instance: *part,
            port: port.clone(),
        };
        let (from, to) = match direction {
            Direction::Required => (outer, inner),
            Direction::Provided => (inner, outer),
        };
        self.edits.push(Edit::InsertPort(id, inserted));
        self.edits.push(Edit::Connect(
            delegation,
            Connector {
                from,
                to,
                kind: ConnectorKind::Direct,
                accept_version: false,
                probe: false,
                adapter: None,
            },
        ));
        Some(name)
    }
}

fn free_component_name(document: &Document, base: &str) -> String {
    let is_taken = |name: &str| {
        let mut others = document.components.values();
        others.any(|other| other.name.eq_ignore_ascii_case(name))
    };
    names::unique(base, is_taken)
}

/// The middle of some places.
pub(super) fn middle<'a>(places: impl Iterator<Item = &'a (f32, f32)>) -> Option<(f32, f32)> {
    let places: Vec<(f32, f32)> = places.copied().collect();
    let bounds = places
        .iter()
        .copied()
        .map(|at| (at, at))
        .reduce(|(low, high), (at, _)| {
            let low = (low.0.min(at.0), low.1.min(at.1));
            (low, (high.0.max(at.0), high.1.max(at.1)))
        });
    bounds.map(|(low, high)| ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0))
}
