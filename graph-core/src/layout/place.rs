//! Heights of the items: ports that a link joins stand level where that is possible. Source:
//! Brandes and Köpf, Fast and simple horizontal coordinate assignment, 2001, with sizes and ports
//! as shifts inside a block; blocks are compacted over the graph of what stands above what.

use super::order::Order;

/// Between two boxes.
const BOX_GAP: f32 = 40.0;
/// Between a box and an edge that passes it.
const EDGE_GAP: f32 = 18.0;
/// Between two edges that pass.
const LANE_GAP: f32 = 10.0;
/// A link that is not level costs as much as this height.
const BEND_COST: f32 = 30.0;

/// The upper edge of each item, beginning at 0.
pub(super) fn heights(order: &Order) -> Vec<f32> {
    let conflicts = conflicts(order);
    let mut candidates: Vec<Vec<f32>> = Vec::new();
    for from in [From::First, From::Last] {
        for to in [To::Top, To::Bottom] {
            let aligned = align(order, &conflicts, from, to);
            candidates.extend(compact(order, &aligned, to));
        }
    }
    if let Some(balanced) = balanced(order, &candidates) {
        candidates.push(balanced);
    }
    let best = candidates
        .into_iter()
        .map(|tops| (bends_and_lengths(order, &tops) + extent(order, &tops), tops))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let tops = best.map_or_else(|| stacked(order), |(_, tops)| tops);
    let first = tops.iter().copied().reduce(f32::min).unwrap_or(0.0);
    // Whole points: what is level stays level when positions are rounded.
    tops.into_iter().map(|top| (top - first).round()).collect()
}

/// Between the upper edge of an item and of the one below it, at least.
pub(super) fn apart(order: &Order, upper: usize, lower: usize) -> f32 {
    let (upper, lower) = (order.items[upper], order.items[lower]);
    let gap = match (upper.vertex, lower.vertex) {
        (Some(_), Some(_)) => BOX_GAP,
        (None, None) => LANE_GAP,
        _ => EDGE_GAP,
    };
    upper.height + gap
}

/// What links cost that are not level.
pub(super) fn bends_and_lengths(order: &Order, tops: &[f32]) -> f32 {
    let cost = |link: &super::order::Link| {
        let rise = (tops[link.from] + link.from_y - tops[link.to] - link.to_y).abs();
        match rise < 0.5 {
            true => 0.0,
            false => BEND_COST + rise,
        }
    };
    order.links.iter().map(cost).sum()
}

/// The height of all together.
pub(super) fn extent(order: &Order, tops: &[f32]) -> f32 {
    let top = tops.iter().copied().reduce(f32::min).unwrap_or(0.0);
    let bottoms = tops
        .iter()
        .zip(&order.items)
        .map(|(top, item)| top + item.height);
    bottoms.reduce(f32::max).unwrap_or(0.0) - top
}

/// Columns in which one stands right below the other.
fn stacked(order: &Order) -> Vec<f32> {
    let mut tops = vec![0.0; order.items.len()];
    for column in &order.columns {
        for pair in column.windows(2) {
            tops[pair[1]] = tops[pair[0]] + apart(order, pair[0], pair[1]);
        }
    }
    tops
}

/// Which column is aligned first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    First,
    Last,
}

/// Where blocks are drawn to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Top,
    Bottom,
}

/// Links that cross one between two passing edges: those stay level.
fn conflicts(order: &Order) -> Vec<bool> {
    let mut conflicts = vec![false; order.links.len()];
    let passes = |item: usize| order.items[item].vertex.is_none();
    for column in 1..order.columns.len() {
        let (above, below) = (&order.columns[column - 1], &order.columns[column]);
        let (mut least, mut scanned) = (0, 0);
        for (place, item) in below.iter().enumerate() {
            let inner = order.before[*item]
                .iter()
                .find(|link| passes(*item) && passes(order.links[**link].from));
            if inner.is_none() && place + 1 < below.len() {
                continue;
            }
            let most = inner.map_or(above.len(), |link| order.place[order.links[*link].from]);
            for item in &below[scanned..=place] {
                for link in &order.before[*item] {
                    let at = order.place[order.links[*link].from];
                    conflicts[*link] |= at < least || at > most;
                }
            }
            (scanned, least) = (place + 1, most.min(above.len()));
        }
    }
    conflicts
}

/// Items in blocks that stand level.
struct Aligned {
    root: Vec<usize>,
    /// Below the upper edge of the root.
    shift: Vec<f32>,
}

