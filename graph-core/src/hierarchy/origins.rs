//! Where the things of a flat system come from, and what is said of them said of those.

use super::{across, flatten::Flat, given};
use crate::{
    capability::CAPABILITIES,
    diagnostic::{Diagnostic, Fix},
    document::*,
    edit::Edit,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where something of a flat system stands in the document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin<T> {
    /// The instances of compositions on the way to it, from the system on.
    pub path: Vec<InstanceId>,
    pub subject: T,
}

/// By flat numbers; of a document without compositions everything is where it is.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    is_hierarchy: bool,
    pub(super) instances: BTreeMap<InstanceId, Origin<InstanceId>>,
    pub(super) connectors: BTreeMap<ConnectorId, Origin<ConnectorId>>,
    /// What is bound by the compositions that an instance stands in, whatever it binds itself.
    pub(super) bound: BTreeMap<InstanceId, BTreeSet<String>>,
    /// The flat connectors that a connector is a part of.
    shown: BTreeMap<Origin<ConnectorId>, Vec<ConnectorId>>,
}

impl Origins {
    pub(super) fn of_hierarchy() -> Origins {
        Origins {
            is_hierarchy: true,
            ..Origins::default()
        }
    }

    pub(super) fn note(&mut self, flat: ConnectorId, origin: Origin<ConnectorId>) {
        self.shown.entry(origin).or_default().push(flat);
    }

    /// Where a flat instance comes from.
    pub fn instance(&self, flat: InstanceId) -> Option<Origin<InstanceId>> {
        match self.is_hierarchy {
            true => self.instances.get(&flat).cloned(),
            false => Some(Origin {
                path: Vec::new(),
                subject: flat,
            }),
        }
    }

    /// Where a flat connector comes from: what was drawn nearest to the top.
    pub fn connector(&self, flat: ConnectorId) -> Option<Origin<ConnectorId>> {
        match self.is_hierarchy {
            true => self.connectors.get(&flat).cloned(),
            false => Some(Origin {
                path: Vec::new(),
                subject: flat,
            }),
        }
    }

    /// The flat connectors that go over a connector, or a delegation, in that place.
    pub fn connectors_over(&self, path: &[InstanceId], connector: ConnectorId) -> Vec<ConnectorId> {
        if !self.is_hierarchy {
            return vec![connector];
        }
        let origin = Origin {
            path: path.to_vec(),
            subject: connector,
        };
        self.shown.get(&origin).cloned().unwrap_or_default()
    }

    /// The first of them.
    pub fn first_over(&self, path: &[InstanceId], connector: ConnectorId) -> Option<ConnectorId> {
        match self.is_hierarchy {
            false => Some(connector),
            true => self.connectors_over(path, connector).first().copied(),
        }
    }

    /// The flat instance that a part is in that place.
    pub fn instance_at(&self, path: &[InstanceId], part: InstanceId) -> Option<InstanceId> {
        if !self.is_hierarchy {
            return Some(part);
        }
        let is_it = |origin: &Origin<InstanceId>| origin.subject == part && origin.path == path;
        // A part that is there once has its own number.
        if self.instances.get(&part).is_some_and(is_it) {
            return Some(part);
        }
        let mut all = self.instances.iter();
        all.find(|(_, origin)| is_it(origin)).map(|(flat, _)| *flat)
    }
}

