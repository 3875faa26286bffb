//! What is good or bad about the ways of wires, in numbers: for tests and for the table in
//! docs/layout.md.

use super::{
    super::{
        geometry::{Point, Rect},
        grid::Grid,
    },
    Plan, Routes, length,
};
use graph_core::document::ConnectorId;
use std::collections::BTreeMap;

/// Counted over all wires.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Quality {
    /// Wires that have a way.
    pub routed: usize,
    /// Pairs of lines of wires from different pins that cross.
    pub crossings: usize,
    /// Corners.
    pub bends: usize,
    /// All lines together, in points at zoom 1.
    pub length: f32,
    /// Wires that run through a box.
    pub through_boxes: usize,
    /// Pairs of lines of wires from different pins that lie on each other.
    pub overlaps: usize,
}

/// Measures the ways of a plan.
pub fn quality(plan: &Plan, routes: &Routes) -> Quality {
    let mut quality = Quality {
        routed: routes.len(),
        ..Quality::default()
    };
    let mut boxes = Grid::default();
    for (number, rect) in plan.boxes.iter().enumerate() {
        boxes.insert(*rect, number as u32);
    }
    for corners in routes.values() {
        quality.bends += corners.len().saturating_sub(2);
        quality.length += length(corners);
        let meets_a_box = |(a, b): (Point, Point)| {
            let line = Rect::from_corners(a, b);
            let near = boxes.touching(line).into_iter();
            let mut near = near.filter_map(|number| plan.boxes.get(number as usize));
            near.any(|rect| rect.expanded(-2.0).intersects(line))
        };
        quality.through_boxes += usize::from(lines(corners).any(meets_a_box));
    }
    let (crossings, overlaps) = pairs(plan, routes);
    Quality {
        crossings,
        overlaps,
        ..quality
    }
}

fn lines(corners: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    corners.windows(2).filter_map(|ends| match ends {
        [a, b] => Some((*a, *b)),
        _ => None,
    })
}

/// Lines that cross, and lines that lie on each other.
fn pairs(plan: &Plan, routes: &Routes) -> (usize, usize) {
    let sources: BTreeMap<ConnectorId, (u32, u32)> = (plan.wires.iter())
        .map(|wire| {
            (
                wire.connector,
                (wire.from.x.to_bits(), wire.from.y.to_bits()),
            )
        })
        .collect();
    let (mut level, mut upright) = (Vec::new(), Vec::new());
    for (connector, corners) in routes {
        for (a, b) in lines(corners) {
            let line = Rect::from_corners(a, b);
            match (a.y - b.y).abs() < 0.1 {
                true => level.push((sources.get(connector), line)),
                false => upright.push((sources.get(connector), line)),
            }
        }
    }
    let mut grid = Grid::default();
    for (number, (_, line)) in upright.iter().enumerate() {
        grid.insert(*line, number as u32);
    }
    let mut crossings = 0;
    for (source, line) in &level {
        let inner = Rect {
            min: line.min + super::point(0.5, 0.0),
            max: line.max - super::point(0.5, 0.0),
        };
        let near = grid.touching(*line).into_iter();
        let near = near.filter_map(|number| upright.get(number as usize));
        let crosses = |other: &Rect| {
            inner.min.x < other.min.x
                && other.min.x < inner.max.x
                && other.min.y + 0.5 < line.min.y
                && line.min.y < other.max.y - 0.5
        };
        crossings += near
            .filter(|(from, other)| from != source && crosses(other))
            .count();
    }
    let turned = |(source, line): &(Option<&(u32, u32)>, Rect)| {
        let turn = |p: Point| super::point(p.y, p.x);
        (
            source.copied(),
            Rect {
                min: turn(line.min),
                max: turn(line.max),
            },
        )
    };
    let own = |(source, line): &(Option<&(u32, u32)>, Rect)| (source.copied(), *line);
    let overlaps =
        overlaps(level.iter().map(own).collect()) + overlaps(upright.iter().map(turned).collect());
    (crossings, overlaps)
}

/// Pairs of level lines on one height that share more than a corner.
fn overlaps(mut level: Vec<(Option<(u32, u32)>, Rect)>) -> usize {
    level.sort_by(|a, b| {
        a.1.min
            .y
            .total_cmp(&b.1.min.y)
            .then(a.1.min.x.total_cmp(&b.1.min.x))
    });
    let mut found = 0;
    for (number, (source, line)) in level.iter().enumerate() {
        let after = level.iter().skip(number + 1);
        let same = after.take_while(|(_, other)| other.min.y - line.min.y < 1.0);
        found += same
            .filter(|(from, other)| {
                let shared = line.max.x.min(other.max.x) - line.min.x.max(other.min.x);
                from != source && shared > 2.0
            })
            .count();
    }
    found
}
