//! Arranging: order, groups, feedback, and how little moves after an edit.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where something is missing"
)]

mod support;

use graph_core::{
    document::*,
    layout::{self, Shape, Shapes},
    library::Library,
    synthetic,
};
use std::collections::{BTreeMap, BTreeSet};
use support::graph;

type Positions = BTreeMap<InstanceId, (f32, f32)>;

fn arranged(document: &Document, library: &Library) -> Positions {
    layout::arrange(document, &Shapes::estimated(document, library))
}

/// The median and the greatest way that instances of both have moved.
fn displacement(before: &Positions, after: &Positions) -> (f32, f32) {
    let way = |(id, (x, y)): (&InstanceId, &(f32, f32))| {
        let (old_x, old_y) = before.get(id)?;
        Some((x - old_x).hypot(y - old_y))
    };
    let mut ways: Vec<f32> = after.iter().filter_map(way).collect();
    ways.sort_by(f32::total_cmp);
    (ways[ways.len() / 2], ways[ways.len() - 1])
}

fn overlapping(positions: &Positions, shapes: &Shapes) -> Vec<(InstanceId, InstanceId)> {
    let edges = |id: &InstanceId, (x, y): &(f32, f32)| {
        let Shape { width, height, .. } = shapes.instances[id];
        [*x, *y, x + width, y + height]
    };
    let rects: Vec<_> = positions
        .iter()
        .map(|(id, at)| (*id, edges(id, at)))
        .collect();
    let mut found = Vec::new();
    for (number, (a, one)) in rects.iter().enumerate() {
        for (b, other) in &rects[..number] {
            if one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3] {
                found.push((*a, *b));
            }
        }
    }
    found
}

#[test]
fn nothing_overlaps_in_networks_of_any_size() {
    for (count, ecus) in [(1, 0), (2, 1), (10, 0), (60, 3), (300, 0), (300, 5)] {
        let (document, library) = synthetic::network(count, ecus, 3);
        let shapes = Shapes::estimated(&document, &library);
        let positions = layout::arrange(&document, &shapes);
        assert_eq!(positions.len(), count);
        assert_eq!(overlapping(&positions, &shapes), [], "{count} on {ecus}");
    }
    assert!(layout::arrange(&Document::default(), &Shapes::default()).is_empty());
}

#[test]
fn an_arrangement_that_is_arranged_again_stays() {
    let (mut document, library) = synthetic::network(100, 4, 7);
    document.layout.positions = arranged(&document, &library);
    let again = arranged(&document, &library);
    let (median, most) = displacement(&document.layout.positions, &again);
    assert_eq!(median, 0.0);
    assert!(most < 20.0, "{most}");
}

#[test]
fn a_small_edit_moves_few_instances() {
    for (count, ecus) in [(30, 3), (100, 0), (100, 4)] {
        let (mut document, library) = synthetic::network(count, ecus, 7);
        let before = arranged(&document, &library);
        document.layout.positions = before.clone();
        let old = InstanceId(1 + count as u64 / 2);
        let new = InstanceId(5_000_000);
        let copy = Instance {
            name: "new".into(),
            ..document.instances[&old].clone()
        };
        document.instances.insert(new, copy);
        let end = |instance, port: &str| End::Port {
            instance,
            port: port.into(),
        };
        let wire = document.connectors.values().next().unwrap().clone();
        let wire = Connector {
            from: end(old, "out0"),
            to: end(new, "in0"),
            ..wire
        };
        document.connectors.insert(ConnectorId(5_000_001), wire);
        let after = arranged(&document, &library);
        let (median, _) = displacement(&before, &after);
        assert!(median <= 10.0, "{count} on {ecus}: {median}");
        let shapes = Shapes::estimated(&document, &library);
        assert_eq!(overlapping(&after, &shapes), []);
        document.layout.positions.clear();
        assert!(
            displacement(&before, &arranged(&document, &library)).0 >= median,
            "positions of before are of use"
        );
    }
}

#[test]
fn a_circle_is_cut_at_its_buffered_connector() {
    for connectors in [
        ["ab", "bc", "c~a"],
        ["ab", "b~c", "ca"],
        ["a~b", "bc", "ca"],
    ] {
        let (document, known) = graph(&connectors);
        let positions = arranged(&document, &Library::default());
        let x = |name: &str| positions[&known[name]].0;
        for connector in connectors.iter().filter(|text| !text.contains('~')) {
            let (from, to) = connector.split_at(1);
            assert!(x(from) < x(to), "{connectors:?}: {positions:?}");
        }
    }
}

#[test]
fn ports_of_a_chain_are_level() {
    let (document, known) = graph(&["ab", "bc", "cd"]);
    let mut shapes = Shapes::estimated(&document, &Library::default());
    // Ports at other heights, so that boxes have to stand at others too.
    for (number, heights) in shapes.ports.values_mut().enumerate() {
        *heights = (10.0 * number as f32, 30.0);
    }
    let positions = layout::arrange(&document, &shapes);
    for (id, connector) in &document.connectors {
        let (from_y, to_y) = shapes.ports[id];
        let y = |end: &End| positions[&end.instance().unwrap()].1;
        assert_eq!(y(&connector.from) + from_y, y(&connector.to) + to_y);
    }
    assert_eq!(known.len(), 4);
}

