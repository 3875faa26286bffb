//! Verdicts on wires where there are compositions: they know what is behind ports and around the
//! shown place, and agree with the checks.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use graph_core::{
    assist::{auto_connect, offers},
    check::{self, Candidate, Sheet, WireVerdict, candidates, wire},
    diagnostic::Severity,
    document::*,
    edit::Edit,
    end,
    hierarchy::{self, view},
    library::{Entry, Library},
    resolve::Side,
    synthetic,
};
use std::collections::BTreeSet;

/// `relay` hands calls on, `split` takes and gives them without; `nested` has a `relay` inside. `both`
/// shows a temperature twice, `odd` to receivers of two types. `aux` and `far` run elsewhere. `chain`
/// is used twice, one after the other in a ring, and is open inside.
const PROJECT: &str = r#"
format = 1
name = "wires"
components.adder = { wit = "common.wit", world = "adder" }
components.display = { wit = "common.wit", world = "display" }
components.display2 = { wit = "common.wit", world = "display2" }
components.filter = { wit = "common.wit", world = "filter" }
components.gauge = { wit = "common.wit", world = "gauge" }
components.pairs = { wit = "common.wit", world = "pairs" }
components.plain = { wit = "common.wit", world = "plain" }
components.ring = { wit = "common.wit", world = "ring" }
components.user = { wit = "common.wit", world = "user" }
ecus.car = { fuel_ps = 1, activation_ns = 0, partitions = { main = { memory_bytes = 1, fuel = 1, on_trap = "stop" }, aux = { memory_bytes = 1, fuel = 1, on_trap = "stop" } } }
ecus.van = { fuel_ps = 1, activation_ns = 0, partitions = { main = { memory_bytes = 1, fuel = 1, on_trap = "stop" } } }
compositions.relay.ports.in = { direction = "required" }
compositions.relay.ports.out = { direction = "provided" }
compositions.relay.instances.ring = { component = "ring", partition = "car/main" }
compositions.relay.connectors = [
    { from = ".in", to = "ring.acme:heat/calls@1.0.0", kind = "delegation" },
    { from = "ring.acme:heat/calls@1.0.0", to = ".out", kind = "delegation" },
]
compositions.split.ports.in = { direction = "required" }
compositions.split.ports.out = { direction = "provided" }
compositions.split.instances.user = { component = "user", partition = "car/main" }
compositions.split.instances.adder = { component = "adder", partition = "car/main" }
compositions.split.connectors = [
    { from = ".in", to = "user.acme:heat/calls@1.0.0", kind = "delegation" },
    { from = "adder.acme:heat/calls@1.0.0", to = ".out", kind = "delegation" },
]
compositions.nested.ports.in = { direction = "required" }
compositions.nested.ports.out = { direction = "provided" }
compositions.nested.instances.relay = { component = "relay" }
compositions.nested.instances.spare = { component = "ring", partition = "car/main" }
compositions.nested.connectors = [
    { from = ".in", to = "relay.in", kind = "delegation" },
    { from = "relay.out", to = ".out", kind = "delegation" },
]
compositions.both.ports.shown = { direction = "required" }
compositions.both.instances.left = { component = "display", partition = "car/main" }
compositions.both.instances.right = { component = "display2", partition = "car/main" }
compositions.both.connectors = [
    { from = ".shown", to = "left.acme:heat/temperature@1.0.0", kind = "delegation" },
    { from = ".shown", to = "right.acme:heat/temperature@2.0.0", kind = "delegation" },
]
compositions.odd.ports.shown = { direction = "required" }
compositions.odd.instances.left = { component = "display", partition = "car/main" }
compositions.odd.instances.right = { component = "gauge", partition = "car/main" }
compositions.odd.connectors = [
    { from = ".shown", to = "left.acme:heat/temperature@1.0.0", kind = "delegation" },
    { from = ".shown", to = "right.acme:heat/pair@1.0.0", kind = "delegation" },
]
compositions.twin.ports.given = { direction = "provided" }
compositions.twin.instances.left = { component = "plain", partition = "car/main" }
compositions.twin.instances.right = { component = "plain", partition = "car/main" }
compositions.twin.instances.pairs = { component = "pairs", partition = "car/main" }
compositions.twin.connectors = [
    { from = "left.acme:heat/temperature@1.0.0", to = ".given", kind = "delegation" },
]
compositions.aux.ports.in = { direction = "required" }
compositions.aux.instances.user = { component = "user", partition = "car/aux" }
compositions.aux.connectors = [
    { from = ".in", to = "user.acme:heat/calls@1.0.0", kind = "delegation" },
]
compositions.far.ports.shown = { direction = "required" }
compositions.far.instances.display = { component = "display", partition = "van/main" }
compositions.far.connectors = [
    { from = ".shown", to = "display.acme:heat/temperature@1.0.0", kind = "delegation" },
]
compositions.chain.ports.in = { direction = "required" }
compositions.chain.ports.out = { direction = "provided" }
compositions.chain.instances.first = { component = "ring", partition = "car/main" }
compositions.chain.instances.last = { component = "ring", partition = "car/main" }
compositions.chain.instances.user = { component = "user", partition = "car/aux" }
compositions.chain.connectors = [
    { from = ".in", to = "first.acme:heat/calls@1.0.0", kind = "delegation" },
    { from = "last.acme:heat/calls@1.0.0", to = ".out", kind = "delegation" },
]
instances.a = { component = "ring", partition = "car/main" }
instances.b = { component = "ring", partition = "car/main" }
instances.relay = { component = "relay" }
instances.split = { component = "split" }
instances.nested = { component = "nested" }
instances.both = { component = "both" }
instances.odd = { component = "odd" }
instances.twin = { component = "twin" }
instances.aux = { component = "aux" }
instances.moved = { component = "aux", partition = "car/main" }
instances.far = { component = "far" }
instances.front = { component = "chain", partition = "car/main" }
instances.rear = { component = "chain", partition = "car/main" }
instances.sensor = { component = "plain", partition = "car/main" }
instances.filter = { component = "filter", partition = "car/main" }
connectors = [
    { from = "a.acme:heat/calls@1.0.0", to = "relay.in", kind = "direct" },
    { from = "relay.out", to = "split.in", kind = "direct" },
    { from = "relay.out", to = "nested.in", kind = "direct" },
    { from = "front.out", to = "rear.in", kind = "direct" },
    { from = "rear.out", to = "front.in", kind = "direct" },
    { from = "twin.given", to = "filter.acme:heat/temperature@1.0.0", kind = "buffered" },
]
"#;

