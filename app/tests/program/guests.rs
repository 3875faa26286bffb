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

const WITH_A_WRAPPED_MODULE: &str = r#"format = 1
name = "wrapped"

[components.preview1]
file = "preview1.wasm"

[ecus.desk]
fuel_ps = 1000
activation_ns = 1000

[ecus.desk.partitions.main]
memory_bytes = 8388608
fuel = 10000000
on_trap = "stop"

[instances.old]
component = "preview1"
partition = "desk/main"

[[instances.old.activations]]
runnable = "test:aged/work@1.0.0#step"
event = "timing"
period_ns = 500000000
priority = 1
"#;

/// A module with imports of WASI preview 1, as a toolchain leaves it, is wrapped and simulated: time
/// is virtual, random numbers are the seed's, there are no files.
#[test]
fn a_module_of_preview_1_is_wrapped_and_simulated() {
    let core = format!("{}/preview1.wasm", guests());
    let refused = program(&["inspect", &core]);
    assert_eq!(refused.status, 2);
    let words = refused.json.to_string();
    assert!(
        words.contains("core module") && words.contains("wireloom pack"),
        "{words}"
    );
    let folder = tempfile::tempdir().unwrap();
    let component = text_of(&folder.path().join("preview1.wasm"));
    fine(&["pack", &core, "-o", &component]);
    let types = fine(&["inspect", &component]);
    assert_eq!(
        names(&types["exports"]),
        ["test:aged/counter@1.0.0", "test:aged/work@1.0.0"]
    );
    assert!(
        names(&types["imports"])
            .iter()
            .all(|import| import.starts_with("wasi:")),
        "{types}"
    );
    let project = folder.path().join("wrapped.wireloom");
    std::fs::write(&project, WITH_A_WRAPPED_MODULE).unwrap();
    let recording = text_of(&folder.path().join("recording"));
    let call = [
        "simulate",
        &text_of(&project),
        "--for",
        "1100ms",
        "--record",
        &recording,
    ];
    let ran = fine(&call);
    assert_eq!(ran["incidents"], Value::Array(Vec::new()));
    let printed = printed(&std::fs::read_to_string(&recording).unwrap());
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 4, "{printed}");
    assert!(lines[0].starts_with("step 0 in second 0, "), "{printed}");
    assert_eq!(lines[1], "0 arguments, file Err(NotFound)");
    assert!(lines[3].starts_with("step 2 in second 1, "));
    assert_eq!(fine(&call)["trace_hash"], ran["trace_hash"]);
}
