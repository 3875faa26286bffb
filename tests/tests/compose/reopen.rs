//! Compositions as projects again: what they compose to is the same component, byte for byte, with
//! the same trace; so for the samples, for the tests' projects (each of `Project::compose`), and by
//! what their connectors say for what stock `wac` made.

use crate::{
    guests::{counter, doubler},
    project::Project,
    samples, wac,
};
use graph_core::{
    check,
    compose::{self, Composed, closed, compose},
    document::{ConnectorKind, Document},
    end,
    reopen::{Composition, Reopened, is_composition, reopen},
};
use simulator::{Options, Simulation, SystemFiles};
use std::path::Path;

fn compositions(composed: &Composed) -> Vec<Composition<'_>> {
    let partitions = composed.partitions.iter();
    partitions
        .map(|partition| Composition {
            name: &partition.file_name,
            bytes: &partition.bytes,
        })
        .collect()
}

/// Opens all partitions as one project, and composes that.
fn round_trip(composed: &Composed) -> (Reopened, Composed) {
    let reopened = reopen(&compositions(composed)).unwrap();
    assert_eq!(reopened.notes, Vec::<String>::new());
    let again = compose(&reopened.document, &reopened.library).unwrap();
    (reopened, again)
}

/// The same partitions, byte for byte, and the same system but for buses that nobody is on.
pub(crate) fn hold_round_trip(composed: &Composed) {
    let (_, again) = round_trip(composed);
    for (again, composed) in again.partitions.iter().zip(&composed.partitions) {
        assert!(again.bytes == composed.bytes, "{}", composed.file_name);
        assert_eq!(again.deployment, composed.deployment);
    }
    assert!(again.partitions == composed.partitions);
    assert_eq!(again.system.ecus, composed.system.ecus);
    assert_eq!(again.system.routes, composed.system.routes);
    assert_eq!(again.system.blocks, composed.system.blocks);
    for bus in &again.system.buses {
        assert!(composed.system.buses.contains(bus), "{bus:?}");
    }
}

fn trace(composed: &Composed) -> String {
    let partitions = composed.partitions.iter();
    let files = SystemFiles {
        system: composed.system.clone(),
        partitions: partitions
            .map(|one| (one.file_name.clone(), one.bytes.clone()))
            .collect(),
    };
    let mut simulation = Simulation::new(&files, Options::default()).unwrap();
    simulation.run_until(2_000_000_000, &mut |_| true);
    simulation.trace().hash()
}

#[test]
fn reopened_samples_are_the_same_partitions_with_the_same_trace() {
    for (folder, name) in [
        ("samples/thermal", "thermal"),
        ("samples/antipinch", "antipinch"),
        ("samples/pedal", "pedal"),
        ("tests/projects/three-ecus", "three-ecus"),
        ("app/tests/projects/ethernet", "ethernet"),
    ] {
        let (document, library) = samples::opened_at(folder, name);
        let composed = compose(&document, &library).unwrap();
        hold_round_trip(&composed);
        let (reopened, again) = round_trip(&composed);
        assert_eq!(trace(&again), trace(&composed), "{name}");
        assert_eq!(
            reopened.document.instances.len(),
            document.instances.len(),
            "{name}"
        );
        let [before, after] = [
            check::check(&document, &library),
            check::check(&reopened.document, &reopened.library),
        ]
        .map(|found| found.into_iter().map(|one| one.message).collect::<Vec<_>>());
        assert_eq!(after, before, "{name}");
    }
}

#[test]
fn one_partition_of_several_says_which_connectors_lead_away() {
    let composed = samples::composed("thermal");
    let all = compositions(&composed);
    let reopened = reopen(&all[1..]).unwrap();
    let names: Vec<&str> = reopened
        .document
        .instances
        .values()
        .map(|instance| instance.name.as_str())
        .collect();
    assert_eq!(names, ["dashboard"]);
    let files: Vec<&str> = reopened.files.keys().map(String::as_str).collect();
    assert_eq!(files, ["can0.dbc", "components/dashboard.wasm"]);
    assert!(
        reopened.notes.is_empty(),
        "CAN joins them: {:?}",
        reopened.notes
    );

    let step = "test:parts/counter@1.0.0#step timing";
    let double = "test:parts/doubler@1.0.0#step timing";
    let composed = Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("a", "counter", "climate/main", &[step])
        .instance("b", "doubler", "climate/rear", &[double])
        .connector(
            "a.test:parts/speed@1.0.0",
            "b.test:parts/speed@1.0.0",
            "kind = \"buffered\"",
        )
        .compose()
        .unwrap();
    let reopened = reopen(&compositions(&composed)[..1]).unwrap();
    assert_eq!(
        reopened.notes,
        [
            "connector `a.test:parts/speed@1.0.0` → `b.test:parts/speed@1.0.0` is left out: `b` is in another partition; open its file together with this one"
        ]
    );
}

