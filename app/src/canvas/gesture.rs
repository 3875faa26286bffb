//! What gestures mean: a state machine from events to actions. A gesture that is not finished has
//! changed nothing. Knows nothing of egui, of the document and of time.

use super::{
    action::{Button, CanvasAction, CanvasEvent, CanvasKey, Modifiers},
    carry,
    geometry::{Point, Rect, point},
    pins::Folding,
    reroute,
    scene::{Hit, Scene},
    state::{CanvasState, Gesture, WiringMode},
    wiring::{begin_wire, end_wire},
};
use graph_core::document::{ConnectorId, InstanceId, Subject};
use std::collections::BTreeSet;

/// The pointer may tremble by this much during a click, on the screen.
const TREMBLE: f32 = 4.0;

/// One event in, actions out.
pub fn handle(
    state: &mut CanvasState,
    event: &CanvasEvent,
    scene: &Scene,
    selection: &BTreeSet<Subject>,
) -> Vec<CanvasAction> {
    match event {
        CanvasEvent::Move(at) => moved(state, *at, scene, selection),
        CanvasEvent::Press(at, button, modifiers) => {
            pressed(state, *at, *button, *modifiers, scene)
        }
        CanvasEvent::Release(at, button, _) => released(state, *at, *button, scene, selection),
        CanvasEvent::DoubleClick(at) => double_clicked(state, *at, scene),
        CanvasEvent::Pan(by) => view_only(state, |state| state.view = state.view.panned(*by)),
        CanvasEvent::Zoom(at, factor) => {
            view_only(state, |state| state.view = state.view.zoomed(*at, *factor))
        }
        CanvasEvent::Key(CanvasKey::Escape) => escaped(state, selection),
        CanvasEvent::Key(CanvasKey::Delete) => reroute::delete_picked(state, scene),
        CanvasEvent::Key(CanvasKey::Nudge { right, down }) => {
            let by = point(f32::from(*right), f32::from(*down)) * scene.metrics.snap;
            match carry::nudged(by, scene, selection) {
                Some(action) => vec![action],
                None => move_action(instances_of(selection), by),
            }
        }
        CanvasEvent::Activate { node, pin } => activated(state, *node, *pin, scene),
        CanvasEvent::Hold(what, at) => view_only(state, |state| {
            state.gesture = Gesture::Placing(
                what.clone(),
                state.view.to_world(*at).snapped(scene.metrics.snap),
            );
        }),
        CanvasEvent::Drop(what, at) => {
            state.gesture = Gesture::Idle;
            let world = state.view.to_world(*at);
            let corner = world.snapped(scene.metrics.snap);
            match scene.hit(world, state.view.zoom) {
                Hit::Wire(wire) => match scene.wires.get(wire) {
                    Some(wire) if wire.flag.is_empty() => vec![CanvasAction::InsertOnWire(
                        what.clone(),
                        corner,
                        wire.connector,
                    )],
                    _ => vec![CanvasAction::Insert(what.clone(), corner)],
                },
                _ => vec![CanvasAction::Insert(what.clone(), corner)],
            }
        }
        CanvasEvent::Leave => view_only(state, |state| {
            if matches!(state.gesture, Gesture::Placing(..)) {
                state.gesture = Gesture::Idle;
            }
        }),
    }
}

fn view_only(state: &mut CanvasState, change: impl FnOnce(&mut CanvasState)) -> Vec<CanvasAction> {
    change(state);
    Vec::new()
}

fn pressed(
    state: &mut CanvasState,
    at: Point,
    button: Button,
    held: Modifiers,
    scene: &Scene,
) -> Vec<CanvasAction> {
    let hit = scene.hit(state.view.to_world(at), state.view.zoom);
    (state.pointer, state.hover) = (at, hit.clone());
    state.picked = None;
    match (button, &state.gesture) {
        (Button::Middle, _) => state.gesture = Gesture::Panning,
        (Button::Primary, _) if held.space => state.gesture = Gesture::Panning,
        (
            Button::Primary,
            Gesture::Wiring {
                start,
                mode: WiringMode::TwoSteps,
            },
        ) => {
            let start = start.clone();
            state.gesture = Gesture::Idle;
            return end_wire(&start, &hit, scene, &std::mem::take(&mut state.verdicts));
        }
        (Button::Primary, _) => {
            state.gesture = Gesture::Pressed {
                at,
                hit,
                adds: held.command || held.shift,
            };
        }
        (Button::Secondary, _) => return choose(&hit, scene),
    }
    Vec::new()
}