#[test]
fn ports_order_what_hangs_on_them() {
    let (document, known) = graph(&["ab", "ac", "ad"]);
    let mut shapes = Shapes::estimated(&document, &Library::default());
    let target = |id: &ConnectorId| document.connectors[id].to.instance().unwrap();
    for (id, heights) in &mut shapes.ports {
        // The port of `d` is the uppermost.
        heights.0 = match target(id) {
            to if to == known["b"] => 90.0,
            to if to == known["c"] => 60.0,
            _ => 30.0,
        };
    }
    shapes.instances.get_mut(&known["a"]).unwrap().height = 120.0;
    let positions = layout::arrange(&document, &shapes);
    let y = |name: &str| positions[&known[name]].1;
    assert!(y("d") < y("c") && y("c") < y("b"), "{positions:?}");
}

#[test]
fn instances_of_an_ecu_stand_together() {
    let (document, library) = synthetic::network(40, 4, 5);
    let positions = arranged(&document, &library);
    let shapes = Shapes::estimated(&document, &library);
    let mut blocks: BTreeMap<EcuId, [f32; 4]> = BTreeMap::new();
    for (id, (x, y)) in &positions {
        let ecu = document.instances[id].partition.as_ref().unwrap().ecu;
        let shape = shapes.instances[id];
        let block = blocks.entry(ecu).or_insert([*x, *y, *x, *y]);
        *block = [
            block[0].min(*x),
            block[1].min(*y),
            block[2].max(x + shape.width),
            block[3].max(y + shape.height),
        ];
    }
    let blocks: Vec<[f32; 4]> = blocks.into_values().collect();
    for (number, a) in blocks.iter().enumerate() {
        for b in &blocks[..number] {
            let apart = a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1];
            assert!(apart, "{a:?} {b:?}");
        }
    }
}

#[test]
fn who_receives_a_signal_stands_right_of_who_sends_it() {
    let (mut document, known) = graph(&["a~b", "c~d"]);
    let bus = BusId(900);
    let signal = End::Signal {
        bus,
        message: "Status".into(),
        signal: "Speed".into(),
    };
    let wire = document.connectors.values().next().unwrap().clone();
    let port = |name: &str| End::Port {
        instance: known[name],
        port: "p".into(),
    };
    let wires = [(port("d"), signal.clone()), (signal, port("a"))];
    for (number, (from, to)) in wires.into_iter().enumerate() {
        let wire = Connector {
            from,
            to,
            ..wire.clone()
        };
        document
            .connectors
            .insert(ConnectorId(901 + number as u64), wire);
    }
    let positions = arranged(&document, &Library::default());
    let x = |name: &str| positions[&known[name]].0;
    assert!(
        x("c") < x("d") && x("d") < x("a") && x("a") < x("b"),
        "{positions:?}"
    );
}

#[test]
fn flags_get_the_room_that_they_need() {
    let (document, known) = graph(&["ab"]);
    let mut shapes = Shapes::estimated(&document, &Library::default());
    let narrow = layout::arrange(&document, &shapes);
    shapes.instances.get_mut(&known["a"]).unwrap().room_right = 150.0;
    shapes.instances.get_mut(&known["b"]).unwrap().room_left = 90.0;
    let wide = layout::arrange(&document, &shapes);
    let apart = |positions: &Positions| positions[&known["b"]].0 - positions[&known["a"]].0;
    assert_eq!(apart(&wide) - apart(&narrow), 240.0);
}

#[test]
fn a_long_chain_is_cut_into_rows() {
    let (document, library) = synthetic::system(1000);
    let positions = arranged(&document, &library);
    let right = positions.values().map(|(x, _)| *x).fold(0.0, f32::max);
    let bottom = positions.values().map(|(_, y)| *y).fold(0.0, f32::max);
    assert!(right < 4.0 * bottom, "{right} × {bottom}");
    let shapes = Shapes::estimated(&document, &library);
    assert_eq!(overlapping(&positions, &shapes), []);
}

#[test]
fn the_selection_is_arranged_about_where_it_is() {
    let (mut document, known) = graph(&["ab", "bc"]);
    let places = [
        ("a", (500.0, 400.0)),
        ("b", (300.0, 420.0)),
        ("c", (0.0, 0.0)),
    ];
    for (name, place) in places {
        document.layout.positions.insert(known[name], place);
    }
    let shapes = Shapes::estimated(&document, &Library::default());
    let some = BTreeSet::from([known["a"], known["b"]]);
    let positions = layout::arrange_some(&document, &shapes, &some);
    assert_eq!(positions.keys().copied().collect::<BTreeSet<_>>(), some);
    let (a, b) = (positions[&known["a"]], positions[&known["b"]]);
    assert!(a.0 < b.0);
    assert_eq!((a.0.min(b.0), a.1.min(b.1)), (300.0, 400.0));
}