fn align(order: &Order, conflicts: &[bool], from: From, to: To) -> Aligned {
    let count = order.items.len();
    let mut aligned = Aligned {
        root: (0..count).collect(),
        shift: vec![0.0; count],
    };
    let columns: Vec<&Vec<usize>> = match from {
        From::First => order.columns.iter().collect(),
        From::Last => order.columns.iter().rev().collect(),
    };
    let rank = |place: f32| match to {
        To::Top => place,
        To::Bottom => -place,
    };
    for column in columns {
        let mut last = f32::NEG_INFINITY;
        let mut align_one = |item: usize| {
            let links = match from {
                From::First => &order.before[item],
                From::Last => &order.behind[item],
            };
            let at = |link: usize| match from {
                From::First => order.start(link),
                From::Last => order.end(link),
            };
            let mut sorted: Vec<usize> = links.clone();
            sorted.sort_by(|a, b| rank(at(*a)).total_cmp(&rank(at(*b))));
            let Some(end) = sorted.len().checked_sub(1) else {
                return;
            };
            for place in [end / 2, end - end / 2] {
                let link = sorted[place];
                let (other, lowers) = match from {
                    From::First => (
                        order.links[link].from,
                        order.links[link].from_y - order.links[link].to_y,
                    ),
                    From::Last => (
                        order.links[link].to,
                        order.links[link].to_y - order.links[link].from_y,
                    ),
                };
                let place = rank(order.place[other] as f32);
                if !conflicts[link] && last < place {
                    aligned.root[item] = aligned.root[other];
                    aligned.shift[item] = aligned.shift[other] + lowers;
                    last = place;
                    return;
                }
            }
        };
        match to {
            To::Top => column.iter().for_each(|item| align_one(*item)),
            To::Bottom => column.iter().rev().for_each(|item| align_one(*item)),
        }
    }
    aligned
}

/// Blocks as near to the top or bottom as those before them let them, then drawn to those behind
/// them. `None` if they stood one above the other in a circle.
fn compact(order: &Order, aligned: &Aligned, to: To) -> Option<Vec<f32>> {
    let count = order.items.len();
    let mut next: Vec<Vec<(usize, f32)>> = vec![Vec::new(); count];
    let mut open = vec![0_usize; count];
    for column in &order.columns {
        for pair in column.windows(2) {
            let (upper, lower) = (pair[0], pair[1]);
            let distance = apart(order, upper, lower) + aligned.shift[upper] - aligned.shift[lower];
            let (first, second) = match to {
                To::Top => (aligned.root[upper], aligned.root[lower]),
                To::Bottom => (aligned.root[lower], aligned.root[upper]),
            };
            next[first].push((second, distance));
            open[second] += 1;
        }
    }
    let roots = (0..count).filter(|item| aligned.root[*item] == *item);
    let mut sorted: Vec<usize> = roots.clone().filter(|root| open[*root] == 0).collect();
    let mut far = vec![0.0_f32; count];
    let mut done = 0;
    while let Some(block) = sorted.get(done).copied() {
        done += 1;
        for (other, distance) in &next[block] {
            far[*other] = far[*other].max(far[block] + distance);
            open[*other] -= 1;
            if open[*other] == 0 {
                sorted.push(*other);
            }
        }
    }
    if sorted.len() != roots.count() {
        return None;
    }
    for block in sorted.iter().rev() {
        let room = next[*block]
            .iter()
            .map(|(other, distance)| far[*other] - distance)
            .reduce(f32::min);
        far[*block] = far[*block].max(room.unwrap_or(far[*block]));
    }
    let top = |item: usize| match to {
        To::Top => far[aligned.root[item]] + aligned.shift[item],
        To::Bottom => aligned.shift[item] - far[aligned.root[item]],
    };
    Some((0..count).map(top).collect())
}

/// Between the two middle ones of the candidates, brought to the place of the smallest.
fn balanced(order: &Order, candidates: &[Vec<f32>]) -> Option<Vec<f32>> {
    let [_, _, _, _] = candidates else {
        return None;
    };
    let ends = |tops: &Vec<f32>| {
        let top = tops.iter().copied().reduce(f32::min)?;
        Some((top, top + extent(order, tops)))
    };
    let all: Option<Vec<(f32, f32)>> = candidates.iter().map(ends).collect();
    let all = all?;
    let smallest = all
        .iter()
        .min_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))?;
    let moves: Vec<f32> = all
        .iter()
        .enumerate()
        .map(|(number, (top, bottom))| match number % 2 == 0 {
            true => smallest.0 - top,
            false => smallest.1 - bottom,
        })
        .collect();
    let middle = |item: usize| {
        let mut tops: Vec<f32> = candidates
            .iter()
            .zip(&moves)
            .map(|(tops, by)| tops[item] + by)
            .collect();
        tops.sort_by(f32::total_cmp);
        (tops[1] + tops[2]) / 2.0
    };
    Some((0..order.items.len()).map(middle).collect())
}