fn moved(
    state: &mut CanvasState,
    at: Point,
    scene: &Scene,
    selection: &BTreeSet<Subject>,
) -> Vec<CanvasAction> {
    let before = state.pointer;
    state.pointer = at;
    let world = state.view.to_world(at);
    let zoom = state.view.zoom;
    match &mut state.gesture {
        Gesture::Pressed { at: from, .. } if (at - *from).length() < TREMBLE => {}
        Gesture::Pressed {
            at: from,
            hit,
            adds,
        } => {
            let (from, hit, adds) = (*from, hit.clone(), *adds);
            return dragged(state, from, &hit, adds, scene, selection);
        }
        Gesture::Panning => state.view = state.view.panned(at - before),
        Gesture::Marquee { to, .. } => *to = world,
        Gesture::Moving { from, by, .. } | Gesture::Carrying { from, by, .. } => {
            *by = (world - *from).snapped(scene.metrics.snap);
        }
        Gesture::Resizing {
            edges,
            from,
            before,
            rect,
            ..
        } => *rect = carry::resized((*before, *edges), world - *from, scene),
        Gesture::Rerouting {
            through, number, ..
        } => {
            if let Some(point) = through.get_mut(*number) {
                *point = world.snapped(scene.metrics.snap);
            }
        }
        Gesture::Idle | Gesture::Wiring { .. } | Gesture::Placing(..) => {
            state.hover = scene.hit(world, zoom)
        }
    }
    Vec::new()
}

/// A press has become a drag.
fn dragged(
    state: &mut CanvasState,
    from: Point,
    hit: &Hit,
    adds: bool,
    scene: &Scene,
    selection: &BTreeSet<Subject>,
) -> Vec<CanvasAction> {
    let world = state.view.to_world(from);
    let is_pin = matches!(hit, Hit::Pin(..));
    let held = (hit, subject(hit, scene).filter(|_| !is_pin && !adds));
    if let Some(actions) = carry::begin(state, world, held, scene, selection) {
        return actions;
    }
    match hit {
        Hit::Pin(node, pin) => begin_wire(state, *node, *pin, WiringMode::Dragged, scene),
        Hit::Node(node) => {
            let Some(instance) = scene.nodes.get(*node).map(|node| node.instance) else {
                return Vec::new();
            };
            let mut instances = instances_of(selection);
            let mut actions = Vec::new();
            if !instances.contains(&instance) {
                actions.push(choose_action(adds, vec![Subject::Instance(instance)]));
                if !adds {
                    instances.clear();
                }
                instances.insert(instance);
            }
            let by = (state.view.to_world(state.pointer) - world).snapped(scene.metrics.snap);
            state.gesture = Gesture::Moving {
                instances,
                from: world,
                by,
            };
            actions
        }
        Hit::ReroutePoint(wire, number) => {
            reroute::begin(state, *wire, *number, scene);
            Vec::new()
        }
        _ => {
            state.gesture = Gesture::Marquee {
                from: world,
                to: state.view.to_world(state.pointer),
                adds,
            };
            Vec::new()
        }
    }
}

