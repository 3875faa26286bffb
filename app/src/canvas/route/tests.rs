//! Ways of wires: round boxes, apart, outside, through points.

use super::{
    measure::{Quality, quality},
    *,
};

fn boxed(x: f32, y: f32) -> Rect {
    Rect::from_size(point(x, y), point(200.0, 120.0))
}

fn source(rect: Rect, row: f32) -> Point {
    point(rect.max.x, rect.min.y + 50.0 + row * 20.0)
}

fn target(rect: Rect, row: f32) -> Point {
    point(rect.min.x, rect.min.y + 50.0 + row * 20.0)
}

fn plan(boxes: &[Rect], wires: &[(Point, Point)]) -> Plan {
    let wire = |(number, (from, to)): (usize, &(Point, Point))| PlannedWire {
        connector: ConnectorId(number as u64),
        from: *from,
        to: *to,
        through: Vec::new(),
    };
    Plan {
        boxes: boxes.to_vec(),
        flags: Vec::new(),
        wires: wires.iter().enumerate().map(wire).collect(),
    }
}

/// The ways, after what has to be true of all has been looked at.
fn routed(plan: &Plan) -> (Vec<Vec<Point>>, Quality) {
    let routes = routes(plan);
    for wire in &plan.wires {
        let corners = &routes[&wire.connector];
        assert_eq!(corners.first(), Some(&wire.from));
        assert_eq!(corners.last(), Some(&wire.to));
        for ends in corners.windows(2) {
            let way = ends[1] - ends[0];
            assert!(way.x.abs() < 0.1 || way.y.abs() < 0.1, "{corners:?}");
        }
    }
    let quality = quality(plan, &routes);
    (routes.into_values().collect(), quality)
}

#[test]
fn a_free_wire_is_level_or_has_one_step_half_way() {
    let boxes = [boxed(0.0, 0.0), boxed(400.0, 0.0), boxed(400.0, 200.0)];
    let level = (source(boxes[0], 0.0), target(boxes[1], 0.0));
    let stepped = (source(boxes[0], 1.0), target(boxes[2], 0.0));
    let (ways, _) = routed(&plan(&boxes, &[level, stepped]));
    assert_eq!(ways[0], [level.0, level.1]);
    let (from, to) = stepped;
    assert_eq!(
        ways[1],
        [from, point(300.0, from.y), point(300.0, to.y), to]
    );
}

#[test]
fn a_wire_goes_round_a_box_between_its_ends() {
    let boxes = [boxed(0.0, 0.0), boxed(300.0, 0.0), boxed(600.0, 0.0)];
    let wire = (source(boxes[0], 0.0), target(boxes[2], 0.0));
    let (ways, quality) = routed(&plan(&boxes, &[wire]));
    assert_eq!(quality.through_boxes, 0, "{ways:?}");
    assert!(quality.bends <= 4, "{ways:?}");
}

#[test]
fn a_wire_back_goes_over_or_under_all_boxes_of_its_block() {
    let boxes = [boxed(0.0, 0.0), boxed(300.0, -40.0), boxed(600.0, 0.0)];
    let back = (source(boxes[2], 0.0), target(boxes[0], 0.0));
    let itself = (source(boxes[1], 0.0), target(boxes[1], 0.0));
    let (ways, quality) = routed(&plan(&boxes, &[back, itself]));
    assert_eq!(quality.through_boxes, 0, "{ways:?}");
    let heights: Vec<f32> = ways[0].iter().map(|corner| corner.y).collect();
    let (top, bottom) = (
        heights.iter().copied().fold(f32::MAX, f32::min),
        heights.iter().copied().fold(f32::MIN, f32::max),
    );
    assert!(
        top <= -40.0 - CLEARANCE || bottom >= 120.0 + CLEARANCE,
        "{ways:?}"
    );
}

#[test]
fn a_line_keeps_away_from_boxes_that_it_passes() {
    let tall = Rect::from_size(point(600.0, 0.0), point(200.0, 160.0));
    let boxes = [boxed(0.0, 0.0), boxed(300.0, 0.0), tall];
    let wires: Vec<(Point, Point)> = (0..3)
        .map(|row| (source(boxes[2], row as f32), target(boxes[0], row as f32)))
        .collect();
    let (ways, _) = routed(&plan(&boxes, &wires));
    for way in &ways {
        let longest = way.windows(2).max_by(|a, b| {
            let length = |ends: &[Point]| (ends[1] - ends[0]).length();
            length(a).total_cmp(&length(b))
        });
        let lane = longest.unwrap()[0].y;
        assert!(!(-10.0..=170.0).contains(&lane), "{ways:?}");
    }
}

