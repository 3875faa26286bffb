//! Where things of a new project stand: arranged by the ports that their WIT gives them. No stubs
//! are made for it, and each composition is arranged by itself.

use super::{Builder, stubs};
use crate::canvas::{
    node::Metrics,
    scene::{Scene, Toggled},
};
use graph_core::{
    document::*,
    hierarchy, layout,
    library::{Entry, Library},
};
use std::{collections::BTreeMap, sync::Arc};

impl Builder<'_> {
    /// The component types of the library, without binaries.
    fn library(&self) -> Library {
        let mut types = stubs::types(self.model);
        let mut library = Library::default();
        for component in &self.model.components {
            let id = self.components.get(component.path.as_str());
            if let (Some(id), Some(described)) = (id, types.remove(&component.world)) {
                let entry = Entry::Loaded {
                    component_type: Arc::new(described),
                    bytes: Arc::from([]),
                };
                library.components.insert(*id, entry);
            }
        }
        library
    }

    /// A place for every instance and every port of a composition.
    pub(super) fn placed(&self) -> Layout {
        let mut library = self.library();
        let types = hierarchy::types(&self.document, &library);
        library.components.extend(types);
        let mut positions = BTreeMap::new();
        for (scope, part) in by_scope(&self.document) {
            let mut shown = hierarchy::view(&part, scope);
            shown.layout.positions.clear();
            let scene = Scene::new(&shown, &library, &Metrics::STANDARD, &Toggled::new());
            positions.extend(layout::arrange(&shown, &scene.shapes()));
        }
        Layout {
            positions,
            ..Layout::default()
        }
    }
}

/// Each composition and the system with no more than what is in it.
fn by_scope(document: &Document) -> BTreeMap<Option<ComponentId>, Document> {
    let mut parts: BTreeMap<Option<ComponentId>, Document> = BTreeMap::new();
    let component = |part: &mut Document, id: ComponentId| {
        if let Some(component) = document.components.get(&id) {
            part.components.insert(id, component.clone());
        }
    };
    for (id, instance) in &document.instances {
        let part = parts.entry(instance.composition).or_default();
        part.instances.insert(*id, instance.clone());
        component(part, instance.component);
    }
    for (id, port) in &document.ports {
        let part = parts.entry(Some(port.composition)).or_default();
        part.ports.insert(*id, port.clone());
        component(part, port.composition);
    }
    for (id, connector) in &document.connectors {
        let scope = document.scope_of(connector);
        let part = parts.entry(scope).or_default();
        part.connectors.insert(*id, connector.clone());
    }
    for part in parts.values_mut() {
        part.buses.clone_from(&document.buses);
        part.ecus.clone_from(&document.ecus);
        part.next_id = document.next_id;
    }
    parts
}
