//! A composed project as an OCI image layout, read by skopeo.

use crate::samples;
use exporter::{About, EPOCH, MadeBy, Partition, Product, oci};
use std::{path::Path, process::Command};

fn product() -> Product {
    let composed = samples::composed("thermal");
    Product {
        system: composed.system,
        partitions: composed
            .partitions
            .into_iter()
            .map(|one| Partition {
                ecu: one.ecu,
                name: one.name,
                file_name: one.file_name,
                bytes: one.bytes,
                wit: String::new(),
                components: Vec::new(),
            })
            .collect(),
        about: About {
            version: semver(),
            description: None,
            authors: None,
            licenses: None,
            source: None,
            url: None,
        },
        made_by: MadeBy {
            wireloom: "0.1.0".to_owned(),
            wasmtime: "48.0.8".to_owned(),
        },
        project_sha256: String::new(),
        created: EPOCH.to_owned(),
    }
}

fn semver() -> semver::Version {
    semver::Version::new(1, 2, 3)
}

fn skopeo(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("skopeo").args(arguments).output();
    let output = output.unwrap_or_else(|error| {
        panic!("skopeo could not be started ({error}): `./check` installs it")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    output.stdout
}

fn write(folder: &Path, files: &exporter::Files) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn skopeo_reads_and_copies_each_partition() {
    let folder = tempfile::tempdir().unwrap();
    let product = product();
    write(folder.path(), &oci::layout(&product).unwrap());
    for partition in &product.partitions {
        let tag = format!("1.2.3-{}-{}", partition.ecu, partition.name);
        let image = format!("oci:{}:{tag}", folder.path().display());
        let raw = skopeo(&["inspect", "--raw", &image]);
        let manifest: serde_json::Value = serde_json::from_slice(&raw).unwrap();
        assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
        let copy = tempfile::tempdir().unwrap();
        let target = format!("dir:{}", copy.path().display());
        skopeo(&["--insecure-policy", "copy", &image, &target]);
        let digest = manifest["layers"][0]["digest"].as_str().unwrap();
        let copied = copy.path().join(digest.strip_prefix("sha256:").unwrap());
        assert_eq!(std::fs::read(copied).unwrap(), partition.bytes);
    }
}

#[test]
fn skopeo_refuses_a_layout_whose_blob_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let product = product();
    let mut files = oci::layout(&product).unwrap();
    let layer = files
        .iter_mut()
        .find(|(_, bytes)| **bytes == product.partitions[0].bytes);
    layer.unwrap().1[20] ^= 1;
    write(folder.path(), &files);
    let copy = tempfile::tempdir().unwrap();
    let image = format!("oci:{}:1.2.3-climate-main", folder.path().display());
    let target = format!("dir:{}", copy.path().display());
    let status = Command::new("skopeo")
        .args(["--insecure-policy", "copy", &image, &target])
        .output()
        .unwrap()
        .status;
    assert!(!status.success());
}
