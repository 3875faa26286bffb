//! Columns: each vertex right of all that lead to it, by the longest way, then drawn together so
//! that edges are short.

use super::graph::{Edge, Graph};
use std::collections::BTreeSet;

/// Rounds in which vertices are drawn to their neighbours; few are needed.
const ROUNDS: usize = 16;

/// The column of each vertex, from 0; edges that lead back do not count.
pub(super) fn layers(graph: &Graph, back: &[bool]) -> Vec<usize> {
    let count = graph.vertices.len();
    let (mut before, mut behind) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    let forward = graph.edges.iter().zip(back).filter(|(_, back)| !**back);
    for Edge { from, to, .. } in forward.map(|(edge, _)| edge) {
        before[*to].push(*from);
        behind[*from].push(*to);
    }
    let order = topological(&before, &behind);
    let mut layer = vec![0_usize; count];
    for vertex in &order {
        let after = before[*vertex].iter().map(|from| layer[*from] + 1);
        layer[*vertex] = after.max().unwrap_or(0);
    }
    for _ in 0..ROUNDS {
        let mut has_changed = false;
        for vertex in order.iter().rev().chain(&order) {
            let drawn = drawn(&before[*vertex], &behind[*vertex], &layer, layer[*vertex]);
            has_changed |= drawn != layer[*vertex];
            layer[*vertex] = drawn;
        }
        if !has_changed {
            break;
        }
    }
    // Drawn to the right, nobody may be left in the first columns.
    let used: BTreeSet<usize> = layer.iter().copied().collect();
    let place = |layer: usize| used.range(..layer).count();
    layer.into_iter().map(place).collect()
}

/// As near to the greater number of neighbours as the others allow.
fn drawn(before: &[usize], behind: &[usize], layer: &[usize], at: usize) -> usize {
    let lowest = before.iter().map(|from| layer[*from] + 1).max();
    let highest = behind.iter().map(|to| layer[*to].saturating_sub(1)).min();
    match (before.len().cmp(&behind.len()), lowest, highest) {
        (std::cmp::Ordering::Greater, Some(lowest), _) => lowest,
        (std::cmp::Ordering::Less, _, Some(highest)) => highest.max(lowest.unwrap_or(0)),
        _ => at,
    }
}

fn topological(before: &[Vec<usize>], behind: &[Vec<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut ready: BTreeSet<usize> = (0..open.len())
        .filter(|vertex| open[*vertex] == 0)
        .collect();
    let mut order = Vec::with_capacity(open.len());
    while let Some(vertex) = ready.pop_first() {
        order.push(vertex);
        for to in &behind[vertex] {
            open[*to] -= 1;
            if open[*to] == 0 {
                ready.insert(*to);
            }
        }
    }
    order
}
