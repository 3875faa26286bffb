//! `export` and `verify` without a target: each ECU on the board that the project gives it.

use crate::{
    bundles,
    support::{changed_sample, program, sample, text_of},
};
use serde_json::Value;
use std::{path::Path, process::Command};
use tempfile::TempDir;

const LINUX: &str = bundles::BOARD;
const BOARD: &str = "qemu-mps2-an386";

/// The sample `thermal` with these boards.
fn thermal(boards: &[(&str, &str)]) -> TempDir {
    changed_sample("thermal", |text| {
        boards.iter().fold(text, |text, (ecu, board)| {
            let head = format!("[ecus.{ecu}]\n");
            assert!(text.contains(&head));
            text.replace(&head, &format!("{head}target = \"{board}\"\n"))
        })
    })
}

fn exported(project: &Path, to: &Path, more: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .args(["export", &text_of(project), "--json", "-o"])
        .arg(to)
        .args(more)
        .env("WIRELOOM_ECU_PROGRAMS", bundles::programs())
        .output()
        .unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), said)
}

#[test]
fn each_ecu_is_exported_for_its_own_board() {
    let project = thermal(&[("climate", BOARD), ("cockpit", LINUX)]);
    let to = tempfile::tempdir().unwrap();
    let (status, said) = exported(project.path(), to.path(), &[]);
    assert_eq!(status, 0, "{said}");
    for file in [
        "climate/climate.elf",
        "climate/manifest.json",
        "cockpit/wireloom-ecu",
        "cockpit/bundle.json",
        "cockpit.tar",
    ] {
        assert!(to.path().join(file).is_file(), "{file}: {said}");
    }
    for none in [
        "climate/cockpit.elf",
        "climate/bundle.json",
        "climate.tar",
        "climate.elf",
    ] {
        assert!(!to.path().join(none).exists(), "{none}");
    }
    // What is for one board is what `--target` would have written.
    let direct = tempfile::tempdir().unwrap();
    let only = ["--target", BOARD, "--ecu", "climate"];
    assert_eq!(exported(project.path(), direct.path(), &only).0, 0);
    let elf = |path: &str, folder: &TempDir| std::fs::read(folder.path().join(path)).unwrap();
    assert_eq!(elf("climate/climate.elf", &to), elf("climate.elf", &direct));
}

#[test]
fn an_ecu_without_a_board_beside_others_is_named() {
    let project = thermal(&[("climate", LINUX)]);
    let to = tempfile::tempdir().unwrap();
    let words = "ECU `cockpit` has no board, and others have; write `target = \"BOARD\"` under `[ecus.cockpit]`, choose ECUs by `--ecu`, or name one board for all by `--target`";
    let (status, said) = exported(project.path(), to.path(), &[]);
    assert_eq!((status, said["error"].as_str()), (2, Some(words)));
    assert!(std::fs::read_dir(to.path()).unwrap().next().is_none());
    let ran = program(&["verify", &text_of(project.path())]);
    assert_eq!((ran.status, ran.json["error"].as_str()), (2, Some(words)));

    let (status, said) = exported(project.path(), to.path(), &["--ecu", "climate"]);
    assert_eq!(status, 0, "{said}");
    assert!(to.path().join("climate.tar").is_file());
    let words =
        "the project has no ECU `garage` with partitions; choose one of `climate`, `cockpit`";
    let (status, said) = exported(project.path(), to.path(), &["--ecu", "garage"]);
    assert_eq!((status, said["error"].as_str()), (2, Some(words)));
}

#[test]
fn a_project_that_decides_nothing_is_exported_as_components() {
    let to = tempfile::tempdir().unwrap();
    let (status, said) = exported(Path::new(&sample("thermal")), to.path(), &[]);
    assert_eq!(status, 0, "{said}");
    assert!(to.path().join("climate-main.wasm").is_file());
    assert!(to.path().join("report.html").is_file());
    let ran = program(&["verify", &sample("thermal")]);
    let words = "no ECU has a board; name one by `--target`, or write `target = \"BOARD\"` under `[ecus.NAME]`";
    assert_eq!((ran.status, ran.json["error"].as_str()), (2, Some(words)));
}

#[test]
fn each_ecu_is_verified_on_its_own_board() {
    let same = thermal(&[("climate", "linux-x86_64"), ("cockpit", "linux-x86_64")]);
    let call = |project: &TempDir| {
        [
            "verify".to_owned(),
            text_of(project.path()),
            "--for".to_owned(),
            "500ms".to_owned(),
        ]
    };
    let ran = program(&call(&same));
    assert_eq!(ran.status, 0, "{}", ran.errors);
    assert_eq!(ran.json["target"], "linux-x86_64");
    assert_eq!(ran.json["ecus"].as_array().unwrap().len(), 2);

    let two = thermal(&[("climate", BOARD), ("cockpit", "linux-x86_64")]);
    let ran = program(&call(&two));
    assert_eq!(ran.status, 0, "{}", ran.errors);
    let reports = ran.json["reports"].as_array().unwrap();
    let verified = reports.iter().map(|report| {
        let ecu = &report["ecus"][0];
        [&report["target"], &ecu["ecu"], &ecu["verdict"]].map(|text| text.as_str().unwrap())
    });
    let expected = [
        [BOARD, "climate", "same"],
        ["linux-x86_64", "cockpit", "same"],
    ];
    assert_eq!(verified.collect::<Vec<_>>(), expected);

    let none = thermal(&[("climate", "linux-x86_64"), ("cockpit", "arduino-due")]);
    let ran = program(&call(&none));
    let words = "ECU `cockpit` is `arduino-due`, of which nothing here runs an image; choose ECUs by `--ecu`, or name what runs them by `--target`";
    assert_eq!((ran.status, ran.json["error"].as_str()), (2, Some(words)));
}
