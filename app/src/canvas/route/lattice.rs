//! The shortest way with few corners, on the lines that run along the boxes near a wire: A* over
//! places and directions. Wider surroundings are taken if there is no way in the near ones.

use super::{
    super::geometry::{Point, Rect, point},
    CLEARANCE, CORNER_COST, Field, Obstacle,
};
use std::{cmp::Reverse, collections::BinaryHeap};

/// How far round both ends is looked, at first and then.
const SURROUNDINGS: [f32; 2] = [160.0, 1200.0];
/// More crossings of lines are not looked at.
const LARGEST: usize = 250_000;
/// A piece of a line that is too near to a box costs as much.
const NEARNESS_COST: f32 = 120.0;
/// Lines nearer than this are one.
const SAME: f32 = 3.0;
/// Costs are counted in parts of a point.
const PARTS: f32 = 8.0;

/// Where a way begins or ends.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// It leaves to the right, or arrives from the left.
    Pin(Point),
    /// From or to any side.
    Anywhere(Point),
}

impl End {
    pub(super) fn at(self) -> Point {
        match self {
            End::Pin(at) | End::Anywhere(at) => at,
        }
    }
}

/// Directions are counted from here: right, down, left, up.
const RIGHT: usize = 0;

/// The corners of the way, with both ends.
pub(super) fn shortest(field: &Field, from: End, to: End) -> Option<Vec<Point>> {
    let (start, goal) = (from.beside(1.0), to.beside(-1.0));
    SURROUNDINGS.into_iter().find_map(|reach| {
        let window = Rect::from_corners(start, goal).expanded(reach);
        let lattice = Lattice::new(field, window, start, goal);
        let mut corners = lattice.search(from, to, start, goal)?;
        corners.insert(0, from.at());
        corners.push(to.at());
        Some(super::straightened(corners))
    })
}

impl End {
    /// The first or last place where it can turn.
    fn beside(self, side: f32) -> Point {
        match self {
            End::Pin(at) => point(at.x + side * CLEARANCE, at.y),
            End::Anywhere(at) => at,
        }
    }
}

struct Lattice {
    xs: Vec<f32>,
    ys: Vec<f32>,
    /// Whether the piece to the right of a crossing is barred or near to a box.
    right: Vec<Barrier>,
    /// The same of the piece below.
    below: Vec<Barrier>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Barrier {
    Free,
    Near,
    Barred,
}

impl Lattice {
    fn new(field: &Field, window: Rect, start: Point, goal: Point) -> Lattice {
        let obstacles = field.touching(window);
        let sides = |low: fn(&Obstacle) -> f32, high: fn(&Obstacle) -> f32| {
            let lines = obstacles
                .iter()
                .flat_map(move |one| [low(one) - one.clearance, high(one) + one.clearance]);
            lines.collect::<Vec<f32>>()
        };
        let xs = lines(
            sides(|one| one.rect.min.x, |one| one.rect.max.x),
            [start.x, goal.x],
            (window.min.x, window.max.x),
        );
        let ys = lines(
            sides(|one| one.rect.min.y, |one| one.rect.max.y),
            [start.y, goal.y],
            (window.min.y, window.max.y),
        );
        let count = match xs.len() * ys.len() {
            count if count <= LARGEST => count,
            _ => 0,
        };
        let mut lattice = Lattice {
            right: vec![Barrier::Free; count],
            below: vec![Barrier::Free; count],
            xs,
            ys,
        };
        if count > 0 {
            for obstacle in &obstacles {
                lattice.bar(
                    obstacle.rect.expanded(obstacle.clearance - 1.0),
                    Barrier::Near,
                );
                lattice.bar(obstacle.rect.expanded(-1.0), Barrier::Barred);
            }
        }
        lattice
    }

    fn bar(&mut self, rect: Rect, barrier: Barrier) {
        let (columns, rows) = (
            inside(&self.xs, rect.min.x, rect.max.x),
            inside(&self.ys, rect.min.y, rect.max.y),
        );
        let width = self.xs.len();
        let raise = |pieces: &mut [Barrier], column: usize, row: usize| {
            if let Some(piece) = pieces.get_mut(row * width + column) {
                *piece = (*piece).max(barrier);
            }
        };
        // A piece begins one line before the first line inside.
        for row in rows.clone() {
            for column in columns.start.saturating_sub(1)..columns.end {
                raise(&mut self.right, column, row);
            }
        }
        if columns.is_empty() {
            // Narrower than the lines are apart: level lines still run through.
            for row in rows.clone() {
                raise(&mut self.right, columns.start.saturating_sub(1), row);
            }
        }
        for column in columns.clone() {
            for row in rows.start.saturating_sub(1)..rows.end {
                raise(&mut self.below, column, row);
            }
            if rows.is_empty() {
                raise(&mut self.below, column, rows.start.saturating_sub(1));
            }
        }
    }

