//! A bundle read back gives the same bundle, and every way in which it can be damaged is told.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod common;

use common::{one, sha256, two};
use exporter::{
    Files, MadeBy, Product,
    rebuild::{self, RebuildError},
    wasm,
};

/// A product whose WIT is that of its partitions, as an export has it.
fn product() -> Product {
    with_wit(two())
}

fn with_wit(mut product: Product) -> Product {
    for partition in &mut product.partitions {
        let outside = autosar_wit::read::component(&partition.bytes, &partition.file_name).unwrap();
        partition.wit = autosar_wit::print::world(&outside);
    }
    product
}

fn exported() -> Files {
    let report = Files::from([("report.html".to_owned(), b"<html>".to_vec())]);
    wasm::export_with(&product(), report).unwrap()
}

fn made_by() -> MadeBy {
    two().made_by
}

fn error(files: &Files) -> RebuildError {
    rebuild::bundle(files, made_by()).unwrap_err()
}

/// The files with another text in one of them, and the manifest's hash of it set right.
fn changed(path: &str, from: &str, to: &str) -> Files {
    let mut files = exported();
    let before = files[path].clone();
    let text = String::from_utf8(before.clone()).unwrap();
    assert!(text.contains(from), "{text}");
    let after = text.replacen(from, to, 1).into_bytes();
    let manifest = String::from_utf8(files["manifest.json"].clone()).unwrap();
    let manifest = manifest.replace(&sha256(&before), &sha256(&after));
    files.insert("manifest.json".to_owned(), manifest.into_bytes());
    files.insert(path.to_owned(), after);
    files
}

#[test]
fn the_same_version_makes_the_same_bytes() {
    let files = exported();
    let bundle = rebuild::bundle(&files, made_by()).unwrap();
    assert_eq!(bundle.before, made_by());
    assert_eq!(bundle.further.keys().collect::<Vec<_>>(), ["report.html"]);
    assert_eq!(
        wasm::export_with(&bundle.product, bundle.further).unwrap(),
        files
    );
    assert_eq!(
        exporter::oci::layout(&bundle.product).unwrap(),
        exporter::oci::layout(&product()).unwrap()
    );
    let listed = rebuild::listed(&files["manifest.json"]).unwrap();
    assert_eq!(listed.len() + 1, files.len());
}

#[test]
fn one_partition_is_a_bundle_too() {
    let files = wasm::export(&with_wit(one())).unwrap();
    let bundle = rebuild::bundle(&files, made_by()).unwrap();
    assert!(bundle.further.is_empty());
    assert_eq!(wasm::export(&bundle.product).unwrap(), files);
}

#[test]
fn another_version_says_so_and_keeps_the_partitions() {
    let newer = MadeBy {
        wireloom: "9.0.0".to_owned(),
        wasmtime: "99.0.0".to_owned(),
    };
    let bundle = rebuild::bundle(&exported(), newer.clone()).unwrap();
    assert_eq!(
        (bundle.before, &bundle.product.made_by),
        (made_by(), &newer)
    );
    let rebuilt = wasm::export_with(&bundle.product, bundle.further).unwrap();
    for (path, bytes) in exported() {
        let names_versions = ["manifest.json", "recipe.json", "sbom.spdx.json"];
        assert_eq!(
            rebuilt[&path] == bytes,
            !names_versions.contains(&path.as_str()),
            "{path}"
        );
    }
}

#[test]
fn what_is_not_there() {
    for file in [
        "manifest.json",
        "recipe.json",
        "climate-main.wasm",
        "report.html",
    ] {
        let mut files = exported();
        files.remove(file);
        assert_eq!(
            error(&files).to_string(),
            format!("there is no `{file}`; a bundle is a folder that `wireloom export` wrote")
        );
    }
}

#[test]
fn a_file_that_was_changed() {
    let mut files = exported();
    let bytes = files.get_mut("climate-main.wasm").unwrap();
    let expected = sha256(bytes);
    bytes[20] ^= 1;
    let actual = sha256(bytes);
    assert_eq!(
        error(&files).to_string(),
        format!(
            "`climate-main.wasm` is not what the manifest lists (SHA-256 {actual}, not {expected}); take the bundle from where it was kept"
        )
    );
}

#[test]
fn forged_parts_do_not_fit_each_other() {
    let files = changed("system.json", "\"thermal\"", "\"thermal");
    assert!(
        matches!(error(&files), RebuildError::Unreadable { file, .. } if file == "system.json")
    );
    let files = changed("system.json", "climate-main.wasm", "cockpit-main.wasm");
    assert!(matches!(error(&files), RebuildError::Export(_)));
    let files = changed("recipe.json", "\"format\": 1", "\"format\": 7");
    assert_eq!(
        error(&files).to_string(),
        "`recipe.json` has format 7, known is 1; rebuild with a newer Wireloom"
    );
}

#[test]
fn a_manifest_that_leads_elsewhere() {
    for path in ["../report.html", "/report.html", "a//report.html"] {
        let manifest = String::from_utf8(exported()["manifest.json"].clone()).unwrap();
        let manifest = manifest.replace("report.html", path);
        assert_eq!(
            rebuild::listed(manifest.as_bytes())
                .unwrap_err()
                .to_string(),
            format!(
                "`manifest.json` is not readable: `{path}` leads out of the bundle; take the bundle from where it was kept"
            )
        );
    }
    assert!(rebuild::listed(b"{").is_err());
}
