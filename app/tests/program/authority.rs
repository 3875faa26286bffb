//! Authority: what reaches whom, and what an instance does when something of the platform is denied
//! to it or given virtually: in the simulation and in what is exported.

use crate::support::{changed_sample, fine, program, sample, text_of, workspace};
use autosar_wit::{component::Direction, read};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// The project of the guests of other toolchains, with capabilities of the reader.
fn guests(capabilities: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let origin = workspace().join("tests/guests");
    for file in ["year-2024.wasm", "standard-library.wasm"] {
        std::fs::copy(origin.join(file), folder.path().join(file)).unwrap();
    }
    let text = std::fs::read_to_string(origin.join("aged.wireloom")).unwrap();
    let head = "[[instances.reader.activations]]";
    let table = format!("[instances.reader.capabilities]\n{capabilities}\n{head}");
    assert_eq!(text.matches(head).count(), 1);
    std::fs::write(
        folder.path().join("aged.wireloom"),
        text.replace(head, &table),
    )
    .unwrap();
    folder
}

/// What was printed, and the incidents of a simulated second.
fn ran(project: &Path, seed: &str) -> (String, Value) {
    let out = tempfile::tempdir().unwrap();
    let recording = text_of(&out.path().join("recording"));
    let call = [
        "simulate",
        &text_of(project),
        "--for",
        "1s",
        "--seed",
        seed,
        "--record",
        &recording,
    ];
    let ran = program(&call);
    let text = std::fs::read_to_string(&recording).unwrap();
    let recording = back_to_back::Recording::from_text(&text).unwrap();
    let printed = recording.entries.iter().filter_map(|entry| match entry {
        back_to_back::Entry::Note(back_to_back::Note::Printed { text, .. }) => {
            Some(String::from_utf8(text.clone()).unwrap())
        }
        _ => None,
    });
    (printed.collect(), ran.json["incidents"].clone())
}

fn lines_of_reader(printed: &str) -> Vec<&str> {
    printed
        .lines()
        .filter(|line| line.starts_with("count "))
        .collect()
}

/// Imports of the only partition, without those of types alone.
fn imports(project: &Path) -> Vec<String> {
    let out = tempfile::tempdir().unwrap();
    fine(&["compose", &text_of(project), "-o", &text_of(out.path())]);
    imports_of(&out.path().join("desk-main.wasm"))
}

fn imports_of(file: &Path) -> Vec<String> {
    let bytes = std::fs::read(file).unwrap();
    let component = read::component(&bytes, "partition").unwrap();
    let required = component
        .ports
        .iter()
        .filter(|port| port.direction == Direction::Required);
    required.map(|port| port.name.clone()).collect()
}

fn takes(imports: &[String], start: &str) -> bool {
    imports.iter().any(|import| import.starts_with(start))
}

#[test]
fn what_is_allowed_comes_from_the_platform() {
    let project = guests("");
    let (one, incidents) = ran(project.path(), "0");
    let (other, _) = ran(project.path(), "1");
    assert_eq!(incidents, json!([]));
    assert_eq!(lines_of_reader(&one).len(), 2, "{one}");
    assert_ne!(
        lines_of_reader(&one),
        lines_of_reader(&other),
        "the seed draws other numbers"
    );
    let imports = imports(project.path());
    assert!(takes(&imports, "wasi:random/"), "{imports:?}");
    assert!(takes(&imports, "wasi:clocks/wall-clock@"), "{imports:?}");
}

#[test]
fn a_virtual_one_is_the_same_for_every_seed_and_is_not_imported() {
    let project = guests("random = \"virtual\"\nclock = \"virtual\"\nenvironment = \"virtual\"");
    let (one, incidents) = ran(project.path(), "0");
    let (other, _) = ran(project.path(), "1");
    assert_eq!(incidents, json!([]));
    let lines = lines_of_reader(&one);
    assert_eq!(lines, lines_of_reader(&other));
    assert_eq!(lines.len(), 2, "{one}");
    for line in &lines {
        assert!(line.contains(" in second 0, "), "the clock stands: {line}");
    }
    let imports = imports(project.path());
    assert!(!takes(&imports, "wasi:random/"), "{imports:?}");
    assert!(!takes(&imports, "wasi:clocks/wall-clock@"), "{imports:?}");
    assert!(!takes(&imports, "wasi:cli/environment@"), "{imports:?}");
    assert!(
        takes(&imports, "wasi:clocks/monotonic-clock@"),
        "the other instance goes on with its clock: {imports:?}"
    );
}

#[test]
fn what_has_no_error_to_answer_ends_the_activation_and_says_why() {
    let project = guests("random = \"deny\"");
    let found = fine(&["check", &text_of(project.path())]);
    let told = found["diagnostics"].to_string();
    assert!(
        told.contains("has nothing to answer and ends the activation"),
        "{told}"
    );
    let (printed, incidents) = ran(project.path(), "0");
    assert_eq!(lines_of_reader(&printed), Vec::<&str>::new());
    let incident = &incidents[0];
    assert_eq!(incident["instance"], "reader");
    let message = incident["message"].as_str().unwrap();
    assert!(
        message.contains("wasi:random/insecure-seed@")
            && message.contains("Random is denied to `reader`"),
        "{message}"
    );
    assert!(!takes(&imports(project.path()), "wasi:random/"));
}

