//! Points that a wire is led through: set, dragged and taken away.

use super::{
    action::CanvasAction,
    geometry::Point,
    scene::{Course, Hit, Scene, Wire},
    state::{CanvasState, Gesture},
};

/// A point of a wire, by their numbers in the scene, is in hand from now on.
pub(super) fn begin(state: &mut CanvasState, wire: usize, number: usize, scene: &Scene) {
    let Some(wire) = scene.wires.get(wire) else {
        return;
    };
    let mut through = wire.through.clone();
    if let Some(point) = through.get_mut(number) {
        let world = state.view.to_world(state.pointer);
        *point = world.snapped(scene.metrics.snap);
    }
    state.gesture = Gesture::Rerouting {
        wire: wire.connector,
        through,
        number,
    };
}

/// Takes away the point that was clicked last.
pub(super) fn delete_picked(state: &mut CanvasState, scene: &Scene) -> Vec<CanvasAction> {
    let Some((connector, number)) = state.picked.take() else {
        return Vec::new();
    };
    let wire = scene.wire_of(connector);
    wire.map(|wire| without_point(wire, number))
        .into_iter()
        .collect()
}

/// A double-click: on a wire it sets a point, on a point it takes it away.
pub(super) fn toggled(
    state: &mut CanvasState,
    hit: &Hit,
    at: Point,
    scene: &Scene,
) -> Vec<CanvasAction> {
    state.picked = None;
    let action = match hit {
        Hit::ReroutePoint(wire, number) => {
            let wire = scene.wires.get(*wire);
            wire.map(|wire| without_point(wire, *number))
        }
        Hit::Wire(wire) => {
            let at = state.view.to_world(at).snapped(scene.metrics.snap);
            let wire = scene.wires.get(*wire);
            wire.and_then(|wire| with_point(wire, at))
        }
        _ => None,
    };
    action.into_iter().collect()
}

/// A further point, behind those of the wire that lie before it. A flag has no way to lead.
pub fn with_point(wire: &Wire, at: Point) -> Option<CanvasAction> {
    let Course::Curve(curve) = &wire.course else {
        return None;
    };
    let place = curve.place_along(at);
    let is_before = |point: &&Point| curve.place_along(**point) < place;
    let number = wire.through.iter().filter(is_before).count();
    let mut through = wire.through.clone();
    through.insert(number, at);
    Some(CanvasAction::Reroute(wire.connector, through))
}

fn without_point(wire: &Wire, number: usize) -> CanvasAction {
    let points = wire.through.iter().enumerate();
    let left = points.filter(|(place, _)| *place != number);
    let left = left.map(|(_, point)| *point).collect();
    CanvasAction::Reroute(wire.connector, left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{
        action::{Button, CanvasEvent, CanvasKey, Modifiers},
        geometry::point,
        gesture::handle,
        node::Metrics,
        scene::Toggled,
        test_data::{climate, connect, port_end},
    };
    use graph_core::document::{ConnectorId, End};
    use std::collections::BTreeSet;

    /// A sensor at (0, 0) wired to a controller far to the right, through these points.
    fn scene(points: &[(f32, f32)]) -> Scene {
        let (mut document, library) = climate(1);
        let end = |instance| -> End { port_end(instance, "w:t/temperature@0.1.0") };
        connect(&mut document, 1, end(10), end(11));
        let positions = &mut document.layout.positions;
        positions.values_mut().for_each(|(x, _)| *x *= 4.0);
        let points = points.to_vec();
        document
            .layout
            .reroute_points
            .insert(ConnectorId(1), points);
        Scene::new(&document, &library, &Metrics::STANDARD, &Toggled::new())
    }

    fn send(state: &mut CanvasState, event: CanvasEvent, scene: &Scene) -> Vec<CanvasAction> {
        handle(state, &event, scene, &BTreeSet::new())
    }

    fn rerouted(points: &[(f32, f32)]) -> Vec<CanvasAction> {
        let points = points.iter().map(|(x, y)| point(*x, *y)).collect();
        vec![CanvasAction::Reroute(ConnectorId(1), points)]
    }

    #[test]
    fn a_point_comes_between_those_before_and_behind_it() {
        let through = [(500.0, 200.0), (900.0, 200.0)];
        let scene = scene(&through);
        let mut state = CanvasState::default();
        let on_wire = CanvasEvent::DoubleClick(point(700.0, 203.0));
        let expected = [through[0], (700.0, 200.0), through[1]];
        assert_eq!(send(&mut state, on_wire, &scene), rerouted(&expected));
        let on_point = CanvasEvent::DoubleClick(point(502.0, 201.0));
        let expected = rerouted(&through[1..]);
        assert_eq!(send(&mut state, on_point, &scene), expected);
        let beside = CanvasEvent::DoubleClick(point(700.0, 900.0));
        assert_eq!(send(&mut state, beside, &scene), []);
    }

    #[test]
    fn a_point_is_dragged_on_the_grid_and_deleted_after_a_click() {
        let scene = scene(&[(500.0, 200.0)]);
        let mut state = CanvasState::default();
        let held = Modifiers::default();
        let (at, to) = (point(500.0, 200.0), point(533.0, 252.0));
        let press = CanvasEvent::Press(at, Button::Primary, held);
        assert_eq!(send(&mut state, press.clone(), &scene), []);
        assert_eq!(send(&mut state, CanvasEvent::Move(to), &scene), []);
        assert!(matches!(
            state.gesture,
            Gesture::Rerouting { number: 0, .. }
        ));
        let release = CanvasEvent::Release(to, Button::Primary, held);
        assert_eq!(
            send(&mut state, release, &scene),
            rerouted(&[(530.0, 250.0)])
        );
        let delete = CanvasEvent::Key(CanvasKey::Delete);
        assert_eq!(
            send(&mut state, delete.clone(), &scene),
            [],
            "none is picked"
        );
        send(&mut state, press, &scene);
        let release = CanvasEvent::Release(at, Button::Primary, held);
        let clears = vec![CanvasAction::Select(Vec::new())];
        assert_eq!(send(&mut state, release, &scene), clears);
        assert_eq!(state.picked, Some((ConnectorId(1), 0)));
        assert_eq!(send(&mut state, delete, &scene), rerouted(&[]));
        assert_eq!(state.picked, None);
    }

    #[test]
    fn escape_leaves_a_point_where_it_was() {
        let scene = scene(&[(500.0, 200.0)]);
        let mut state = CanvasState::default();
        let press = CanvasEvent::Press(point(500.0, 200.0), Button::Primary, Modifiers::default());
        send(&mut state, press, &scene);
        send(&mut state, CanvasEvent::Move(point(600.0, 300.0)), &scene);
        let escape = CanvasEvent::Key(CanvasKey::Escape);
        assert_eq!(send(&mut state, escape, &scene), []);
        assert_eq!(state.gesture, Gesture::Idle);
    }
}
