//! The way of a wire round the boxes that a plain curve would run behind: straight lines with
//! round corners, by the first of a few shapes that is free. Knows nothing of documents; crossings
//! with other wires are not looked for.

use super::{
    geometry::{Point, Rect, point},
    wire::Curve,
};

/// From a pin to the first corner at least.
const LEAD: f32 = 18.0;
/// Between a box and a line that passes it.
const CLEARANCE: f32 = 12.0;
/// Between the lines of neighbouring pins, so that none lies on another.
const STEP: f32 = 9.0;
/// So many neighbouring pins get lines of their own.
const STEPS: f32 = 6.0;
/// A corner costs as much as this length.
const CORNER_COST: f32 = 40.0;
/// A box that is crossed costs more than any way round.
const CROSSING_COST: f32 = 100_000.0;
/// A line too near to a box is taken only where there is no other way.
const TOUCHING_COST: f32 = 5_000.0;
/// Boxes in the way whose edges are tried; a wire that crosses more is a long one anyway.
const TRIED: usize = 10;

/// A pin at the edge of its box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terminal {
    /// The pin.
    pub at: Point,
    /// The box that it belongs to.
    pub rect: Rect,
    /// Distance of neighbouring pins.
    pub pitch: f32,
}

/// Which way a line leaves the height of its pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Up,
    Down,
}

/// The course from a source on the right edge of its box to a target on the left edge of its own.
/// `boxes` gives all boxes that touch a rectangle.
pub fn route(from: Terminal, to: Terminal, boxes: &dyn Fn(Rect) -> Vec<Rect>) -> Curve {
    let direct = Curve::between(from.at, to.at);
    let near = boxes(direct.bounds());
    let path = direct.flattened(1.0);
    let hit: Vec<Rect> = (near.iter().copied())
        .filter(|rect| crosses(&path, *rect))
        .take(TRIED)
        .collect();
    if hit.is_empty() {
        return direct;
    }
    let around = (hit.iter().copied()).fold(from.rect.union(to.rect), Rect::union);
    let reach = CLEARANCE + LEAD + STEP * (STEPS + 1.0);
    let all = boxes(around.expanded(reach));
    let crossed = |path: &[Point]| all.iter().filter(|rect| crosses(path, **rect)).count();
    let mut best = (crossed(&path) as f32 * CROSSING_COST, direct);
    for corners in candidates(from, to, &hit, around) {
        let cost = length(&corners)
            + corners.len() as f32 * CORNER_COST
            + touched(&corners, &all) as f32 * TOUCHING_COST
            + crossed(&corners) as f32 * CROSSING_COST;
        if cost < best.0 {
            best = (cost, Curve::along(&corners));
        }
    }
    best.1
}

/// One step aside where there is room ahead, else over or under what is in the way.
fn candidates(from: Terminal, to: Terminal, hit: &[Rect], around: Rect) -> Vec<Vec<Point>> {
    let mut found = Vec::new();
    let (first, last) = (from.at, to.at);
    let turn = if last.y < first.y {
        Turn::Up
    } else {
        Turn::Down
    };
    let (left, right) = (leaves(from, turn), arrives(to, turn));
    if left <= right {
        for x in [left, (left + right) / 2.0, right] {
            found.push(vec![first, point(x, first.y), point(x, last.y), last]);
        }
    }
    let edges = hit.iter().chain([&from.rect, &to.rect, &around]);
    for rect in edges {
        for turn in [Turn::Up, Turn::Down] {
            let apart = CLEARANCE + aside(from, turn);
            let y = match turn {
                Turn::Up => rect.min.y - apart,
                Turn::Down => rect.max.y + apart,
            };
            let (left, right) = (leaves(from, turn), arrives(to, turn));
            found.push(vec![
                first,
                point(left, first.y),
                point(left, y),
                point(right, y),
                point(right, last.y),
                last,
            ]);
        }
    }
    found
}

fn leaves(from: Terminal, turn: Turn) -> f32 {
    from.at.x + LEAD + aside(from, turn)
}

fn arrives(to: Terminal, turn: Turn) -> f32 {
    to.at.x - LEAD - aside(to, turn)
}

/// The pin that is nearest to where the lines turn has the inmost of them: lines of one box do not
/// cross each other.
fn aside(pin: Terminal, turn: Turn) -> f32 {
    let distance = match turn {
        Turn::Up => pin.at.y - pin.rect.min.y,
        Turn::Down => pin.rect.max.y - pin.at.y,
    };
    (distance / pin.pitch).floor().rem_euclid(STEPS) * STEP
}

