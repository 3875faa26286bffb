//! The shortest way, or for a wire that leads back the way over or under its whole block, if that
//! is not much longer: feedback is seen at once when it runs outside.

use super::{
    super::geometry::{Point, Rect, point},
    CLEARANCE, CORNER_COST, Field, PlannedWire, lattice, length,
};

/// Boxes nearer to each other than this are one block.
const BLOCK_GAP: f32 = 70.0;
/// The way outside may be so many times as long, and this more.
const DETOUR: f32 = 1.7;
const DETOUR_SLACK: f32 = 200.0;

/// The corners of the way.
pub(super) fn chosen(field: &Field, wire: &PlannedWire) -> Option<Vec<Point>> {
    let inside = lattice::shortest(
        field,
        lattice::End::Pin(wire.from),
        lattice::End::Pin(wire.to),
    );
    if wire.to.x > wire.from.x {
        return inside;
    }
    let cost = |way: &[Point]| length(way) + way.len() as f32 * CORNER_COST;
    let around = around(field, wire);
    match (inside, around) {
        (Some(inside), Some(around)) => Some(
            match cost(&around) <= cost(&inside) * DETOUR + DETOUR_SLACK {
                true => around,
                false => inside,
            },
        ),
        (inside, around) => inside.or(around),
    }
}

/// Over or under the block, the shorter of those that are free.
fn around(field: &Field, wire: &PlannedWire) -> Option<Vec<Point>> {
    let (left, right) = (wire.to.x - CLEARANCE, wire.from.x + CLEARANCE);
    let block = block(field, wire, left, right);
    let level = |y: f32| {
        vec![
            wire.from,
            point(right, wire.from.y),
            point(right, y),
            point(left, y),
            point(left, wire.to.y),
            wire.to,
        ]
    };
    let ways = [
        level(block.min.y - CLEARANCE),
        level(block.max.y + CLEARANCE),
    ];
    let free = ways.into_iter().filter(|way| field.is_free(way));
    free.min_by(|a, b| length(a).total_cmp(&length(b)))
}

/// All boxes between the ends that stand near to each other.
fn block(field: &Field, wire: &PlannedWire, left: f32, right: f32) -> Rect {
    let ends = Rect::from_corners(wire.from, wire.to);
    let mut block = Rect::from_corners(point(left, ends.min.y), point(right, ends.max.y));
    loop {
        let near = field.touching(Rect::from_corners(
            point(left, block.min.y - BLOCK_GAP),
            point(right, block.max.y + BLOCK_GAP),
        ));
        let grown = near.iter().fold(block, |block, obstacle| {
            let (low, high) = (obstacle.rect.min.y, obstacle.rect.max.y);
            Rect::from_corners(
                point(left, block.min.y.min(low)),
                point(right, block.max.y.max(high)),
            )
        });
        if grown == block {
            return block;
        }
        block = grown;
    }
}
