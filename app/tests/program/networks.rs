//! Systems of processes and virtual boards on one virtual CAN: against the simulation, and what is
//! refused.

use crate::{
    run::{ById, by_id, same_frames_within},
    support::{MS, changed_sample, fine, frames, program, sample, text_of, workspace},
};
use std::process::Command;

/// In this system what comes over the bus is there two seconds before it is used, and what goes over
/// it one second before it is sent: so late may this machine be, and the frames are still the same.
/// The microcontroller has to boot before its first one.
const TOLERANCE_NS: u64 = 1_000 * MS;
const BOOT_TOLERANCE_NS: u64 = 2_000 * MS;
const MICROCONTROLLER: u32 = 0x100;

fn three_ecus() -> String {
    text_of(&workspace().join("tests/projects/three-ecus"))
}

#[test]
fn two_linux_ecus_and_a_microcontroller_give_the_frames_of_the_simulation() {
    let folder = tempfile::tempdir().unwrap();
    let project = three_ecus();
    let frames_of = |command: &str, more: &[&str]| {
        let trace = text_of(&folder.path().join(command));
        let call = [
            command,
            &project,
            "--for",
            "16s",
            "--set",
            // Between two samples.
            "cabin.temperature=33@4500ms",
            "--trace",
            &trace,
        ];
        let report = fine(&[&call[..], more].concat());
        (report, by_id(frames(trace.as_ref())))
    };
    let (_, simulated) = frames_of("simulate", &[]);
    // What is compared says something: each ECU sends, and each value changes.
    assert_eq!(simulated.len(), 3);
    for (id, sent) in &simulated {
        let mut values: Vec<_> = sent.iter().map(|(data, _)| data).collect();
        assert_eq!(values.len(), 6, "{id:?}");
        values.dedup();
        assert!(values.len() > 1, "{id:?}: {values:?}");
    }
    let (report, real) = frames_of("run", &["--on", "sensing=qemu-mps2-an385"]);
    assert_eq!(report["incidents"].as_array().unwrap().len(), 0, "{report}");
    let ecus = report["ecus"].as_array().unwrap();
    let mut names: Vec<&str> = ecus
        .iter()
        .map(|ecu| ecu["ecu"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["blower", "cockpit", "sensing"]);
    for ecu in ecus {
        assert!(ecu["activations"].as_u64().unwrap() >= 6, "{ecu}");
        assert_eq!(ecu["lost"], 0, "{ecu}");
    }
    let of = |frames: &ById, is_wanted: fn(u32) -> bool| {
        let wanted = frames.iter().filter(|((_, id), _)| is_wanted(*id));
        wanted
            .map(|(key, frames)| (key.clone(), frames.clone()))
            .collect::<ById>()
    };
    for (tolerance_ns, is_wanted) in [
        (
            TOLERANCE_NS,
            (|id| id != MICROCONTROLLER) as fn(u32) -> bool,
        ),
        (BOOT_TOLERANCE_NS, |id| id == MICROCONTROLLER),
    ] {
        same_frames_within(
            tolerance_ns,
            &of(&simulated, is_wanted),
            &of(&real, is_wanted),
        );
    }
    assert_eq!(simulated.len(), real.len());
}

/// A call of `run` that is refused: its exit status and its words.
fn refused(project: &str, arguments: &[&str]) -> (i32, String) {
    let ran = program(&[&["run", project, "--for", "1s"], arguments].concat());
    (ran.status, ran.json["error"].as_str().unwrap().to_owned())
}

#[test]
fn what_cannot_run_on_a_board_is_refused_in_words() {
    let project = three_ecus();
    for (arguments, status, words) in [
        (
            &["--on", "sensing"][..],
            2,
            "give an ECU and a board: `ECU=BOARD`",
        ),
        (
            &["--on", "sensing=toaster"],
            2,
            "there is no board `toaster`; choose one of `arduino-due`",
        ),
        (
            &["--on", "sensing=stm32f469-disco"],
            2,
            "board `stm32f469-disco` runs nowhere here; choose one of `qemu-mps2-an385`, `qemu-mps2-an386`",
        ),
        (
            &["--on", "toaster=qemu-mps2-an385"],
            1,
            "the project has no ECU `toaster` with partitions; choose one of `blower`",
        ),
        (
            &[
                "--on",
                "sensing=qemu-mps2-an385",
                "--on",
                "sensing=qemu-mps2-an386",
            ],
            2,
            "ECU `sensing` is put on two boards; choose one",
        ),
        (
            &["--on", "sensing=qemu-mps2-an385", "--slower", "2"],
            2,
            "a virtual board runs in real time; leave `--slower` or `--on` out",
        ),
        (
            &["--slower", "0"],
            2,
            "invalid value '0' for '--slower <N>'",
        ),
    ] {
        let (found, said) = refused(&project, arguments);
        assert_eq!(found, status, "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_sensor_that_qemu_does_not_have_is_refused() {
    let project = changed_sample("thermal", |text| text.replace("\"tmp105\"", "\"tmp102\""));
    let project = text_of(project.path());
    let (status, said) = refused(&project, &["--on", "climate=qemu-mps2-an385"]);
    assert_eq!(status, 2);
    let words = "device `cabin` of `i2c0` is a `tmp102`, and QEMU has a model of `tmp105` only";
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_second_i2c_bus_is_refused() {
    let more = "[buses.a-first]\nkind = \"i2c\"\nclock_hz = 100000\n\n[buses.can0]";
    let project = changed_sample("thermal", |text| text.replace("[buses.can0]", more));
    let project = text_of(project.path());
    let (status, said) = refused(&project, &["--on", "climate=qemu-mps2-an385"]);
    assert_eq!(status, 2);
    let words = "ECU `climate` uses `i2c0`, which is not the system's first I2C bus";
    assert!(said.contains(words), "{said}");
}

#[test]
fn without_qemu_the_run_says_what_to_install() {
    let nothing = tempfile::tempdir().unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .args(["run", &sample("thermal"), "--for", "1s"])
        .args(["--on", "climate=qemu-mps2-an385"])
        .env("PATH", nothing.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2), "{said}");
    assert!(
        said.contains("`qemu-system-arm` cannot be started")
            && said.contains("on Debian the package `qemu-system-arm`"),
        "{said}"
    );
}
