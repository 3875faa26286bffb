//! What compositions have wrong is told, and stops a composition of the system.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use graph_core::{
    capability::{Capability, Treatment},
    check,
    compose::{ComposeError, compose},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    file,
    hierarchy::{flattened, group, rename_port, ungroup},
    library::Library,
    synthetic,
};
use std::{collections::BTreeSet, fmt::Write};

fn found(document: &Document) -> Vec<Diagnostic> {
    let found = check::check(document, &Library::default());
    let of_compositions = |one: &Diagnostic| one.code == "composition";
    found.into_iter().filter(of_compositions).collect()
}

fn refused(document: &Document) -> String {
    match compose(document, &Library::default()).unwrap_err() {
        error @ ComposeError::Composition { .. } => error.to_string(),
        other => panic!("{other}"),
    }
}

/// Each of `levels` compositions has `parts` instances of the next one, and two ports that lead to
/// both ports of each.
fn levels(levels: usize, parts: usize) -> String {
    let mut text =
        "format = 1\nname = \"deep\"\n\n[components.leaf]\nfile = \"leaf.wasm\"\n".to_owned();
    for level in 0..levels {
        let inner = match level + 1 == levels {
            true => "leaf".to_owned(),
            false => format!("level{}", level + 1),
        };
        for port in ["a", "b"] {
            writeln!(
                text,
                "\n[compositions.level{level}.ports.{port}]\ndirection = \"provided\""
            )
            .unwrap();
        }
        for part in 0..parts {
            writeln!(
                text,
                "\n[compositions.level{level}.instances.part{part}]\ncomponent = \"{inner}\""
            )
            .unwrap();
            for (port, at) in [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")] {
                writeln!(
                    text,
                    "\n[[compositions.level{level}.connectors]]\nfrom = \"part{part}.{at}\"\nto = \".{port}\"\nkind = \"delegation\""
                )
                .unwrap();
            }
        }
    }
    text +=
        "\n[instances.top]\ncomponent = \"level0\"\n\n[instances.taker]\ncomponent = \"leaf\"\n";
    text + "\n[[connectors]]\nfrom = \"top.a\"\nto = \"taker.c\"\nkind = \"direct\"\n"
}

/// By their parts, or by the ways through their ports alone.
#[test]
fn a_system_that_would_be_too_large_is_refused_at_once() {
    for parts in [1, 2] {
        let document = file::read(&levels(30, parts), "deep").unwrap();
        let found = found(&document);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].severity, Severity::Error);
        assert_eq!(
            found[0].message,
            "`deep` has more than 100000 parts and connectors in its compositions, more than can be checked or run"
        );
        assert!(refused(&document).contains("more than 100000"));
        assert!(flattened(&document).document.instances.is_empty());
    }
    let document = file::read(&levels(4, 2), "deep").unwrap();
    assert_eq!(found(&document), []);
    assert_eq!(flattened(&document).document.instances.len(), 17);
}

#[test]
fn compositions_stand_in_each_other_32_times_at_most() {
    assert!(file::read(&levels(32, 1), "deep").is_ok());
    let error = file::read(&levels(33, 1), "deep").unwrap_err().to_string();
    assert!(
        error.contains("more than 32 compositions would stand in each other"),
        "{error}"
    );
}

/// A port of a port, behind which there is nothing.
#[test]
fn a_connector_that_reaches_no_part_is_an_error() {
    let mut document = file::read(&levels(2, 1), "deep").unwrap();
    let level1 = document.component_named("level1").unwrap();
    let inside = document.connectors.iter();
    let inside = inside.filter(|(_, one)| document.scope_of(one) == Some(level1));
    let edits: Vec<Edit> = inside.map(|(id, _)| Edit::Disconnect(*id)).collect();
    assert_eq!(edits.len(), 4);
    document.apply_batch(edits).unwrap();
    let found = found(&document);
    let error = found.iter().find(|one| one.severity == Severity::Error);
    let error = error.unwrap();
    assert_eq!(
        error.message,
        "the connector from `top.a` to `taker.c` reaches no part: a port of a composition further inside leads nowhere"
    );
    assert!(matches!(error.subject, Subject::Connector(_)));
    assert!(refused(&document).starts_with(&error.message));
}

const BOUND: &str = r#"
format = 1
name = "bound"

[buses.sensors]
kind = "i2c"
clock_hz = 400000

