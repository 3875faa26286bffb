//! The types of compositions, from what stands behind their ports. Derived, never stored.

use super::ends::Index;
use crate::{
    document::*,
    library::{Entry, Library},
};
use autosar_wit::component::{ComponentType, Direction, Origin, Port};
use std::{collections::BTreeMap, sync::Arc};

/// Types for a library that shows compositions: of each composition, and under the number of each of
/// its ports that of the component that stands for the port inside, which provides what the port
/// requires outside. A port behind which there is nothing has no type.
pub fn types(document: &Document, library: &Library) -> BTreeMap<ComponentId, Entry> {
    let mut types = Types {
        document,
        library,
        index: Index::new(document),
        known: BTreeMap::new(),
    };
    for composition in document.compositions() {
        types.of(composition);
    }
    let mut entries = BTreeMap::new();
    for (id, port) in &document.ports {
        let composition = types.known.get(&port.composition);
        let outer = composition.and_then(|one| find(one, port.direction, &port.name));
        let mirrored = outer.cloned().map(|outer| Port {
            direction: match outer.direction {
                Direction::Required => Direction::Provided,
                Direction::Provided => Direction::Required,
            },
            ..outer
        });
        let inside = component(port.name.clone(), mirrored.into_iter().collect());
        entries.insert(ComponentId(id.0), loaded(Arc::new(inside)));
    }
    let compositions = types.known.into_iter();
    entries.extend(compositions.map(|(id, composition)| (id, loaded(composition))));
    entries
}

struct Types<'a> {
    document: &'a Document,
    library: &'a Library,
    index: Index<'a>,
    known: BTreeMap<ComponentId, Arc<ComponentType>>,
}

impl Types<'_> {
    fn of(&mut self, id: ComponentId) -> Option<Arc<ComponentType>> {
        if let Some(known) = self.known.get(&id) {
            return Some(known.clone());
        }
        if !self.document.is_composition(id) {
            return match self.library.components.get(&id)? {
                Entry::Loaded { component_type, .. } => Some(component_type.clone()),
                Entry::Missing { .. } => None,
            };
        }
        let document = self.document;
        let mut ports: Vec<Port> = Vec::new();
        for (_, port) in document.ports_of(id) {
            ports.extend(self.port(id, port));
        }
        ports.sort_by(|a, b| (a.direction, &a.name).cmp(&(b.direction, &b.name)));
        let name = document.components.get(&id)?.name.clone();
        let made = Arc::new(component(name, ports));
        self.known.insert(id, made.clone());
        Some(made)
    }

    fn port(&mut self, composition: ComponentId, port: &DelegationPort) -> Option<Port> {
        let behind = self.index.behind(composition, &port.name);
        let behind: Vec<&End> = behind.collect();
        behind.into_iter().find_map(|end| {
            let part = self.document.instances.get(&end.instance()?)?;
            let part = self.of(part.component)?;
            let found = find(&part, port.direction, end.port()?)?;
            Some(Port {
                name: port.name.clone(),
                ..found.clone()
            })
        })
    }
}

fn find<'a>(component: &'a ComponentType, direction: Direction, name: &str) -> Option<&'a Port> {
    let mut ports = component.ports.iter();
    ports.find(|port| port.direction == direction && port.name == name)
}

fn component(name: String, ports: Vec<Port>) -> ComponentType {
    ComponentType {
        name,
        docs: String::new(),
        ports,
        origin: Origin::Wit,
        producers: Vec::new(),
        metadata: Default::default(),
    }
}

/// There is no binary of a composition: what runs are its parts.
fn loaded(component_type: Arc<ComponentType>) -> Entry {
    Entry::Loaded {
        component_type,
        bytes: Arc::from([]),
    }
}