#[test]
fn a_denied_bus_answers_an_error_and_is_not_imported() {
    let project = changed_sample("thermal", |text| {
        let head = "[instances.sensor.bindings]";
        text.replace(
            head,
            &format!("[instances.sensor.capabilities]\ni2c = \"deny\"\n\n{head}"),
        )
    });
    let path = text_of(project.path());
    let found = fine(&["check", &path]);
    let told = found["diagnostics"].to_string();
    assert!(
        told.contains("I2C is denied to `sensor`, which will always be answered an error"),
        "{told}"
    );
    let out = tempfile::tempdir().unwrap();
    fine(&["compose", &path, "-o", &text_of(out.path())]);
    let imports = imports_of(&out.path().join("climate-main.wasm"));
    assert!(
        !takes(&imports, "wasi:i2c/") && !takes(&imports, "wireloom:ecu/buses"),
        "{imports:?}"
    );
    let ran = fine(&["simulate", &path, "--for", "1s"]);
    assert_eq!(
        ran["incidents"],
        json!([]),
        "the driver goes on with the error"
    );
    let allowed = fine(&["simulate", &sample("thermal"), "--for", "1s"]);
    assert_ne!(ran["trace_hash"], allowed["trace_hash"]);
    assert!(ran["frames"].as_u64().unwrap() > 0);
}

#[test]
fn there_is_no_virtual_bus() {
    let project = changed_sample("thermal", |text| {
        let head = "[instances.sensor.bindings]";
        text.replace(
            head,
            &format!("[instances.sensor.capabilities]\ni2c = \"virtual\"\n\n{head}"),
        )
    });
    let ran = program(&["check", &text_of(project.path())]);
    assert_eq!(ran.status, 1);
    let told = ran.json["diagnostics"].to_string();
    assert!(
        told.contains("there is no virtual I2C that an instance could be given"),
        "{told}"
    );
}

#[test]
fn the_table_tells_direct_and_lent_authority() {
    let ran = fine(&["authority", &sample("thermal")]);
    let of = |name: &str| {
        let rows = ran["instances"].as_array().unwrap();
        let row = rows.iter().find(|row| row["instance"] == name).unwrap();
        row["capabilities"].clone()
    };
    assert_eq!(of("sensor")[0]["reach"], "direct");
    assert_eq!(
        of("sensor")[0]["ways"],
        json!(["sensor <- platform i2c0 by `get-i2c-bus`"])
    );
    assert_eq!(of("controller")[0]["reach"], "indirect");
    assert_eq!(
        of("controller")[0]["ways"],
        json!(["controller <- sensor <- platform i2c0"])
    );
    assert_eq!(of("fan"), json!([]), "a buffered connector carries data");
    assert_eq!(of("dashboard"), json!([]));
}

/// A stand-in with handles of its own is composed and simulated, and no board takes it: by whichever
/// path its image is made, and as the budget says beforehand.
#[test]
fn boards_say_which_denied_capability_they_do_not_take() {
    let project = changed_sample("thermal", |text| {
        let head = "[instances.sensor.bindings]";
        let denied = "[instances.sensor.capabilities]\ni2c = \"deny\"\n\n";
        text.replace(head, &format!("{denied}{head}"))
    });
    let path = text_of(project.path());
    let out = text_of(&project.path().join("out"));
    let board = "qemu-mps2-an385";
    let on = ["--target", board, "--ecu", "climate"];
    let reason = "I2C is denied to `sensor` by a component that makes handles of its own, and microcontrollers have those of their host only; take `i2c` out of `[instances.sensor.capabilities]`, leave `sensor` out of this ECU, or choose a Linux board";
    for call in [
        vec!["export", &path, "-o", &out],
        vec!["export", &path, "-o", &out, "--native"],
        vec!["verify", &path],
        vec!["verify", &path, "--native"],
    ] {
        let ran = program(&[&call[..], &on].concat());
        assert_eq!(ran.status, 1, "{}", ran.json);
        let expected = format!("ECU `climate` does not fit board `{board}`:\n  {reason}");
        assert_eq!(ran.json["error"], expected, "{call:?}");
    }
    let ran = program(&[&["budget", &path][..], &on].concat());
    assert_eq!(ran.status, 1);
    assert!(
        ran.json["ecus"][0]["refusals"].to_string().contains(reason),
        "{}",
        ran.json
    );
    // The other ECU has nothing of it, and a capability without handles goes.
    let other = ["--target", board, "--ecu", "cockpit"];
    fine(&[&["export", &path, "-o", &out][..], &other].concat());
}
