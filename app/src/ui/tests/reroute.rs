//! The map in the corner, and points that wires go through.

use super::desk::{Desk, climate};
use crate::{command::Command, session::Event};
use egui::{Key, Pos2, vec2};
use egui_kittest::kittest::Queryable;
use graph_core::document::{ConnectorId, InstanceId};

const WIRE: &str = "wire from sensor.temperature to controller.temperature";

fn points(desk: &Desk) -> Vec<(f32, f32)> {
    let points = &desk.session().document().layout.reroute_points;
    points.get(&ConnectorId(30)).cloned().unwrap_or_default()
}

fn double_click(desk: &mut Desk, at: Pos2) {
    // A step of the harness is a quarter of a second.
    let context = &desk.harness.ctx;
    context.options_mut(|options| options.input_options.max_double_click_delay = 1.2);
    desk.harness.hover_at(at);
    desk.harness.run();
    for _ in 0..2 {
        desk.harness.drag_at(at);
        desk.harness.drop_at(at);
    }
    desk.harness.run();
}

#[test]
fn a_reroute_point_is_set_dragged_and_taken_away_and_undone() {
    let mut desk = Desk::open();
    let at = desk.place(WIRE);
    double_click(&mut desk, at);
    assert_eq!(points(&desk).len(), 1);
    assert_eq!(desk.session().undo_name(), Some("Add a reroute point"));
    let name = format!("reroute point 1 of {WIRE}");
    let first = desk.place(&name);
    assert!((first - at).length() < 12.0, "{first:?} {at:?}");
    let (x, y) = points(&desk)[0];
    desk.drag(first, first + vec2(0.0, 120.0));
    let (moved_x, moved_y) = points(&desk)[0];
    assert!((moved_x - x).abs() < 10.0 && moved_y > y + 60.0);
    assert_eq!(desk.session().undo_name(), Some("Move a reroute point"));
    desk.look("reroute-point");
    let scene = desk.harness.state().canvas.scene();
    let crate::canvas::scene::Course::Curve(curve) = &scene.wires[0].course else {
        panic!("a curve")
    };
    let through = crate::canvas::geometry::point(moved_x, moved_y);
    assert!(curve.distance(through) < 9.0, "the wire goes through it");
    desk.click(&name);
    assert!(desk.session().selection().is_empty());
    desk.harness.key_press(Key::Delete);
    desk.harness.run();
    assert_eq!(points(&desk), []);
    assert!(
        desk.session()
            .document()
            .connectors
            .contains_key(&ConnectorId(30)),
        "the wire itself stays"
    );
    for left in [1, 1, 0] {
        desk.harness.state_mut().apply(Command::Undo);
        assert_eq!(points(&desk).len(), left);
    }
}

#[test]
fn a_second_double_click_takes_the_point_away() {
    let mut desk = Desk::open();
    let at = desk.place(WIRE);
    double_click(&mut desk, at);
    let at = desk.place(&format!("reroute point 1 of {WIRE}"));
    // Two pairs of clicks, not four clicks in a row.
    desk.harness.hover_at(at + vec2(200.0, 200.0));
    desk.harness.run_steps(60);
    double_click(&mut desk, at);
    assert_eq!(points(&desk), []);
    assert_eq!(desk.session().undo_name(), Some("Remove a reroute point"));
}

#[test]
fn the_map_is_there_when_not_everything_is_in_view_and_pans() {
    let mut desk = Desk::empty(Vec::new());
    let (mut document, library) = climate();
    document
        .layout
        .positions
        .insert(InstanceId(11), (9000.0, 4000.0));
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    let map = "Map of the canvas";
    desk.harness.state_mut().apply(Command::ZoomToFit);
    desk.harness.run();
    assert!(desk.harness.query_by_label(map).is_none(), "all is in view");
    desk.harness.state_mut().look_at(1.0);
    desk.harness.run();
    desk.look("minimap");
    let rect = desk.harness.get_by_label(map).rect();
    for (corner, seen) in [
        (
            rect.min + vec2(9.0, 9.0),
            "sensor instance, component sensor",
        ),
        (
            rect.max - vec2(12.0, 12.0),
            "controller instance, component controller",
        ),
    ] {
        desk.harness.hover_at(corner);
        desk.harness.run();
        desk.harness.drag_at(corner);
        desk.harness.run_steps(1);
        desk.harness.drop_at(corner);
        desk.harness.run();
        assert!(desk.harness.query_by_label(seen).is_some(), "{seen}");
    }
    desk.drag(rect.max - vec2(12.0, 12.0), rect.min + vec2(9.0, 9.0));
    assert!(
        desk.harness
            .query_by_label("sensor instance, component sensor")
            .is_some()
    );
    assert_eq!(
        desk.session().selection().len(),
        0,
        "the canvas below heard nothing"
    );
    desk.click("View");
    desk.click("Minimap");
    assert!(desk.harness.query_by_label(map).is_none());
}
