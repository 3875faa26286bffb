//! Units on wires: a scale is offered where there is one, and nothing between dimensions; between
//! ports, single values, and signals of a bus.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

use autosar_wit::{
    dbc,
    mapping::Policy,
    metadata::{ElementMetadata, PortMetadata},
    read::wit_files,
};
use graph_core::{
    check::{Sheet, WireVerdict, check, wire},
    diagnostic::{Diagnostic, Severity},
    document::*,
    end, file, hierarchy,
    library::{Entry, Library},
};
use std::{collections::BTreeMap, sync::Arc};

const WIT: &str = r#"
package acme:drive@1.0.0;

interface speed { get: func() -> f32; }
interface mast { record out { height: f32 } step: func() -> out; }
interface view { record seen { height: f32, time: f32 } show: func(seen: seen); }
world giver { export speed; export mast; }
world taker { import speed; export view; }
"#;

const PROJECT: &str = r#"
format = 1
name = "units"
components.giver = { wit = "drive.wit", world = "giver" }
components.taker = { wit = "drive.wit", world = "taker" }
ecus.car = { fuel_ps = 1, activation_ns = 0, partitions.main = { memory_bytes = 1, fuel = 1, on_trap = "stop" } }
buses.can0 = { kind = "can", bitrate_bps = 500000, description = "can0.dbc" }
instances.giver = { component = "giver", partition = "car/main" }
instances.taker = { component = "taker", partition = "car/main" }
"#;

const DBC: &str = "BU_: car\nBO_ 1 Drive: 8 car\n \
    SG_ Kmh : 0|16@1+ (0.1,0) [0|300] \"km/h\" car\n \
    SG_ Way : 16|16@1+ (1,0) [0|300] \"m\" car\n \
    SG_ Odd : 32|16@1+ (1,0) [0|300] \"furlong\" car\n \
    SG_ None : 48|16@1+ (1,0) [0|300] \"\" car\n";

const GIVEN: &str = "giver.acme:drive/speed@1.0.0";
const NEEDED: &str = "taker.acme:drive/speed@1.0.0";

/// The speed is given and needed in these units.
fn project(given: &str, needed: &str, connectors: &str) -> (Document, Library) {
    let text = PROJECT.replacen('\n', "", 1) + connectors;
    let document = file::read(&text, "units").unwrap_or_else(|error| panic!("{error}"));
    let mut library = Library::default();
    for (id, component) in &document.components {
        let ComponentSource::Stub { world, .. } = &component.source else {
            continue;
        };
        let mut component_type = wit_files(&[("drive.wit", WIT)], world.as_deref()).unwrap();
        let speed = match component.name.as_str() {
            "giver" => given,
            _ => needed,
        };
        let units = [
            ("speed", "get", speed),
            ("mast", "step.height", "m"),
            ("view", "show(seen.height)", "mm"),
            ("view", "show(seen.time)", "s"),
        ];
        for port in &component_type.ports {
            let elements = units
                .iter()
                .filter(|(interface, ..)| port.name.contains(interface));
            let elements = elements.map(|(_, path, unit)| {
                let element = ElementMetadata {
                    unit: Some((*unit).to_owned()),
                    ..ElementMetadata::default()
                };
                ((*path).to_owned(), element)
            });
            component_type.metadata.ports.push(PortMetadata {
                direction: port.direction,
                name: port.name.clone(),
                kind: None,
                autosar_name: None,
                elements: BTreeMap::from_iter(elements),
            });
        }
        library.components.insert(
            *id,
            Entry::Loaded {
                component_type: Arc::new(component_type),
                bytes: Arc::from([]),
            },
        );
    }
    let bus = *document.buses.keys().next().unwrap();
    let loaded = dbc::read(DBC.as_bytes());
    assert_eq!(loaded.defects, []);
    library.descriptions.insert(bus, Arc::new(loaded.database));
    let compositions = hierarchy::types(&document, &library);
    library.components.extend(compositions);
    (document, library)
}

fn verdict(given: &str, needed: &str, from: &str, to: &str) -> WireVerdict {
    let (document, library) = project(given, needed, "");
    let end = |text: &str| end::parse(&document, text).unwrap();
    wire(&Sheet::new(&document, &library), &end(from), &end(to))
}

