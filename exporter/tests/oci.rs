//! Target `oci-layout`: the folder as the specification says, followed from index to layer.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod common;

use common::{component, one, partition, product, sha256, two};
use exporter::{ExportError, Files, oci};
use serde_json::Value;

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The blob of a descriptor, whose size and digest hold.
fn blob<'a>(files: &'a Files, descriptor: &Value) -> &'a [u8] {
    let digest = descriptor["digest"]
        .as_str()
        .unwrap()
        .strip_prefix("sha256:")
        .unwrap();
    let bytes = &files[&format!("blobs/sha256/{digest}")];
    assert_eq!(sha256(bytes), digest);
    assert_eq!(descriptor["size"], bytes.len());
    bytes
}

#[test]
fn one_partition_is_one_image_under_the_version() {
    let product = one();
    let files = oci::layout(&product).unwrap();
    assert_eq!(json(&files["oci-layout"])["imageLayoutVersion"], "1.0.0");
    let index = json(&files["index.json"]);
    assert_eq!(index["manifests"].as_array().unwrap().len(), 1);
    let entry = &index["manifests"][0];
    assert_eq!(
        entry["annotations"]["org.opencontainers.image.ref.name"],
        "1.2.3"
    );
    assert_eq!(
        entry["mediaType"],
        "application/vnd.oci.image.manifest.v1+json"
    );

    let manifest = json(blob(&files, entry));
    assert_eq!(manifest["schemaVersion"], 2);
    assert!(manifest.get("artifactType").is_none());
    assert_eq!(
        manifest["annotations"]["org.opencontainers.image.version"],
        "1.2.3"
    );
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
    let layer = &manifest["layers"][0];
    assert_eq!(layer["mediaType"], "application/wasm");
    assert_eq!(
        layer["annotations"]["org.opencontainers.image.title"],
        "climate-main.wasm"
    );
    assert_eq!(blob(&files, layer), product.partitions[0].bytes);

    assert_eq!(
        manifest["config"]["mediaType"],
        "application/vnd.wasm.config.v0+json"
    );
    let config = json(blob(&files, &manifest["config"]));
    assert_eq!(config["created"], "1970-01-01T00:00:00Z");
    assert_eq!(config["architecture"], "wasm");
    assert_eq!(config["os"], "wasip2");
    assert_eq!(config["layerDigests"][0], layer["digest"]);
    assert_eq!(config["component"]["exports"][0], "fan-step");
    assert_eq!(
        config["component"]["imports"][0],
        "wireloom:ecu/clock@0.1.0"
    );
}

#[test]
fn several_partitions_have_tags_of_their_own() {
    let files = oci::layout(&two()).unwrap();
    let index = json(&files["index.json"]);
    let tags: Vec<&str> = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            entry["annotations"]["org.opencontainers.image.ref.name"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(tags, ["1.2.3-climate-main", "1.2.3-cockpit-main"]);
    for tag in tags {
        semver::Version::parse(tag).unwrap();
    }
    let system = index["annotations"]["wireloom.system"].as_str().unwrap();
    assert_eq!(
        deployment::System::from_bytes(system.as_bytes()).unwrap(),
        two().system
    );
}

#[test]
fn a_core_module_is_told_apart_by_its_header() {
    let module =
        wat::parse_str(r#"(module (import "env" "f" (func)) (func (export "step")))"#).unwrap();
    let files = oci::layout(&product(vec![partition("climate", "main", module)])).unwrap();
    let manifest = json(blob(&files, &json(&files["index.json"])["manifests"][0]));
    let config = json(blob(&files, &manifest["config"]));
    assert_eq!(config["os"], "wasip1");
    assert_eq!(config["component"], Value::Null);
}

#[test]
fn every_blob_is_referred_to() {
    let files = oci::layout(&two()).unwrap();
    let blobs = files
        .keys()
        .filter(|path| path.starts_with("blobs/"))
        .count();
    // Layer, config and manifest of each: the two layers differ by their deployments.
    assert_eq!(blobs, 6);
}

#[test]
fn the_same_product_gives_the_same_bytes_and_another_time_another_config() {
    let first = oci::layout(&two()).unwrap();
    assert_eq!(first, oci::layout(&two()).unwrap());
    let mut later = two();
    later.created = "2030-01-01T00:00:00Z".to_owned();
    assert_ne!(
        first["index.json"],
        oci::layout(&later).unwrap()["index.json"]
    );
}

#[test]
fn build_metadata_is_no_tag() {
    let mut product = one();
    product.about.version = semver::Version::parse("1.0.0+7").unwrap();
    assert_eq!(
        oci::layout(&product).unwrap_err().to_string(),
        "version `1.0.0+7` has build metadata, which no tag can carry; leave out what follows the `+`"
    );
}

#[test]
fn two_places_that_read_the_same() {
    let mut second = partition("climate-rear", "main", component("climate-rear", "main"));
    second.file_name = "climate_rear-main.wasm".to_owned();
    let first = partition("climate", "rear-main", component("climate", "rear-main"));
    let error = oci::layout(&product(vec![first, second])).unwrap_err();
    assert_eq!(
        error,
        ExportError::TagTwice {
            tag: "1.2.3-climate-rear-main".to_owned()
        }
    );
}
