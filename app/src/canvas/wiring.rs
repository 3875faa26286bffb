//! The wire in hand: how it begins, and what becomes of it where it is let go.

use super::{
    action::{CanvasAction, Role, Verdict, Verdicts, WireStart},
    pins::{Pin, Side},
    scene::{Hit, Node, Scene},
    state::{CanvasState, Gesture, WiringMode},
};
use graph_core::document::End;
pub(super) fn begin_wire(
    state: &mut CanvasState,
    node: usize,
    pin: usize,
    mode: WiringMode,
    scene: &Scene,
) -> Vec<CanvasAction> {
    let Some((_, pin, _)) = scene.pin(node, pin) else {
        return Vec::new();
    };
    let start = WireStart {
        end: pin.end.clone(),
        role: role(pin),
    };
    state.verdicts.clear();
    state.gesture = Gesture::Wiring {
        start: start.clone(),
        mode,
    };
    vec![CanvasAction::BeginWire(start)]
}

/// A wire is let go over `hit`.
pub(super) fn end_wire(
    start: &WireStart,
    hit: &Hit,
    scene: &Scene,
    verdicts: &Verdicts,
) -> Vec<CanvasAction> {
    match hit {
        Hit::Pin(node, pin) => match scene.pin(*node, *pin) {
            Some((_, pin, _)) if pin.end == start.end && role(pin) == start.role => Vec::new(),
            Some((node, pin, _)) => vec![connect(start, node, pin, verdicts)],
            None => Vec::new(),
        },
        Hit::Node(node) => scene
            .nodes
            .get(*node)
            .map(|node| connect_any(start, node, verdicts))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn connect(start: &WireStart, node: &Node, pin: &Pin, verdicts: &Verdicts) -> CanvasAction {
    if role(pin) == start.role {
        let both = match start.role {
            Role::Source => {
                "both ends give; end the wire at a port that takes, on the left of an instance"
            }
            Role::Target => {
                "both ends take; end the wire at a port that gives, on the right of an instance"
            }
        };
        return CanvasAction::Refuse(format!("`{}.{}`: {both}", node.title, pin.label));
    }
    match verdicts.get(&pin.end) {
        Some(Verdict::Refused(reason)) => CanvasAction::Refuse(reason.clone()),
        Some(Verdict::Adaptable(_)) => {
            let (from, to) = from_to(start, pin);
            CanvasAction::Adapt { from, to }
        }
        // Without a verdict the checks have the last word.
        Some(Verdict::Fits(_)) | None => {
            let (from, to) = from_to(start, pin);
            CanvasAction::Connect { from, to }
        }
    }
}

fn from_to(start: &WireStart, pin: &Pin) -> (End, End) {
    match start.role {
        Role::Source => (start.end.clone(), pin.end.clone()),
        Role::Target => (pin.end.clone(), start.end.clone()),
    }
}

/// Let go over an instance: its one fitting pin.
fn connect_any(start: &WireStart, node: &Node, verdicts: &Verdicts) -> CanvasAction {
    let fits = |pin: &&Pin| {
        role(pin) != start.role && matches!(verdicts.get(&pin.end), Some(Verdict::Fits(_)))
    };
    let fitting: Vec<&Pin> = node.pins.iter().filter(fits).collect();
    match fitting.as_slice() {
        [pin] => connect(start, node, pin, verdicts),
        [] => CanvasAction::Refuse(format!(
            "no port of `{}` fits; hover its ports to read why",
            node.title
        )),
        _ => {
            let names: Vec<String> = fitting
                .iter()
                .map(|pin| format!("`{}`", pin.label))
                .collect();
            CanvasAction::Refuse(format!(
                "several ports of `{}` fit: {}; let the wire go at one of them",
                node.title,
                names.join(", ")
            ))
        }
    }
}

/// The role of a pin in a wire.
pub fn role(pin: &Pin) -> Role {
    match pin.side {
        Side::Left => Role::Target,
        Side::Right => Role::Source,
    }
}
