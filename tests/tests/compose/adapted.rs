//! Adapters on connectors of both kinds: values converted, statuses kept, probes outside, names of
//! wires; and a whole project whose units and cases differ, simulated and in a stock engine.

use crate::{
    guests::{counter, doubler, reader},
    host::Host,
    project::{Project, guest},
    stock_engine,
};
use autosar_wit::{meanings, metadata, read};
use graph_core::{
    adapter, check,
    compose::{ComposeError, Composed, PieceName, compose, documents},
    document::{Document, End},
    end, file,
    library::{Entry, Library},
};
use std::sync::Arc;

const STEP: &str = "test:parts/counter@1.0.0#step timing";
const RESET: &str = "test:parts/counter@1.0.0#reset init";
const READ: &str = "test:parts/reader@1.0.0#step timing";
const DOUBLE: &str = "test:parts/doubler@1.0.0#step timing";
const SPEED: &str = "counter.test:parts/speed@1.0.0";
const LEVEL: &str = "reader.test:parts/level@1.0.0";
const SHOWN: &str = "reader.test:parts/shown@1.0.0#get";
const HALVED: &str = "[connectors.adapter.rules.\"get.ok\"]\nfactor = 0.5\npolicy = \"saturate\"";
const WIDER: &str = "[connectors.adapter]";
/// Positions of `rx-error` cases, as the reader shows them.
const INVALID: u32 = 1000;
const TIMEOUT: u32 = 1003;
const NEVER_RECEIVED: u32 = 1006;

/// A counter whose speed, a plain number, goes to a reader that takes `result<u32, rx-error>`.
fn counter_and_reader(place: &str, properties: &str) -> Project {
    Project::new()
        .component("counter", &counter())
        .component("reader", &reader())
        .instance("counter", "counter", place, &[STEP, RESET])
        .instance("reader", "reader", "climate/main", &[READ])
        .connector(SPEED, LEVEL, properties)
        .buffered(SHOWN, "can0:Event.Code")
}

/// What the reader has read.
fn shown(host: &mut Host) -> u32 {
    let published = host.published_by("reader-step");
    let text = published[0].strip_prefix(&format!("{SHOWN} = ")).unwrap();
    text.parse().unwrap()
}

fn only(project: &Project) -> Host {
    Host::new(&project.compose().unwrap().partitions[0])
}

#[test]
fn a_direct_connector_converts_at_each_call() {
    let mut host = only(&counter_and_reader(
        "climate/main",
        &format!("kind = \"direct\"\n{HALVED}"),
    ));
    assert_eq!(shown(&mut host), 0);
    for halved in [0, 1, 2, 2, 2] {
        host.run("counter-step");
        // 0.5, 1, 1.5, 2, 2.5: half to even.
        assert_eq!(shown(&mut host), halved);
    }
}

#[test]
fn a_buffered_connector_converts_what_its_receiver_reads_and_keeps_its_status() {
    let properties = format!("kind = \"buffered\"\nalive_timeout_ns = 1000\n{HALVED}");
    let mut host = only(&counter_and_reader("climate/main", &properties));
    assert_eq!(shown(&mut host), NEVER_RECEIVED);
    assert_eq!(
        host.published_by("counter-step"),
        [format!("{SPEED}#get = 1")],
        "the trace shows what was sent, under the name of its sender"
    );
    for _ in 0..6 {
        host.run("counter-step");
    }
    host.store.data_mut().now_ns = 1000;
    assert_eq!(shown(&mut host), 4);
    host.store.data_mut().now_ns = 1001;
    assert_eq!(shown(&mut host), TIMEOUT);
}

#[test]
fn initial_values_are_the_senders_and_are_converted() {
    let properties = format!("kind = \"buffered\"\ninitial = \"42\"\n{HALVED}");
    let mut host = only(&counter_and_reader("climate/main", &properties));
    assert_eq!(shown(&mut host), 21);
}

#[test]
fn a_value_without_a_counterpart_is_invalid() {
    let narrow = "kind = \"buffered\"\n[connectors.adapter.rules.\"get.ok\"]\nfactor = -1.0\npolicy = \"invalid\"";
    let mut host = only(&counter_and_reader("climate/main", narrow));
    host.run("counter-step");
    assert_eq!(shown(&mut host), INVALID);
}

