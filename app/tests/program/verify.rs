//! `wireloom verify`: every sample on every target that needs nothing but this program, and a
//! broken driver and broken glue that are shown at their first difference.

use crate::support::{fine, plain, program, sample, text_of, workspace};
use back_to_back::Recording;
use serde_json::Value;
use simulator::{Options, Simulation};
use std::path::Path;
use wireloom::{
    files::open_project,
    observe,
    verify::{self, Agreement, Report, Request},
};

/// Those that need nothing but this program, and the virtual boards.
fn targets() -> Vec<&'static str> {
    verify::TARGETS.iter().map(|target| target.id).collect()
}

/// What `verify` says of a sample on each target, without the target's name.
fn on_every_target(project: &str, duration: &str) -> Vec<Value> {
    let report = |target: &str| {
        let mut report = fine(&[
            "verify",
            &sample(project),
            "--target",
            target,
            "--for",
            duration,
        ]);
        assert_eq!(report["target"].take(), target);
        report
    };
    whole_targets().into_iter().map(report).collect()
}

/// Has no I2C, and 96 KiB for all partitions: only the cockpit fits.
const SMALL: &str = "qemu-netduinoplus2";

/// The targets that every ECU of the samples fits.
fn whole_targets() -> Vec<&'static str> {
    let mut targets = targets();
    targets.retain(|target| *target != SMALL);
    targets
}

/// Fuel too is the same everywhere.
fn same_on_every_target(project: &str, ecus: &[&str]) {
    let reports = on_every_target(project, "1500ms");
    for report in &reports {
        assert_eq!(report, &reports[0]);
    }
    let found = reports[0]["ecus"].as_array().unwrap();
    let names: Vec<&str> = found
        .iter()
        .map(|ecu| ecu["ecu"].as_str().unwrap())
        .collect();
    assert_eq!(names, ecus);
    for ecu in found {
        assert_eq!(ecu["verdict"], "same");
        assert_eq!(ecu["entries"], ecu["agreed"]);
        let counted = |field: &str| ecu[field].as_u64().unwrap();
        assert!(
            counted("activations") > 8 && counted("fuel") > 1_000,
            "{ecu}"
        );
    }
}

#[test]
fn thermal_does_the_same_on_every_target_here() {
    same_on_every_target("thermal", &["climate", "cockpit"]);
}

#[test]
fn antipinch_does_the_same_on_every_target_here() {
    same_on_every_target("antipinch", &["door"]);
}

#[test]
fn a_small_board_runs_what_fits_and_refuses_the_rest() {
    let project = sample("thermal");
    let on = |target| {
        let call = ["verify", &project, "--target", target, "--for", "1s"];
        fine(&[&call[..], &["--ecu", "cockpit"]].concat())["ecus"].take()
    };
    assert_eq!(on(SMALL), on("pulley64"));
    let ran = program(&["verify", &project, "--target", SMALL, "--ecu", "climate"]);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.contains("imports `wasi:i2c/i2c@0.2.0-draft`"),
        "{error}"
    );
    assert_eq!(ran.status, 1);
}

#[test]
fn every_firmware_of_a_virtual_board_is_a_target() {
    let folder = workspace().join("assets/firmware");
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let mut boards: Vec<String> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "elf"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|id| exporter::boards::board(id).unwrap().qemu.is_some())
        .collect();
    boards.sort();
    let machines = targets().into_iter().filter(|id| id.starts_with("qemu-"));
    assert_eq!(machines.collect::<Vec<_>>(), boards);
    assert!(targets().is_sorted());
}

#[test]
fn frames_stimuli_and_one_ecu_alone_are_replayed_too() {
    let project = sample("thermal");
    let call = [
        "verify",
        &project,
        "--target",
        "pulley64",
        "--for",
        "2s",
        "--seed",
        "7",
        "--set",
        "cabin.temperature=60@1s",
    ];
    let both = fine(&call);
    assert_eq!(
        (&both["seed"], &both["until_ns"]),
        (&7.into(), &2_000_000_000_u64.into())
    );
    let mut alone = call.to_vec();
    alone.extend(["--ecu", "cockpit"]);
    assert_eq!(
        fine(&alone)["ecus"],
        Value::Array(vec![both["ecus"][1].clone()])
    );
}

/// A component as text, a word of it changed, as a component again.
fn changed(component: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = wasmprinter::print_bytes(component).unwrap();
    assert!(text.contains(from), "`{from}` is not there any more");
    wat::parse_str(text.replacen(from, to, 1)).unwrap()
}