fn project() -> (Document, Library) {
    let (document, mut library) = support::heat::project(PROJECT, "wires");
    let types = hierarchy::types(&document, &library);
    library.components.extend(types);
    (document, library)
}

/// The system, and each composition.
fn scopes(document: &Document) -> Vec<Option<ComponentId>> {
    let all = document.compositions().map(Some);
    [None].into_iter().chain(all).collect()
}

/// A port as the file names it in that scope.
fn parse(document: &Document, scope: Option<ComponentId>, text: &str) -> End {
    let (part, port) = text.split_once('.').unwrap();
    let instance = match part {
        "" => document.port_named(scope.unwrap(), port),
        part => document.part_named(scope, part),
    };
    End::Port {
        instance: instance.unwrap(),
        port: port.to_owned(),
    }
}

fn verdict(composition: &str, from: &str, to: &str) -> String {
    let (document, library) = project();
    let scope = document.component_named(composition);
    assert_eq!(scope.is_none(), composition.is_empty());
    let shown = view(&document, scope);
    let sheet = Sheet::within(&document, scope, &shown, &library);
    let [from, to] = [from, to].map(|text| parse(&document, scope, text));
    match wire(&sheet, &from, &to) {
        WireVerdict::Fits { notes, .. } => format!("fits; {}", notes.join("; ")),
        WireVerdict::Adaptable { reasons, .. } => format!("adaptable: {}", reasons.join("; ")),
        WireVerdict::Refused { reasons } => reasons.join("; "),
    }
}

