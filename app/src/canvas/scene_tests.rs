//! The scene: sizes, wires, hits, what is in view.

use super::*;
use crate::canvas::{
    geometry::point,
    names::{pin_name, wire_name},
    route::routes,
    test_data::{climate, connect, port_end},
};
use graph_core::document::{BusId, FunctionPath};

fn scene(document: &Document, library: &Library) -> Scene {
    Scene::new(document, library, &Metrics::default(), &Toggled::new())
}

#[test]
fn pins_win_over_boxes_and_boxes_over_wires() {
    let (mut document, library) = climate(2);
    connect(
        &mut document,
        1,
        port_end(10, "w:t/temperature@0.1.0"),
        port_end(12, "w:t/temperature@0.1.0"),
    );
    let mut scene = scene(&document, &library);
    scene.take_routes(&routes(&scene.plan()));
    let pin = scene.nodes[0].pin_points[0];
    assert_eq!(scene.hit(pin + point(6.0, 0.0), 1.0), Hit::Pin(0, 0));
    assert_eq!(
        scene.hit(scene.nodes[1].rect.center(), 1.0),
        Hit::Node(1),
        "the wire goes round it"
    );
    let Course::Curve(curve) = &scene.wires[0].course else {
        panic!("a curve")
    };
    assert_eq!(scene.hit(curve.middle(), 1.0), Hit::Wire(0));
    assert_eq!(scene.hit(point(-500.0, -500.0), 1.0), Hit::Nothing);
}

#[test]
fn the_upper_of_two_boxes_is_hit() {
    let (mut document, library) = climate(1);
    document
        .layout
        .positions
        .insert(InstanceId(11), (20.0, 10.0));
    let scene = scene(&document, &library);
    assert_eq!(scene.hit(point(60.0, 30.0), 1.0), Hit::Node(1));
}

#[test]
fn names_say_what_a_pin_is_connected_to() {
    let (mut document, library) = climate(1);
    connect(
        &mut document,
        1,
        port_end(10, "w:t/temperature@0.1.0"),
        port_end(11, "w:t/temperature@0.1.0"),
    );
    let scene = scene(&document, &library);
    let node = &scene.nodes[0];
    assert_eq!(
        pin_name(node, &node.pins[0], &["controller-0.temperature".into()]),
        "sensor provided port temperature, connected to controller-0.temperature"
    );
    let other = &scene.nodes[1];
    assert_eq!(
        pin_name(other, &other.pins[1], &[]),
        "controller-0 required port mode, not connected"
    );
    assert_eq!(
        wire_name(&document, &scene.wires[0]),
        "wire from sensor.temperature to controller-0.temperature"
    );
    assert_eq!(node.pin_wires[0], [ConnectorId(1)]);
}

#[test]
fn a_signal_is_a_flag_beside_its_pin() {
    let (mut document, library) = climate(1);
    let function = FunctionPath {
        port: "w:t/duty@0.1.0".into(),
        function: Some("get".into()),
    };
    let signal = End::Signal {
        bus: BusId(1),
        message: "FanStatus".into(),
        signal: "Duty".into(),
    };
    connect(
        &mut document,
        1,
        End::Element {
            instance: InstanceId(11),
            function,
        },
        signal,
    );
    let scene = scene(&document, &library);
    let Course::Flag { rect, side, .. } = &scene.wires[0].course else {
        panic!("{:?}", scene.wires[0])
    };
    let text = scene.wires[0].flag.as_str();
    assert_eq!((text, *side), ("FanStatus.Duty", Side::Right));
    assert_eq!(scene.hit(rect.center(), 1.0), Hit::Wire(0));
    assert!(scene.bounds(None).unwrap().contains(rect.max));
}

#[test]
fn wires_follow_their_instances_and_return() {
    let (mut document, library) = climate(1);
    connect(
        &mut document,
        1,
        port_end(10, "w:t/temperature@0.1.0"),
        port_end(11, "w:t/temperature@0.1.0"),
    );
    let first = scene(&document, &library);
    let mut moved = first.clone();
    let some = BTreeSet::from([InstanceId(11)]);
    moved.shift(&some, point(0.0, 500.0));
    let (Course::Curve(before), Course::Curve(after)) =
        (&first.wires[0].course, &moved.wires[0].course)
    else {
        panic!("curves")
    };
    assert_eq!(after.at(1.0), before.at(1.0) + point(0.0, 500.0));
    assert_eq!(after.at(0.0), before.at(0.0));
    assert_eq!(
        moved.hit(first.nodes[1].rect.center() + point(0.0, 500.0), 1.0),
        Hit::Node(1)
    );
    moved.shift(&some, point(0.0, -500.0));
    assert_eq!(moved.nodes, first.nodes);
}

#[test]
fn ways_of_wires_are_taken_and_kept_as_long_as_their_pins_stay() {
    let (mut document, library) = climate(2);
    let end = |instance| port_end(instance, "w:t/temperature@0.1.0");
    connect(&mut document, 1, end(10), end(12));
    let corners = |scene: &Scene| match &scene.wires[0].course {
        Course::Curve(curve) => curve.corners().len(),
        other => panic!("{other:?}"),
    };
    let mut first = scene(&document, &library);
    assert_eq!(corners(&first), 2, "straight until the ways are there");
    let ways = routes(&first.plan());
    first.take_routes(&ways);
    assert!(corners(&first) > 2);
    let mut second = scene(&document, &library);
    second.keep_routes(&first);
    assert_eq!(second.wires, first.wires);
    let moved = (900.0, 300.0);
    document.layout.positions.insert(InstanceId(12), moved);
    let mut third = scene(&document, &library);
    third.keep_routes(&first);
    third.take_routes(&ways);
    assert_eq!(corners(&third), 2, "ways of another picture do not fit");
    first.shift(&BTreeSet::from([InstanceId(12)]), point(0.0, 90.0));
    assert_eq!(corners(&first), 2, "straight while it is dragged");
}

#[test]
fn an_arrangement_knows_sizes_ports_and_flags() {
    let (mut document, library) = climate(1);
    let end = |instance| port_end(instance, "w:t/temperature@0.1.0");
    connect(&mut document, 1, end(10), end(11));
    let signal = End::Signal {
        bus: BusId(1),
        message: "FanStatus".into(),
        signal: "Duty".into(),
    };
    connect(&mut document, 2, port_end(11, "w:t/duty@0.1.0"), signal);
    let scene = scene(&document, &library);
    let shapes = scene.shapes();
    let node = &scene.nodes[1];
    let shape = shapes.instances[&InstanceId(11)];
    assert_eq!(point(shape.width, shape.height), node.rect.size());
    assert!(
        shape.room_right > 40.0 && shape.room_left == 0.0,
        "{shape:?}"
    );
    let (from, to) = shapes.ports[&ConnectorId(1)];
    assert_eq!(
        from,
        scene.nodes[0].pin_points[0].y - scene.nodes[0].rect.min.y
    );
    assert_eq!(to, node.pin_points[0].y - node.rect.min.y);
}

#[test]
fn a_document_with_loose_ends_is_drawn_all_the_same() {
    let (mut document, _) = climate(1);
    connect(&mut document, 1, port_end(99, "x"), port_end(98, "y"));
    connect(&mut document, 2, port_end(10, "gone"), port_end(98, "y"));
    let scene = scene(&document, &Library::default());
    assert_eq!(scene.wires[0].course, Course::Nowhere);
    assert!(!scene.nodes[0].is_loaded);
    assert!(matches!(scene.wires[1].course, Course::Flag { .. }));
    assert!(Scene::default().bounds(None).is_none());
}
