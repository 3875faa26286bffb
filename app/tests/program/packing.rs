//! What leads from one ECU to another, packed into CAN frames: the sample `antipinch` on two ECUs goes
//! on as it was, and cantools reads what comes out.

use crate::support::{SECOND, changed_sample, fine, plain, program, sample, simulated, text_of};
use simulator::Options;
use std::{fs, path::Path, process::Command};

const POSITION: &str = "window.wireloom:antipinch/plant@0.1.0#step -> position";

/// The surroundings on an ECU of their own, without a network between the two.
fn two_ecus() -> tempfile::TempDir {
    changed_sample("antipinch", two_ecus_of)
}

fn two_ecus_of(text: String) -> String {
    let other = "[ecus.test-bench]\nfuel_ps = 20000\nactivation_ns = 5000\n\n\
                     [ecus.test-bench.partitions.surroundings]";
    text.replace("[ecus.door.partitions.surroundings]", other)
        .replace("\"door/surroundings\"", "\"test-bench/surroundings\"")
}

#[test]
fn the_proposal_is_told_with_load_and_reasons() {
    let project = two_ecus();
    let folder = text_of(project.path());
    let told = fine(&["frames", &folder]);
    assert_eq!(told["bus"], "can0");
    let frames = told["frames"].as_array().unwrap();
    assert_eq!(frames.len(), 4, "{told}");
    let ids: Vec<u64> = frames
        .iter()
        .map(|one| one["id"].as_u64().unwrap())
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert!(frames.iter().all(|frame| frame["cycle_ms"] == 10), "{told}");
    let share = |name: &str| told["load"][name].as_f64().unwrap();
    assert!(share("least") < share("usual") && share("usual") < share("most"));
    assert!((0.03..0.2).contains(&share("usual")), "{told}");
    assert_eq!(told["not_packed"], serde_json::json!([]), "{told}");
    let text = plain(&["frames", &folder]).output;
    assert!(
        text.contains("0x100 Door10ms from door, every 10 ms"),
        "{text}"
    );
    assert!(text.contains("motor-current"), "{text}");
    let other = program(&["frames", &folder, "--bus", "can7"]);
    assert_eq!(other.json["bus"], "can7");
    assert!(
        !project.path().join("can0-frames.dbc").exists(),
        "nothing is written"
    );
}

#[test]
fn a_bus_of_another_kind_and_a_project_without_frames_are_refused() {
    let wrong = program(&["frames", &sample("thermal"), "--bus", "i2c0"]);
    assert_eq!(wrong.status, 2);
    assert_eq!(
        wrong.json["error"],
        "`i2c0` is no CAN bus; name one, or a new one"
    );
    let nothing = program(&["frames", &sample("antipinch"), "--apply"]);
    assert_eq!(nothing.status, 1);
    assert_eq!(nothing.json["error"], "there is nothing to take over");
    let none = program(&[
        "export",
        &sample("antipinch"),
        "--target",
        "dbc",
        "-o",
        "nowhere",
    ]);
    assert_eq!(none.status, 1);
    let reason = none.json["error"].as_str().unwrap();
    assert!(reason.starts_with("the project has no CAN bus"), "{reason}");
}

#[test]
fn taken_over_the_window_still_meets_the_obstacle() {
    let project = two_ecus();
    let folder = text_of(project.path());
    let told = fine(&["frames", &folder, "--apply"]);
    let description = told["file"].as_str().unwrap();
    assert!(Path::new(description).is_file());
    let found = program(&["check", &folder]);
    let errors = found.json["diagnostics"].as_array().unwrap().iter();
    let errors: Vec<_> = errors.filter(|one| one["severity"] == "error").collect();
    assert!(errors.is_empty(), "{errors:?}");
    let watched = simulated(project.path(), Options::default(), 8 * SECOND);
    assert_eq!(watched.simulation.incidents(), []);
    let positions = watched.series(POSITION);
    let highest = positions.iter().map(|[_, mm]| *mm).fold(0.0, f64::max);
    // A few milliseconds on the bus cost a few millimetres.
    assert!(
        (300.0..330.0).contains(&highest),
        "it reverses at the obstacle, over the bus: {highest} mm"
    );
    let last = positions.last().unwrap()[1];
    assert!(last < highest - 100.0, "and opens: {last} mm");
    let again = program(&["frames", &folder]);
    assert_eq!(
        again.json["frames"],
        serde_json::json!([]),
        "nothing is left to pack"
    );
}