#[test]
fn a_circle_through_compositions_is_refused_while_the_wire_is_dragged() {
    const CALLS: &str = "acme:heat/calls@1.0.0";
    let circle = |from: &str, to: &str| {
        format!("it closes a circle of direct connectors: `{from}` depends on `{to}` already")
    };
    // Through one, through one in another.
    let a = format!("a.{CALLS}");
    assert_eq!(verdict("", "relay.out", &a), circle("relay/ring", "a"));
    assert_eq!(
        verdict("", "nested.out", &a),
        circle("nested/relay/ring", "a")
    );
    // Calls into `split` do not come out of it.
    assert_eq!(verdict("", "split.out", &a), "fits; ");
    // Inside of one, round its outside; there it stands twice.
    let (first, last) = (format!("first.{CALLS}"), format!("last.{CALLS}"));
    assert_eq!(
        verdict("chain", &first, &last),
        circle("front/first", "front/last")
    );
    let (spare, inside) = (format!("spare.{CALLS}"), "relay.out");
    assert_eq!(verdict("nested", inside, &spare), "fits; ");
}

#[test]
fn what_stands_behind_ports_counts() {
    const SENSOR: &str = "sensor.acme:heat/temperature@1.0.0";
    let wires = [
        ("", SENSOR, "both.shown"),
        ("", SENSOR, "odd.shown"),
        ("", SENSOR, "far.shown"),
        ("", "split.out", "aux.in"),
        // The whole composition runs where its caller does.
        ("", "split.out", "moved.in"),
        // Outside it leads to what has a sender.
        ("twin", "right.acme:heat/temperature@1.0.0", ".given"),
        // By itself the one runs in `aux`, in this instance in `main`.
        (
            "chain",
            "last.acme:heat/calls@1.0.0",
            "user.acme:heat/calls@1.0.0",
        ),
    ];
    let mut text = String::new();
    for (scope, from, to) in wires {
        text += &format!("{scope} {from} to {to}\n  {}\n", verdict(scope, from, to));
    }
    insta::assert_snapshot!(text);
}

/// In every scope, from every provided port to everything that takes one.
#[test]
fn verdicts_agree_with_the_checks() {
    let (document, library) = project();
    let errors = |document: &Document| -> BTreeSet<(&str, String)> {
        let found = check::check(document, &library).into_iter();
        // What is open is open before and after.
        let errors =
            found.filter(|one| one.severity == Severity::Error && one.code != "unconnected-port");
        errors.map(|one| (one.code, one.message)).collect()
    };
    let before = errors(&document);
    assert_eq!(before, BTreeSet::new());
    let (mut fitting, mut refused) = (0, 0);
    for scope in scopes(&document) {
        let shown = view(&document, scope);
        let sheet = Sheet::within(&document, scope, &shown, &library);
        for start in provided(&sheet) {
            for Candidate { end, verdict } in candidates(&sheet, &start, Side::Source) {
                assert_eq!(wire(&sheet, &start, &end), verdict);
                let id = document.new_ids().connector();
                let (kind, fits, accept_version) = match &verdict {
                    WireVerdict::Fits { kind, notes } => (kind.clone(), true, !notes.is_empty()),
                    WireVerdict::Adaptable { kind, .. } => (kind.clone(), false, false),
                    WireVerdict::Refused { .. } => (ConnectorKind::Direct, false, false),
                };
                let connector = Connector {
                    from: start.clone(),
                    to: end.clone(),
                    kind,
                    accept_version,
                    probe: false,
                    adapter: None,
                };
                let is_delegation = document.is_delegation(&connector);
                let mut connected = document.clone();
                let text = connected_text(&shown, &connector);
                if Edit::Connect(id, connector).apply(&mut connected).is_err() {
                    assert!(!fits, "{text}");
                    continue;
                }
                let found = errors(&connected);
                // Inside, a port takes one wire that fits also while nothing leads to the outside.
                let is_open =
                    found.is_empty() && scope.is_some() && (is_taken(&verdict) || is_delegation);
                assert_eq!(
                    found.is_empty(),
                    fits || is_open,
                    "{text}: {verdict:?}, {found:?}"
                );
                match fits {
                    true => fitting += 1,
                    false => refused += 1,
                }
            }
        }
    }
    assert!(fitting > 20 && refused > 50, "{fitting}, {refused}");
}

