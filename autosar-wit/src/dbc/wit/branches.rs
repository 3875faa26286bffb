//! The branches of a multiplexor: which of its values have which signals. Knows nothing of WIT.

use crate::dbc::Message;
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Values at which something begins or ends; no real multiplexor has so many.
const MOST_EDGES: usize = 4096;

/// Signals that are there together, and while the multiplexor has which values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Branch {
    /// Both ends included; in their order, apart from each other.
    pub ranges: Vec<(u64, u64)>,
    /// Among the signals of the message.
    pub signals: Vec<usize>,
}

/// By the first value; none where nothing depends on the signal, or too much.
pub(super) fn branches(message: &Message, multiplexor: usize) -> Vec<Branch> {
    let dependents: Vec<(usize, &[(u64, u64)])> = message
        .signals
        .iter()
        .enumerate()
        .filter_map(|(at, signal)| Some((at, signal.presence.as_ref()?)))
        .filter(|(_, presence)| presence.multiplexor == multiplexor)
        .map(|(at, presence)| (at, presence.ranges.as_slice()))
        .collect();
    let edges: BTreeSet<u64> = dependents
        .iter()
        .flat_map(|(_, ranges)| ranges.iter())
        .flat_map(|(low, high)| [Some(*low), high.checked_add(1)])
        .flatten()
        .collect();
    if edges.len() > MOST_EDGES {
        return Vec::new();
    }
    let edges: Vec<u64> = edges.into_iter().collect();
    let ends = edges.iter().skip(1).map(|next| next - 1).chain([u64::MAX]);
    let mut found: IndexMap<Vec<usize>, Vec<(u64, u64)>> = IndexMap::new();
    for (low, high) in edges.iter().copied().zip(ends) {
        let is_there = |ranges: &[(u64, u64)]| {
            let mut ranges = ranges.iter();
            ranges.any(|(from, to)| (*from..=*to).contains(&low))
        };
        let there = dependents.iter().filter(|(_, ranges)| is_there(ranges));
        let there: Vec<usize> = there.map(|(at, _)| *at).collect();
        if !there.is_empty() {
            add(found.entry(there).or_default(), low, high);
        }
    }
    found
        .into_iter()
        .map(|(signals, ranges)| Branch { ranges, signals })
        .collect()
}

/// Neighbours become one.
fn add(ranges: &mut Vec<(u64, u64)>, low: u64, high: u64) {
    match ranges.last_mut() {
        Some((_, last)) if last.checked_add(1) == Some(low) => *last = high,
        _ => ranges.push((low, high)),
    }
}
