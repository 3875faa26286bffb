//! The ways of all wires: upright and level lines round the boxes, parallel lines apart, wires that
//! lead back outside their block, through the points that the user has set. A pure function of a
//! [`Plan`]: it takes too long for a frame, so a worker computes it, and the scene shows straight
//! wires meanwhile. Knows nothing of documents.

mod lattice;
pub mod measure;
mod nudge;
mod outside;

use super::{
    geometry::{Point, Rect, point},
    grid::Grid,
};
use graph_core::document::ConnectorId;
use std::collections::BTreeMap;

/// Between a box and a line that passes it, and from a pin to the first corner.
pub(super) const CLEARANCE: f32 = 14.0;
/// The same for a flag: its lines are near to pins.
const FLAG_CLEARANCE: f32 = 5.0;
/// Between parallel lines.
pub(super) const LANE: f32 = 8.0;
/// A corner costs as much as this length.
pub(super) const CORNER_COST: f32 = 40.0;

/// What wires have to go round, and which wires there are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Boxes of instances.
    pub boxes: Vec<Rect>,
    /// Boxes of flags.
    pub flags: Vec<Rect>,
    /// From pin to pin.
    pub wires: Vec<PlannedWire>,
}

/// A wire from a pin on the right edge of a box to a pin on the left edge of one.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedWire {
    /// Whose it is.
    pub connector: ConnectorId,
    /// The source.
    pub from: Point,
    /// The target.
    pub to: Point,
    /// Points that it goes through, in this order.
    pub through: Vec<Point>,
}

/// The corners of each wire, from pin to pin. A wire without a way is not among them.
pub type Routes = BTreeMap<ConnectorId, Vec<Point>>;

/// Finds the ways.
pub fn routes(plan: &Plan) -> Routes {
    let field = Field::new(plan);
    let mut paths: Vec<Path> = plan
        .wires
        .iter()
        .filter_map(|wire| path(&field, wire))
        .collect();
    nudge::apart(&field, &mut paths);
    paths
        .into_iter()
        .map(|path| (path.connector, straightened(path.corners)))
        .collect()
}

/// A way that was found.
pub(super) struct Path {
    pub(super) connector: ConnectorId,
    pub(super) corners: Vec<Point>,
    /// Corners that stay where they are: those that the user has set.
    pub(super) fixed: Vec<Point>,
}

/// Obstacles, to be found by place.
pub(super) struct Field {
    obstacles: Vec<Obstacle>,
    grid: Grid,
}

/// Something that a line goes round.
#[derive(Clone, Copy)]
pub(super) struct Obstacle {
    pub(super) rect: Rect,
    /// Lines pass at this distance.
    pub(super) clearance: f32,
}

impl Field {
    fn new(plan: &Plan) -> Field {
        let boxes = plan.boxes.iter().map(|rect| (*rect, CLEARANCE));
        let flags = plan.flags.iter().map(|rect| (*rect, FLAG_CLEARANCE));
        let obstacles: Vec<Obstacle> = boxes
            .chain(flags)
            .map(|(rect, clearance)| Obstacle { rect, clearance })
            .collect();
        let mut grid = Grid::default();
        for (number, obstacle) in obstacles.iter().enumerate() {
            grid.insert(obstacle.rect, number as u32);
        }
        Field { obstacles, grid }
    }

    /// The obstacles that touch a rectangle.
    pub(super) fn touching(&self, rect: Rect) -> Vec<Obstacle> {
        let near = self.grid.touching(rect).into_iter();
        let obstacles = near.filter_map(|number| self.obstacles.get(number as usize));
        obstacles
            .filter(|obstacle| obstacle.rect.intersects(rect))
            .copied()
            .collect()
    }

    /// Whether a path of upright and level lines goes through no box and keeps its distance; the
    /// first and the last line need none.
    pub(super) fn is_free(&self, corners: &[Point]) -> bool {
        let last = corners.len().saturating_sub(2);
        let free = |(number, ends): (usize, &[Point])| {
            let [a, b] = ends else {
                return true;
            };
            let line = Rect::from_corners(*a, *b);
            let margin = |obstacle: &Obstacle| match number == 0 || number == last {
                true => -2.0,
                false => obstacle.clearance - 1.0,
            };
            let near = self.touching(line.expanded(CLEARANCE));
            !near
                .iter()
                .any(|obstacle| line.intersects(obstacle.rect.expanded(margin(obstacle))))
        };
        corners.windows(2).enumerate().all(free)
    }
}

fn path(field: &Field, wire: &PlannedWire) -> Option<Path> {
    let corners = match wire.through.is_empty() {
        true => simple(field, wire).or_else(|| outside::chosen(field, wire)),
        false => through(field, wire),
    };
    Some(Path {
        connector: wire.connector,
        corners: corners?,
        fixed: wire.through.clone(),
    })
}

/// A level line, or one step aside half way.
fn simple(field: &Field, wire: &PlannedWire) -> Option<Vec<Point>> {
    let (from, to) = (wire.from, wire.to);
    if to.x > from.x && (to.y - from.y).abs() < 0.5 {
        let level = vec![from, point(to.x, from.y)];
        return field.is_free(&level).then_some(level);
    }
    if from.x + CLEARANCE > to.x - CLEARANCE {
        return None;
    }
    let middle = (from.x + to.x) / 2.0;
    let ways = [middle, from.x + CLEARANCE, to.x - CLEARANCE];
    let step = |x: f32| vec![from, point(x, from.y), point(x, to.y), to];
    ways.into_iter().map(step).find(|way| field.is_free(way))
}

/// From point to point.
fn through(field: &Field, wire: &PlannedWire) -> Option<Vec<Point>> {
    let mut corners = vec![wire.from];
    let mut start = lattice::End::Pin(wire.from);
    for at in &wire.through {
        corners.extend(leg(field, start, lattice::End::Anywhere(*at)));
        start = lattice::End::Anywhere(*at);
    }
    corners.extend(leg(field, start, lattice::End::Pin(wire.to)));
    Some(corners)
}

/// Without its first corner; a point in a box is reached all the same.
fn leg(field: &Field, from: lattice::End, to: lattice::End) -> Vec<Point> {
    let found = lattice::shortest(field, from, to);
    let corners = found.unwrap_or_else(|| vec![from.at(), to.at()]);
    corners.into_iter().skip(1).collect()
}

/// Without corners that are none.
fn straightened(corners: Vec<Point>) -> Vec<Point> {
    let mut straight: Vec<Point> = Vec::with_capacity(corners.len());
    for corner in corners {
        if straight
            .last()
            .is_some_and(|last| (*last - corner).length() < 0.1)
        {
            continue;
        }
        if let [.., before, last] = straight.as_slice() {
            let is_level = (before.y - last.y).abs() < 0.1 && (last.y - corner.y).abs() < 0.1;
            let is_upright = (before.x - last.x).abs() < 0.1 && (last.x - corner.x).abs() < 0.1;
            let turns_back = match is_level {
                true => (last.x - before.x) * (corner.x - last.x) < 0.0,
                false => (last.y - before.y) * (corner.y - last.y) < 0.0,
            };
            if (is_level || is_upright) && !turns_back {
                straight.pop();
            }
        }
        straight.push(corner);
    }
    straight
}

/// The length of all its lines.
pub(super) fn length(path: &[Point]) -> f32 {
    let part = |ends: &[Point]| match ends {
        [a, b] => (*b - *a).length(),
        _ => 0.0,
    };
    path.windows(2).map(part).sum()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
