//! Gestures on frames and notes: carried with what is in them and on them, and resized by their
//! edges.

use super::{
    action::CanvasAction,
    annotation::{Cargo, Edges, stretched},
    geometry::Point,
    scene::{Hit, Scene},
    state::{CanvasState, Gesture},
};
use graph_core::document::Subject;
use std::collections::BTreeSet;

/// A drag has begun at a frame or a note, or at an instance that is selected with some. `None`: it
/// is an affair of instances alone.
pub(super) fn begin(
    state: &mut CanvasState,
    world: Point,
    (hit, subject): (&Hit, Option<Subject>),
    scene: &Scene,
    selection: &BTreeSet<Subject>,
) -> Option<Vec<CanvasAction>> {
    let subject = subject?;
    let resized = match hit {
        Hit::FrameEdge(_, edges) => Some(*edges),
        Hit::NoteEdge(_) => Some(Edges { across: 1, down: 0 }),
        _ => None,
    };
    if let Some(edges) = resized {
        let rect = scene.annotation_rect(&subject)?;
        state.gesture = Gesture::Resizing {
            subject: subject.clone(),
            edges,
            from: world,
            before: rect,
            rect,
        };
        return Some(vec![CanvasAction::Select(vec![subject])]);
    }
    let is_selected = selection.contains(&subject);
    let cargo = match is_selected {
        true => Cargo::of(selection, scene),
        false => Cargo::of([&subject], scene),
    };
    if cargo.is_plain() {
        return None;
    }
    let by = (state.view.to_world(state.pointer) - world).snapped(scene.metrics.snap);
    state.gesture = Gesture::Carrying {
        cargo,
        from: world,
        by,
    };
    match is_selected {
        true => Some(Vec::new()),
        false => Some(vec![CanvasAction::Select(vec![subject])]),
    }
}

/// Where an edge in hand is now.
pub(super) fn resized(
    (before, edges): (super::geometry::Rect, Edges),
    by: Point,
    scene: &Scene,
) -> super::geometry::Rect {
    stretched(before, edges, by, scene.metrics.snap)
}

/// Arrow keys, with frames or notes among what is selected.
pub(super) fn nudged(
    by: Point,
    scene: &Scene,
    selection: &BTreeSet<Subject>,
) -> Option<CanvasAction> {
    let is_annotation = |one: &Subject| matches!(one, Subject::Frame(_) | Subject::Note(_));
    let has_some = selection.iter().any(is_annotation);
    has_some.then(|| CanvasAction::Carry(Cargo::of(selection, scene), by))
}
