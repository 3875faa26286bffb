//! Verdicts on wires while they are dragged.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use graph_core::{
    check::{self, Candidate, Sheet, WireVerdict, candidates, wire},
    diagnostic::Severity,
    document::*,
    edit::Edit,
    end,
    library::Library,
    resolve::Side,
    synthetic,
};
use std::collections::BTreeMap;

const PROJECT: &str = r#"
format = 1
name = "wires"
components.adder = { wit = "common.wit", world = "adder" }
components.display = { wit = "common.wit", world = "display" }
components.display2 = { wit = "common.wit", world = "display2" }
components.filter = { wit = "common.wit", world = "filter" }
components.gauge = { wit = "common.wit", world = "gauge" }
components.gone = { file = "gone.wasm" }
components.handle-sink = { wit = "common.wit", world = "handle-sink" }
components.handle-source = { wit = "common.wit", world = "handle-source" }
components.lift = { wit = "common.wit", world = "lift" }
components.pairs = { wit = "common.wit", world = "pairs" }
components.plain = { wit = "common.wit", world = "plain" }
components.ring = { wit = "common.wit", world = "ring" }
components.swapped = { wit = "common.wit", world = "swapped" }
components.user = { wit = "common.wit", world = "user" }
ecus.car = { fuel_ps = 1, activation_ns = 0, partitions = { main = { memory_bytes = 1, fuel = 1, on_trap = "stop" }, aux = { memory_bytes = 1, fuel = 1, on_trap = "stop" } } }
ecus.van = { fuel_ps = 1, activation_ns = 0, partitions = { main = { memory_bytes = 1, fuel = 1, on_trap = "stop" } } }
buses.can0 = { kind = "can", bitrate_bps = 500000 }
instances.adder = { component = "adder", partition = "car/main" }
instances.aux-user = { component = "user", partition = "car/aux" }
instances.aux-display = { component = "display", partition = "car/aux" }
instances.display = { component = "display", partition = "car/main" }
instances.display-v2 = { component = "display2", partition = "car/main" }
instances.far-display = { component = "display", partition = "van/main" }
instances.filter = { component = "filter", partition = "car/main" }
instances.gauge = { component = "gauge", partition = "car/main" }
instances.gone = { component = "gone", partition = "car/main" }
instances.lift = { component = "lift", partition = "car/main" }
instances.pairs = { component = "pairs", partition = "car/main" }
instances.ring-a = { component = "ring", partition = "car/main" }
instances.ring-b = { component = "ring", partition = "car/main" }
instances.sensor = { component = "plain", partition = "car/main" }
instances.sink = { component = "handle-sink", partition = "car/main" }
instances.source = { component = "handle-source", partition = "car/main" }
instances.swapped = { component = "swapped", partition = "car/main" }
instances.user = { component = "user", partition = "car/main" }
[[connectors]]
from = "ring-a.acme:heat/calls@1.0.0"
to = "ring-b.acme:heat/calls@1.0.0"
kind = "direct"
[[connectors]]
from = "sensor.acme:heat/temperature@1.0.0"
to = "filter.acme:heat/temperature@1.0.0"
kind = "buffered"
"#;

fn project() -> (Document, Library) {
    support::heat::project(PROJECT, "wires")
}

#[test]
fn verdicts_say_kind_notes_and_reasons() {
    let (document, library) = project();
    let wires = [
        (
            "sensor.acme:heat/temperature@1.0.0",
            "display.acme:heat/temperature@1.0.0",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0",
            "aux-display.acme:heat/temperature@1.0.0",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0",
            "far-display.acme:heat/temperature@1.0.0",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0",
            "display-v2.acme:heat/temperature@2.0.0",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0",
            "filter.acme:heat/temperature@1.0.0",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0",
            "gauge.acme:heat/pair@1.0.0",
        ),
        (
            "display.acme:heat/temperature@1.0.0",
            "sensor.acme:heat/temperature@1.0.0",
        ),
        (
            "filter.acme:heat/temperature@1.0.0",
            "filter.acme:heat/temperature@1.0.0",
        ),
        ("adder.acme:heat/calls@1.0.0", "user.acme:heat/calls@1.0.0"),
        (
            "adder.acme:heat/calls@1.0.0",
            "aux-user.acme:heat/calls@1.0.0",
        ),
        (
            "ring-b.acme:heat/calls@1.0.0",
            "ring-a.acme:heat/calls@1.0.0",
        ),
        (
            "source.acme:heat/handle@1.0.0",
            "sink.acme:heat/handle@1.0.0",
        ),
        (
            "swapped.acme:wrong/pair@1.0.0",
            "gauge.acme:heat/pair@1.0.0",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0#get",
            "lift.acme:heat/lifter@1.0.0#step(input.position)",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0#get",
            "lift.acme:heat/lifter@1.0.0#step(input.height)",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0#get",
            "lift.acme:heat/lifter@1.0.0#step(input.count)",
        ),
        (
            "sensor.acme:heat/temperature@1.0.0",
            "lift.acme:heat/lifter@1.0.0#step(input.count)",
        ),
        (
            "lift.acme:heat/lifter@1.0.0#step -> motor.duty",
            "lift.acme:heat/lifter@1.0.0#step(input.position)",
        ),
        (
            "lift.acme:heat/lifter@1.0.0#step -> motor.duty",
            "can0:FanStatus.Duty",
        ),
        ("gone.a", "display.acme:heat/temperature@1.0.0"),
    ];
    let mut text = String::new();
    for (from, to) in wires {
        let verdict = wire(
            &Sheet::new(&document, &library),
            &parse(&document, from),
            &parse(&document, to),
        );
        text += &format!("{from} to {to}\n  {}\n", describe(&verdict));
    }
    insta::assert_snapshot!(text);
}

