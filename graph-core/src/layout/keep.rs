//! Places that follow those of before: as near to them as order and gaps allow, by least squares
//! (Barlow and others, Statistical inference under order restrictions, 1972: pool adjacent
//! violators).

use super::{
    graph::{Graph, median},
    order::Order,
    place::apart,
};

/// What was there counts so much more than what is new.
const KNOWN_WEIGHT: f32 = 1000.0;
/// Between a box and an edge that passes it, and between two of those.
const PASSING_GAP: f32 = 4.0;

/// The upper edge of each item. `fresh` says where an item would stand that hangs on nothing known.
pub(super) fn heights(order: &Order, graph: &Graph, fresh: &[f32]) -> Vec<f32> {
    let previous = |item: usize| Some(graph.vertices[order.items[item].vertex?].previous?.1);
    let shifts = (0..order.items.len()).filter_map(|item| Some(previous(item)? - fresh[item]));
    let shift = median(shifts.collect()).unwrap_or(0.0);
    let mut wanted: Vec<Option<f32>> = (0..order.items.len()).map(previous).collect();
    for link in &order.links {
        if let (Some(from), None) = (wanted[link.from], wanted[link.to]) {
            wanted[link.to] = Some(from + link.from_y - link.to_y);
        }
    }
    for link in order.links.iter().rev() {
        if let (None, Some(to)) = (wanted[link.from], wanted[link.to]) {
            wanted[link.from] = Some(to + link.to_y - link.from_y);
        }
    }
    let mut tops = vec![0.0; order.items.len()];
    for column in &order.columns {
        let goals = column.iter().map(|item| {
            let weight = match previous(*item) {
                Some(_) => KNOWN_WEIGHT,
                None => 1.0,
            };
            (wanted[*item].unwrap_or(fresh[*item] + shift), weight)
        });
        let gaps: Vec<f32> = column
            .windows(2)
            .map(|pair| room(order, pair[0], pair[1]))
            .collect();
        for (item, top) in column.iter().zip(spread(&goals.collect::<Vec<_>>(), &gaps)) {
            tops[*item] = top;
        }
    }
    tops
}

/// Boxes keep their distance; an edge that passes moves none.
fn room(order: &Order, upper: usize, lower: usize) -> f32 {
    let passes = |item: usize| order.items[item].vertex.is_none();
    match passes(upper) || passes(lower) {
        true => order.items[upper].height + PASSING_GAP,
        false => apart(order, upper, lower),
    }
}

/// As near as possible to the goals (value and weight), each the gap behind the one before it.
pub(super) fn spread(goals: &[(f32, f32)], gaps: &[f32]) -> Vec<f32> {
    let mut offsets = vec![0.0];
    for gap in gaps {
        offsets.push(offsets.last().unwrap_or(&0.0) + gap);
    }
    // Blocks of goals that touch: mean, weight, length.
    let mut blocks: Vec<(f32, f32, usize)> = Vec::new();
    for ((goal, weight), offset) in goals.iter().zip(&offsets) {
        let mut block = (goal - offset, *weight, 1);
        while let Some(last) = blocks.pop_if(|last| last.0 > block.0) {
            let weight = last.1 + block.1;
            block = (
                (last.0 * last.1 + block.0 * block.1) / weight,
                weight,
                last.2 + block.2,
            );
        }
        blocks.push(block);
    }
    let values = blocks
        .iter()
        .flat_map(|(value, _, length)| std::iter::repeat_n(*value, *length));
    values
        .zip(offsets)
        .map(|(value, offset)| value + offset)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_apart_stays_and_what_touches_gives_way() {
        assert_eq!(spread(&[(0.0, 1.0), (50.0, 1.0)], &[40.0]), [0.0, 50.0]);
        assert_eq!(spread(&[(0.0, 1.0), (20.0, 1.0)], &[40.0]), [-10.0, 30.0]);
        assert_eq!(spread(&[(0.0, 3.0), (20.0, 1.0)], &[40.0]), [-5.0, 35.0]);
        assert!(spread(&[], &[]).is_empty());
    }
}
