//! Projects as AUTOSAR descriptions: what is written comes back as the same project, and the schema
//! takes it.

use crate::support::{fine, plain, program, text_of};
use autosar_data::AutosarModel;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../arxml/tests/fixtures");
    text_of(&folder.join(name))
}

/// The project of these files, in a folder of that name.
fn imported(files: &[String], folder: &Path) -> PathBuf {
    let project = folder.join("car");
    let target = text_of(&project);
    let mut call: Vec<&str> = vec!["import"];
    call.extend(files.iter().map(String::as_str));
    call.extend(["-o", &target]);
    fine(&call);
    project
}

/// The one description of a project.
fn exported(project: &Path, folder: &Path) -> PathBuf {
    let target = text_of(folder);
    let call = [
        "export",
        &text_of(project),
        "--target",
        "arxml",
        "-o",
        &target,
    ];
    let made = fine(&call);
    let files = made["files"].as_array().unwrap();
    let mut names = files.iter().map(|file| file["path"].as_str().unwrap());
    let name = names.find(|name| name.ends_with(".arxml")).unwrap();
    folder.join(name)
}

fn is_valid(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let model = AutosarModel::new();
    let (_, warnings) = model.load_buffer(&bytes, file, true).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(model.check_references().len(), 0);
}

fn differences(one: &Path, other: &Path) -> String {
    plain(&["diff", &text_of(one), &text_of(other)]).output
}

const SAME: &str = "no difference in meaning\n";

#[test]
fn what_was_imported_comes_back_as_the_same_project() {
    let sets: [&[&str]; 4] = [
        &["types.arxml", "ports.arxml", "components.arxml"],
        &["system.arxml"],
        &["network.arxml"],
        &["nv.arxml"],
    ];
    for set in sets {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let files: Vec<String> = set.iter().map(|name| fixture(name)).collect();
        let first = imported(&files, &at("first"));
        let file = exported(&first, &at("out"));
        is_valid(&file);
        let second = imported(&[text_of(&file)], &at("second"));
        assert_eq!(differences(&first, &second), SAME, "{set:?}");
        let again = exported(&second, &at("again"));
        let read = |file: &Path| std::fs::read_to_string(file).unwrap();
        assert_eq!(read(&file), read(&again), "{set:?}");
    }
}

#[test]
fn samples_are_described_and_come_back() {
    for sample in ["thermal", "antipinch"] {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let project = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../samples")
            .join(sample);
        let file = exported(&project, &at("out"));
        is_valid(&file);
        let first = imported(&[text_of(&file)], &at("first"));
        let again = exported(&first, &at("again"));
        is_valid(&again);
        let second = imported(&[text_of(&again)], &at("second"));
        assert_eq!(differences(&first, &second), SAME, "{sample}");
        let document = |project: &Path| wireloom::files::read_document(project).unwrap();
        let (was, is) = (document(&project), document(&first));
        let names = |document: &graph_core::document::Document| {
            let instances = document.instances.values();
            instances
                .map(|one| (one.name.clone(), one.activations.len()))
                .collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(names(&was), names(&is), "{sample}");
        let left_out = std::fs::read_to_string(at("out").join("left-out.txt")).unwrap_or_default();
        insta::assert_snapshot!(format!("described_{sample}"), left_out);
    }
}

/// Each thing that the project says and a description does not is in the list, and the bit rate of
/// CAN FD, which a description has a word for, comes back.
#[test]
fn what_has_no_place_in_a_description_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let project = imported(&[fixture("network.arxml")], &at("first"));
    let file = project.join("car.wireloom");
    let mut text = std::fs::read_to_string(&file).unwrap();
    let mut add = |place: &str, words: &str| {
        assert!(text.contains(place), "{place}");
        text = text.replacen(place, &format!("{place}{words}"), 1);
    };
    add(
        "bitrate_bps = 250000\n",
        "data_bitrate_bps = 1000000\nsample_point_permille = 750\nrestbus = [\"Cockpit\"]\n",
    );
    add(
        "to = \"near.drive#gear\"\nkind = \"buffered\"\n",
        "accept_version = true\nprobe = true\nbound = 300\nconversion = \"unit\"\n",
    );
    add(
        "mode = \"mixed\"\nperiod_ns = 20000000\n",
        "minimum_delay_ns = 1000000\ntimeout_ns = 90000000\n\
         e2e = { profile = 2, data_ids = \"000102030405060708090a0b0c0d0e0f\" }\n",
    );
    add("runnable = \"read\"\n", "task = \"fast\"\nposition = 0\n");
    add(
        "[instances.near]\ncomponent = \"dash\"\n",
        "configuration = { LANGUAGE = \"de\" }\n\
         capabilities = { clock = \"virtual\" }\n",
    );
    add(
        "[ecus.cockpit.partitions.main]\nmemory_bytes = 16777216\nfuel = 10000000\non_trap = \"restart\"\n",
        "\n[ecus.cockpit.partitions.main.blocks.odometer]\nsize_bytes = 4\n",
    );
    text += "\n[frames.Cockpit]\n\n[notes.here]\ntext = \"Here\"\n";
    std::fs::write(&file, text).unwrap();
    let written = exported(&project, &at("out"));
    is_valid(&written);
    let left_out = std::fs::read_to_string(at("out").join("left-out.txt")).unwrap();
    insta::assert_snapshot!("left_out", left_out);
    let again = imported(&[text_of(&written)], &at("second"));
    let again = std::fs::read_to_string(again.join("car.wireloom")).unwrap();
    assert!(again.contains("data_bitrate_bps = 1000000\n"), "{again}");
}

/// A file of another kind is told what kinds there are.
#[test]
fn an_unknown_kind_is_told_the_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("drive.csv");
    std::fs::write(&file, "time,speed\n").unwrap();
    let output = text_of(&folder.path().join("project"));
    let ran = program(&["import", &text_of(&file), "-o", &output]);
    assert_eq!(ran.status, 2, "{}", ran.json);
    let error = ran.json["error"].as_str().unwrap();
    for kind in ["`.arxml`", "`.dbc`", "`.wac`"] {
        assert!(error.contains(kind), "{error}");
    }
}