/// Boxes that lines run along too near; the first and the last line have to.
fn touched(path: &[Point], boxes: &[Rect]) -> usize {
    let inner = path
        .get(1..path.len().saturating_sub(1))
        .unwrap_or_default();
    let margin = CLEARANCE - 2.0;
    let is_near = |rect: &&Rect| crosses(inner, rect.expanded(margin));
    boxes.iter().filter(is_near).count()
}

/// Whether a path of short or upright lines goes through the inside of a box.
fn crosses(path: &[Point], rect: Rect) -> bool {
    let inside = rect.expanded(-2.0);
    path.windows(2).any(|ends| match ends {
        [a, b] => Rect::from_corners(*a, *b).intersects(inside),
        _ => false,
    })
}

fn length(path: &[Point]) -> f32 {
    let part = |ends: &[Point]| match ends {
        [a, b] => (*b - *a).length(),
        _ => 0.0,
    };
    path.windows(2).map(part).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(x: f32, y: f32) -> Rect {
        Rect::from_size(point(x, y), point(200.0, 120.0))
    }

    fn source(rect: Rect, row: f32) -> Terminal {
        Terminal {
            at: point(rect.max.x, rect.min.y + 50.0 + row * 20.0),
            rect,
            pitch: 20.0,
        }
    }

    fn target(rect: Rect, row: f32) -> Terminal {
        Terminal {
            at: point(rect.min.x, rect.min.y + 50.0 + row * 20.0),
            rect,
            pitch: 20.0,
        }
    }

    fn routed(from: Terminal, to: Terminal, boxes: &[Rect]) -> Curve {
        route(from, to, &|seen| {
            let touches = |rect: &&Rect| rect.intersects(seen);
            boxes.iter().filter(touches).copied().collect()
        })
    }

    fn is_free(curve: &Curve, boxes: &[Rect]) -> bool {
        let path = curve.flattened(1.0);
        boxes.iter().all(|rect| !crosses(&path, *rect))
    }

    #[test]
    fn a_free_wire_stays_a_curve() {
        let boxes = [boxed(0.0, 0.0), boxed(400.0, 60.0)];
        let (from, to) = (source(boxes[0], 0.0), target(boxes[1], 0.0));
        assert_eq!(
            routed(from, to, &boxes),
            Curve::between(from.at, to.at),
            "nothing is in the way"
        );
    }

    #[test]
    fn a_wire_goes_round_a_box_between_its_ends() {
        let boxes = [boxed(0.0, 0.0), boxed(300.0, 0.0), boxed(600.0, 0.0)];
        let (from, to) = (source(boxes[0], 0.0), target(boxes[2], 0.0));
        let curve = routed(from, to, &boxes);
        assert!(is_free(&curve, &boxes), "{curve:?}");
        assert_eq!((curve.start(), curve.end()), (from.at, to.at));
    }

    #[test]
    fn a_wire_back_goes_over_or_under_all_boxes() {
        let boxes = [boxed(0.0, 0.0), boxed(300.0, -40.0), boxed(600.0, 0.0)];
        let curve = routed(source(boxes[2], 0.0), target(boxes[0], 0.0), &boxes);
        assert!(is_free(&curve, &boxes), "{curve:?}");
        let itself = routed(source(boxes[1], 0.0), target(boxes[1], 0.0), &boxes);
        assert!(is_free(&itself, &boxes), "{itself:?}");
    }

    #[test]
    fn a_line_keeps_away_from_boxes_that_it_passes() {
        let tall = Rect::from_size(point(600.0, 0.0), point(200.0, 160.0));
        let boxes = [boxed(0.0, 0.0), boxed(300.0, 0.0), tall];
        for row in 0..3 {
            let row = row as f32;
            let curve = routed(source(boxes[2], row), target(boxes[0], row), &boxes);
            let lane = curve.middle().y;
            assert!(
                !(-CLEARANCE + 2.0..=160.0 + CLEARANCE - 2.0).contains(&lane),
                "{lane}"
            );
        }
    }

    #[test]
    fn lines_of_neighbouring_pins_do_not_lie_on_each_other() {
        let boxes = [boxed(0.0, 0.0), boxed(600.0, 0.0)];
        let wire = |row| routed(source(boxes[1], row), target(boxes[0], row), &boxes);
        let (upper, lower) = (wire(0.0), wire(1.0));
        assert!((upper.middle().y - lower.middle().y).abs() >= STEP);
    }

    #[test]
    fn where_there_is_no_way_the_curve_stays() {
        let wall = Rect::from_size(point(210.0, -5000.0), point(100.0, 10_000.0));
        let boxes = [boxed(0.0, 0.0), wall, boxed(400.0, 0.0)];
        let (from, to) = (source(boxes[0], 0.0), target(boxes[2], 0.0));
        assert_eq!(routed(from, to, &boxes), Curve::between(from.at, to.at));
    }
}