/// `thermal` with a sensor driver of which one line is another.
pub(crate) fn with_broken_driver(folder: &Path) -> String {
    let assets = workspace().join("assets/components");
    let driver = std::fs::read(assets.join("temperature-sensor.wasm")).unwrap();
    // `tmp105::celsius`: the converter has 0.0625 degrees a step.
    let driver = changed(
        &driver,
        "f32.const 0x1p-4 (;=0.0625;)",
        "f32.const 0x1p-3 (;=0.125;)",
    );
    std::fs::write(folder.join("broken.wasm"), driver).unwrap();
    let origin = workspace().join("samples/thermal");
    let text = std::fs::read_to_string(origin.join("thermal.wireloom")).unwrap();
    let text = text
        .replace(
            "../../assets/components/temperature-sensor.wasm",
            "broken.wasm",
        )
        .replace("../../assets/components", &text_of(&assets));
    std::fs::write(folder.join("thermal.wireloom"), text).unwrap();
    std::fs::copy(origin.join("thermal.dbc"), folder.join("thermal.dbc")).unwrap();
    text_of(folder)
}

#[test]
fn a_broken_line_of_a_driver_is_shown_at_the_first_value_that_it_spoils() {
    let folder = tempfile::tempdir().unwrap();
    let project = with_broken_driver(folder.path());
    let recording = text_of(&folder.path().join("climate.recording"));
    fine(&[
        "simulate",
        &sample("thermal"),
        "--for",
        "2s",
        "--record",
        &recording,
        "--ecu",
        "climate",
    ]);
    for target in whole_targets() {
        let call = [
            "verify",
            &project,
            "--target",
            target,
            "--recording",
            &recording,
        ];
        let ran = program(&call);
        assert_eq!(ran.status, 1, "{}", ran.json);
        let ecu = &ran.json["ecus"][0];
        assert_eq!(
            (&ecu["ecu"], &ecu["verdict"]),
            (&"climate".into(), &"different".into())
        );
        let place = &ecu["place"];
        let line = |side: &str| place[side][0].as_str().unwrap().to_owned();
        // 27.5 degrees are read as 55: the sensor's own value, before anybody works on it.
        assert_eq!(place["activation"], "main/sensor-sample");
        assert!(line("expected").contains(" publishes sensor."), "{place}");
        assert!(line("expected").ends_with("0000dc41"), "{place}");
        assert!(line("found").ends_with("00005c42"), "{place}");
        let shown = plain(&call);
        assert_eq!(shown.status, 1);
        assert!(
            shown.errors.contains("both sides before"),
            "{}",
            shown.errors
        );
    }
}

/// `i64.const` with an operand of five bytes.
fn i64_const(value: u64) -> Vec<u8> {
    let group = |number: u32| (value >> (7 * number) & 0x7f) as u8;
    let more = (0..4).map(|number| group(number) | 0x80);
    [0x42].into_iter().chain(more).chain([group(4)]).collect()
}

/// `thermal` is recorded with the fan's demand timing out after half a second, and held against an
/// image whose store takes this long.
fn verified_with_timeout(timeout_ns: u64) -> Report {
    let project = open_project(sample("thermal").as_ref()).unwrap();
    let mut composed = graph_core::compose::compose(&project.document, &project.library).unwrap();
    let options = Options {
        record: Some("climate".into()),
        ..Options::default()
    };
    let mut simulation = Simulation::new(&observe::system_files(&composed), options).unwrap();
    simulation.run_until(2_000_000_000, &mut |_: &Simulation| true);
    let recording: Recording = simulation.recording().unwrap();
    let partition = &mut composed.partitions[0];
    let (from, to) = (i64_const(500_000_000), i64_const(timeout_ns));
    let places = 0..partition.bytes.len() - from.len();
    let places: Vec<usize> = places
        .filter(|place| partition.bytes[*place..].starts_with(&from))
        .collect();
    assert!(
        !places.is_empty(),
        "the store holds the timeout as a constant"
    );
    for place in places {
        partition.bytes[place..place + to.len()].copy_from_slice(&to);
    }
    composed.system.ecus[0].partitions[0].sha256 = simulator::sha256_hex(&partition.bytes);
    let request = Request {
        project: &project,
        composed: &composed,
        target: verify::target_named("pulley64").unwrap(),
        ecus: &["climate".to_owned()],
        until_ns: 0,
        options: &Options::default(),
        recording: Some(&recording),
        program: env!("CARGO_BIN_EXE_wireloom").as_ref(),
    };
    verify::verify(&request, &mut |_, _| true).unwrap()
}

#[test]
fn broken_glue_is_shown_at_its_first_difference() {
    // Less than from one task to the next: the demand is always too old.
    let report = verified_with_timeout(1);
    let ecu = &report.ecus[0];
    assert_eq!(ecu.verdict, Agreement::Different, "{ecu:?}");
    let place = ecu.place.as_ref().unwrap();
    assert!(ecu.agreed > 20 && place.found.len() < 7, "{place:?}");
    assert_ne!(place.expected.first(), place.found.first());
    // What counts is what glue does: a timeout that never comes may be another one.
    let report = verified_with_timeout(500_000_001);
    assert_eq!(report.ecus[0].verdict, Agreement::Same);
}

