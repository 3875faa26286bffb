//! How long it takes from one value to another that is made of it: end to end, by the causes of every
//! write, not by guesses at periods.
//!
//! A latency (AUTOSAR timing extensions: reaction) is the time from a write at the start to the first
//! write at the end that comes of it; an age the same for every write at the end. A chain can begin at
//! a device, too: with the transfer by which it was read.

use super::{
    Ask, Certainty, Node, Run, What, WhyError, grow,
    index::Index,
    source::{self, Source},
};
use graph_core::document::{Bus, BusKind};
use serde::Serialize;
use std::collections::BTreeMap;

/// From a value to another one over a whole trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Latency {
    pub from: String,
    pub to: String,
    /// `None`: nothing at the end came of the start.
    pub latency: Option<Spread>,
    pub age: Option<Spread>,
    /// Writes at the start of which nothing came before the last write at the end.
    pub unused: u64,
    /// Latencies of which the trace does not say for sure that the one came of the other.
    pub possible: u64,
    pub deadline_ns: Option<u64>,
    /// Latencies above the deadline, in order.
    pub misses: Vec<Passage>,
}

/// Of so many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spread {
    pub count: u64,
    pub min_ns: u64,
    pub median_ns: u64,
    pub max_ns: u64,
}

/// A value on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Passage {
    pub start_ns: u64,
    pub end_ns: u64,
}

/// Measures every write of `to` that came of one of `from`.
///
/// # Errors
/// One of them is not known.
pub fn latency(
    run: &Run<'_>,
    from: &str,
    to: &str,
    deadline_ns: Option<u64>,
) -> Result<Latency, WhyError> {
    let index = Index::new(run);
    let start = Start::find(run, &index, from)?;
    let end = source::find(run, &index, to)?;
    let ask = Ask { run, index: &index };
    // By the write at the start: the first one at the end, and whether that is sure.
    let mut first: BTreeMap<u64, (u64, bool)> = BTreeMap::new();
    let mut ages = Vec::new();
    let mut last_end_ns = 0;
    for row in source::rows(&index, &end) {
        let Some(end_ns) = run.trace.row(*row).map(|row| row.time_ns) else {
            continue;
        };
        last_end_ns = end_ns;
        let mut back = ask.value(&end, row + 1, end_ns);
        grow(std::slice::from_mut(&mut back), &index, &|at| {
            ask.inputs(at)
        });
        if let Some((is_certain, start_ns)) = newest(&back, &start, true) {
            ages.push(end_ns.saturating_sub(start_ns));
            first.entry(start_ns).or_insert((end_ns, is_certain));
        }
    }
    let started = match &start {
        Start::Value(source) => source::rows(&index, source),
        // Not every transfer is a measurement.
        Start::Device(_) => &[],
    };
    let started = started
        .iter()
        .filter_map(|row| run.trace.row(*row).map(|row| row.time_ns));
    let unused = started.filter(|at_ns| *at_ns < last_end_ns && !first.contains_key(at_ns));
    let passages = first.iter().map(|(start_ns, (end_ns, _))| Passage {
        start_ns: *start_ns,
        end_ns: *end_ns,
    });
    let misses = passages
        .clone()
        .filter(|one| deadline_ns.is_some_and(|limit| one.took_ns() > limit));
    Ok(Latency {
        unused: unused.count() as u64,
        possible: first.values().filter(|(_, is_certain)| !is_certain).count() as u64,
        misses: misses.collect(),
        latency: Spread::of(passages.map(Passage::took_ns).collect()),
        age: Spread::of(ages),
        from: start.name().to_owned(),
        to: end.name,
        deadline_ns,
    })
}

/// Where a chain begins.
enum Start {
    Value(Source),
    /// On I2C or SPI, by its name.
    Device(String),
}

impl Start {
    fn find(run: &Run<'_>, index: &Index<'_>, name: &str) -> Result<Start, WhyError> {
        let mut buses = run.document.buses.values();
        let is_wire = |bus: &Bus| matches!(bus.kind, BusKind::I2c { .. } | BusKind::Spi { .. });
        if buses.any(|bus| is_wire(bus) && bus.devices().contains(&name)) {
            return Ok(Start::Device(name.to_owned()));
        }
        source::find(run, index, name).map(Start::Value)
    }

    fn name(&self) -> &str {
        match self {
            Start::Value(source) => &source.name,
            Start::Device(name) => name,
        }
    }

    fn is(&self, node: &Node) -> bool {
        match self {
            Start::Value(source) => node.element.as_ref() == Some(&source.name),
            Start::Device(name) => {
                let of = node.text.strip_prefix(name.as_str());
                node.what == What::Transfer && of.is_some_and(|rest| rest.starts_with(" on "))
            }
        }
    }
}

impl Passage {
    pub fn took_ns(self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

impl Spread {
    fn of(mut all: Vec<u64>) -> Option<Spread> {
        all.sort_unstable();
        Some(Spread {
            count: all.len() as u64,
            min_ns: *all.first()?,
            // Of an even number the lower one of the two in the middle: it was measured.
            median_ns: *all.get((all.len() - 1) / 2)?,
            max_ns: *all.last()?,
        })
    }
}

/// The last write of the start that is among the causes; a sure one before one that is possible.
fn newest(node: &Node, start: &Start, is_certain: bool) -> Option<(bool, u64)> {
    let is_certain = is_certain && node.certainty == Certainty::Fact;
    let own = node.at_ns.filter(|_| start.is(node));
    let own = own.map(|at_ns| (is_certain, at_ns));
    let branches = node.branches.iter();
    branches
        .filter_map(|branch| newest(branch, start, is_certain))
        .chain(own)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_of_measured_values() {
        assert_eq!(Spread::of(Vec::new()), None);
        let spread = Spread::of(vec![7, 1, 5, 3]).unwrap();
        let Spread {
            count,
            min_ns,
            median_ns,
            max_ns,
        } = spread;
        assert_eq!((count, min_ns, median_ns, max_ns), (4, 1, 3, 7));
        assert_eq!(Spread::of(vec![9]).unwrap().median_ns, 9);
    }
}
