//! `wireloom verify --native`: images of the native path do in QEMU what the simulation recorded, and
//! what is broken is shown at its first difference. Broken lines of the C are in the end-to-end tests.

use crate::{
    support::{fine, program, sample, text_of, workspace},
    verify::{QEMU, with_broken_driver},
};

const BOARD: [&str; 3] = ["--target", "qemu-mps2-an385", "--native"];

fn same(project: &str, ecus: &[&str]) {
    let call = ["verify", &sample(project), "--for", "1500ms"];
    let report = fine(&[&call[..], &BOARD].concat());
    assert_eq!(report["target"], "qemu-mps2-an385 --native");
    let found = report["ecus"].as_array().unwrap();
    let names: Vec<&str> = (found.iter())
        .map(|ecu| ecu["ecu"].as_str().unwrap())
        .collect();
    assert_eq!(names, ecus);
    for ecu in found {
        assert_eq!(ecu["verdict"], "same", "{ecu}");
        assert_eq!(ecu["entries"], ecu["agreed"]);
        assert_eq!(ecu["fuel"], 0);
        assert!(ecu["activations"].as_u64().unwrap() > 8, "{ecu}");
    }
}

#[test]
fn thermal_does_the_same_as_native_images() {
    same("thermal", &["climate", "cockpit"]);
}

#[test]
fn antipinch_does_the_same_as_a_native_image() {
    same("antipinch", &["door"]);
}

/// The recording of the sample's climate ECU as its native image is held against it.
fn recorded(file: &str) {
    let call = ["simulate", &sample("thermal"), "--for", "1s"];
    let record = ["--record", file, "--ecu", "climate"];
    fine(&[&call[..], &record, &BOARD].concat());
}

#[test]
fn a_broken_line_of_a_driver_is_shown_on_a_native_image() {
    let folder = tempfile::tempdir().unwrap();
    let project = with_broken_driver(folder.path());
    let recording = text_of(&folder.path().join("climate.recording"));
    recorded(&recording);
    let call = ["verify", &project, "--recording", &recording];
    let ran = program(&[&call[..], &BOARD].concat());
    assert_eq!(ran.status, 1, "{}", ran.json);
    let ecu = &ran.json["ecus"][0];
    assert_eq!(ecu["verdict"], "different");
    let place = &ecu["place"];
    let line = |side: &str| place[side][0].as_str().unwrap().to_owned();
    // 27.5 degrees are read as 55.
    assert_eq!(place["activation"], "main/sensor-sample");
    assert!(line("expected").ends_with("0000dc41"), "{place}");
    assert!(line("found").ends_with("00005c42"), "{place}");
    assert!(!place["before"].as_array().unwrap().is_empty());
}

#[test]
fn a_tester_that_is_not_ours_drives_a_native_image() {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python");
    };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| text_of(&folder.path().join(name));
    recorded(&file("climate.recording"));
    let call = ["export", &sample("thermal"), "-o", &file("image")];
    fine(&[&call[..], &BOARD, &["--ecu", "climate"]].concat());
    let line = QEMU.replace("image/climate.elf", "image/climate/image.elf");
    let tester = workspace().join("scripts/back-to-back.py");
    let output = std::process::Command::new(python)
        .current_dir(folder.path())
        .arg(tester.canonicalize().unwrap())
        .args(["climate.recording", "--"])
        .args(line.split_whitespace().filter(|word| *word != "\\"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("the same: "), "{said}");
    let log = std::fs::read_to_string(folder.path().join("boot.log")).unwrap();
    assert!(log.contains("verification: driven over the link"), "{log}");
}

#[test]
fn what_cannot_be_verified_as_a_native_image_is_refused() {
    let project = sample("thermal");
    let folder = tempfile::tempdir().unwrap();
    let recording = text_of(&folder.path().join("climate.recording"));
    let record = ["--record", &recording, "--ecu", "climate", "--for", "1s"];
    fine(&[&["simulate", &project, "--target", BOARD[1]][..], &record].concat());
    let with_fuel = [&BOARD[..], &["--recording", &recording]].concat();
    for (command, arguments, words) in [
        (
            "verify",
            vec!["--target", "arduino-due", "--native"],
            "nothing here runs a native image for `arduino-due`; choose `qemu-mps2-an385`, whose image is made of the same C",
        ),
        (
            "verify",
            with_fuel,
            "the recording counts fuel, which a native image does not; record it by `wireloom simulate PROJECT --target qemu-mps2-an385 --native --record FILE`",
        ),
        (
            "simulate",
            vec!["--target", "stm32f469-disco", "--native"],
            "board `stm32f469-disco` has no native path; leave `--native` out",
        ),
    ] {
        let ran = program(&[&[command, &project][..], &arguments].concat());
        assert_eq!(ran.status, 2, "{}", ran.json);
        assert_eq!(ran.json["error"], words);
    }
}
