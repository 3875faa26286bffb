//! Guests of other toolchains (tests/guests): one as of 2024 with WASI 0.2.0, one of
//! wasm32-wasip2 with the whole standard library. Opened, checked, composed, simulated, verified.

use crate::support::{fine, program, text_of, workspace};
use serde_json::Value;

fn guests() -> String {
    text_of(&workspace().join("tests/guests"))
}

fn names(ports: &Value) -> Vec<&str> {
    let ports = ports.as_array().unwrap().iter();
    ports.map(|port| port["name"].as_str().unwrap()).collect()
}

#[test]
fn their_types_are_read() {
    let old = fine(&["inspect", &format!("{}/year-2024.wasm", guests())]);
    assert!(
        names(&old["imports"]).contains(&"wasi:cli/stdout@0.2.0"),
        "{old}"
    );
    assert!(names(&old["imports"]).contains(&"wasi:clocks/monotonic-clock@0.2.0"));
    assert_eq!(
        names(&old["exports"]),
        ["test:aged/counter@1.0.0", "test:aged/work@1.0.0"]
    );
    let made_by = old["producers"].to_string();
    assert!(
        made_by.contains("0.30.0") && made_by.contains("0.216.0"),
        "{made_by}"
    );
    let standard = fine(&["inspect", &format!("{}/standard-library.wasm", guests())]);
    let imports = names(&standard["imports"]);
    for needed in [
        "wasi:cli/stdout@0.2.",
        "wasi:clocks/wall-clock@0.2.",
        "wasi:random/",
    ] {
        assert!(
            imports.iter().any(|import| import.starts_with(needed)),
            "{needed}: {imports:?}"
        );
    }
}

#[test]
fn they_are_checked_composed_and_simulated_together() {
    let found = fine(&["check", &guests()]);
    let errors = found["diagnostics"].as_array().unwrap().iter();
    assert_eq!(
        errors.filter(|one| one["severity"] == "error").count(),
        0,
        "{found}"
    );
    let folder = tempfile::tempdir().unwrap();
    let recording = text_of(&folder.path().join("recording"));
    let call = ["simulate", &guests(), "--for", "1s", "--record", &recording];
    let ran = fine(&call);
    assert_eq!(ran["incidents"], Value::Array(Vec::new()));
    assert_eq!(
        fine(&call)["trace_hash"],
        ran["trace_hash"],
        "clocks and random numbers too"
    );
    let mut other_seed = call.to_vec();
    other_seed.extend(["--seed", "1"]);
    assert_ne!(fine(&other_seed)["trace_hash"], ran["trace_hash"]);
    let printed = printed(&std::fs::read_to_string(&recording).unwrap());
    let counted: Vec<&str> = printed
        .lines()
        .filter(|line| line.starts_with("count "))
        .map(|line| line.split(" in ").next().unwrap())
        .collect();
    assert_eq!(counted, ["count 1", "count 6"], "{printed}");
    assert!(printed.contains("step 10 at 900"), "{printed}");
}

/// All that was printed, of a recording.
fn printed(recording: &str) -> String {
    let recording = back_to_back::Recording::from_text(recording).unwrap();
    let text = recording.entries.iter().filter_map(|entry| match entry {
        back_to_back::Entry::Note(back_to_back::Note::Printed { text, .. }) => {
            Some(String::from_utf8(text.clone()).unwrap())
        }
        _ => None,
    });
    text.collect()
}

#[test]
fn they_do_the_same_when_they_are_interpreted() {
    let ran = program(&["verify", &guests(), "--target", "pulley64", "--for", "1s"]);
    assert_eq!(
        (ran.status, &ran.json["ecus"][0]["verdict"]),
        (0, &"same".into()),
        "{}",
        ran.json
    );
}