impl Flat<'_> {
    /// A finding about the flat system as one about the document. A fix that cannot be carried out
    /// there, such as turning a connector round that goes through ports, is advice.
    pub(crate) fn lift(&self, source: &Document, mut found: Diagnostic) -> Diagnostic {
        let (subject, path) = self.lift_subject(&found.subject);
        (found.subject, found.scope) = (subject, path);
        for fix in std::mem::take(&mut found.fixes) {
            let title = fix.title.clone();
            match self.lift_fix(source, fix) {
                Some(fix) => found.fixes.push(fix),
                None => found.help = Some(advised(found.help.take(), &title)),
            }
        }
        found
    }

    fn lift_fix(&self, source: &Document, fix: Fix) -> Option<Fix> {
        let mut lifted = Fix {
            title: fix.title,
            edits: Vec::new(),
        };
        let mut outer = BTreeSet::new();
        for edit in fix.edits {
            let (edits, on) = self.lift_edit(source, edit)?;
            lifted.edits.extend(edits);
            outer.extend(on);
        }
        if !outer.is_empty() {
            let name = |id| Some(format!("`{}`", source.instances.get(&id)?.name));
            let names: Vec<String> = outer.into_iter().filter_map(name).collect();
            lifted.title = format!("{}, on {}", lifted.title, names.join(" and "));
        }
        Some(lifted)
    }

    fn lift_subject(&self, subject: &Subject) -> (Subject, Vec<InstanceId>) {
        let origin = |id: &InstanceId| self.origins.instance(*id);
        match subject {
            Subject::Instance(id) => match origin(id) {
                Some(origin) => (Subject::Instance(origin.subject), origin.path),
                None => (subject.clone(), Vec::new()),
            },
            Subject::Port {
                instance,
                direction,
                port,
            } => match origin(instance) {
                Some(origin) => {
                    let port = Subject::Port {
                        instance: origin.subject,
                        direction: *direction,
                        port: port.clone(),
                    };
                    (port, origin.path)
                }
                None => (subject.clone(), Vec::new()),
            },
            Subject::Connector(id) => match self.origins.connector(*id) {
                Some(origin) => (Subject::Connector(origin.subject), origin.path),
                None => (subject.clone(), Vec::new()),
            },
            _ => (subject.clone(), Vec::new()),
        }
    }

    /// The edits of the document that do the same, and the instances of compositions around a part
    /// that are changed instead of it.
    fn lift_edit(&self, source: &Document, edit: Edit) -> Option<given::Outer> {
        let edit = match edit {
            Edit::ChangeInstance(id, changed) => return self.lift_instance(source, id, changed),
            Edit::ChangeConnector(id, changed) => self.lift_connector(source, id, changed)?,
            Edit::Disconnect(id) => Edit::Disconnect(self.origins.connector(id)?.subject),
            Edit::Connect(id, mut connector) => match self.lift_ends(&connector) {
                Some((from, to)) => {
                    (connector.from, connector.to) = (from, to);
                    Edit::Connect(id, connector)
                }
                None => {
                    let [from, to] = [&connector.from, &connector.to]
                        .map(|end| self.origins.instance(end.instance()?));
                    let edits = across::connect(source, &connector, &from?, &to?)?;
                    return Some((edits, BTreeSet::new()));
                }
            },
            Edit::InsertInstance(..)
            | Edit::RemoveInstance(_)
            | Edit::Move(..)
            | Edit::Reroute(..) => return None,
            other => other,
        };
        Some((vec![edit], BTreeSet::new()))
    }

    /// What was changed of the flat instance is changed of the part.
    fn lift_instance(
        &self,
        source: &Document,
        id: InstanceId,
        changed: Instance,
    ) -> Option<given::Outer> {
        let before = self.document.instances.get(&id)?;
        let origin = self.origins.instance(id)?;
        let mut part = source.instances.get(&origin.subject)?.clone();
        if changed.name != before.name || changed.component != before.component {
            return None;
        }
        if changed.partition != before.partition {
            let outer = |id: &InstanceId| source.instances.get(id)?.partition.clone();
            if origin.path.iter().find_map(outer).is_some() {
                return None;
            }
            part.partition.clone_from(&changed.partition);
        }
        let is_rebound = |key: &String| before.bindings.get(key) != changed.bindings.get(key);
        let given = self.origins.bound.get(&id);
        if given.is_some_and(|keys| keys.iter().any(is_rebound)) {
            return given::binding(source, &origin, before, &changed);
        }
        part.bindings.retain(|key, _| {
            !before.bindings.contains_key(key) || changed.bindings.contains_key(key)
        });
        let bindings = changed.bindings.iter();
        let new = bindings.filter(|(key, bound)| before.bindings.get(*key) != Some(bound));
        part.bindings
            .extend(new.map(|(key, bound)| (key.clone(), bound.clone())));
        part.activations.clone_from(&changed.activations);
        part.blocks.clone_from(&changed.blocks);
        part.configuration.clone_from(&changed.configuration);
        part.parameters.clone_from(&changed.parameters);
        part.nv_data.clone_from(&changed.nv_data);
        if changed.capabilities != before.capabilities {
            let outer = origin.path.iter();
            let outer: Vec<&Instance> = outer.filter_map(|id| source.instances.get(id)).collect();
            for capability in CAPABILITIES {
                let now = changed.capabilities.get(&capability);
                if now == before.capabilities.get(&capability) {
                    continue;
                }
                let is_given = |one: &&Instance| one.capabilities.contains_key(&capability);
                if outer.iter().any(is_given) {
                    return given::capabilities(source, &origin, before, &changed);
                }
                match now {
                    Some(now) => drop(part.capabilities.insert(capability, *now)),
                    None => drop(part.capabilities.remove(&capability)),
                }
            }
        }
        let edits = vec![Edit::ChangeInstance(origin.subject, part)];
        Some((edits, BTreeSet::new()))
    }

    fn lift_connector(
        &self,
        source: &Document,
        id: ConnectorId,
        changed: Connector,
    ) -> Option<Edit> {
        let before = self.document.connectors.get(&id)?;
        let origin = self.origins.connector(id)?.subject;
        let drawn = source.connectors.get(&origin)?;
        let (from, to) = match (&before.from, &before.to) == (&changed.from, &changed.to) {
            true => (drawn.from.clone(), drawn.to.clone()),
            false => self.lift_ends(&changed)?,
        };
        let changed = Connector {
            from,
            to,
            ..changed
        };
        Some(Edit::ChangeConnector(origin, changed))
    }

    /// Ends that are in one composition.
    fn lift_ends(&self, connector: &Connector) -> Option<(End, End)> {
        let mut paths = Vec::new();
        let mut lift = |end: &End| match end.instance() {
            Some(id) => {
                let origin = self.origins.instance(id)?;
                paths.push(origin.path);
                Some(end.at(origin.subject))
            }
            None => Some(end.clone()),
        };
        let ends = (lift(&connector.from)?, lift(&connector.to)?);
        let is_one = paths.windows(2).all(|pair| pair.first() == pair.last());
        is_one.then_some(ends)
    }
}

/// What the title of a fix says, said to do by hand.
fn advised(help: Option<String>, title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let by_hand: String = first.into_iter().chain(letters).collect();
    match help {
        Some(help) => format!("{help}; by hand: {by_hand}"),
        None => by_hand,
    }
}
