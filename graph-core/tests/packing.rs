//! Connectors between ECUs as frames: what is proposed and why, what is refused, what a change by
//! hand can break, and what taking it over does to the document.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

use autosar_wit::{
    component::Direction,
    dbc,
    metadata::{CompuMethod, ElementMetadata, PortMetadata},
    read::wit_files,
};
use graph_core::{
    check::check,
    document::*,
    edit::Edit,
    file,
    library::{Entry, Library},
    packing::{self, Proposal, Rates, Target},
};
use std::{collections::BTreeMap, fmt::Write, sync::Arc};

const RATES: Rates = Rates {
    bitrate_bps: 500_000,
    data_bitrate_bps: None,
};

const WIT: &str = r#"
package acme:drive@1.0.0;

interface wheels {
    enum gear { park, reverse, neutral, drive, low }
    record outputs { speed: f32, brake: bool, gear: gear, ticks: u32, slow: f64, name: string }
    step: func() -> outputs;
    often: func() -> s16;
}
interface temperature { get: func() -> u16; }
interface status { on: func() -> bool; level: func() -> u8; }
interface panel {
    use wheels.{gear};
    record inputs { speed: f32, brake: bool, gear: gear, ticks: u32, slow: f64, name: string, often: s16 }
    show: func(inputs: inputs);
}
world wheel { export wheels; export temperature; export status; }
world dash { import temperature; import status; export panel; }
"#;

const PROJECT: &str = r#"
format = 1
name = "cars"
components.dash = { wit = "drive.wit", world = "dash" }
components.wheel = { wit = "drive.wit", world = "wheel" }
ecus.front = { fuel_ps = 1, activation_ns = 0, partitions.main = { memory_bytes = 1, fuel = 1, on_trap = "stop" } }
ecus.cockpit = { fuel_ps = 1, activation_ns = 0, partitions.main = { memory_bytes = 1, fuel = 1, on_trap = "stop" } }
ecus.spare = { fuel_ps = 1, activation_ns = 0, partitions.main = { memory_bytes = 1, fuel = 1, on_trap = "stop" } }
buses.can0 = { kind = "can", bitrate_bps = 500000 }
instances.dash = { component = "dash", partition = "cockpit/main" }
instances.second = { component = "dash", partition = "spare/main" }
instances.near = { component = "dash", partition = "front/main" }
[instances.wheel]
component = "wheel"
partition = "front/main"
[[instances.wheel.activations]]
runnable = "acme:drive/wheels@1.0.0#step"
event = "timing"
period_ns = 10000000
priority = 1
[[instances.wheel.activations]]
runnable = "acme:drive/wheels@1.0.0#often"
event = "timing"
period_ns = 2500000
priority = 2
"#;

fn connector(from: &str, to: &str, kind: &str) -> String {
    format!("[[connectors]]\nfrom = \"{from}\"\nto = \"{to}\"\n{kind}\n")
}

fn field(name: &str, receiver: &str) -> String {
    connector(
        &format!("wheel.acme:drive/wheels@1.0.0#step -> {name}"),
        &format!("{receiver}.acme:drive/panel@1.0.0#show(inputs.{name})"),
        "kind = \"buffered\"",
    )
}

fn project(connectors: &[String]) -> (Document, Library) {
    let text = PROJECT.replacen('\n', "", 1) + &connectors.concat();
    let document = file::read(&text, "cars").unwrap_or_else(|error| panic!("{error}"));
    let mut library = Library::default();
    for (id, component) in &document.components {
        let ComponentSource::Stub { world, .. } = &component.source else {
            panic!("all are stubs");
        };
        let mut component_type = wit_files(&[("drive.wit", WIT)], world.as_deref()).unwrap();
        component_type.metadata.ports = metadata();
        library.components.insert(
            *id,
            Entry::Loaded {
                component_type: Arc::new(component_type),
                bytes: Arc::from([]),
            },
        );
    }
    (document, library)
}

