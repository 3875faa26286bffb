//! Partitions as text for wac: its own parser resolves what we write, and what comes out is the
//! partition again, import for import and in the simulation byte for byte.

use crate::samples;
use autosar_wit::read;
use graph_core::compose::{self, WacDocument};
use indexmap::IndexMap;
use simulator::{Options, Simulation, SystemFiles};
use std::collections::BTreeMap;
use wac_graph::{EncodeOptions, types::BorrowedPackageKey};

/// What stock `wac compose` does with a document and its folder `deps`.
pub(crate) fn resolved(document: &WacDocument) -> Vec<u8> {
    let parsed = wac_parser::Document::parse(&document.text)
        .unwrap_or_else(|error| panic!("{error}:\n{}", document.text));
    let names: Vec<(String, &Vec<u8>)> = document
        .packages
        .iter()
        .map(|(path, bytes)| (path.trim_end_matches(".wasm").replace('/', ":"), bytes))
        .collect();
    let packages: IndexMap<_, _> = names
        .iter()
        .map(|(name, bytes)| {
            let key = BorrowedPackageKey::from_name_and_version(name, None);
            (key, (*bytes).clone())
        })
        .collect();
    let resolution = parsed
        .resolve(packages)
        .unwrap_or_else(|error| panic!("{error:?}:\n{}", document.text));
    resolution.encode(EncodeOptions::default()).unwrap()
}

/// The partition's table, which is no part of the composition.
fn with_table(mut component: Vec<u8>, partition: &deployment::Partition) -> Vec<u8> {
    let section = wasm_encoder::CustomSection {
        name: deployment::SECTION.into(),
        data: partition.to_bytes().into(),
    };
    wasm_encoder::ComponentSection::append_to_component(&section, &mut component);
    component
}

fn trace(system: deployment::System, partitions: BTreeMap<String, Vec<u8>>) -> String {
    let files = SystemFiles { system, partitions };
    let mut simulation = Simulation::new(&files, Options::default()).unwrap();
    simulation.run_until(2_000_000_000, &mut |_| true);
    simulation.trace().hash()
}

#[test]
fn what_wac_makes_of_our_text_is_the_partition() {
    for sample in ["thermal", "antipinch"] {
        let (document, library) = samples::opened(sample);
        let composed = compose::compose(&document, &library).unwrap();
        let documents = compose::documents(&document, &library).unwrap();
        assert_eq!(documents, compose::documents(&document, &library).unwrap());
        let mut system = composed.system.clone();
        let mut theirs = BTreeMap::new();
        for (document, partition) in documents.iter().zip(&composed.partitions) {
            assert_eq!(
                document.file_name.replace(".wac", ".wasm"),
                partition.file_name
            );
            let component = with_table(resolved(document), &partition.deployment);
            let [a, b] = [&component, &partition.bytes].map(|bytes| {
                let mut outside = read::component(bytes, &partition.file_name).unwrap();
                outside.producers.clear();
                outside.origin = autosar_wit::component::Origin::Wit;
                outside
            });
            assert_eq!(a, b, "{sample}");
            let files = system.ecus.iter_mut().flat_map(|ecu| &mut ecu.partitions);
            for file in files.filter(|file| file.file == partition.file_name) {
                file.sha256 = simulator::sha256_hex(&component);
            }
            theirs.insert(partition.file_name.clone(), component);
        }
        let ours = composed.partitions.into_iter();
        let ours = ours.map(|one| (one.file_name, one.bytes)).collect();
        assert_eq!(
            trace(system, theirs),
            trace(composed.system, ours),
            "{sample}"
        );
    }
}

#[test]
fn the_text_reads_as_a_person_would_write_it() {
    let (document, library) = samples::opened("thermal");
    let documents = compose::documents(&document, &library).unwrap();
    let text = &documents[1].text;
    assert!(text.contains("package thermal:cockpit-main;"), "{text}");
    assert!(
        text.contains("let dashboard = new thermal:dashboard {"),
        "{text}"
    );
    assert!(
        text.contains("let store = new wireloom-glue:cockpit-main-store { ... };"),
        "{text}"
    );
    let packages: Vec<&str> = documents[1].packages.keys().map(String::as_str).collect();
    assert_eq!(
        packages,
        [
            "thermal/dashboard.wasm",
            "wireloom-glue/cockpit-main-store.wasm",
            "wireloom-glue/cockpit-main-tasks.wasm"
        ]
    );
}