/// A wire that fits makes a connector without errors of its own, and one that does not fit makes
/// one with errors: the two ways to ask agree.
#[test]
fn a_wire_between_ecus_goes_over_their_network() {
    let (mut document, library) = project();
    let network = |name: &str| Bus {
        name: name.to_owned(),
        kind: BusKind::Ethernet {
            bitrate_bps: 100_000_000,
            latency_ns: 0,
        },
    };
    let mut add = |name| {
        let id = document.new_ids().bus();
        Edit::InsertBus(id, network(name))
            .apply(&mut document)
            .unwrap();
        let from = parse(&document, "sensor.acme:heat/temperature@1.0.0");
        let to = parse(&document, "far-display.acme:heat/temperature@1.0.0");
        wire(&Sheet::new(&document, &library), &from, &to)
    };
    let WireVerdict::Fits { kind, notes } = add("eth0") else {
        panic!("there is a network");
    };
    assert!(!kind.is_direct());
    assert_eq!(notes, ["goes over the Ethernet network `eth0`"]);
    let WireVerdict::Fits { kind, notes } = add("backbone") else {
        panic!("there are two networks");
    };
    let ConnectorKind::Buffered(buffering) = kind else {
        panic!("nothing else leaves an ECU");
    };
    assert_eq!(buffering.network, document.bus_named("backbone"));
    assert_eq!(
        notes,
        ["goes over the Ethernet network `backbone`; choose another on the connector"]
    );
}

#[test]
fn verdicts_agree_with_the_checks() {
    let (document, library) = project();
    let starts = document
        .connectors
        .values()
        .map(|connector| connector.from.clone());
    let ports = [
        "adder.acme:heat/calls@1.0.0",
        "swapped.acme:wrong/pair@1.0.0",
        "source.acme:heat/handle@1.0.0",
    ];
    let fields = [
        "lift.acme:heat/lifter@1.0.0#step -> motor.duty",
        "sensor.acme:heat/temperature@1.0.0#get",
    ];
    let more = ports
        .iter()
        .chain(&fields)
        .map(|text| parse(&document, text));
    let mut judged = 0;
    for from in starts.chain(more) {
        for Candidate { end, verdict } in
            candidates(&Sheet::new(&document, &library), &from, Side::Source)
        {
            let id = document.new_ids().connector();
            let (kind, fits, accept_version) = match &verdict {
                WireVerdict::Fits { kind, notes } => (kind.clone(), true, !notes.is_empty()),
                WireVerdict::Adaptable { kind, .. } => (kind.clone(), false, false),
                WireVerdict::Refused { .. } => (ConnectorKind::Direct, false, false),
            };
            let mut connected = document.clone();
            let connector = Connector {
                from: from.clone(),
                to: end.clone(),
                kind,
                accept_version,
                probe: false,
                adapter: None,
            };
            if Edit::Connect(id, connector).apply(&mut connected).is_err() {
                assert!(!fits, "{}", end::text(&document, &end));
                continue;
            }
            let found = check::check(&connected, &library);
            let errors = found.iter().filter(|one| one.severity == Severity::Error);
            let own = errors.filter(|one| {
                one.subject == Subject::Connector(id)
                    || matches!(one.code, "direct-cycle" | "duplicate-source")
            });
            assert_eq!(
                own.count() == 0,
                fits,
                "{} {verdict:?}",
                end::text(&document, &end)
            );
            judged += 1;
        }
    }
    assert!(judged > 50, "{judged}");
}