fn metadata() -> Vec<PortMetadata> {
    let element = |unit: &str, compu_method| ElementMetadata {
        unit: Some(unit.to_owned()),
        compu_method,
        ..ElementMetadata::default()
    };
    let port = |direction, name: &str, path: &str, element| PortMetadata {
        direction,
        name: name.to_owned(),
        kind: None,
        autosar_name: None,
        elements: BTreeMap::from([(path.to_owned(), element)]),
    };
    let linear = CompuMethod::Linear {
        factor: 0.1,
        offset: -40.0,
    };
    vec![
        port(
            Direction::Provided,
            "acme:drive/wheels@1.0.0",
            "step.speed",
            element("km/h", None),
        ),
        port(
            Direction::Provided,
            "acme:drive/temperature@1.0.0",
            "get",
            element("°C", Some(linear)),
        ),
    ]
}

/// A line for each frame and signal, then what is refused.
fn told(proposal: &Proposal) -> String {
    let mut text = String::new();
    for frame in &proposal.frames {
        let _ = writeln!(
            text,
            "{} {:#x} {:?} {} bytes: {}",
            frame.name,
            frame.id,
            frame.cycle_ms,
            frame.length_bytes(),
            frame.why
        );
        for signal in &frame.signals {
            let layout = &signal.layout;
            let _ = writeln!(
                text,
                "  {} {}|{} {} [{}|{}] \"{}\" to {}: {}",
                layout.name,
                layout.start_bit,
                layout.length_bits,
                if signal.is_raw { "raw" } else { "physical" },
                layout.minimum,
                layout.maximum,
                layout.unit,
                layout.receivers.join(", "),
                signal.why
            );
        }
    }
    for refused in &proposal.refused {
        let _ = writeln!(text, "refused: {}", refused.reason);
    }
    text
}

fn all() -> Vec<String> {
    let port = |name: &str, receiver: &str, kind: &str| {
        let port = format!("acme:drive/{name}@1.0.0");
        connector(
            &format!("wheel.{port}"),
            &format!("{receiver}.{port}"),
            kind,
        )
    };
    let mut connectors: Vec<String> = ["speed", "brake", "gear", "ticks", "slow", "name"]
        .map(|name| field(name, "dash"))
        .to_vec();
    connectors.extend([
        field("speed", "second"),
        field("brake", "near"),
        connector(
            "wheel.acme:drive/wheels@1.0.0#often",
            "dash.acme:drive/panel@1.0.0#show(inputs.often)",
            "kind = \"buffered\"\ninitial = \"-3\"\nalive_timeout_ns = 50000000",
        ),
        port("temperature", "dash", "kind = \"buffered\""),
        port("status", "dash", "kind = \"buffered\""),
        port("status", "second", "kind = \"buffered\"\nqueue = 3"),
        port("temperature", "second", "kind = \"direct\""),
    ]);
    connectors
}

#[test]
fn frames_are_proposed_with_their_reasons() {
    let (document, library) = project(&all());
    let proposal = packing::propose(&document, &library, None);
    insta::assert_snapshot!(told(&proposal));
    assert_eq!(packing::problems(&proposal, None), Vec::<String>::new());
    assert_eq!(proposal, packing::propose(&document, &library, None));
    let load = packing::load(&proposal, None, RATES);
    // A frame of 2 bytes every 3 ms; one of 8 and those of the rest every 2.5, 10 ms.
    assert!(
        load.least > 0.0 && load.most > load.least && load.most < 0.2,
        "{load:?}"
    );
    assert_eq!(load.on_change, 0);
}

#[test]
fn what_is_read_again_is_what_was_proposed() {
    let (document, library) = project(&all());
    let proposal = packing::propose(&document, &library, None);
    let database = packing::database(&proposal, None);
    let loaded = dbc::read(dbc::write(&database).as_bytes());
    assert_eq!(loaded.defects, []);
    assert_eq!(loaded.database, database);
}

