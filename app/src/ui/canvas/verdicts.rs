//! Asks the session where the wire in hand may go: what is under the pointer first, then what is
//! seen, a few at a time, so that no frame is late.

use super::CanvasView;
use crate::{
    canvas::{
        action::{Role, Verdict},
        scene::Hit,
        state::Gesture,
        wiring::role,
    },
    session::Session,
};
use egui::Rect;
use graph_core::{
    check::{Side, WireVerdict},
    document::End,
};

/// Verdicts in one frame.
const BUDGET: usize = 48;

/// Whether some are still open.
pub(super) fn fill(session: &Session, view: &mut CanvasView, rect: Rect) -> bool {
    let Gesture::Wiring { start, .. } = &view.state.gesture else {
        return false;
    };
    let start = start.clone();
    let seen = view.state.view.rect_to_world(super::screen(rect));
    let mut open: Vec<End> = Vec::new();
    for (number, node) in view
        .scene
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.rect.intersects(seen))
    {
        for (position, pin) in node.pins.iter().enumerate() {
            if role(pin) == start.role || view.state.verdicts.contains_key(&pin.end) {
                continue;
            }
            match view.state.hover == Hit::Pin(number, position) {
                true => open.insert(0, pin.end.clone()),
                false => open.push(pin.end.clone()),
            }
        }
    }
    let is_late = open.len() > BUDGET;
    open.truncate(BUDGET);
    let side = match start.role {
        Role::Source => Side::Source,
        Role::Target => Side::Target,
    };
    let verdicts = match open.is_empty() {
        true => Vec::new(),
        false => session.wire_verdicts(&start.end, side, &open),
    };
    for (end, verdict) in open.into_iter().zip(verdicts) {
        let verdict = match verdict {
            WireVerdict::Fits { .. } => Verdict::Fits(String::new()),
            WireVerdict::Adaptable { reasons, .. } => Verdict::Adaptable(reasons.join("; ")),
            WireVerdict::Refused { reasons } => Verdict::Refused(reasons.join("; ")),
        };
        view.state.verdicts.insert(end, verdict);
    }
    is_late
}