#[test]
fn a_command_of_a_partition_is_opened_as_that_partition() {
    let composed = samples::composed("thermal");
    let partition = &composed.partitions[0];
    let command = closed(partition, 1_000_000).unwrap();
    let name = "climate.wasm";
    let [from_command, from_partition] = [&command, &partition.bytes].map(|bytes| {
        let composition = Composition { name, bytes };
        reopen(&[composition]).unwrap().document
    });
    assert_eq!(from_command, from_partition);
}

/// `kind from -> to`, probes marked.
fn connectors(document: &Document) -> Vec<String> {
    let connectors = document.connectors.values();
    let mut texts: Vec<String> = connectors
        .map(|connector| {
            let [from, to] = [&connector.from, &connector.to].map(|end| end::text(document, end));
            let probe = if connector.probe { " (probe)" } else { "" };
            assert_eq!(connector.kind, ConnectorKind::Direct);
            format!("{from} -> {to}{probe}")
        })
        .collect();
    texts.sort();
    texts
}

#[test]
fn what_wac_made_of_our_text_is_opened_by_its_wires_alone() {
    let step = "test:parts/counter@1.0.0#step timing";
    let double = "test:parts/doubler@1.0.0#step timing";
    let speed = |instance: &str| format!("{instance}.test:parts/speed@1.0.0");
    let project = Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("zero", "counter", "climate/main", &[step])
        .instance("first", "doubler", "climate/main", &[double])
        .instance("second", "doubler", "climate/main", &[double])
        .instance("apart", "doubler", "climate/main", &[double])
        .direct(&speed("zero"), &speed("first"))
        .connector(
            &speed("first"),
            &speed("second"),
            "kind = \"direct\"\nprobe = true",
        )
        .buffered(&speed("second"), &speed("apart"));
    let (document, library) = project.document();
    let text = &compose::documents(&document, &library).unwrap()[0];
    let bytes = wac::resolved(text);
    let reopened = reopen(&[Composition {
        name: "climate-main.wasm",
        bytes: &bytes,
    }])
    .unwrap();
    let document = &reopened.document;
    assert_eq!(document.name, "climate-main");
    let names: Vec<&str> = document
        .instances
        .values()
        .map(|instance| instance.name.as_str())
        .collect();
    assert_eq!(names.len(), 4, "nothing generated is among them: {names:?}");
    assert_eq!(
        connectors(document),
        [
            "first.test:parts/speed@1.0.0 -> second.test:parts/speed@1.0.0 (probe)",
            "zero.test:parts/speed@1.0.0 -> first.test:parts/speed@1.0.0"
        ]
    );
    assert_eq!(
        reopened.notes,
        [
            "what `apart` imports as `test:parts/speed@1.0.0` came from the generated environment and is left out; draw its connectors anew"
        ]
    );
    assert_eq!(document.components.len(), 2);
    assert_eq!(reopened.files.len(), 2, "one file for three instances");
}

#[test]
fn what_a_tool_chain_made_is_a_leaf() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for folder in ["assets/components", "tests/guests"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "wasm") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            if bytes.starts_with(b"\0asm\x01\0\0\0") {
                // A core module among the guests: no component at all.
                continue;
            }
            assert!(!is_composition(&bytes), "{}", path.display());
            let name = path.file_name().unwrap().to_string_lossy();
            let error = reopen(&[Composition {
                name: &name,
                bytes: &bytes,
            }])
            .unwrap_err()
            .to_string();
            assert!(
                error.starts_with(&format!("`{name}` was made by ")),
                "{error}"
            );
            assert!(
                error.ends_with("it has no parts that can be edited: drag it in as one component"),
                "{error}"
            );
            seen += 1;
        }
    }
    assert!(seen >= 14, "Rust, C and C++: {seen}");
    // Nested components do not make a composition: these are wit-component's own.
    let dashboard = std::fs::read(root.join("assets/components/dashboard.wasm")).unwrap();
    let nested = wasmparser::Parser::new(0).parse_all(&dashboard);
    let is_nested = |payload: &wasmparser::Payload<'_>| {
        matches!(payload, wasmparser::Payload::ComponentSection { .. })
    };
    assert!(nested.flatten().any(|payload| is_nested(&payload)));
}