[components.driver]
file = "driver.wasm"

[compositions.block.ports."acme:heat/driver@1.0.0"]
direction = "provided"

[compositions.block.instances.part]
component = "driver"

[[compositions.block.connectors]]
from = "part.acme:heat/driver@1.0.0"
to = ".acme:heat/driver@1.0.0"
kind = "delegation"

[instances.block]
component = "block"
bindings = { "acme:heat/driver@1.0.0#init(bus)" = "sensors" }
"#;

/// What is bound to a parameter of a function in an interface reaches the part, also under another
/// name of the port, and stays when the composition is taken apart.
#[test]
fn bindings_of_parameters_reach_the_parts() {
    let mut document = file::read(BOUND, "bound").unwrap();
    assert_eq!(found(&document), []);
    let before = flattened(&document).document.into_owned();
    let part = before.instances.values().next().unwrap();
    let key = "acme:heat/driver@1.0.0#init(bus)";
    assert_eq!(part.bindings.keys().collect::<Vec<_>>(), [key]);
    let (port, block) = (
        *document.ports.keys().next().unwrap(),
        document.instance_named("block").unwrap(),
    );
    let edits = rename_port(&document, port, "warm");
    document.apply_batch(edits).unwrap();
    let renamed = &document.instances[&block].bindings;
    assert_eq!(renamed.keys().collect::<Vec<_>>(), ["warm#init(bus)"]);
    assert_eq!(flattened(&document).document.instances, before.instances);
    let (edits, _) = ungroup(&document, block).unwrap();
    document.apply_batch(edits).unwrap();
    assert_eq!(document.instances, before.instances);
}

#[test]
fn a_binding_that_reaches_no_part_is_told() {
    let text = BOUND.replace("{ \"acme:heat/driver@1.0.0#init", "{ \"init");
    let mut document = file::read(&text, "bound").unwrap();
    let all = found(&document);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(
        all[0].message,
        "`block` binds `init(bus)`, behind which its composition has no part"
    );
    document.apply_batch(all[0].fixes[0].edits.clone()).unwrap();
    assert_eq!(found(&document), []);
}

/// A wrong binding is mended where it is: on the part what is the part's own, else on the composition.
#[test]
fn a_wrong_binding_is_mended_where_it_is_said() {
    let (mut document, library) = synthetic::system(4);
    let part = document.instance_named("link1").unwrap();
    let made = group(&document, &BTreeSet::from([part]), "block").unwrap();
    document.apply_batch(made.edits).unwrap();
    let bus = file::read(BOUND, "bound")
        .unwrap()
        .buses
        .into_values()
        .next();
    let bus_id = document.new_ids().bus();
    let binding = Binding::to_bus(bus_id);
    let port = document.ports.values().next().unwrap().name.clone();
    let mut standing = document.instances[&made.instance].clone();
    standing.bindings = [(format!("{port}#none(bus)"), binding.clone())].into();
    let mut inner = document.instances[&part].clone();
    inner.bindings = [("own(bus)".to_owned(), binding)].into();
    let edits = vec![
        Edit::InsertBus(bus_id, bus.unwrap()),
        Edit::ChangeInstance(made.instance, standing),
        Edit::ChangeInstance(part, inner),
    ];
    document.apply_batch(edits).unwrap();
    let wrong = |document: &Document| -> Vec<Diagnostic> {
        let found = check::check(document, &library).into_iter();
        found.filter(|one| one.code == "binding").collect()
    };
    assert_eq!(wrong(&document).len(), 2);
    let mut titles = Vec::new();
    for left in [1, 0] {
        let found = wrong(&document);
        assert_eq!(found[0].fixes.len(), 1, "{found:?}");
        titles.push(found[0].fixes[0].title.clone());
        document
            .apply_batch(found[0].fixes[0].edits.clone())
            .unwrap();
        assert_eq!(wrong(&document).len(), left);
    }
    titles.sort();
    insta::assert_snapshot!(titles.join("\n"));
    assert!(document.instances[&part].bindings.is_empty());
    assert!(document.instances[&made.instance].bindings.is_empty());
}

