//! What a scene knows of compositions: which boxes stand for one, and the boundary of the one whose
//! inside it is.

use super::{super::geometry::Rect, Scene};
use graph_core::document::{Document, InstanceId};

/// How far the boundary of a composition stands from its parts.
const BOUNDARY: f32 = 70.0;

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// An instance of a component.
    Component,
    /// An instance of a composition.
    Composition,
    /// A port of the composition that is shown.
    Port,
}

pub(super) fn kind_of(document: &Document, id: InstanceId) -> NodeKind {
    let instance = document.instances.get(&id);
    match document.ports.contains_key(&id) {
        true => NodeKind::Port,
        false if instance.is_some_and(|one| document.is_composition(one.component)) => {
            NodeKind::Composition
        }
        false => NodeKind::Component,
    }
}

impl Scene {
    /// The boundary of what is inside a composition, round its parts.
    pub(super) fn boundary_of(&self, document: &Document) -> Option<Rect> {
        let mut parts = document.instances.values();
        let is_inside = parts.any(|part| part.composition.is_some());
        let inside = self.nodes.iter().filter(|node| node.kind != NodeKind::Port);
        let around = inside.map(|node| node.rect).reduce(Rect::union);
        let ports = self.nodes.iter().map(|node| node.rect).reduce(Rect::union);
        around
            .or(ports)
            .filter(|_| is_inside)
            .map(|rect| rect.expanded(BOUNDARY))
    }
}