    fn at(&self, cell: usize) -> Point {
        let width = self.xs.len();
        let (x, y) = (self.xs.get(cell % width), self.ys.get(cell / width));
        point(
            x.copied().unwrap_or_default(),
            y.copied().unwrap_or_default(),
        )
    }

    /// The next crossing in a direction, and what lies between.
    fn next(&self, cell: usize, direction: usize) -> Option<(usize, Barrier)> {
        let (width, height) = (self.xs.len(), self.ys.len());
        let (column, row) = (cell % width, cell / width);
        let (next, piece) = match direction {
            0 if column + 1 < width => (cell + 1, self.right.get(cell)),
            1 if row + 1 < height => (cell + width, self.below.get(cell)),
            2 if column > 0 => (cell - 1, self.right.get(cell - 1)),
            3 if row > 0 => (cell - width, self.below.get(cell - width)),
            _ => return None,
        };
        Some((next, *piece?))
    }

    fn cell(&self, p: Point) -> Option<usize> {
        let column = self.xs.iter().position(|x| *x == p.x)?;
        let row = self.ys.iter().position(|y| *y == p.y)?;
        Some(row * self.xs.len() + column)
    }

    /// The corners between the two ends, and where the way begins and ends.
    fn search(&self, from: End, to: End, start: Point, goal: Point) -> Option<Vec<Point>> {
        if self.right.is_empty() {
            return None;
        }
        let (first, last) = (self.cell(start)?, self.cell(goal)?);
        let states = self.right.len() * 4;
        let mut cost = vec![u32::MAX; states];
        let mut came = vec![u32::MAX; states];
        let mut open = BinaryHeap::new();
        let guess = |cell: usize| {
            let way = self.at(cell) - goal;
            ((way.x.abs() + way.y.abs()) * PARTS) as u32
        };
        for direction in 0..4 {
            let may_begin = match from {
                End::Pin(_) => direction == RIGHT,
                End::Anywhere(_) => true,
            };
            let state = first * 4 + direction;
            if let (true, Some(known)) = (may_begin, cost.get_mut(state)) {
                *known = 0;
                open.push(Reverse((guess(first), state)));
            }
        }
        while let Some(Reverse((estimate, state))) = open.pop() {
            let (cell, direction) = (state / 4, state % 4);
            let so_far = *cost.get(state)?;
            if estimate > so_far.saturating_add(guess(cell)) {
                continue;
            }
            let arrives = match to {
                End::Pin(_) => direction == RIGHT,
                End::Anywhere(_) => true,
            };
            if cell == last && arrives {
                return Some(self.way_back(&came, state));
            }
            for (next, price) in self.steps(cell, direction) {
                let price = so_far.saturating_add(price);
                let Some(known) = cost.get_mut(next) else {
                    continue;
                };
                if price < *known {
                    *known = price;
                    if let Some(came) = came.get_mut(next) {
                        *came = state as u32;
                    }
                    open.push(Reverse((price.saturating_add(guess(next / 4)), next)));
                }
            }
        }
        None
    }

    /// Ahead, or round a corner; never back.
    fn steps(&self, cell: usize, direction: usize) -> impl Iterator<Item = (usize, u32)> {
        let turns = [1, 3].map(|turn| {
            (
                cell * 4 + (direction + turn) % 4,
                (CORNER_COST * PARTS) as u32,
            )
        });
        let ahead = self.next(cell, direction).and_then(|(next, barrier)| {
            let way = (self.at(next) - self.at(cell)).length();
            let price = match barrier {
                Barrier::Free => way,
                Barrier::Near => way + NEARNESS_COST,
                Barrier::Barred => return None,
            };
            Some((next * 4 + direction, (price * PARTS) as u32))
        });
        turns.into_iter().chain(ahead)
    }

    fn way_back(&self, came: &[u32], end: usize) -> Vec<Point> {
        let mut corners = vec![self.at(end / 4)];
        let mut state = end;
        while let Some(before) = came
            .get(state)
            .copied()
            .filter(|before| *before != u32::MAX)
        {
            state = before as usize;
            corners.push(self.at(state / 4));
        }
        corners.reverse();
        corners
    }
}

/// The numbers of the lines between two places.
fn inside(lines: &[f32], low: f32, high: f32) -> std::ops::Range<usize> {
    let first = lines.partition_point(|line| *line <= low);
    let end = lines.partition_point(|line| *line < high);
    first..end.max(first)
}

/// Sorted, those that are needed in any case, and of the others none that is as good as on another.
fn lines(mut wanted: Vec<f32>, needed: [f32; 2], (low, high): (f32, f32)) -> Vec<f32> {
    wanted.retain(|line| {
        (low..=high).contains(line) && needed.iter().all(|other| (line - other).abs() > SAME)
    });
    wanted.sort_by(f32::total_cmp);
    wanted.dedup_by(|a, b| (*a - *b).abs() < SAME);
    wanted.extend(needed);
    wanted.sort_by(f32::total_cmp);
    wanted.dedup();
    wanted
}
