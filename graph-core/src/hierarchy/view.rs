//! A document that is what one composition shows: its parts, the connectors between them, and its
//! ports as instances at the left and the right.

use super::names::short;
use crate::document::*;
use autosar_wit::component::Direction;
use std::collections::BTreeMap;

/// How far ports without a position stand from the parts, and from each other.
const GAP: f32 = 340.0;
const STEP: f32 = 120.0;

/// Numbers that the flat system takes: above those of any project, below those of things that are only
/// tried.
const NEXT_ID: u64 = 1 << 62;

/// What a composition shows; `None`: the system. Numbers are those of the document, so edits of what
/// is shown are edits of the document. Ports are instances of components that have their numbers;
/// [`super::types`] gives all of them types.
pub fn view(document: &Document, scope: Option<ComponentId>) -> Document {
    let mut shown = document.clone();
    shown.instances.retain(|_, part| part.composition == scope);
    shown
        .ports
        .retain(|_, port| Some(port.composition) == scope);
    shown
        .connectors
        .retain(|_, connector| document.scope_of(connector) == scope);
    let here = |id: &InstanceId| shown.instances.contains_key(id) || shown.ports.contains_key(id);
    shown.layout.positions.retain(|id, _| here(id));
    // What is written on the system's canvas is not about the inside of a composition.
    if scope.is_some() {
        shown.frames.clear();
        shown.notes.clear();
    }
    let ports = shown.ports.clone();
    let mut rows = BTreeMap::new();
    let edges = edges(&shown.layout);
    for (id, port) in ports {
        let component = ComponentId(id.0);
        let name = match port.direction {
            Direction::Required => "from outside",
            Direction::Provided => "to outside",
        };
        shown.components.insert(
            component,
            Component {
                name: name.to_owned(),
                source: ComponentSource::Composition,
            },
        );
        shown.layout.positions.entry(id).or_insert_with(|| {
            let row = rows.entry(port.direction).or_insert(0.0);
            let (left, right, top) = edges;
            let at = match port.direction {
                Direction::Required => (left - GAP, top + *row),
                Direction::Provided => (right + GAP, top + *row),
            };
            *row += STEP;
            at
        });
        let standing = Instance {
            name: short(&port.name).to_owned(),
            composition: scope,
            component,
            prefix: None,
            partition: None,
            activations: Vec::new(),
            bindings: BTreeMap::new(),
            blocks: BTreeMap::new(),
            configuration: BTreeMap::new(),
            parameters: BTreeMap::new(),
            nv_data: BTreeMap::new(),
            capabilities: BTreeMap::new(),
        };
        shown.instances.insert(id, standing);
    }
    shown
}

/// A view, changed or not, with the rest of its document around it again. Only what stands and leads
/// in the shown scope may differ from the document's; positions are left out.
pub(crate) fn whole(document: &Document, scope: Option<ComponentId>, shown: &Document) -> Document {
    let mut whole = Document {
        layout: Layout::default(),
        ports: document.ports.clone(),
        next_id: NEXT_ID,
        ..shown.clone()
    };
    let is_port = |id: u64| document.ports.contains_key(&InstanceId(id));
    whole.instances.retain(|id, _| !is_port(id.0));
    whole.components.retain(|id, _| !is_port(id.0));
    let elsewhere = document.instances.iter();
    let elsewhere = elsewhere.filter(|(_, part)| part.composition != scope);
    whole
        .instances
        .extend(elsewhere.map(|(id, part)| (*id, part.clone())));
    let elsewhere = document.connectors.iter();
    let elsewhere = elsewhere.filter(|(_, connector)| document.scope_of(connector) != scope);
    whole
        .connectors
        .extend(elsewhere.map(|(id, connector)| (*id, connector.clone())));
    whole
}

/// The left, right and upper edge of what has a position.
fn edges(layout: &Layout) -> (f32, f32, f32) {
    let places = layout.positions.values();
    let first = layout
        .positions
        .values()
        .next()
        .copied()
        .unwrap_or_default();
    places.fold((first.0, first.0, first.1), |(left, right, top), (x, y)| {
        (left.min(*x), right.max(*x), top.min(*y))
    })
}
