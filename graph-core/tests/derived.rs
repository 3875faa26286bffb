//! What is derived from a document: topology, first layout, runnables.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use autosar_wit::{component::ComponentType, read::wit_files};
use graph_core::{
    document::*, end, layout, library::Library, runnable, synthetic, topology::Topology,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use support::graph;

fn cycles(connectors: &[&str]) -> Vec<String> {
    let (document, _) = graph(connectors);
    let name = |id: &ConnectorId| {
        let connector = &document.connectors[id];
        document.instances[&connector.from.instance().unwrap()]
            .name
            .clone()
    };
    let mut cycles = Topology::new(&document)
        .direct_cycles()
        .iter()
        .map(|cycle| cycle.iter().map(name).collect())
        .collect::<Vec<_>>();
    cycles.sort();
    cycles
}

#[test]
fn cycles_of_direct_connectors_are_found_as_short_as_can_be() {
    assert!(cycles(&["ab", "bc", "ac"]).is_empty());
    assert!(
        cycles(&["ab", "bc", "c~a"]).is_empty(),
        "a buffered connector may close a circle"
    );
    assert_eq!(cycles(&["ab", "bc", "ca"]), ["abc"]);
    assert_eq!(cycles(&["ab", "bc", "ca", "ba"]), ["ab"]);
    assert_eq!(cycles(&["aa", "xy", "yx", "zx"]), ["a", "xy"]);
}

#[test]
fn providers_are_instantiated_first_and_ties_go_by_name() {
    let order = |connectors: &[&str]| {
        let (document, _) = graph(connectors);
        let order = Topology::new(&document).instantiation_order();
        order
            .iter()
            .map(|id| document.instances[id].name.clone())
            .collect::<String>()
    };
    assert_eq!(order(&["b~a", "c~a"]), "abc");
    assert_eq!(order(&["ba", "ca", "db"]), "cdba");
    assert_eq!(
        order(&["ab", "ba", "cd"]),
        "cdab",
        "what is in a circle comes last"
    );
}

#[test]
fn reachable_follows_connectors() {
    let (document, known) = graph(&["ab", "b~c", "cd", "ea"]);
    let topology = Topology::new(&document);
    let names = |ids: BTreeSet<InstanceId>| {
        let mut names = ids
            .iter()
            .map(|id| document.instances[id].name.clone())
            .collect::<Vec<_>>();
        names.sort();
        names.concat()
    };
    assert_eq!(names(topology.reachable(known["a"])), "abcd");
    assert_eq!(names(topology.requirers(known["a"])), "ab");
    assert_eq!(names(topology.providers(known["b"])), "abe");
    assert_eq!(
        topology.closing(&[(known["b"], known["e"])]),
        Some((known["b"], known["e"]))
    );
    assert_eq!(topology.closing(&[(known["c"], known["b"])]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_holds_every_instance_once(document in support::document()) {
        let order = Topology::new(&document).instantiation_order();
        let unique = order.iter().copied().collect::<BTreeSet<_>>();
        prop_assert_eq!(order.len(), document.instances.len());
        prop_assert_eq!(unique, document.instances.keys().copied().collect());
    }

    #[test]
    fn a_layout_places_every_instance_apart(document in support::document()) {
        let positions = layout::arrange(&document, &layout::Shapes::estimated(&document, &Library::default()));
        prop_assert_eq!(positions.keys().collect::<Vec<_>>(), document.instances.keys().collect::<Vec<_>>());
        let places = positions.values().map(|(x, y)| (x.to_bits(), y.to_bits())).collect::<BTreeSet<_>>();
        prop_assert_eq!(places.len(), positions.len());
    }
}

#[test]
fn senders_stand_left_of_their_receivers() {
    let (document, known) = graph(&["ab", "bc", "ac", "c~a"]);
    let positions = layout::arrange(
        &document,
        &layout::Shapes::estimated(&document, &Library::default()),
    );
    let x = |name: &str| positions[&known[name]].0;
    assert!(x("a") < x("b") && x("b") < x("c"), "{positions:?}");
}

#[test]
fn a_thousand_instances_are_laid_out_apart() {
    let (document, library) = synthetic::system(1000);
    let positions = layout::arrange(&document, &layout::Shapes::estimated(&document, &library));
    let places = positions
        .values()
        .map(|(x, y)| (x.to_bits(), y.to_bits()))
        .collect::<BTreeSet<_>>();
    assert_eq!(places.len(), 1000);
}

const WIT: &str = r#"
package acme:kinds@1.0.0;
interface data { get: func() -> f32; }
interface run { initialize: func(); sample: func(); terminate: func(); }
interface stepping {
    record input { a: u8 }
    record output { b: u8 }
    initialize: func();
    step: func(input: input) -> output;
    helper: func(a: u8) -> u8;
}
interface source { record output { b: u8 } initialize: func(); step: func() -> output; }
interface calls { add: func(a: u8, b: u8) -> u8; }
interface driver { use wasi:i2c/i2c@0.2.0-draft.{i2c}; setup: func(bus: i2c); probe: func(bus: borrow<i2c>); }
interface objects { resource thing { constructor(); go: func(); } make: func() -> thing; }
world all { export data; export run; export stepping; export source; export calls; export driver; export objects; export tick: func(); }
package wasi:i2c@0.2.0-draft { interface i2c { resource i2c; } }
"#;

fn all() -> ComponentType {
    wit_files(&[("all.wit", WIT)], Some("all")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn runnables_are_told_from_getters_and_services() {
    let component = all();
    let found = runnable::of(&component);
    let list = found
        .iter()
        .map(|one| format!("{} {:?}\n", end::function_text(&one.path), one.role));
    insta::assert_snapshot!(list.collect::<String>(), @"
    tick Step
    acme:kinds/run@1.0.0#initialize Initialize
    acme:kinds/run@1.0.0#sample Step
    acme:kinds/run@1.0.0#terminate Terminate
    acme:kinds/stepping@1.0.0#initialize Initialize
    acme:kinds/stepping@1.0.0#step Step
    acme:kinds/source@1.0.0#initialize Initialize
    acme:kinds/source@1.0.0#step Step
    acme:kinds/driver@1.0.0#setup Step
    ");
}

#[test]
fn metadata_makes_a_runnable() {
    let mut component = all();
    let name = "acme:kinds/calls@1.0.0#add";
    let is_there = |component: &ComponentType| {
        runnable::of(component)
            .iter()
            .any(|one| end::function_text(&one.path) == name)
    };
    assert!(!is_there(&component));
    component
        .metadata
        .runnables
        .insert(name.to_owned(), Default::default());
    assert!(is_there(&component));
}

#[test]
fn new_instances_initialize_at_the_start_and_step_every_10_ms() {
    let found = runnable::suggested_activations(&all());
    let list = found
        .iter()
        .map(|one| format!("{} {:?}\n", end::function_text(&one.runnable), one.event));
    insta::assert_snapshot!(list.collect::<String>(), @"
    tick Timing { period_ns: 10000000, offset_ns: 0 }
    acme:kinds/run@1.0.0#initialize Init
    acme:kinds/run@1.0.0#sample Timing { period_ns: 10000000, offset_ns: 0 }
    acme:kinds/stepping@1.0.0#initialize Init
    acme:kinds/stepping@1.0.0#step Timing { period_ns: 10000000, offset_ns: 0 }
    acme:kinds/source@1.0.0#initialize Init
    acme:kinds/source@1.0.0#step Timing { period_ns: 10000000, offset_ns: 0 }
    acme:kinds/driver@1.0.0#setup Timing { period_ns: 10000000, offset_ns: 0 }
    ");
}
