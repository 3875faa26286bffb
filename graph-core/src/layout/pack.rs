//! Graphs that no edge joins, beside and below each other. Each stays where it was if it can.

use super::graph::{Graph, median};

const GAP: f32 = 60.0;
/// Width to height of what is packed.
const ASPECT: f32 = 1.6;
/// What stays where it was may take so many times as much room.
const SPARSE: f32 = 1.6;

/// A laid out graph.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The boxes' upper left corners.
    pub(super) places: Vec<(f32, f32)>,
    /// Left, upper, right, lower edge, with the room that boxes need.
    edges: [f32; 4],
    /// How far it would have to go to be where it was; `None`: all of it is new.
    home: Option<(f32, f32)>,
}

impl Block {
    pub(super) fn new(graph: &Graph, places: Vec<(f32, f32)>) -> Block {
        let mut edges = [f32::MAX, f32::MAX, f32::MIN, f32::MIN];
        let (mut right, mut down) = (Vec::new(), Vec::new());
        for (vertex, (x, y)) in graph.vertices.iter().zip(&places) {
            edges[0] = edges[0].min(x - vertex.room_left);
            edges[1] = edges[1].min(*y);
            edges[2] = edges[2].max(x + vertex.width + vertex.room_right);
            edges[3] = edges[3].max(y + vertex.height);
            if let Some((before_x, before_y)) = vertex.previous {
                right.push(before_x - x);
                down.push(before_y - y);
            }
        }
        Block {
            home: median(right).zip(median(down)),
            places,
            edges,
        }
    }

    pub(super) fn width(&self) -> f32 {
        self.edges[2] - self.edges[0]
    }

    pub(super) fn height(&self) -> f32 {
        self.edges[3] - self.edges[1]
    }

    /// The left and upper edge.
    pub(super) fn corner(&self) -> (f32, f32) {
        (self.edges[0], self.edges[1])
    }

    /// Where its corner was.
    pub(super) fn home_corner(&self) -> Option<(f32, f32)> {
        let (x, y) = self.home?;
        Some((self.edges[0] + x, self.edges[1] + y))
    }
}

/// How far each block has to go.
pub(super) fn packed(blocks: &[Block]) -> Vec<(f32, f32)> {
    let (anew, area) = rows(blocks);
    match at_home(blocks) {
        Some((moves, room)) if room <= area * SPARSE => moves,
        _ => anew,
    }
}

/// In rows, the highest first; gives the area that they take too.
fn rows(blocks: &[Block]) -> (Vec<(f32, f32)>, f32) {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by(|a, b| {
        blocks[*b]
            .height()
            .total_cmp(&blocks[*a].height())
            .then(a.cmp(b))
    });
    let area: f32 = blocks
        .iter()
        .map(|block| (block.width() + GAP) * (block.height() + GAP))
        .sum();
    let widest = blocks.iter().map(Block::width).fold(0.0, f32::max);
    let width = (area * ASPECT).sqrt().max(widest);
    let mut moves = vec![(0.0, 0.0); blocks.len()];
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0_f32);
    let mut right = 0.0_f32;
    for number in order {
        let block = &blocks[number];
        if x > 0.0 && x + block.width() > width {
            (x, y, row) = (0.0, y + row + GAP, 0.0);
        }
        let (left, top) = block.corner();
        moves[number] = (x - left, y - top);
        x += block.width() + GAP;
        right = right.max(x);
        row = row.max(block.height());
    }
    (moves, right * (y + row + GAP))
}

/// Where they were, what is new below; `None` if two would lie on each other or none was anywhere.
fn at_home(blocks: &[Block]) -> Option<(Vec<(f32, f32)>, f32)> {
    let mut taken: Vec<[f32; 4]> = Vec::new();
    let mut moves = vec![(0.0, 0.0); blocks.len()];
    for (block, by) in blocks.iter().zip(&mut moves) {
        let Some((x, y)) = block.home else {
            continue;
        };
        let [left, top, right, bottom] = block.edges;
        let rect = [left + x, top + y, right + x, bottom + y];
        let apart = |other: &[f32; 4]| {
            rect[0] >= other[2] || other[0] >= rect[2] || rect[1] >= other[3] || other[1] >= rect[3]
        };
        if !taken.iter().all(apart) {
            return None;
        }
        taken.push(rect);
        *by = (x, y);
    }
    let left = taken.iter().map(|rect| rect[0]).reduce(f32::min)?;
    let top = taken.iter().map(|rect| rect[1]).reduce(f32::min)?;
    let mut right = taken.iter().map(|rect| rect[2]).reduce(f32::max)?;
    let bottom = taken.iter().map(|rect| rect[3]).reduce(f32::max)?;
    let width = right - left;
    let (mut x, mut y, mut row) = (left, bottom + GAP, 0.0_f32);
    for (block, by) in blocks
        .iter()
        .zip(&mut moves)
        .filter(|(block, _)| block.home.is_none())
    {
        if x > left && x + block.width() > left + width {
            (x, y, row) = (left, y + row + GAP, 0.0);
        }
        let (own_left, own_top) = block.corner();
        *by = (x - own_left, y - own_top);
        x += block.width() + GAP;
        right = right.max(x);
        row = row.max(block.height());
    }
    let below = if row > 0.0 { y + row } else { bottom };
    Some((moves, (right - left + GAP) * (below - top + GAP)))
}