fn is_taken(verdict: &WireVerdict) -> bool {
    let WireVerdict::Refused { reasons } = verdict else {
        return false;
    };
    matches!(reasons.as_slice(), [only] if only.ends_with(" already"))
}

fn connected_text(shown: &Document, connector: &Connector) -> String {
    let text = |end| end::text(shown, end);
    format!("{} to {}", text(&connector.from), text(&connector.to))
}

fn provided(sheet: &Sheet) -> Vec<End> {
    let shown = sheet.document;
    let ports = shown.instances.keys().flat_map(|id| {
        let component = graph_core::resolve::component_type(shown, sheet.library, *id).unwrap();
        let ports = component.ports.iter();
        let provided =
            ports.filter(|port| port.direction == autosar_wit::component::Direction::Provided);
        provided.map(|port| End::Port {
            instance: *id,
            port: port.name.clone(),
        })
    });
    ports.collect()
}

/// What is dragged over a system of a thousand parts is judged by one look at the whole.
#[test]
fn candidates_among_a_thousand_parts_are_complete() {
    let (document, mut library) = synthetic::hierarchy(12, 84);
    let types = hierarchy::types(&document, &library);
    library.components.extend(types);
    for scope in scopes(&document) {
        let shown = view(&document, scope);
        let sheet = Sheet::within(&document, scope, &shown, &library);
        let start = provided(&sheet).into_iter().next().unwrap();
        let found = candidates(&sheet, &start, Side::Source);
        let parts = document.parts(scope).count();
        assert!(found.len() >= parts, "{} {parts}", found.len());
        let refused = |one: &&Candidate| matches!(one.verdict, WireVerdict::Refused { .. });
        let all = found.iter().filter(refused).count();
        assert_eq!(all, found.len(), "all receivers have senders already");
    }
}

/// A port of a composition has a name of its own: that two ports are of one interface, their types say.
#[test]
fn the_same_interface_comes_first_under_any_name() {
    let text = r#"
format = 1
name = "shown"
components.display = { wit = "common.wit", world = "display" }
components.plain = { wit = "common.wit", world = "plain" }
components.warm = { wit = "common.wit", world = "warm" }
compositions.panel.ports.shown = { direction = "required" }
compositions.panel.instances.display = { component = "display" }
compositions.panel.connectors = [
    { from = ".shown", to = "display.acme:heat/temperature@1.0.0", kind = "delegation" },
]
instances.panel = { component = "panel" }
instances.sensor = { component = "plain" }
instances.stove = { component = "warm" }
"#;
    let (document, mut library) = support::heat::project(text, "shown");
    let types = hierarchy::types(&document, &library);
    library.components.extend(types);
    let shown = view(&document, None);
    let sheet = Sheet::within(&document, None, &shown, &library);
    let all = shown.instances.keys().copied().collect();
    let found = auto_connect(&sheet, &all);
    assert_eq!((found.ambiguities, found.open), (vec![], vec![]));
    let wires = found.connectors.iter();
    let wires: Vec<String> = wires.map(|wire| connected_text(&shown, wire)).collect();
    assert_eq!(wires, ["sensor.acme:heat/temperature@1.0.0 to panel.shown"]);
    let components = ["plain", "warm"].map(|name| {
        let id = document.component_named(name).unwrap();
        match &library.components[&id] {
            Entry::Loaded { component_type, .. } => (name.to_owned(), component_type.clone()),
            Entry::Missing { reason } => panic!("{reason}"),
        }
    });
    let start = parse(&document, None, "panel.shown");
    let found = offers(&sheet, &start, Side::Target, &components.into());
    let found: Vec<(&str, bool)> = found
        .iter()
        .map(|one| (one.component.as_str(), one.is_same_interface))
        .collect();
    assert_eq!(found, [("plain", true), ("warm", false)]);
}
