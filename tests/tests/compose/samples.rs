//! The sample projects compose to what a stock engine takes.

use autosar_wit::{component::Direction, read};
use graph_core::{
    compose::{Composed, compose},
    document::{BusKind, ComponentSource, Document},
    file,
    library::{Entry, Library},
};
use std::{path::Path, sync::Arc};

pub(crate) fn composed(sample: &str) -> Composed {
    let (document, library) = opened(sample);
    compose(&document, &library).unwrap()
}

pub(crate) fn opened(sample: &str) -> (Document, Library) {
    opened_at(&format!("samples/{sample}"), sample)
}

/// The project of that name in a folder of the source tree, in the order of its canonical text.
pub(crate) fn opened_at(folder: &str, name: &str) -> (Document, Library) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    let text = std::fs::read_to_string(folder.join(format!("{name}.wireloom"))).unwrap();
    let written = file::read(&text, name).unwrap();
    let document = file::read(&file::write(&written), name).unwrap();
    let mut library = Library::default();
    for (id, component) in &document.components {
        let ComponentSource::File(path) = &component.source else {
            panic!("{} has no file", component.name);
        };
        let bytes = std::fs::read(folder.join(path)).unwrap();
        let component_type = Arc::new(read::component(&bytes, &component.name).unwrap());
        let entry = Entry::Loaded {
            component_type,
            bytes: Arc::from(bytes),
        };
        library.components.insert(*id, entry);
    }
    for (id, bus) in &document.buses {
        if let BusKind::Can {
            description: Some(path),
            ..
        } = &bus.kind
        {
            let loaded = autosar_wit::dbc::read(&std::fs::read(folder.join(path)).unwrap());
            library.descriptions.insert(*id, Arc::new(loaded.database));
        }
    }
    (document, library)
}

#[test]
fn thermal_has_two_partitions_for_any_engine() {
    let composed = composed("thermal");
    let files: Vec<&str> = composed
        .partitions
        .iter()
        .map(|one| one.file_name.as_str())
        .collect();
    assert_eq!(files, ["climate-main.wasm", "cockpit-main.wasm"]);
    for partition in &composed.partitions {
        wasmparser::Validator::new()
            .validate_all(&partition.bytes)
            .unwrap();
        let decoded = read::component(&partition.bytes, &partition.file_name).unwrap();
        for port in decoded
            .ports
            .iter()
            .filter(|port| port.direction == Direction::Required)
        {
            let served = ["wireloom:ecu/", "wasi:i2c/", "autosar:rte/types@"];
            assert!(
                served.iter().any(|prefix| port.name.starts_with(prefix)),
                "{}",
                port.name
            );
        }
    }
    let climate = &composed.partitions[0].deployment;
    let tasks: Vec<&str> = climate
        .tasks
        .iter()
        .map(|task| task.name.as_str())
        .collect();
    assert!(
        tasks.contains(&"fan-step") && tasks.contains(&"send-fan-status"),
        "{tasks:?}"
    );
}

#[test]
fn antipinch_composes_the_same_each_time() {
    assert_eq!(composed("antipinch"), composed("antipinch"));
}