#[test]
fn parallel_lines_are_moved_apart_and_do_not_cross() {
    let boxes = [boxed(0.0, 0.0), boxed(400.0, 300.0)];
    let wires: Vec<(Point, Point)> = (0..3)
        .map(|row| (source(boxes[0], row as f32), target(boxes[1], row as f32)))
        .collect();
    let (ways, quality) = routed(&plan(&boxes, &wires));
    assert_eq!((quality.overlaps, quality.crossings), (0, 0), "{ways:?}");
    let mut lanes: Vec<f32> = ways.iter().map(|way| way[1].x).collect();
    lanes.sort_by(f32::total_cmp);
    assert_eq!([lanes[1] - lanes[0], lanes[2] - lanes[1]], [LANE, LANE]);
    assert_eq!(lanes[1], 300.0, "in the middle");
}

#[test]
fn wires_from_one_pin_share_their_line() {
    let boxes = [boxed(0.0, 0.0), boxed(400.0, 200.0), boxed(400.0, 400.0)];
    let from = source(boxes[0], 0.0);
    let wires = [(from, target(boxes[1], 0.0)), (from, target(boxes[2], 0.0))];
    let (ways, _) = routed(&plan(&boxes, &wires));
    assert_eq!(ways[0][1], ways[1][1]);
}

#[test]
fn where_there_is_no_way_the_wire_has_none() {
    let wall = Rect::from_size(point(210.0, -50_000.0), point(100.0, 100_000.0));
    let boxes = [boxed(0.0, 0.0), wall, boxed(400.0, 0.0)];
    let wire = (source(boxes[0], 0.0), target(boxes[2], 0.0));
    assert!(routes(&plan(&boxes, &[wire])).is_empty());
}

#[test]
fn a_wire_goes_through_the_points_that_the_user_has_set() {
    let boxes = [boxed(0.0, 0.0), boxed(600.0, 0.0)];
    let mut plan = plan(&boxes, &[(source(boxes[0], 0.0), target(boxes[1], 0.0))]);
    let through = [point(300.0, 400.0), point(450.0, -200.0)];
    plan.wires[0].through = through.to_vec();
    let (ways, quality) = routed(&plan);
    assert_eq!(quality.through_boxes, 0);
    let lies_on = |at: Point| {
        ways[0].windows(2).any(|ends| {
            Rect::from_corners(ends[0], ends[1])
                .expanded(0.1)
                .contains(at)
        })
    };
    assert!(through.into_iter().all(lies_on), "{ways:?}");
}

#[test]
fn flags_are_gone_round_too() {
    let boxes = [boxed(0.0, 0.0), boxed(600.0, 0.0)];
    let mut plan = plan(&boxes, &[(source(boxes[0], 0.0), target(boxes[1], 0.0))]);
    let flag = Rect::from_size(point(300.0, 30.0), point(100.0, 40.0));
    plan.flags.push(flag);
    let (ways, _) = routed(&plan);
    let meets = |ends: &[Point]| Rect::from_corners(ends[0], ends[1]).intersects(flag);
    assert!(!ways[0].windows(2).any(meets), "{ways:?}");
}

#[test]
fn no_wire_of_a_network_runs_through_a_box() {
    use crate::canvas::{
        node::Metrics,
        scene::{Scene, Toggled},
    };
    let (mut document, library) = graph_core::synthetic::network(120, 3, 11);
    let scene = |document: &graph_core::document::Document| {
        Scene::new(document, &library, &Metrics::STANDARD, &Toggled::new())
    };
    let shapes = scene(&document).shapes();
    document.layout.positions = graph_core::layout::arrange(&document, &shapes);
    let plan = scene(&document).plan();
    let routes = routes(&plan);
    let quality = quality(&plan, &routes);
    assert_eq!(quality.routed, plan.wires.len());
    assert_eq!(quality.through_boxes, 0);
    assert!(quality.overlaps * 20 < plan.wires.len(), "{quality:?}");
    assert_eq!(routes, super::routes(&plan), "the same each time");
}
