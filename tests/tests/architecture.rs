//! Holds the arrows and the "only in" invariants of ARCHITECTURE.md against the sources.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Every arrow between our crates; a new one needs its reason in ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "app",
        &[
            "arxml",
            "autosar-wit",
            "back-to-back",
            "deployment",
            "exporter",
            "graph-core",
            "payload",
            "protection",
            "registry",
            "rte",
            "runner",
            "scenario",
            "simulator",
        ],
    ),
    ("arxml", &["autosar-wit"]),
    ("autosar-wit", &[]),
    ("back-to-back", &["deployment", "ecu-host"]),
    ("deployment", &[]),
    ("ecu-host", &["deployment"]),
    (
        "exporter",
        &["autosar-wit", "deployment", "ecu-host", "payload"],
    ),
    (
        "graph-core",
        &["autosar-wit", "deployment", "protection", "rte"],
    ),
    ("payload", &["deployment"]),
    ("protection", &[]),
    ("registry", &[]),
    ("rte", &["autosar-wit", "protection"]),
    ("runner", &["back-to-back", "deployment", "ecu-host"]),
    ("scenario", &["autosar-wit"]),
    (
        "simulator",
        &[
            "autosar-wit",
            "back-to-back",
            "deployment",
            "ecu-host",
            "protection",
        ],
    ),
];

/// What may be named only below these folders.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("autosar_data::", &["arxml/src"]),
    ("wac_graph::", &["graph-core/src/compose"]),
    ("wac_parser::", &["graph-core/src/wac"]),
    ("egui::", &["app/src/ui", "app/src/picture"]),
    ("eframe::", &["app/src/ui"]),
    ("rfd::", &["app/src/ui"]),
    ("ureq::", &["registry/src"]),
    (
        "wasmtime::",
        &[
            "ecu-host/src",
            "exporter/src/compile.rs",
            "runner/src",
            "simulator/src",
        ],
    ),
];

/// Model code: no files, clock, threads.
const PURE: &[&str] = &[
    "arxml/src",
    "autosar-wit/src",
    "deployment/src",
    "payload/src",
    "protection/src",
    "rte/src",
    "scenario/src",
    "graph-core/src",
    "app/src/session",
    "app/src/canvas",
    "app/src/command",
];
const IMPURE: &[&str] = &[
    "std::fs",
    "Instant::now",
    "SystemTime::now",
    "std::thread",
    "std::net",
    "rand::",
];

#[test]
fn arrows_point_as_the_map_says() {
    let expected: BTreeMap<&str, BTreeSet<String>> = ARROWS
        .iter()
        .map(|(folder, arrows)| {
            (
                *folder,
                arrows.iter().map(|arrow| arrow.to_string()).collect(),
            )
        })
        .collect();
    let ours: BTreeSet<&str> = expected.keys().copied().collect();
    for (folder, arrows) in &expected {
        let text = std::fs::read_to_string(e2e::root().join(folder).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let found: BTreeSet<String> = manifest["dependencies"]
            .as_table()
            .unwrap()
            .keys()
            .filter(|name| ours.contains(name.as_str()))
            .cloned()
            .collect();
        assert_eq!(&found, arrows, "dependencies of `{folder}`");
    }
}

#[test]
fn every_crate_is_on_the_map() {
    let text = std::fs::read_to_string(e2e::root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    let found: Vec<&str> = members
        .iter()
        .filter_map(|member| member.as_str())
        // The second is `ecu-host` once more, with another feature.
        .filter(|member| !["tests", "ecu-host/flattened"].contains(member))
        .collect();
    let expected: Vec<&str> = ARROWS.iter().map(|(folder, _)| *folder).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_belongs_in_one_place_is_named_only_there() {
    for (name, folders) in ONLY_IN {
        let strays = sources().into_iter().filter(|(path, text)| {
            text.contains(name) && !folders.iter().any(|folder| path.starts_with(folder))
        });
        let strays: Vec<PathBuf> = strays.map(|(path, _)| path).collect();
        assert!(
            strays.is_empty(),
            "`{name}` is named outside {folders:?}: {strays:?}"
        );
    }
}

#[test]
fn model_code_has_no_files_clock_or_threads() {
    for (path, text) in sources() {
        if !PURE.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for name in IMPURE {
            assert!(!code.contains(name), "`{name}` in {}", path.display());
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for (path, text) in sources() {
        assert!(
            text.starts_with("//!"),
            "{} does not open with //!",
            path.display()
        );
    }
}

#[test]
fn no_source_file_has_more_than_500_lines() {
    let root = e2e::root();
    let mut all = sources();
    for (folder, _) in ARROWS {
        let tests = Path::new(folder).join("tests");
        if root.join(&tests).is_dir() {
            collect(&root, &tests, &mut all);
        }
    }
    for (path, text) in all {
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_engine_is_of_the_version_that_traces_name() {
    let text = std::fs::read_to_string(e2e::root().join("Cargo.lock")).unwrap();
    let lock: toml::Table = text.parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    let engine = packages
        .iter()
        .find(|package| package["name"].as_str() == Some("wasmtime"))
        .unwrap();
    assert_eq!(
        engine["version"].as_str(),
        Some(simulator::WASMTIME_VERSION)
    );
}

/// Rust sources of the crates on the map, by path from the root.
fn sources() -> Vec<(PathBuf, String)> {
    let root = e2e::root();
    let mut found = Vec::new();
    for (folder, _) in ARROWS {
        collect(&root, &Path::new(folder).join("src"), &mut found);
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| folder.join(entry.unwrap().file_name()))
        .collect();
    entries.sort();
    for path in entries {
        if root.join(&path).is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(root.join(&path)).unwrap();
            found.push((path, text));
        }
    }
}
