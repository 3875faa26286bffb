//! Wiring in one step of undo: an instance that comes with its wire, into a wire or out of it,
//! another component in an instance's place, a selection connected at once.

use super::{Effect, Item, Notice, NoticeKind, Session, connect::connector_for};
use crate::command::Command;
use autosar_wit::component::ComponentType;
use graph_core::{
    assist::{self, AutoConnection, Offer},
    check::{self, WireVerdict},
    document::{Connector, ConnectorId, Document, End, InstanceId},
    edit::Edit,
    hierarchy,
    resolve::Side,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

impl Session {
    pub(super) fn apply_wiring(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::InsertWired {
                component,
                at,
                start,
                side,
                end,
            } => self.insert_wired(&component, at, &start, side, &end),
            Command::InsertOnWire {
                component,
                at,
                wire,
            } => self.insert_on_wire(&component, at, wire),
            Command::Splice { instance, at, wire } => self.splice(instance, at, wire),
            Command::DeleteAndHeal => self.delete_and_heal(),
            Command::Swap {
                instance,
                component,
            } => self.swap(instance, &component),
            Command::AutoConnect => {
                self.view.auto_connection = Some(self.auto_connection());
                Vec::new()
            }
            Command::Rewire {
                connector,
                from,
                to,
            } => self.rewire(connector, from, to),
            Command::ConnectAll(connectors) => self.connect_all(connectors),
            _ => Vec::new(),
        }
    }

    /// Components that take the loose end of a wire, the best first.
    pub fn offers(&self, start: &End, side: Side) -> Vec<Offer> {
        let mut components: BTreeMap<String, Arc<ComponentType>> = self
            .shelf
            .iter()
            .map(|(name, entry)| (name.clone(), entry.component_type.clone()))
            .collect();
        for (id, component) in &self.document.components {
            if let Some(component_type) = self.component_type(*id) {
                components.insert(component.name.clone(), component_type.clone());
            }
        }
        assist::offers(&self.sheet(), start, side, &components)
    }

    fn insert_wired(
        &mut self,
        component: &str,
        at: (f32, f32),
        start: &End,
        side: Side,
        end: &End,
    ) -> Vec<Effect> {
        // It stands where the other end of its wire runs.
        if let Some(id) = start.instance() {
            self.selection = [Item::Instance(id)].into();
        }
        let Some(mut new) = self.insertion(component, at) else {
            return Vec::new();
        };
        let end = end.at(new.instance);
        let (from, to) = match side {
            Side::Source => (start.clone(), end),
            Side::Target => (end, start.clone()),
        };
        let wire = self
            .tried(&new.edits)
            .and_then(|document| connector_for(&self.sheet().with(&document), from, to));
        match wire {
            Ok(wire) => new.connect(wire),
            Err(reason) => self.fail(reason),
        }
        self.finish_insertion(new)
    }

    fn insert_on_wire(&mut self, name: &str, at: (f32, f32), wire: ConnectorId) -> Vec<Effect> {
        let Some(mut new) = self.insertion(name, at) else {
            return Vec::new();
        };
        let found = self
            .tried(&new.edits)
            .ok()
            .and_then(|document| assist::splice(&self.sheet().with(&document), wire, new.instance));
        match found {
            Some(found) => {
                new.edits.push(Edit::Disconnect(wire));
                new.connect(found.before);
                new.connect(found.after);
            }
            None => self.does_not_splice(name),
        }
        self.finish_insertion(new)
    }

    fn splice(&mut self, instance: InstanceId, at: (f32, f32), wire: ConnectorId) -> Vec<Effect> {
        let mut edits = vec![Edit::Move(instance, Some(at))];
        let name = self.instance_name(instance);
        match assist::splice(&self.sheet(), wire, instance) {
            Some(found) => {
                let mut ids = self.document.new_ids();
                edits.push(Edit::Disconnect(wire));
                edits.push(Edit::Connect(ids.connector(), found.before));
                edits.push(Edit::Connect(ids.connector(), found.after));
            }
            None => self.does_not_splice(&name),
        }
        self.step(format!("Put `{name}` into a wire"), edits)
    }

    fn does_not_splice(&mut self, name: &str) {
        self.notices.push(Notice {
            kind: NoticeKind::Warning,
            text: format!(
                "`{name}` was not put into the wire: it needs a port that takes what the wire brings and one that gives what its receiver needs"
            ),
        });
    }

    fn delete_and_heal(&mut self) -> Vec<Effect> {
        let instances: Vec<InstanceId> = self.selected_instances().into_iter().collect();
        let (edits, healed) = assist::heal(&self.sheet(), &instances);
        let name = match healed {
            0 => "Delete".to_owned(),
            1 => "Delete and heal a wire".to_owned(),
            count => format!("Delete and heal {count} wires"),
        };
        self.step(name, edits)
    }

    fn swap(&mut self, instance: InstanceId, name: &str) -> Vec<Effect> {
        let mut ids = self.document.new_ids();
        let Some((component, mut edits)) = self.component_for(name, &mut ids) else {
            return Vec::new();
        };
        let swap = assist::swap(&self.sheet(), instance, component);
        edits.extend(swap.edits);
        let label = self.instance_name(instance);
        let effects = self.step(format!("Make `{label}` a `{name}`"), edits);
        let mut words = Vec::new();
        if !swap.moved.is_empty() {
            words.push(format!(
                "end at another port now: {}",
                swap.moved.join(", ")
            ));
        }
        if !swap.lost.is_empty() {
            words.push(format!("do not fit and are gone: {}", swap.lost.join(", ")));
        }
        if !words.is_empty() {
            self.notices.push(Notice {
                kind: NoticeKind::Warning,
                text: format!("wires of `{label}` that {}", words.join("; that ")),
            });
        }
        effects
    }

    fn auto_connection(&self) -> AutoConnection {
        let selected = self.selected_instances();
        let all = || self.document().instances.keys().copied().collect();
        let instances: BTreeSet<InstanceId> = match selected.len() {
            0 | 1 => all(),
            _ => selected,
        };
        assist::auto_connect(&self.sheet(), &instances)
    }

    /// Whole required ports without a sender.
    pub fn open_receivers(&self) -> Vec<End> {
        let all = self.document().instances.keys().copied().collect();
        assist::open_ports(self.document(), &self.library, &all)
    }

    /// Senders that fit a receiver, as if its wire were not there.
    pub fn senders(&self, to: &End, without: Option<ConnectorId>) -> Vec<End> {
        let mut document = self.document().clone();
        if let Some(id) = without {
            document.connectors.remove(&id);
        }
        let found = check::candidates(&self.sheet().with(&document), to, Side::Target);
        let fitting = found
            .into_iter()
            .filter(|one| matches!(one.verdict, WireVerdict::Fits { .. }));
        fitting.map(|one| one.end).collect()
    }

    fn rewire(
        &mut self,
        connector: Option<ConnectorId>,
        from: Option<End>,
        to: End,
    ) -> Vec<Effect> {
        let old = connector.and_then(|id| self.document.connectors.get(&id).cloned());
        let mut edits: Vec<Edit> = connector.map(Edit::Disconnect).into_iter().collect();
        let Some(from) = from else {
            return self.step("Disconnect".into(), edits);
        };
        let made = self
            .tried(&edits)
            .and_then(|document| connector_for(&self.sheet().with(&document), from, to));
        match made {
            Ok(mut wire) => {
                // A buffer's properties are its receiver's, whoever sends.
                if let Some(old) = old.filter(|old| old.kind.is_direct() == wire.kind.is_direct()) {
                    wire.kind = old.kind;
                    wire.probe = old.probe;
                }
                edits.push(Edit::Connect(self.document.new_ids().connector(), wire));
                self.step("Connect another sender".into(), edits)
            }
            Err(reason) => {
                self.fail(reason);
                Vec::new()
            }
        }
    }

    fn connect_all(&mut self, connectors: Vec<Connector>) -> Vec<Effect> {
        self.view.auto_connection = None;
        let mut ids = self.document.new_ids();
        let name = match connectors.len() {
            1 => "Connect".to_owned(),
            count => format!("Connect {count} wires"),
        };
        let edits = connectors
            .into_iter()
            .map(|wire| Edit::Connect(ids.connector(), wire))
            .collect();
        self.step(name, edits)
    }

    /// What is shown as these edits would leave it.
    fn tried(&self, edits: &[Edit]) -> Result<Document, String> {
        let mut document = self.document.clone();
        match document.apply_batch(edits.to_vec()) {
            Ok(_) if document.has_compositions() => Ok(hierarchy::view(&document, self.scope())),
            Ok(_) => Ok(document),
            Err(error) => Err(error.to_string()),
        }
    }

    fn instance_name(&self, id: InstanceId) -> String {
        let instance = self.document.instances.get(&id);
        instance.map_or_else(String::new, |instance| instance.name.clone())
    }
}