fn released(
    state: &mut CanvasState,
    at: Point,
    button: Button,
    scene: &Scene,
    selection: &BTreeSet<Subject>,
) -> Vec<CanvasAction> {
    state.pointer = at;
    state.hover = scene.hit(state.view.to_world(at), state.view.zoom);
    if button == Button::Secondary
        || matches!(
            state.gesture,
            Gesture::Wiring {
                mode: WiringMode::TwoSteps,
                ..
            }
        )
    {
        return Vec::new();
    }
    match std::mem::replace(&mut state.gesture, Gesture::Idle) {
        Gesture::Pressed { hit, adds, .. } => clicked(state, &hit, adds, scene, selection),
        Gesture::Marquee { from, to, adds } => {
            let rect = Rect::from_corners(from, to);
            let found = scene.nodes_in(rect).into_iter().map(Subject::Instance);
            let found = found.chain(scene.annotations_in(rect)).collect();
            vec![choose_action_many(adds, found)]
        }
        Gesture::Moving { instances, by, .. } => {
            match spliced(&instances, state.view.to_world(at), state.view.zoom, scene) {
                Some((instance, wire)) => vec![CanvasAction::Splice(instance, by, wire)],
                None => move_action(instances, by),
            }
        }
        Gesture::Rerouting { wire, through, .. } => vec![CanvasAction::Reroute(wire, through)],
        Gesture::Carrying { by, .. } if by == Point::default() => Vec::new(),
        Gesture::Carrying { cargo, by, .. } => vec![CanvasAction::Carry(cargo, by)],
        Gesture::Resizing { before, rect, .. } if before == rect => Vec::new(),
        Gesture::Resizing { subject, rect, .. } => vec![CanvasAction::Resize(subject, rect)],
        Gesture::Wiring { start, .. } => {
            let verdicts = std::mem::take(&mut state.verdicts);
            let world = state.view.to_world(at);
            let is_outside = scene.boundary.is_some_and(|frame| !frame.contains(world));
            match state.hover {
                Hit::Nothing if is_outside => vec![CanvasAction::Delegate(
                    start,
                    world.snapped(scene.metrics.snap),
                )],
                Hit::Nothing
                | Hit::Frame(_)
                | Hit::FrameEdge(..)
                | Hit::Note(_)
                | Hit::NoteEdge(_)
                | Hit::Lane(_) => vec![CanvasAction::Offer(
                    start,
                    state.view.to_world(at).snapped(scene.metrics.snap),
                )],
                _ => end_wire(&start, &state.hover.clone(), scene, &verdicts),
            }
        }
        Gesture::Idle | Gesture::Panning | Gesture::Placing(..) => Vec::new(),
    }
}

/// One instance without wires, let go with a wire under the pointer.
fn spliced(
    instances: &BTreeSet<InstanceId>,
    at: Point,
    zoom: f32,
    scene: &Scene,
) -> Option<(InstanceId, ConnectorId)> {
    let instance = *instances.first().filter(|_| instances.len() == 1)?;
    let node = scene.node(instance)?;
    let is_bare = node.pin_wires.iter().all(Vec::is_empty);
    let wire = scene.wire_at(at, zoom).filter(|_| is_bare)?;
    let wire = scene.wires.get(wire)?;
    wire.flag.is_empty().then_some((instance, wire.connector))
}

fn clicked(
    state: &mut CanvasState,
    hit: &Hit,
    adds: bool,
    scene: &Scene,
    selection: &BTreeSet<Subject>,
) -> Vec<CanvasAction> {
    match (hit, subject(hit, scene)) {
        // Nothing else is selected beside it: Delete means the point.
        (Hit::ReroutePoint(wire, number), _) => {
            let wire = scene.wires.get(*wire);
            state.picked = wire.map(|wire| (wire.connector, *number));
            vec![CanvasAction::Select(Vec::new())]
        }
        (Hit::Pin(node, pin), Some(port)) if !adds => {
            let mut actions = vec![CanvasAction::Select(vec![port])];
            actions.extend(begin_wire(state, *node, *pin, WiringMode::TwoSteps, scene));
            actions
        }
        (_, Some(subject)) => vec![choose_action(adds, vec![subject])],
        (_, None) if adds || selection.is_empty() => Vec::new(),
        (_, None) => vec![CanvasAction::Select(Vec::new())],
    }
}

