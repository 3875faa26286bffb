//! Compositions from the command line: a system that is grouped, grouped again and taken apart runs to
//! the same trace; what is said of it names the way.

use crate::support::{changed_sample, fine, plain, program, text_of};
use graph_core::{
    document::{Document, InstanceId},
    file,
    hierarchy::{group, ungroup},
};
use std::{collections::BTreeSet, path::Path};

fn trace(folder: &Path) -> String {
    let ran = fine(&["simulate", &text_of(folder), "--for", "2s"]);
    assert_eq!(ran["incidents"].as_array().unwrap().len(), 0);
    ran["trace_hash"].as_str().unwrap().to_owned()
}

fn read(folder: &Path, name: &str) -> Document {
    let path = folder.join(format!("{name}.wireloom"));
    file::read(&std::fs::read_to_string(path).unwrap(), name).unwrap()
}

fn write(folder: &Path, name: &str, document: &Document) {
    let path = folder.join(format!("{name}.wireloom"));
    std::fs::write(path, file::write(document)).unwrap();
}

fn named(document: &Document, names: &[&str]) -> BTreeSet<InstanceId> {
    let named = |name: &&str| document.instance_named(name).unwrap();
    names.iter().map(named).collect()
}

fn grouped(document: &mut Document, names: &[&str], name: &str) {
    let made = group(document, &named(document, names), name).unwrap();
    document.apply_batch(made.edits).unwrap();
}

#[test]
fn grouped_samples_run_to_the_same_trace() {
    let cases: [(&str, &[&str], &[&str]); 3] = [
        ("thermal", &["controller", "fan"], &["inner", "sensor"]),
        ("antipinch", &["lifter", "window"], &["inner"]),
        ("pedal", &["sensor"], &["inner", "light"]),
    ];
    for (name, first, second) in cases {
        let folder = changed_sample(name, |text| text);
        let before = trace(folder.path());
        let mut document = read(folder.path(), name);
        let flat = file::write(&document);
        grouped(&mut document, first, "inner");
        write(folder.path(), name, &document);
        assert_eq!(trace(folder.path()), before, "{name} grouped");
        grouped(&mut document, second, "outer");
        write(folder.path(), name, &document);
        assert_eq!(trace(folder.path()), before, "{name} grouped twice");
        // Through the file once more, whose numbers are others.
        let mut document = read(folder.path(), name);
        for group in ["outer", "inner"] {
            let id = document.instance_named(group).unwrap();
            let (edits, _) = ungroup(&document, id).unwrap();
            document.apply_batch(edits).unwrap();
        }
        assert_eq!(file::write(&document), flat, "{name} taken apart");
        write(folder.path(), name, &document);
        assert_eq!(trace(folder.path()), before, "{name} taken apart");
    }
}

#[test]
fn a_composition_with_its_own_names_runs_and_is_exported() {
    let folder = changed_sample("thermal", |text| text);
    let mut document = read(folder.path(), "thermal");
    grouped(&mut document, &["controller", "fan"], "climate");
    let id = document.instance_named("climate").unwrap();
    document.instances.get_mut(&id).unwrap().prefix = None;
    write(folder.path(), "thermal", &document);
    let project = text_of(folder.path());
    let out = text_of(&folder.path().join("out"));
    fine(&["export", &project, "--target", "wasm", "-o", &out]);
    let composed = fine(&["compose", &project, "-o", &out]);
    assert_eq!(composed["partitions"][0]["instances"], 3);
    let tasks = composed["partitions"][0]["tasks"].to_string();
    assert!(tasks.contains("climate-fan"), "{tasks}");
    // Other names are another trace.
    let flat = changed_sample("thermal", |text| text);
    assert_ne!(trace(folder.path()), trace(flat.path()));
    let picture = text_of(&folder.path().join("inside.png"));
    fine(&["picture", &project, "-o", &picture, "--in", "climate"]);
    let refused = plain(&["picture", &project, "-o", &picture, "--in", "climate/fan"]);
    assert_eq!(refused.status, 2);
    assert!(
        refused
            .errors
            .contains("there is no composition `fan` on the way"),
        "{}",
        refused.errors
    );
}

#[test]
fn findings_name_the_way() {
    let folder = changed_sample("thermal", |text| text);
    let mut document = read(folder.path(), "thermal");
    grouped(&mut document, &["controller", "fan"], "climate");
    let inside = document.component_named("climate");
    let fan = document.part_named(inside, "fan").unwrap();
    document
        .instances
        .get_mut(&fan)
        .unwrap()
        .activations
        .clear();
    write(folder.path(), "thermal", &document);
    let project = text_of(folder.path());
    let checked = plain(&["check", &project]);
    assert_eq!(checked.status, 0, "{}", checked.output);
    assert!(
        checked.output.contains("`climate/fan`"),
        "{}",
        checked.output
    );
    assert!(
        checked.output.contains("at instance `fan` in `climate`"),
        "{}",
        checked.output
    );
    let before = changed_sample("thermal", |text| text);
    let lines = program(&["diff", &text_of(before.path()), &project]).json;
    assert!(lines.to_string().contains("composition"), "{lines}");
}