#[test]
fn a_bus_of_can_fd_takes_longer_frames_at_its_data_bit_rate() {
    let (mut document, library) = project(&all());
    let classic = packing::propose(&document, &library, None);
    let bus = *document.buses.keys().next().unwrap();
    let mut changed = document.buses[&bus].clone();
    let BusKind::Can { flexible, .. } = &mut changed.kind else {
        panic!("it is a CAN bus");
    };
    *flexible = Some(FlexibleDataRate {
        data_bitrate_bps: 2_000_000,
        sample_point_permille: 800,
        data_sample_point_permille: 800,
    });
    Edit::ChangeBus(bus, changed).apply(&mut document).unwrap();
    let proposal = packing::propose(&document, &library, Some(bus));
    assert!(proposal.frames.len() < classic.frames.len());
    assert_eq!(packing::problems(&proposal, None), Vec::<String>::new());
    let signals = |proposal: &Proposal| -> usize {
        proposal
            .frames
            .iter()
            .map(|frame| frame.signals.len())
            .sum()
    };
    assert_eq!(signals(&proposal), signals(&classic));
    let lengths: Vec<u32> = proposal
        .frames
        .iter()
        .map(|one| one.length_bytes())
        .collect();
    assert!(lengths.iter().any(|length| *length > 8), "{lengths:?}");
    let has_code = |length: &u32| dbc::frame_bytes(*length).map(u32::from) == Some(*length);
    assert!(lengths.iter().all(has_code), "{lengths:?}");
    let database = packing::database(&proposal, None);
    let loaded = dbc::read(dbc::write(&database).as_bytes());
    assert_eq!(loaded.defects, []);
    assert_eq!(loaded.database, database);
    let load = |data_bitrate_bps| {
        let rates = Rates {
            data_bitrate_bps,
            ..RATES
        };
        packing::load(&proposal, None, rates)
    };
    let (fast, slow) = (load(Some(2_000_000)), load(Some(500_000)));
    assert!(
        fast.most < slow.most && fast.least < slow.least,
        "{fast:?} {slow:?}"
    );
    let other = packing::load(&classic, None, RATES);
    assert!(fast.most < other.most, "{fast:?} {other:?}");
}

#[test]
fn what_the_bus_has_already_keeps_its_identifiers_and_names() {
    let (document, mut library) = project(&[field("speed", "dash")]);
    let bus = *document.buses.keys().next().unwrap();
    let text = "BU_: front\nBO_ 256 Front10ms: 8 front\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" front\n";
    let existing = dbc::read(text.as_bytes()).database;
    library.descriptions.insert(bus, Arc::new(existing.clone()));
    let proposal = packing::propose(&document, &library, Some(bus));
    let frame = &proposal.frames[0];
    assert_eq!((frame.name.as_str(), frame.id), ("Front10ms2", 0x110));
    let both = packing::database(&proposal, Some(&existing));
    assert_eq!(both.messages.len(), 2);
    assert_eq!(both.nodes, ["front", "cockpit"]);
    let alone = packing::load(&proposal, None, RATES);
    let together = packing::load(&proposal, Some(&existing), RATES);
    assert_eq!(
        together.on_change,
        alone.on_change + 1,
        "the old one has no cycle"
    );
}

#[test]
fn a_change_by_hand_is_held_against_bits_names_and_identifiers() {
    let (document, library) = project(&all());
    let proposal = packing::propose(&document, &library, None);
    let mut changed = proposal.clone();
    changed.frames[1].id = changed.frames[0].id;
    changed.frames[1].name = changed.frames[0].name.clone();
    changed.frames[0].cycle_ms = Some(0);
    let last = changed.frames.len() - 1;
    changed.frames[last].id = 0x800;
    changed.frames[last].name = "2nd frame".to_owned();
    let wide = changed
        .frames
        .iter_mut()
        .find(|frame| frame.signals.len() > 1)
        .unwrap();
    wide.signals[1].layout.start_bit = wide.signals[0].layout.start_bit;
    wide.signals[0].layout.start_bit = 60;
    insta::assert_snapshot!(packing::problems(&changed, None).join("\n"));
    let existing = packing::database(&proposal, None);
    let again = packing::problems(&proposal, Some(&existing));
    assert_eq!(again.len(), 2 * proposal.frames.len(), "{again:?}");
}

