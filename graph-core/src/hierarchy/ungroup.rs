//! An instance of a composition that is taken apart: its parts stand where it stood, and are called
//! in the running system what they were. Applies nothing.

use super::{group::middle, names::joined, port::split_key};
use crate::{document::*, edit::Edit};
use std::collections::BTreeMap;

/// The edits that put the parts of an instance in its place, and the parts. The composition goes with
/// its last instance; else the parts are copies. `None`: that is no instance of a composition.
pub fn ungroup(document: &Document, group: InstanceId) -> Option<(Vec<Edit>, Vec<InstanceId>)> {
    let standing = document.instances.get(&group)?;
    if !document.is_composition(standing.component) {
        return None;
    }
    let mut apart = Apart {
        document,
        group,
        standing,
        is_last: document.instances_of(standing.component).count() == 1,
        ids: document.new_ids(),
        numbers: BTreeMap::new(),
        connected: Vec::new(),
    };
    for (id, _) in document.parts(Some(standing.component)) {
        let number = match apart.is_last {
            true => id,
            false => apart.ids.instance(),
        };
        apart.numbers.insert(id, number);
    }
    let edits = apart.edits();
    Some((edits, apart.numbers.into_values().collect()))
}

struct Apart<'a> {
    document: &'a Document,
    group: InstanceId,
    standing: &'a Instance,
    /// No other instance needs the composition.
    is_last: bool,
    ids: NewIds,
    /// Of each part the number that it has afterwards.
    numbers: BTreeMap<InstanceId, InstanceId>,
    connected: Vec<Edit>,
}