fn connector(from: &str, to: &str, rest: &str) -> String {
    format!("[[connectors]]\nfrom = \"{from}\"\nto = \"{to}\"\nkind = \"buffered\"\n{rest}\n")
}

fn finding(given: &str, needed: &str, connectors: &str) -> Option<Diagnostic> {
    let (document, library) = project(given, needed, connectors);
    let mut found = check(&document, &library).into_iter();
    found.find(|one| one.code == "unit-mismatch")
}

#[test]
fn between_units_of_one_dimension_the_scale_is_offered() {
    for (given, needed, factor, offset) in [
        ("km/h", "m/s", Some(1.0 / 3.6), None),
        ("m/s", "km/h", Some(3.6), None),
        ("°C", "K", None, Some(273.15)),
    ] {
        let WireVerdict::Adaptable {
            mapping, reasons, ..
        } = verdict(given, needed, GIVEN, NEEDED)
        else {
            panic!("{given} to {needed}");
        };
        let rule = &mapping.rules["get"];
        let near = |one: Option<f64>, other: Option<f64>, usual: f64| {
            (one.unwrap_or(usual) - other.unwrap_or(usual)).abs() < 1e-12
        };
        assert!(near(rule.factor, factor, 1.0), "{rule:?}");
        assert!(near(rule.offset, offset, 0.0), "{rule:?}");
        // The scale follows from the units; what becomes of values outside is a question.
        assert_eq!(rule.policy, Some(Policy::Saturate));
        assert_eq!(
            reasons,
            [format!("`get` in `{given}`, needed in `{needed}`")]
        );
        let found = finding(given, needed, &connector(GIVEN, NEEDED, "")).unwrap();
        assert_eq!(found.severity, Severity::Warning);
        assert_eq!(found.fixes[0].title, "Insert an adapter");
    }
    let same = verdict("m/s", "m/s", GIVEN, NEEDED);
    assert!(matches!(same, WireVerdict::Fits { .. }), "{same:?}");
}

#[test]
fn between_dimensions_it_is_an_error_that_says_both() {
    let WireVerdict::Refused { reasons } = verdict("m", "s", GIVEN, NEEDED) else {
        panic!("it is refused");
    };
    assert_eq!(
        reasons,
        ["`get` in `m`, needed in `s`: different physical dimensions"]
    );
    let found = finding("m", "s", &connector(GIVEN, NEEDED, "")).unwrap();
    assert_eq!(found.severity, Severity::Error);
    assert_eq!(
        found.message,
        "the connector `giver.acme:drive/speed@1.0.0` to `taker.acme:drive/speed@1.0.0` brings what its receiver does not measure: `get` in `m`, needed in `s`"
    );
    assert_eq!(found.fixes.len(), 0);
}

#[test]
fn a_signal_is_converted_into_the_unit_of_its_element() {
    let element = format!("{NEEDED}#get");
    let WireVerdict::Fits { kind, notes } = verdict("m/s", "m/s", "can0:Drive.Kmh", &element)
    else {
        panic!("it fits");
    };
    let ConnectorKind::Buffered(buffering) = kind else {
        panic!("signals are buffered");
    };
    assert_eq!(buffering.conversion, Conversion::Unit);
    assert!(
        notes[0].starts_with("in `km/h`, needed in `m/s`: converted, × 0.277"),
        "{notes:?}"
    );
    let received = connector("can0:Drive.Kmh", &element, "");
    let found = finding("m/s", "m/s", &received).unwrap();
    assert_eq!(found.severity, Severity::Warning);
    assert!(
        found.fixes[0]
            .title
            .starts_with("Convert the unit (× 0.277")
    );
    let (mut document, library) = project("m/s", "m/s", &received);
    for edit in found.fixes[0].edits.clone() {
        edit.apply(&mut document).unwrap();
    }
    let again = check(&document, &library);
    assert!(!again.iter().any(|one| one.code == "unit-mismatch"));
    let text = file::write(&document);
    assert!(text.contains("conversion = \"unit\""), "{text}");
    assert_eq!(file::write(&file::read(&text, "units").unwrap()), text);
    for rest in ["conversion = \"unit\"", "conversion = \"raw\""] {
        let sent = connector(&format!("{GIVEN}#get"), "can0:Drive.Kmh", rest);
        assert_eq!(finding("m/s", "m/s", &sent), None, "{rest}");
    }
}