#[test]
fn candidates_of_a_field_are_values_and_of_a_port_are_ports() {
    let (document, library) = project();
    let fitting = |start: &str, side: Side| {
        let found = candidates(
            &Sheet::new(&document, &library),
            &parse(&document, start),
            side,
        );
        let fits = found
            .iter()
            .filter(|one| matches!(one.verdict, WireVerdict::Fits { .. }));
        fits.map(|one| end::text(&document, &one.end))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fitting("adder.acme:heat/calls@1.0.0", Side::Source),
        ["ring-a.acme:heat/calls@1.0.0", "user.acme:heat/calls@1.0.0"]
    );
    insta::assert_snapshot!(fitting("lift.acme:heat/lifter@1.0.0#step -> motor.duty", Side::Source).join("\n"), @"
    aux-display.acme:heat/temperature@1.0.0#get
    display.acme:heat/temperature@1.0.0#get
    display-v2.acme:heat/temperature@2.0.0#get
    gauge.acme:heat/pair@1.0.0#left
    lift.acme:heat/lifter@1.0.0#step(input.position)
    lift.acme:heat/lifter@1.0.0#step(input.height)
    ");
    insta::assert_snapshot!(fitting("lift.acme:heat/lifter@1.0.0#step(input.position)", Side::Target).join("\n"), @"
    filter.acme:heat/temperature@1.0.0#get
    lift.acme:heat/lifter@1.0.0#step -> motor.duty
    pairs.acme:heat/pair@1.0.0#left
    sensor.acme:heat/temperature@1.0.0#get
    ");
    insta::assert_snapshot!(fitting("display.acme:heat/temperature@1.0.0", Side::Target).join("\n"), @"
    filter.acme:heat/temperature@1.0.0
    sensor.acme:heat/temperature@1.0.0
    ");
    // `filter` has the same port on both sides.
    insta::assert_snapshot!(fitting("filter.acme:heat/temperature@1.0.0", Side::Source).join("\n"), @"
    aux-display.acme:heat/temperature@1.0.0
    display.acme:heat/temperature@1.0.0
    display-v2.acme:heat/temperature@2.0.0
    ");
    assert!(
        fitting("filter.acme:heat/temperature@1.0.0", Side::Target).is_empty(),
        "it has its sender"
    );
}

#[test]
fn each_verdict_is_that_of_the_single_wire() {
    let (document, library) = project();
    for start in [
        "sensor.acme:heat/temperature@1.0.0",
        "sensor.acme:heat/temperature@1.0.0#get",
    ] {
        let start = parse(&document, start);
        for Candidate { end, verdict } in
            candidates(&Sheet::new(&document, &library), &start, Side::Source)
        {
            assert_eq!(
                wire(&Sheet::new(&document, &library), &start, &end),
                verdict
            );
        }
    }
}

#[test]
fn candidates_among_a_thousand_instances_are_complete() {
    let (document, library) = synthetic::system(1000);
    let first = *document.instances.keys().next().unwrap();
    let start = End::Port {
        instance: first,
        port: "wireloom:synthetic/value@1.0.0".to_owned(),
    };
    let found = candidates(&Sheet::new(&document, &library), &start, Side::Source);
    assert_eq!(found.len(), 1000);
    let mut reasons = BTreeMap::new();
    for one in &found {
        *reasons
            .entry(matches!(one.verdict, WireVerdict::Refused { .. }))
            .or_insert(0) += 1;
    }
    assert_eq!(
        reasons,
        BTreeMap::from([(true, 1000)]),
        "all receivers have senders already"
    );
}

fn parse(document: &Document, text: &str) -> End {
    end::parse(document, text).unwrap_or_else(|error| panic!("{error}"))
}

fn describe(verdict: &WireVerdict) -> String {
    match verdict {
        WireVerdict::Fits {
            kind: ConnectorKind::Direct,
            notes,
        } => format!("fits, direct; {}", notes.join("; ")),
        WireVerdict::Fits {
            kind: ConnectorKind::Buffered(_),
            notes,
        } => {
            format!("fits, buffered; {}", notes.join("; "))
        }
        WireVerdict::Adaptable { reasons, .. } => {
            format!("does not fit without an adapter: {}", reasons.join("; "))
        }
        WireVerdict::Refused { reasons } => format!("does not fit: {}", reasons.join("; ")),
    }
}