impl Apart<'_> {
    fn edits(&mut self) -> Vec<Edit> {
        let (document, composition) = (self.document, self.standing.component);
        let outer: Vec<ConnectorId> = document.connectors_of(self.group).collect();
        let inner = document.connectors.iter();
        let inner: Vec<ConnectorId> = inner
            .filter(|(_, one)| document.scope_of(one) == Some(composition))
            .map(|(id, _)| *id)
            .collect();
        let mut edits: Vec<Edit> = outer.iter().map(|id| Edit::Disconnect(*id)).collect();
        if self.is_last {
            edits.extend(inner.iter().map(|id| Edit::Disconnect(*id)));
        }
        edits.extend(self.unplaced(self.group));
        edits.extend(self.notes());
        edits.push(Edit::RemoveInstance(self.group));
        edits.extend(self.parts());
        if self.is_last {
            for (id, _) in document.ports_of(composition) {
                edits.extend(self.unplaced(id));
                edits.push(Edit::RemovePort(id));
            }
            edits.push(Edit::RemoveComponent(composition));
        }
        for id in inner {
            self.inner(id);
        }
        for id in outer {
            self.outer(id);
        }
        edits.append(&mut self.connected);
        edits
    }

    /// What was said of all of them stays where it lies: on the part if there is but one, else on
    /// nothing.
    fn notes(&self) -> impl Iterator<Item = Edit> {
        let mut parts = self.numbers.values();
        let only = parts.next().filter(|_| self.is_last && parts.len() == 0);
        let on_group = |note: &&Note| note.instance == Some(self.group);
        let notes = self.document.notes.iter();
        notes
            .filter(move |(_, note)| on_group(note))
            .map(move |(id, note)| {
                let mut moved = note.clone();
                moved.instance = only.copied();
                Edit::ChangeNote(*id, moved)
            })
    }

    fn unplaced(&self, id: InstanceId) -> Option<Edit> {
        let is_placed = self.document.layout.positions.contains_key(&id);
        is_placed.then_some(Edit::Move(id, None))
    }

    fn parts(&self) -> Vec<Edit> {
        let positions = &self.document.layout.positions;
        let places = self.numbers.keys().filter_map(|id| positions.get(id));
        let shift = match (middle(places), positions.get(&self.group)) {
            (Some(from), Some(to)) => (to.0 - from.0, to.1 - from.1),
            _ => (0.0, 0.0),
        };
        let mut edits = Vec::new();
        for (id, number) in &self.numbers {
            let Some(part) = self.document.instances.get(id) else {
                continue;
            };
            let part = self.outside(*id, part);
            edits.push(match self.is_last {
                true => Edit::ChangeInstance(*number, part),
                false => Edit::InsertInstance(*number, part),
            });
            if let Some((x, y)) = positions.get(id)
                && (shift != (0.0, 0.0) || number != id)
            {
                edits.push(Edit::Move(*number, Some((x + shift.0, y + shift.1))));
            }
        }
        edits
    }

    /// The part as it stands outside.
    fn outside(&self, id: InstanceId, part: &Instance) -> Instance {
        let before = self.standing.prefix.as_ref().unwrap_or(&self.standing.name);
        let mut outside = part.clone();
        outside.composition = self.standing.composition;
        outside.name = joined(before, &part.name);
        outside.prefix = part.prefix.as_ref().map(|prefix| joined(before, prefix));
        outside.partition = self.standing.partition.clone().or(outside.partition);
        outside.capabilities.extend(&self.standing.capabilities);
        if self.document.is_composition(part.component) {
            self.free(&mut outside);
        }
        for (key, binding) in &self.standing.bindings {
            let (port, rest) = split_key(key);
            for end in self.behind(port) {
                if end.instance() == Some(id) {
                    let port = end.port().unwrap_or_default();
                    let key = format!("{port}{rest}");
                    outside.bindings.insert(key, binding.clone());
                }
            }
        }
        outside
    }

    /// A composition whose name is taken there gets another one, and its parts keep theirs.
    fn free(&self, outside: &mut Instance) {
        let others = self.document.parts(outside.composition);
        let mut others = others.filter(|(id, _)| *id != self.group);
        if others.any(|(_, other)| other.name.eq_ignore_ascii_case(&outside.name)) {
            let free = self
                .document
                .free_instance_name(outside.composition, &outside.name);
            let before = std::mem::replace(&mut outside.name, free);
            outside.prefix.get_or_insert(before);
        }
    }

    fn behind(&self, port: &str) -> Vec<&End> {
        let port = self.document.port_named(self.standing.component, port);
        let behind = port.into_iter();
        behind
            .flat_map(|port| self.document.delegations(port))
            .map(|(_, end)| end)
            .collect()
    }

    /// A connector between two parts goes with them.
    fn inner(&mut self, id: ConnectorId) {
        let Some(connector) = self.document.connectors.get(&id) else {
            return;
        };
        if self.document.is_delegation(connector) {
            return;
        }
        let number = match self.is_last {
            true => id,
            false => self.ids.connector(),
        };
        let follow = |end: &End| {
            let number = end.instance().and_then(|id| self.numbers.get(&id));
            number.map_or_else(|| end.clone(), |number| end.at(*number))
        };
        let moved = Connector {
            from: follow(&connector.from),
            to: follow(&connector.to),
            ..connector.clone()
        };
        self.connected.push(Edit::Connect(number, moved));
        if number != id
            && let Some(points) = self.document.layout.reroute_points.get(&id)
        {
            self.connected.push(Edit::Reroute(number, points.clone()));
        }
    }

    /// A connector to the instance leads to what stood behind its port.
    fn outer(&mut self, id: ConnectorId) {
        let Some(connector) = self.document.connectors.get(&id) else {
            return;
        };
        let (from, to) = (self.landings(&connector.from), self.landings(&connector.to));
        let mut numbers = vec![id];
        for from in &from {
            for to in &to {
                let number = numbers.pop().unwrap_or_else(|| self.ids.connector());
                let landed = Connector {
                    from: from.clone(),
                    to: to.clone(),
                    ..connector.clone()
                };
                self.connected.push(Edit::Connect(number, landed));
            }
        }
    }

    fn landings(&self, end: &End) -> Vec<End> {
        if end.instance() != Some(self.group) {
            return vec![end.clone()];
        }
        let land = |behind: &End| {
            let number = *self.numbers.get(&behind.instance()?)?;
            Some(end.at(number).of_port(behind.port()?))
        };
        let behind = self.behind(end.port().unwrap_or_default());
        behind.into_iter().filter_map(land).collect()
    }
}