/// `sensor` stands in `source`, a display in `front` and in `rear` of one composition, and one in
/// `deep` two levels down.
const APART: &str = r#"
format = 1
name = "apart"
components.plain = { wit = "common.wit", world = "plain" }
components.display = { wit = "common.wit", world = "display" }
ecus.car = { fuel_ps = 1, activation_ns = 0, partitions = { main = { memory_bytes = 1, fuel = 1, on_trap = "stop" } } }
compositions.source.instances.sensor = { component = "plain", partition = "car/main" }
compositions.panel.instances.display = { component = "display", partition = "car/main" }
compositions.desk.instances.panel = { component = "panel" }
instances.source = { component = "source" }
instances.front = { component = "panel" }
instances.rear = { component = "panel" }
instances.deep = { component = "desk" }
"#;

fn open_ports(document: &Document, library: &Library) -> Vec<Diagnostic> {
    let found = check::check(document, library).into_iter();
    found.filter(|one| one.code == "unconnected-port").collect()
}

/// Each fix connects its display over ports of the compositions between, those that are there already
/// first.
#[test]
fn a_fix_connects_parts_of_different_compositions() {
    let (mut document, library) = support::heat::project(APART, "apart");
    let first = document.clone();
    let mut inverses = Vec::new();
    for left in [2, 1, 0] {
        let found = open_ports(&document, &library);
        let fix = &found[0].fixes[0];
        assert_eq!(
            fix.title,
            "Connect `source/sensor.acme:heat/temperature@1.0.0`"
        );
        inverses.push(document.apply_batch(fix.edits.clone()).unwrap());
        assert_eq!(open_ports(&document, &library).len(), left);
    }
    // One of `source`, one of `panel` for its three uses, one of `desk`.
    assert_eq!(document.ports.len(), 3);
    let flat = flattened(&document).document.into_owned();
    let names = |end: &End| flat.instances[&end.instance().unwrap()].name.clone();
    let wires = flat.connectors.values();
    let mut wires: Vec<String> = wires
        .map(|wire| format!("{} to {}", names(&wire.from), names(&wire.to)))
        .collect();
    wires.sort();
    assert_eq!(
        wires,
        [
            "source-sensor to deep-panel-display",
            "source-sensor to front-display",
            "source-sensor to rear-display",
        ]
    );
    assert!(found(&document).is_empty());
    for inverse in inverses.into_iter().rev() {
        document.apply_batch(inverse).unwrap();
    }
    document.next_id = first.next_id;
    assert_eq!(document, first);
}

/// What leads to the port on the way comes from nowhere, and only the user can say what shall go.
#[test]
fn a_fix_that_cannot_be_carried_out_is_advice() {
    let text = APART
        .replace("instances.rear = { component = \"panel\" }\n", "")
        .replace("instances.deep = { component = \"desk\" }\n", "")
        .replace(
            "compositions.desk.instances.panel = { component = \"panel\" }\n",
            "compositions.desk.ports.out = { direction = \"provided\" }\n",
        )
        + "instances.desk = { component = \"desk\" }\n"
        + "compositions.panel.ports.in = { direction = \"required\" }\n"
        + "compositions.panel.connectors = [{ from = \".in\", to = \"display.acme:heat/temperature@1.0.0\", kind = \"delegation\" }]\n"
        + "connectors = [{ from = \"desk.out\", to = \"front.in\", kind = \"buffered\" }]\n";
    let (document, library) = support::heat::project(&text, "apart");
    let found = open_ports(&document, &library);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].fixes, []);
    assert_eq!(
        found[0].help.as_deref(),
        Some(
            "connect the only provider of this interface; by hand: connect `source/sensor.acme:heat/temperature@1.0.0`"
        )
    );
}

/// What a composition denies is allowed again there.
#[test]
fn what_a_composition_denies_is_allowed_there() {
    let (mut document, library) = support::heat::project(APART, "apart");
    let source = document.instance_named("source").unwrap();
    let mut denying = document.instances[&source].clone();
    denying.capabilities = [(Capability::Random, Treatment::Deny)].into();
    document
        .apply_batch(vec![Edit::ChangeInstance(source, denying)])
        .unwrap();
    let denied = |document: &Document| {
        let found = check::check(document, &library).into_iter();
        let mut denied = found.filter(|one| one.code == "capability");
        denied.next()
    };
    let found = denied(&document).unwrap();
    insta::assert_snapshot!(found.fixes[0].title);
    document.apply_batch(found.fixes[0].edits.clone()).unwrap();
    assert_eq!(denied(&document), None);
    assert!(document.instances[&source].capabilities.is_empty());
}
