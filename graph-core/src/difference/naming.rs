//! New names that are known from elsewhere, such as from UUIDs, and not guessed from what differs:
//! a document is given them before it is compared or merged. Knows nothing of where they come from.

use crate::document::{ComponentId, Document, End, InstanceId, RteEvent};
use std::collections::{BTreeMap, BTreeSet};

/// New names by the old ones.
pub type Names = BTreeMap<String, String>;

/// New names of a document's things; whatever they belong to is called by its old name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    pub components: Names,
    /// By component or composition.
    pub ports: BTreeMap<String, Names>,
    /// By the composition that they stand in; `None`: the system.
    pub instances: BTreeMap<Option<String>, Names>,
    pub ecus: Names,
    pub buses: Names,
    /// By bus.
    pub messages: BTreeMap<String, Names>,
    /// By bus and message.
    pub signals: BTreeMap<(String, String), Names>,
}

impl Naming {
    /// Without the names that other things of the document have, which keep theirs.
    pub fn without_clashes(mut self, document: &Document) -> Naming {
        let components = document.components.values().map(|one| one.name.as_str());
        keep_free(&mut self.components, components);
        keep_free(
            &mut self.ecus,
            document.ecus.values().map(|one| one.name.as_str()),
        );
        keep_free(
            &mut self.buses,
            document.buses.values().map(|one| one.name.as_str()),
        );
        for (place, names) in &mut self.instances {
            let composition = place.as_deref().map(|name| document.component_named(name));
            match composition {
                Some(None) => names.clear(),
                Some(Some(id)) => {
                    keep_free(
                        names,
                        document.parts(Some(id)).map(|(_, one)| one.name.as_str()),
                    );
                }
                None => keep_free(
                    names,
                    document.parts(None).map(|(_, one)| one.name.as_str()),
                ),
            }
        }
        for (component, names) in &mut self.ports {
            if let Some(id) = document.component_named(component) {
                keep_free(
                    names,
                    document.ports_of(id).map(|(_, one)| one.name.as_str()),
                );
            }
        }
        self
    }

    /// Gives the document the new names.
    pub fn apply(&self, document: &mut Document) {
        let ports = self.ports_by_instance(document);
        let signals = self.renamed_signals(document);
        for connector in document.connectors.values_mut() {
            for end in [&mut connector.from, &mut connector.to] {
                let names = end.instance().and_then(|id| ports.get(&id));
                if let Some(new) = names.and_then(|names| names.get(end.port()?)) {
                    *end = end.clone().of_port(new);
                }
                if let Some(new) = signals.get(&*end) {
                    *end = new.clone();
                }
            }
        }
        for (id, instance) in &mut document.instances {
            let Some(names) = ports.get(id) else {
                continue;
            };
            for activation in &mut instance.activations {
                rename(names, &mut activation.runnable.port);
                if let RteEvent::ModeSwitch { port, .. } = &mut activation.event {
                    rename(names, port);
                }
                activation.disabled_in = renamed_keys(names, &activation.disabled_in);
            }
            instance.parameters = renamed_keys(names, &instance.parameters);
            instance.bindings = renamed_keys(names, &instance.bindings);
        }
        for (id, port) in &mut document.ports {
            if let Some(names) = ports.get(id) {
                rename(names, &mut port.name);
            }
        }
        for pdu in document.pdus.values_mut() {
            let bus = document.buses.get(&pdu.bus);
            if let Some(names) = bus.and_then(|bus| self.messages.get(&bus.name)) {
                rename(names, &mut pdu.message);
            }
        }
        let places = document.components.iter();
        let places: BTreeMap<ComponentId, String> =
            places.map(|(id, one)| (*id, one.name.clone())).collect();
        for instance in document.instances.values_mut() {
            let place = instance.composition.and_then(|id| places.get(&id).cloned());
            if let Some(names) = self.instances.get(&place) {
                rename(names, &mut instance.name);
            }
        }
        for component in document.components.values_mut() {
            rename(&self.components, &mut component.name);
        }
        for ecu in document.ecus.values_mut() {
            rename(&self.ecus, &mut ecu.name);
        }
        for bus in document.buses.values_mut() {
            rename(&self.buses, &mut bus.name);
        }
    }

    /// New names of ports by the instance, or port of a composition, at which they are.
    fn ports_by_instance(&self, document: &Document) -> BTreeMap<InstanceId, &Names> {
        let of = |component: ComponentId| {
            let component = document.components.get(&component)?;
            self.ports.get(&component.name)
        };
        let instances = document.instances.iter();
        let instances = instances.filter_map(|(id, one)| Some((*id, of(one.component)?)));
        let ports = document.ports.iter();
        let ports = ports.filter_map(|(id, one)| Some((*id, of(one.composition)?)));
        instances.chain(ports).collect()
    }

    /// Ends at signals that are called otherwise now.
    fn renamed_signals(&self, document: &Document) -> BTreeMap<End, End> {
        let ends = document.connectors.values();
        let ends: BTreeSet<&End> = ends.flat_map(|one| [&one.from, &one.to]).collect();
        let renamed = ends.into_iter().filter_map(|end| {
            let End::Signal {
                bus,
                message,
                signal,
            } = end
            else {
                return None;
            };
            let name = &document.buses.get(bus)?.name;
            let key = (name.clone(), message.clone());
            let mut new = (message.clone(), signal.clone());
            if let Some(names) = self.signals.get(&key) {
                rename(names, &mut new.1);
            }
            if let Some(names) = self.messages.get(name) {
                rename(names, &mut new.0);
            }
            let new = End::Signal {
                bus: *bus,
                message: new.0,
                signal: new.1,
            };
            Some((end.clone(), new))
        });
        renamed.collect()
    }
}

/// Takes out what would be called as something that keeps its name.
fn keep_free<'a>(names: &mut Names, there: impl Iterator<Item = &'a str>) {
    let there: BTreeSet<&str> = there.collect();
    loop {
        let is_taken = |new: &String| there.contains(new.as_str()) && !names.contains_key(new);
        let taken: Vec<String> = names
            .iter()
            .filter(|(_, new)| is_taken(new))
            .map(|(old, _)| old.clone())
            .collect();
        if taken.is_empty() {
            return;
        }
        for old in taken {
            names.remove(&old);
        }
    }
}

fn rename(names: &Names, name: &mut String) {
    if let Some(new) = names.get(name) {
        name.clone_from(new);
    }
}

/// Keys are ports, or `PORT#FUNCTION`.
fn renamed_keys<T: Clone>(names: &Names, things: &BTreeMap<String, T>) -> BTreeMap<String, T> {
    let things = things.iter().map(|(key, thing)| {
        let (port, rest) = match key.split_once('#') {
            Some((port, function)) => (port, Some(function)),
            None => (key.as_str(), None),
        };
        let port = names.get(port).map_or(port, String::as_str);
        let key = match rest {
            Some(function) => format!("{port}#{function}"),
            None => port.to_owned(),
        };
        (key, thing.clone())
    });
    things.collect()
}