#[test]
fn from_another_partition_the_adapter_stands_at_the_receiver() {
    let properties = format!("kind = \"buffered\"\n{HALVED}");
    let composed = counter_and_reader("climate/rear", &properties)
        .compose()
        .unwrap();
    let pieces = |at: usize| composed.partitions[at].pieces.clone();
    let adapter = PieceName::Generated(format!("the adapter on {SPEED} -> {LEVEL}"));
    assert!(pieces(0).contains(&adapter), "{:?}", pieces(0));
    assert!(!pieces(1).contains(&adapter));
    let elements = &composed.partitions[0].deployment.elements;
    let taken = elements
        .iter()
        .find(|element| element.name == format!("{LEVEL}#get"))
        .unwrap();
    assert_eq!(taken.value, "u32");
    let mut host = Host::new(&composed.partitions[0]);
    let number = elements
        .iter()
        .position(|element| element.name == taken.name)
        .unwrap();
    let waiting = &mut host.store.data_mut().waiting;
    let queue = waiting.entry(number as u32).or_default();
    queue.push_back(9_u32.to_le_bytes().to_vec());
    assert_eq!(shown(&mut host), 4);
}

#[test]
fn a_probe_stands_outside_and_has_the_name_of_the_wire() {
    let project = counter_and_reader(
        "climate/main",
        &format!("kind = \"direct\"\nprobe = true\n{HALVED}"),
    );
    let composed = project.compose().unwrap();
    let probes = &composed.partitions[0].deployment.probes;
    assert_eq!(probes[0].name, format!("{SPEED} -> {LEVEL}"));
    let mut host = Host::new(&composed.partitions[0]);
    for _ in 0..4 {
        host.run("counter-step");
    }
    assert_eq!(shown(&mut host), 2);
    let probed = &host.store.data().probed;
    // `result<u32, rx-error>` packed: ok, 2.
    assert_eq!(probed.last().unwrap(), "0.0 -> [0, 2, 0, 0, 0]");
}

#[test]
fn an_adapter_serves_each_of_two_receivers_and_names_do_not_collide() {
    // An instance has the name that the glue would give to the first adapter.
    let double = |name: &str| format!("{name}.test:parts/speed@1.0.0");
    let scaled = |factor: &str| {
        format!(
            "kind = \"buffered\"\n[connectors.adapter.rules.get]\nfactor = {factor}\npolicy = \"saturate\""
        )
    };
    let project = Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("counter", "counter", "climate/main", &[STEP])
        .instance("first", "doubler", "climate/main", &[DOUBLE])
        .instance("adapter-first", "doubler", "climate/main", &[DOUBLE])
        .connector(SPEED, &double("first"), &scaled("3.0"))
        .connector(SPEED, &double("adapter-first"), &scaled("5.0"))
        .buffered(&format!("{}#get", double("first")), "can0:Status.Speed")
        .buffered(
            &format!("{}#get", double("adapter-first")),
            "can0:Status.Angle",
        );
    let mut host = only(&project);
    host.run("counter-step");
    assert_eq!(
        host.published_by("first-step"),
        [format!("{}#get = 6", double("first"))]
    );
    assert_eq!(
        host.published_by("adapter-first-x-step"),
        [format!("{}#get = 10", double("adapter-first"))]
    );
    let (document, library) = project.document();
    let text = &documents(&document, &library).unwrap()[0].text;
    assert_eq!(
        text.matches("= new wireloom-glue:climate-main-adapter-on")
            .count(),
        2,
        "{text}"
    );
}