fn double_clicked(state: &mut CanvasState, at: Point, scene: &Scene) -> Vec<CanvasAction> {
    state.gesture = Gesture::Idle;
    state.verdicts.clear();
    let hit = scene.hit(state.view.to_world(at), state.view.zoom);
    match &hit {
        Hit::Pin(node, pin) => match scene.pin(*node, *pin) {
            Some((node, pin, _)) if matches!(pin.folding, Folding::Folded | Folding::Unfolded) => {
                vec![CanvasAction::Fold(
                    node.instance,
                    pin.direction,
                    pin.port.clone(),
                )]
            }
            _ => Vec::new(),
        },
        Hit::ReroutePoint(..) | Hit::Wire(_) => reroute::toggled(state, &hit, at, scene),
        _ => subject(&hit, scene)
            .map(CanvasAction::Open)
            .into_iter()
            .collect(),
    }
}

fn activated(state: &mut CanvasState, node: usize, pin: usize, scene: &Scene) -> Vec<CanvasAction> {
    match std::mem::replace(&mut state.gesture, Gesture::Idle) {
        Gesture::Wiring { start, .. } => end_wire(
            &start,
            &Hit::Pin(node, pin),
            scene,
            &std::mem::take(&mut state.verdicts),
        ),
        _ => begin_wire(state, node, pin, WiringMode::TwoSteps, scene),
    }
}

fn escaped(state: &mut CanvasState, selection: &BTreeSet<Subject>) -> Vec<CanvasAction> {
    let was_idle = state.gesture == Gesture::Idle;
    state.gesture = Gesture::Idle;
    state.verdicts.clear();
    match (was_idle, selection.is_empty()) {
        (true, false) => vec![CanvasAction::Select(Vec::new())],
        (true, true) => vec![CanvasAction::Leave],
        (false, _) => Vec::new(),
    }
}

/// What is selected when this is hit.
pub fn subject(hit: &Hit, scene: &Scene) -> Option<Subject> {
    match hit {
        Hit::Pin(node, pin) => scene.pin(*node, *pin).map(|(node, pin, _)| Subject::Port {
            instance: node.instance,
            direction: pin.direction,
            port: pin.port.clone(),
        }),
        Hit::Node(node) => scene
            .nodes
            .get(*node)
            .map(|node| Subject::Instance(node.instance)),
        Hit::Wire(wire) | Hit::ReroutePoint(wire, _) => scene
            .wires
            .get(*wire)
            .map(|wire| Subject::Connector(wire.connector)),
        Hit::Note(note) | Hit::NoteEdge(note) => {
            scene.notes.get(*note).map(|note| Subject::Note(note.note))
        }
        Hit::Frame(frame) | Hit::FrameEdge(frame, _) => scene
            .frames
            .get(*frame)
            .map(|frame| Subject::Frame(frame.frame)),
        Hit::Lane(lane) => {
            let lane = scene.lanes.get(*lane)?;
            lane.ecu.map(Subject::Ecu)
        }
        Hit::Nothing => None,
    }
}

/// The menu's button selects what it hits, so that the menu speaks of it.
fn choose(hit: &Hit, scene: &Scene) -> Vec<CanvasAction> {
    subject(hit, scene)
        .map(|subject| CanvasAction::Select(vec![subject]))
        .into_iter()
        .collect()
}

fn choose_action(adds: bool, subjects: Vec<Subject>) -> CanvasAction {
    match adds {
        true => CanvasAction::Toggle(subjects),
        false => CanvasAction::Select(subjects),
    }
}

fn choose_action_many(adds: bool, subjects: Vec<Subject>) -> CanvasAction {
    match adds {
        true => CanvasAction::Extend(subjects),
        false => CanvasAction::Select(subjects),
    }
}

fn move_action(instances: BTreeSet<InstanceId>, by: Point) -> Vec<CanvasAction> {
    match instances.is_empty() || by == Point::default() {
        true => Vec::new(),
        false => vec![CanvasAction::Move {
            instances: instances.into_iter().collect(),
            by,
        }],
    }
}

fn instances_of(selection: &BTreeSet<Subject>) -> BTreeSet<InstanceId> {
    let instance = |subject: &Subject| match subject {
        Subject::Instance(instance) => Some(*instance),
        _ => None,
    };
    selection.iter().filter_map(instance).collect()
}

#[cfg(test)]
#[path = "gesture_tests.rs"]
mod tests;
