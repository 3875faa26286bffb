//! Target `wasm`: what is in the folder, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod common;

use common::{component, one, partition, product, sha256, two};
use exporter::{ExportError, Files, wasm};
use serde_json::Value;

fn json(files: &Files, path: &str) -> Value {
    serde_json::from_slice(&files[path]).unwrap()
}

#[test]
fn the_folder_has_all_that_a_rebuild_needs() {
    let files = wasm::export(&two()).unwrap();
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "climate-main.wasm",
            "cockpit-main.wasm",
            "manifest.json",
            "recipe.json",
            "sbom.spdx.json",
            "system.json",
            "wit/climate-main.wit",
            "wit/cockpit-main.wit",
            "wit/deps/gpio.wit",
            "wit/deps/i2c.wit",
            "wit/deps/io.wit",
            "wit/deps/spi.wit",
            "wit/deps/wireloom-ecu.wit",
        ]
    );
    let system = deployment::System::from_bytes(&files["system.json"]).unwrap();
    assert_eq!(system, two().system);
}

#[test]
fn the_manifest_lists_every_other_file_with_its_hash() {
    let files = wasm::export(&two()).unwrap();
    let manifest = json(&files, "manifest.json");
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len(), files.len() - 1);
    for entry in listed {
        let bytes = &files[entry["path"].as_str().unwrap()];
        assert_eq!(entry["sha256"], sha256(bytes));
        assert_eq!(entry["size_bytes"], bytes.len());
    }
    assert_eq!(manifest["made_by"]["wasmtime"], "48.0.8");
    let partition = &manifest["partitions"][0];
    assert_eq!(partition["world"]["imports"][0], "wireloom:ecu/clock@0.1.0");
    assert_eq!(partition["world"]["exports"][0], "fan-step");
    assert_eq!(partition["budget"]["fuel_per_activation"], 1_000_000);
}

#[test]
fn the_bill_of_materials_leads_from_document_to_tool() {
    let sbom = json(&wasm::export(&one()).unwrap(), "sbom.spdx.json");
    assert_eq!(sbom["spdxVersion"], "SPDX-2.3");
    let related = |kind: &str| -> Vec<(String, String)> {
        let all = sbom["relationships"].as_array().unwrap().iter();
        let of_kind = all.filter(|relationship| relationship["relationshipType"] == kind);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        of_kind
            .map(|one| {
                (
                    text(&one["spdxElementId"]),
                    text(&one["relatedSpdxElement"]),
                )
            })
            .collect()
    };
    assert_eq!(
        related("DESCRIBES"),
        [("SPDXRef-DOCUMENT".into(), "SPDXRef-system".into())]
    );
    assert_eq!(related("CONTAINS").len(), 2);
    let tools = related("BUILD_TOOL_OF");
    assert!(tools[0].0.starts_with("SPDXRef-tool-C11"), "{tools:?}");
    let ids: Vec<&str> = sbom["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["SPDXID"].as_str().unwrap())
        .collect();
    for (from, to) in related("CONTAINS").into_iter().chain(tools) {
        assert!(
            ids.contains(&from.as_str()) && ids.contains(&to.as_str()),
            "{from} {to}"
        );
    }
}

#[test]
fn the_same_product_gives_the_same_bytes() {
    assert_eq!(wasm::export(&two()).unwrap(), wasm::export(&two()).unwrap());
}

#[test]
fn nothing_to_export() {
    let error = wasm::export(&product(Vec::new())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "system `thermal` has no partition; deploy an instance, then compose again"
    );
}

#[test]
fn a_partition_that_was_changed_after_composition() {
    let mut changed = one();
    changed.partitions[0].bytes.push(0);
    let error = wasm::export(&changed).unwrap_err();
    assert_eq!(
        error.to_string(),
        "partition file `climate-main.wasm` is not the one that the system describes; compose the project again"
    );
}

#[test]
fn system_and_partitions_that_do_not_belong_together() {
    let mut less = two();
    less.partitions.pop();
    let absent = ExportError::Absent {
        file: "cockpit-main.wasm".to_owned(),
    };
    assert_eq!(wasm::export(&less).unwrap_err(), absent);

    let mut more = one();
    more.partitions
        .push(partition("cockpit", "main", component("cockpit", "main")));
    let unnamed = ExportError::NotInSystem {
        file: "cockpit-main.wasm".to_owned(),
    };
    assert_eq!(wasm::export(&more).unwrap_err(), unnamed);

    let mut twice = one();
    twice.partitions.push(twice.partitions[0].clone());
    let error = ExportError::Twice {
        file: "climate-main.wasm".to_owned(),
    };
    assert_eq!(wasm::export(&twice).unwrap_err(), error);
}

#[test]
fn a_name_that_leads_out_of_the_folder() {
    let mut outside = partition("climate", "main", component("climate", "main"));
    outside.file_name = "../climate-main.wasm".to_owned();
    let error = wasm::export(&product(vec![outside])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`../climate-main.wasm` is not a plain file name; rename the ECU or the partition"
    );
}

#[test]
fn bytes_that_are_no_component() {
    for (bytes, expected) in [
        (
            b"hello".to_vec(),
            "`climate-main.wasm` is not WebAssembly; compose the project again",
        ),
        (
            b"\0asm\x0d\0\x01\0\x0b\xff".to_vec(),
            "`climate-main.wasm` is not readable as WebAssembly: unexpected end-of-file; compose the project again",
        ),
    ] {
        let error = wasm::export(&product(vec![partition("climate", "main", bytes)])).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