#[test]
fn what_does_not_fit_or_is_not_confirmed_is_not_composed() {
    let error = |properties: &str| {
        let project = counter_and_reader("climate/main", properties);
        match project.compose() {
            Err(error) => error.to_string(),
            Ok(_) => "composed".to_owned(),
        }
    };
    assert_eq!(error(&format!("kind = \"direct\"\n{WIDER}")), "composed");
    assert_eq!(
        error("kind = \"direct\"\n[connectors.adapter.rules.\"get.speed\"]\nfrom = \"x\""),
        "the adapter of the connector `counter.test:parts/speed@1.0.0` -> `reader.test:parts/level@1.0.0` does not fit: `get.speed`: the interfaces have no such place; remove the rule; correct its mapping or remove it"
    );
    assert_eq!(
        error(&format!("kind = \"direct\"\n{HALVED}\nto_confirm = true")),
        "the adapter of the connector `counter.test:parts/speed@1.0.0` -> `reader.test:parts/level@1.0.0` has rules that nobody has confirmed; look at them and confirm them"
    );
    let project = Project::new()
        .component("counter", &counter())
        .component("reader", &reader())
        .instance("counter", "counter", "climate/main", &[STEP])
        .instance("reader", "reader", "climate/main", &[READ])
        .connector(
            &format!("{SPEED}#get"),
            &format!("{LEVEL}#get"),
            &format!("kind = \"buffered\"\n{WIDER}"),
        );
    assert!(matches!(
        project.compose(),
        Err(ComposeError::Adapter { .. })
    ));
}

/// Speed in steps of 0.1 m/s and a gear of three cases; each step adds 0.37 m/s.
fn wheel() -> Vec<u8> {
    guest(
        "package acme:drive@1.0.0;
         interface speed { get: func() -> u16; }
         interface gear { enum gear { park, drive, creep } get: func() -> gear; }
         interface run { step: func(); }
         world wheel { export speed; export gear; export run; }",
        r#"(module
            (global $n (mut i32) (i32.const 0))
            (func (export "acme:drive/speed@1.0.0#get") (result i32) (i32.mul (global.get $n) (i32.const 37)))
            (func (export "acme:drive/gear@1.0.0#get") (result i32) (i32.rem_u (global.get $n) (i32.const 3)))
            (func (export "acme:drive/run@1.0.0#step")
                (global.set $n (i32.add (global.get $n) (i32.const 1)))))"#,
    )
}

/// Speed in km/h, with a status, and a lever of two places; shows both as numbers.
fn dash() -> Vec<u8> {
    guest(
        "package acme:dash@2.0.0;
         interface speed { enum status { invalid, never-received } get: func() -> result<u8, status>; }
         interface shift { enum lever { p, d, invalid } at: func() -> lever; }
         interface shown { speed: func() -> u32; lever: func() -> u32; }
         interface run { step: func(); }
         world dash { import speed; import shift; export shown; export run; }",
        r#"(module
            (import "acme:dash/speed@2.0.0" "get" (func $speed (param i32)))
            (import "acme:dash/shift@2.0.0" "at" (func $lever (result i32)))
            (memory (export "memory") 1)
            (global $shown (mut i32) (i32.const 0))
            (global $at (mut i32) (i32.const 0))
            (func (export "acme:dash/shown@2.0.0#speed") (result i32) global.get $shown)
            (func (export "acme:dash/shown@2.0.0#lever") (result i32) global.get $at)
            (func (export "acme:dash/run@2.0.0#step")
                (global.set $at (call $lever))
                (call $speed (i32.const 16))
                (global.set $shown (i32.add
                    (i32.mul (i32.const 1000) (i32.load8_u (i32.const 16)))
                    (i32.load8_u (i32.const 17))))))"#,
    )
}

/// Takes the speed from the bus: without another node nobody would acknowledge a frame.
fn lamp() -> Vec<u8> {
    guest(
        "package acme:lamp@1.0.0;
         interface lamp { show: func(speed: u32); }
         world bulb { export lamp; }",
        r#"(module (func (export "acme:lamp/lamp@1.0.0#show") (param i32)))"#,
    )
}

const UNITS: &str = "['acme:drive/speed@1.0.0']\n\
     get = { unit = 'm/s', compu_method = { linear = { factor = 0.1, offset = 0.0 } } }\n\
     ['acme:dash/speed@2.0.0']\nget = { unit = 'km/h' }\n";

/// The project of `tests/projects/adapted`, with its components.
fn adapted() -> (Document, Library) {
    let text = include_str!("../../projects/adapted/adapted.wireloom");
    let document = file::read(text, "adapted.wireloom").unwrap();
    let mut library = Library::default();
    for (id, component) in &document.components {
        let bytes = match component.name.as_str() {
            "wheel" => wheel(),
            "lamp" => lamp(),
            _ => dash(),
        };
        let known = read::component(&bytes, &component.name).unwrap();
        let meanings = meanings::read(UNITS).unwrap();
        let bytes = metadata::append(&bytes, &meanings::describe(&meanings, &known).unwrap());
        let entry = Entry::Loaded {
            component_type: Arc::new(read::component(&bytes, &component.name).unwrap()),
            bytes: Arc::from(bytes),
        };
        library.components.insert(*id, entry);
    }
    let database = autosar_wit::dbc::read(include_bytes!("../../projects/adapted/adapted.dbc"));
    let can = document.bus_named("can0").unwrap();
    library
        .descriptions
        .insert(can, Arc::new(database.database));
    (document, library)
}