#[test]
fn what_cannot_be_verified_is_refused() {
    let project = sample("thermal");
    let folder = tempfile::tempdir().unwrap();
    let file = text_of(&folder.path().join("none.recording"));
    std::fs::write(&file, "{\"format\":7}\n").unwrap();
    let missing = text_of(&folder.path().join("missing"));
    let target = ["--target", "pulley64"];
    for (arguments, status, words) in [
        (
            vec!["--target", "toaster"],
            2,
            "choose one of `linux-x86_64`",
        ),
        (
            [&target[..], &["--ecu", "trunk"]].concat(),
            2,
            "there is no ECU `trunk`; there are `climate`, `cockpit`",
        ),
        ([&target[..], &["--for", "soon"]].concat(), 2, "time `soon`"),
        (
            [&target[..], &["--set", "a.b=1"]].concat(),
            2,
            "there is no device `a`",
        ),
        (
            [&target[..], &["--recording", &file]].concat(),
            2,
            "has format 7",
        ),
        (
            [&target[..], &["--recording", &missing]].concat(),
            2,
            "cannot read `",
        ),
    ] {
        let ran = program(&[&["verify", &project][..], &arguments].concat());
        let error = ran.json["error"].as_str().unwrap_or_default();
        assert!(error.contains(words), "{arguments:?}: {}", ran.json);
        assert_eq!(ran.status, status, "{arguments:?}");
    }
    let ran = program(&["simulate", &project, "--record", &file]);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.contains("choose one by `--ecu`: `climate`, `cockpit`"),
        "{error}"
    );
}

#[test]
fn a_recording_of_another_project_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let recording = text_of(&folder.path().join("door.recording"));
    fine(&[
        "simulate",
        &sample("antipinch"),
        "--for",
        "1s",
        "--record",
        &recording,
    ]);
    let call = [
        "verify",
        &sample("thermal"),
        "--target",
        "pulley64",
        "--recording",
        &recording,
    ];
    let ran = program(&call);
    assert_eq!(ran.status, 2);
    let error = ran.json["error"].as_str().unwrap();
    assert!(error.contains("there is no ECU `door`"), "{error}");
}

#[test]
fn a_tester_that_is_not_ours_comes_to_the_same_verdict() {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python");
    };
    let folder = tempfile::tempdir().unwrap();
    let broken = with_broken_driver(folder.path());
    let file = |name: &str| text_of(&folder.path().join(name));
    let (recording, right, wrong) = (file("recording"), file("right"), file("wrong"));
    let thermal = sample("thermal");
    fine(&[
        "simulate", &thermal, "--for", "1s", "--record", &recording, "--ecu", "climate",
    ]);
    fine(&["compose", &thermal, "-o", &right]);
    fine(&["compose", &broken, "-o", &wrong]);
    let tested = |system: &str| {
        let output = std::process::Command::new(&python)
            .arg(workspace().join("scripts/back-to-back.py"))
            .args([
                &recording,
                "--",
                env!("CARGO_BIN_EXE_wireloom"),
                "ecu-under-test",
            ])
            .args(["--ecu", "climate", "--interpreted", "--system", system])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), said)
    };
    let (status, said) = tested(&right);
    assert_eq!(status, 0, "{said}");
    assert!(said.starts_with("the same: "), "{said}");
    let (status, said) = tested(&wrong);
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("recorded {\"note\": {\"published\""),
        "{said}"
    );
    let (status, said) = tested(&file("nothing"));
    assert_eq!((status, said.as_str()), (2, "lost: the target has ended\n"));
}

/// As docs/verification.md has it.
pub(crate) const QEMU: &str = "qemu-system-arm -M mps2-an385 -display none -monitor none \\
    -kernel image/climate.elf -device loader,addr=0x20000000,data=0x31423242,data-len=4 \\
    -serial file:boot.log -serial null -serial null -chardev stdio,id=link,signal=off -serial chardev:link";

#[test]
fn the_documented_line_of_qemu_shows_the_same_without_this_program() {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python");
    };
    let documents = std::fs::read_to_string(workspace().join("docs/verification.md")).unwrap();
    assert!(
        documents.contains(QEMU),
        "the line in the document is another one"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| text_of(&folder.path().join(name));
    let (thermal, board) = (sample("thermal"), ["--target", "qemu-mps2-an385"]);
    let recording = file("climate.recording");
    let record = ["--for", "1s", "--record", &recording, "--ecu", "climate"];
    fine(&[&["simulate", &thermal][..], &board, &record].concat());
    fine(&[&["export", &thermal, "-o", &file("image")][..], &board].concat());
    let line = QEMU.split_whitespace().filter(|word| *word != "\\");
    let output = std::process::Command::new(python)
        .current_dir(folder.path())
        .arg(
            workspace()
                .join("scripts/back-to-back.py")
                .canonicalize()
                .unwrap(),
        )
        .args(["climate.recording", "--"])
        .args(line)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("the same: "), "{said}");
    let log = std::fs::read_to_string(folder.path().join("boot.log")).unwrap();
    assert!(log.contains("verification"), "{log}");
}
