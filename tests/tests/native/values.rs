//! Values of any type through the C: engines' adapters, `cabi_realloc` and post-return between
//! components, the store with its bounds, tasks that pack and unpack, other partitions. Types and
//! values come from seeds; what is published, refused and sent is what the simulation of the same
//! partitions says, in its order.

use super::{
    chains::{Chain, composed},
    machine::{self, Machine},
    qemu::{Port, image, run},
    simulated::{frames, lowered, native_values, parts, script, values},
    types::{Lengths, Random},
};
use graph_core::compose::Composed;

/// Where the chains are; the other ECU reads a signal of theirs.
const ECU: &str = "ecu";
const PEER: &str = "peer";
/// Of every list and string.
const BOUND: u32 = 5;
/// Types in one system.
const CHAINS: usize = 3;
/// Ten rounds and the first.
const UNTIL_NS: u64 = 1_100_000_000;

fn system(seed: u64, chains: usize, lengths: Lengths) -> Composed {
    let mut random = Random::new(seed);
    let chains: Vec<_> = (0..chains)
        .map(|number| Chain::new(number, &mut random))
        .collect();
    composed(&chains, &mut random, BOUND, lengths)
}

/// One of a seed, with values up to their bounds.
pub(crate) fn varied(seed: u64) -> Composed {
    system(seed, 1, Lengths::UpTo(BOUND))
}

/// What the simulation says.
fn expected(composed: &Composed) -> (Vec<String>, Vec<String>) {
    let simulation = lowered(composed, UNTIL_NS);
    assert_eq!(simulation.incidents(), []);
    (values(composed, &simulation, ECU), frames(&simulation))
}

#[test]
fn values_of_any_type_are_those_of_the_simulation() {
    for seed in 0..4 {
        let composed = system(seed, CHAINS, Lengths::UpTo(BOUND));
        let (values, sent) = expected(&composed);
        assert!(values.len() > 10 * CHAINS, "{values:#?}");
        assert!(sent.len() >= 10, "{sent:?}");
        let machine = Machine::new(&composed.system, &parts(&composed, ECU));
        let lines = machine.run(1_100, "");
        assert_eq!(native_values(&lines), values, "seed {seed}");
        assert_eq!(machine::frames(&lines), sent, "seed {seed}");
    }
}

#[test]
fn values_of_any_type_are_the_same_on_the_virtual_board() {
    for seed in 20..23 {
        let composed = system(seed, 1, Lengths::UpTo(BOUND));
        let (values, sent) = expected(&composed);
        let image = image(&composed.system, &parts(&composed, ECU), true);
        let mut count = 0;
        let lines = run(&image, Port::Log, None, |line| {
            count += usize::from(line.starts_with("publish "));
            count == values.len()
        });
        assert_eq!(native_values(&lines), values, "seed {seed}: {lines:#?}");
        let mut count = 0;
        let got = run(&image, Port::Can, None, |_| {
            count += 1;
            count == sent.len()
        });
        assert_eq!(got, sent, "seed {seed}");
    }
}

#[test]
fn a_value_above_its_bound_is_refused_as_in_the_simulation() {
    let composed = system(30, 2, Lengths::Strings(BOUND + 1));
    let (values, _) = expected(&composed);
    let refused = values.iter().filter(|line| line.starts_with("refuse "));
    assert!(refused.count() >= 20, "{values:#?}");
    let machine = Machine::new(&composed.system, &parts(&composed, ECU));
    assert_eq!(native_values(&machine.run(1_100, "")), values);
}

/// No memory grows on a microcontroller: its partition traps, and the other goes on.
#[test]
fn a_value_far_above_its_bound_traps_its_partition_as_in_the_simulation() {
    let composed = system(31, 1, Lengths::Strings(20_000));
    let simulation = lowered(&composed, UNTIL_NS);
    let stopped: Vec<_> = simulation
        .incidents()
        .iter()
        .map(|one| one.partition.as_str())
        .collect();
    assert_eq!(stopped, ["main"]);
    let machine = Machine::new(&composed.system, &parts(&composed, ECU));
    let lines = machine.run(1_100, "");
    assert_eq!(native_values(&lines), values(&composed, &simulation, ECU));
    let traps: Vec<_> = lines.iter().filter(|line| line.contains("trap:")).collect();
    assert_eq!(traps.len(), 1, "{lines:#?}");
    assert!(traps[0].contains("partition `main`"), "{}", traps[0]);
    assert!(traps[0].ends_with("; it stops"), "{}", traps[0]);
}

/// The other ECU alone: the frames of the simulation come in, and its signal goes through the store.
#[test]
fn signals_that_come_in_are_those_of_the_simulation() {
    let composed = system(40, 1, Lengths::UpTo(BOUND));
    let simulation = lowered(&composed, UNTIL_NS);
    let expected = values(&composed, &simulation, PEER);
    assert!(expected.len() >= 10, "{expected:?}");
    assert!(expected.last().unwrap().ends_with("0a"), "{expected:?}");
    let machine = Machine::new(&composed.system, &parts(&composed, PEER));
    let lines = machine.run(1_100, &script(&simulation));
    assert_eq!(native_values(&lines), expected, "{lines:#?}");
}