fn composed() -> Composed {
    let (document, library) = adapted();
    compose(&document, &library).unwrap()
}

#[test]
fn the_adapters_of_the_project_are_what_is_proposed_and_confirmed() {
    let (document, library) = adapted();
    let findings = check::check(&document, &library);
    let errors = findings.iter().filter(|one| one.code != "shared-fate");
    let messages: Vec<&str> = errors.map(|one| one.message.as_str()).collect();
    assert_eq!(messages, [""; 0]);
    let mut adapters = 0;
    for connector in document.connectors.values() {
        let Some(mapping) = &connector.adapter else {
            continue;
        };
        adapters += 1;
        let ports = adapter::ports(&document, &library, connector).unwrap();
        let proposed = ports.propose(&Default::default()).unwrap();
        assert_eq!(
            proposed.confirmed(),
            *mapping,
            "{}",
            end::text(&document, &connector.from)
        );
        assert!(proposed.to_confirm().count() > 0);
        let mut bare = document.clone();
        for connector in bare.connectors.values_mut() {
            connector.adapter = None;
        }
        let without = check::check(&bare, &library);
        let mismatch = without.iter().filter(|one| one.code == "type-mismatch");
        assert!(
            mismatch
                .clone()
                .all(|one| one.fixes.iter().any(|fix| fix.title == "Insert an adapter"))
        );
        assert_eq!(mismatch.count(), 2);
    }
    assert_eq!(adapters, 2);
}

#[test]
fn units_and_cases_arrive_converted_in_simulation_and_stock_engine() {
    let composed = composed();
    let simulated = stock_engine::simulated(&composed, 200_000_000);
    let frame = |round: u32| {
        // The wheel runs first in each 10 ms; the dash reads what was stored before it. Sent every
        // 20 ms, after both have run.
        let speed = f64::from(round * 37) * 0.36;
        let shown = speed.round_ties_even().min(255.0) as u16;
        let [low, high] = shown.to_le_bytes();
        let lever = round % 3;
        format!("120#{low:02X}{high:02X}{lever:02X}00")
    };
    let expected: Vec<String> = (0..10).map(|at| frame(at * 2 + 1)).collect();
    assert_eq!(simulated, expected);
    assert_eq!(stock_engine::frames(&composed, 200_000_000, "0"), simulated);
}

#[test]
fn an_end_that_is_a_port_keeps_its_name() {
    let (document, _) = adapted();
    let ends = document
        .connectors
        .values()
        .filter(|one| one.adapter.is_some());
    assert!(ends.clone().all(|one| matches!(one.from, End::Port { .. })));
    let text = file::write(&document);
    assert_eq!(
        text,
        include_str!("../../projects/adapted/adapted.wireloom")
    );
}

#[test]
fn the_command_line_reports_adapters_as_data() {
    let case = e2e::root().join("tests/fixtures/check/adapter-to-confirm");
    let words = [
        "wireloom".into(),
        "check".into(),
        "--json".into(),
        case.into_os_string(),
    ];
    let outcome = wireloom::cli::outcome(words);
    let found = outcome.json["diagnostics"].as_array().unwrap().clone();
    let of = |code: &str| {
        let named = found.iter().find(|one| one["code"] == code);
        named
            .unwrap_or_else(|| panic!("{code}: {found:#?}"))
            .clone()
    };
    let proposal = of("adapter");
    assert!(
        proposal["message"]
            .as_str()
            .unwrap()
            .contains("is a proposal: `get` from read, saturated")
    );
    assert!(proposal["help"].as_str().unwrap().contains("confirm"));
    let mismatch = of("type-mismatch");
    assert!(
        mismatch["help"]
            .as_str()
            .unwrap()
            .contains("insert an adapter"),
        "{mismatch}"
    );
}