#[test]
fn signals_of_another_dimension_and_of_unknown_units_are_told_apart() {
    let element = format!("{NEEDED}#get");
    let refused = verdict("m/s", "m/s", "can0:Drive.Way", &element);
    let WireVerdict::Refused { reasons } = refused else {
        panic!("it is refused");
    };
    assert_eq!(
        reasons,
        ["in `m`, needed in `m/s`: different physical dimensions"]
    );
    let of = |signal: &str| finding("m/s", "m/s", &connector(signal, &element, ""));
    assert_eq!(of("can0:Drive.Way").unwrap().severity, Severity::Error);
    let odd = of("can0:Drive.Odd").unwrap();
    assert_eq!((odd.severity, odd.fixes.len()), (Severity::Warning, 0));
    assert_eq!(of("can0:Drive.None"), None, "it says nothing");
}

#[test]
fn fields_are_converted_by_their_connector() {
    let from = "giver.acme:drive/mast@1.0.0#step -> height";
    let to = |field: &str| format!("taker.acme:drive/view@1.0.0#show(seen.{field})");
    let wire = connector(from, &to("height"), "");
    let found = finding("m", "m", &wire).unwrap();
    assert_eq!(found.severity, Severity::Warning);
    assert!(found.message.ends_with("in `m`, needed in `mm`"));
    assert_eq!(found.fixes[0].title, "Convert the unit (× 1000)");
    let (mut document, library) = project("m", "m", &wire);
    for edit in found.fixes[0].edits.clone() {
        edit.apply(&mut document).unwrap();
    }
    let again = check(&document, &library);
    assert!(!again.iter().any(|one| one.code == "unit-mismatch"));
    let text = file::write(&document);
    assert!(text.contains("conversion = \"unit\""), "{text}");
    let found = finding("m", "m", &connector(from, &to("time"), "")).unwrap();
    assert_eq!(found.severity, Severity::Error);
    let WireVerdict::Fits { kind, notes } = verdict("m", "m", from, &to("height")) else {
        panic!("it fits");
    };
    assert_eq!(notes, ["in `m`, needed in `mm`: converted, × 1000"]);
    let ConnectorKind::Buffered(buffering) = kind else {
        panic!("fields are buffered");
    };
    assert_eq!(buffering.conversion, Conversion::Unit);
    let refused = verdict("m", "m", from, &to("time"));
    assert!(
        matches!(refused, WireVerdict::Refused { .. }),
        "{refused:?}"
    );
}

/// Inside a composition nothing converts; the connector outside can have the adapter.
#[test]
fn a_delegation_fits_where_only_the_units_behind_it_differ() {
    let inside = r#"
compositions.box.ports."acme:drive/speed@1.0.0" = { direction = "required" }
compositions.box.instances.first = { component = "taker", partition = "car/main" }
compositions.box.instances.inner = { component = "taker", partition = "car/main" }
compositions.box.connectors = [
    { from = ".acme:drive/speed@1.0.0", to = "first.acme:drive/speed@1.0.0", kind = "delegation" },
]
instances.box = { component = "box" }
"#;
    let outside = connector(GIVEN, "box.acme:drive/speed@1.0.0", "");
    for (needed, fits) in [("km/h", true), ("s", false)] {
        let (document, library) = project("m/s", needed, &format!("{inside}{outside}"));
        let scope = document.component_named("box");
        let port = "acme:drive/speed@1.0.0".to_owned();
        let end = |instance: Option<InstanceId>| End::Port {
            instance: instance.unwrap(),
            port: port.clone(),
        };
        let shown = hierarchy::view(&document, scope);
        let sheet = Sheet::within(&document, scope, &shown, &library);
        let from = end(document.port_named(scope.unwrap(), &port));
        let to = end(document.part_named(scope, "inner"));
        let verdict = wire(&sheet, &from, &to);
        match verdict {
            WireVerdict::Fits { notes, .. } if fits => {
                assert_eq!(notes, ["`get` in `m/s`, needed in `km/h`"]);
            }
            WireVerdict::Refused { .. } if !fits => {}
            other => panic!("{needed}: {other:?}"),
        }
    }
}