#[test]
fn descriptions_are_exported_and_cantools_agrees_with_them() {
    let project = two_ecus();
    let output = project.path().join("out");
    let told = fine(&[
        "export",
        &text_of(project.path()),
        "--target",
        "dbc",
        "-o",
        &text_of(&output),
    ]);
    let files = told["files"].as_array().unwrap();
    let names: Vec<&str> = files
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["can0-frames.dbc", "frames.txt"]);
    let checked = fine(&["dbc", "check", &text_of(&output.join("can0-frames.dbc"))]);
    assert_eq!(checked["defects"], serde_json::json!([]));
    agrees(&output.join("can0-frames.dbc"));
    let thermal = project.path().join("thermal");
    fine(&[
        "export",
        &sample("thermal"),
        "--target",
        "dbc",
        "-o",
        &text_of(&thermal),
    ]);
    assert!(
        thermal.join("can0.dbc").is_file(),
        "its bus has a description"
    );
    agrees(&thermal.join("can0.dbc"));
}

#[test]
fn cantools_reads_frames_of_can_fd_as_such() {
    let project = changed_sample("antipinch", |text| {
        two_ecus_of(text)
            + "\n[buses.can0]\nkind = \"can\"\nbitrate_bps = 500000\ndata_bitrate_bps = 2000000\n"
    });
    let told = fine(&["frames", &text_of(project.path())]);
    assert_eq!(told["data_bitrate_bps"], 2_000_000);
    let lengths = told["frames"].as_array().unwrap().iter();
    let lengths: Vec<u64> = lengths
        .map(|one| one["length_bytes"].as_u64().unwrap())
        .collect();
    assert!(lengths.iter().any(|length| *length > 8), "{told}");
    let text = plain(&["frames", &text_of(project.path())]).output;
    let rates = "load of `can0` at 500 kbit/s, data at 2000 kbit/s: ";
    assert!(text.contains(rates), "{text}");
    let output = project.path().join("out");
    let call = ["export", &text_of(project.path()), "--target", "dbc", "-o"];
    fine(&[&call[..], &[&text_of(&output)]].concat());
    let file = output.join("can0-frames.dbc");
    agrees(&file);
    let python = std::env::var_os("WIRELOOM_PYTHON").expect("`./check` sets WIRELOOM_PYTHON");
    let code = "import cantools, sys\n\
                for message in cantools.database.load_file(sys.argv[1]).messages:\n\
                \x20   print(message.length, message.is_fd)\n";
    let read = Command::new(python).args(["-c", code]).arg(&file).output();
    let read = String::from_utf8(read.unwrap().stdout).unwrap();
    let expected: String = lengths
        .iter()
        .map(|length| format!("{length} {}\n", if *length > 8 { "True" } else { "False" }))
        .collect();
    assert_eq!(read, expected);
}

/// Random values of every signal, packed and unpacked by both.
fn agrees(file: &Path) {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it");
    };
    let loaded = autosar_wit::dbc::read(&fs::read(file).unwrap());
    assert_eq!(loaded.defects, []);
    let mut frames = Vec::new();
    for message in &loaded.database.messages {
        for seed in 0..20_u64 {
            let bytes: Vec<u8> = (0..message.length_bytes)
                .map(|at| (seed * 37 + u64::from(at) * 101 + 11) as u8)
                .collect();
            let signals: serde_json::Map<String, serde_json::Value> = message
                .decode(&bytes)
                .into_iter()
                .map(|decoded| {
                    let value = match decoded.raw {
                        autosar_wit::dbc::Raw::Float(value) => value,
                        autosar_wit::dbc::Raw::Unsigned(value) => value as f64,
                        autosar_wit::dbc::Raw::Signed(value) => value as f64,
                    };
                    (decoded.name.to_owned(), serde_json::json!(value))
                })
                .collect();
            frames.push(serde_json::json!({
                "id": message.id, "data": hexadecimal(&bytes), "signals": signals,
            }));
        }
    }
    assert!(!frames.is_empty());
    let listing = file.with_extension("json");
    fs::write(&listing, serde_json::to_string(&frames).unwrap()).unwrap();
    let ran = Command::new(python)
        .args(["-c", REFEREE])
        .arg(file)
        .arg(&listing)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{errors}");
}

const REFEREE: &str = r#"
import json, math, sys, cantools
database = cantools.database.load_file(sys.argv[1])
for frame in json.load(open(sys.argv[2])):
    message = database.get_message_by_frame_id(frame["id"])
    data = bytes.fromhex(frame["data"])
    raw = message.decode(data, decode_choices=False, scaling=False)
    assert set(raw) == set(frame["signals"]), (raw, frame)
    for name, value in frame["signals"].items():
        if value is not None and not math.isnan(raw[name]):
            assert math.isclose(raw[name], value, rel_tol=1e-12), (message.name, name, raw[name], value)
    encoded = message.encode(raw, scaling=False, strict=False)
    again = message.decode(encoded, decode_choices=False, scaling=False)
    assert all(again[name] == raw[name] or math.isnan(raw[name]) for name in raw), (again, raw)
"#;

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