#[test]
fn taken_over_the_values_go_through_signals_and_nothing_is_wrong() {
    let mut connectors = all();
    // What cannot be packed stays, and is wrong before and after.
    connectors.retain(|text| !text.contains("name") && !text.contains("queue"));
    connectors.retain(|text| !text.contains("direct"));
    let (mut document, mut library) = project(&connectors);
    let before = document.clone();
    let proposal = packing::propose(&document, &library, None);
    assert_eq!(proposal.refused, []);
    let bus = *document.buses.keys().next().unwrap();
    let edits = packing::apply(&document, &proposal, &Target::Bus(bus), "packed.dbc");
    let mut inverses: Vec<Edit> = edits
        .into_iter()
        .map(|edit| edit.apply(&mut document).unwrap())
        .collect();
    library
        .descriptions
        .insert(bus, Arc::new(packing::database(&proposal, None)));
    let found: Vec<String> = check(&document, &library)
        .into_iter()
        .filter(|one| {
            [
                "across-partitions",
                "signal-mapping",
                "type-mismatch",
                "duplicate-source",
            ]
            .contains(&one.code)
        })
        .map(|one| one.message)
        .collect();
    assert_eq!(found, Vec::<String>::new());
    // The receiver keeps its initial value and timeout, the sender's start value lies in the frame.
    let often = document
        .connectors
        .values()
        .find_map(|one| match (&one.from, &one.kind) {
            (End::Signal { .. }, ConnectorKind::Buffered(buffering)) => {
                buffering.initial.is_some().then_some(buffering)
            }
            _ => None,
        });
    let often = often.unwrap();
    assert_eq!(often.initial.as_deref(), Some("-3"));
    assert_eq!(often.alive_timeout_ns, Some(50_000_000));
    let mut signals = proposal.frames.iter().flat_map(|frame| &frame.signals);
    let often = signals.find(|signal| signal.layout.name == "WheelWheelsOften");
    assert_eq!(often.unwrap().layout.start_value, Some(-3.0));
    let raw = document.connectors.values().filter(|one| {
        matches!(&one.kind, ConnectorKind::Buffered(buffering) if buffering.conversion == Conversion::Raw)
    });
    assert_eq!(raw.count(), 2, "to and from the scaled temperature");
    inverses.reverse();
    for edit in inverses {
        edit.apply(&mut document).unwrap();
    }
    document.next_id = before.next_id;
    assert_eq!(document, before);
}

#[test]
fn a_new_bus_takes_them_where_there_is_none() {
    let (mut document, library) = project(&[field("speed", "dash")]);
    let proposal = packing::propose(&document, &library, None);
    let target = Target::New {
        name: "can1".to_owned(),
        bitrate_bps: 250_000,
    };
    for edit in packing::apply(&document, &proposal, &target, "can1.dbc") {
        edit.apply(&mut document).unwrap();
    }
    let bus = document
        .buses
        .values()
        .find(|bus| bus.name == "can1")
        .unwrap();
    let expected = BusKind::Can {
        bitrate_bps: 250_000,
        flexible: None,
        description: Some("can1.dbc".to_owned()),
        restbus: std::collections::BTreeSet::new(),
    };
    assert_eq!(bus.kind, expected);
    assert_eq!(document.connectors.len(), 2);
}

#[test]
fn inside_one_ecu_nothing_is_packed() {
    let (document, library) = project(&[field("brake", "near")]);
    let proposal = packing::propose(&document, &library, None);
    assert_eq!(proposal, Proposal::default());
}
