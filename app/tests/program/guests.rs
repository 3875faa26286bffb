//! Guests of other toolchains (tests/guests): one as of 2024 with WASI 0.2.0, one of
//! wasm32-wasip2 with the whole standard library, one of WASI preview 1, and scripts with their
//! interpreters. Opened, checked, composed, simulated, verified.

use crate::support::{fine, program, text_of, workspace};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

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

/// A project in which the component calls the counter of `year-2024` twice a second.
fn with_a_script(component: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let aged = std::fs::read_to_string(workspace().join("tests/guests/aged.wireloom")).unwrap();
    let counter = text_of(&workspace().join("tests/guests/year-2024.wasm"));
    let text = aged
        .replace("standard-library.wasm", &text_of(component))
        .replace("year-2024.wasm", &counter)
        .replace("memory_bytes = 8388608", "memory_bytes = 268435456")
        .replace("fuel = 10000000", "fuel = 1000000000");
    std::fs::write(folder.path().join("aged.wireloom"), text).unwrap();
    folder
}

/// Runs it twice with an empty cache: compiled once, the same trace; what the script has printed.
fn twice(component: &Path) -> Vec<String> {
    let project = with_a_script(component);
    let recording = project.path().join("recording");
    let cache = project.path().join("cache");
    let [first, second] = [(), ()].map(|()| {
        let ran = Command::new(env!("CARGO_BIN_EXE_wireloom"))
            .args(["simulate", &text_of(project.path()), "--for", "1200ms"])
            .args(["--record", &text_of(&recording), "--json"])
            .env("XDG_CACHE_HOME", &cache)
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{words}");
        let json: Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(json["incidents"], Value::Array(Vec::new()));
        let kept = std::fs::read_dir(cache.join("wireloom/compiled")).unwrap();
        (json["trace_hash"].clone(), kept.count())
    });
    assert_eq!((first.1, &first), (1, &second));
    let printed = printed(&std::fs::read_to_string(&recording).unwrap());
    let lines = printed
        .lines()
        .filter(|line| line.contains("script") || line.contains("python"));
    lines.map(str::to_owned).collect()
}

/// Runs a program of the environments that `./check` makes.
fn make(command: &mut Command) {
    let made = command.output().unwrap();
    let words = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{command:?}: {words}");
}

fn of_python(name: &str) -> PathBuf {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it");
    };
    Path::new(&python).with_file_name(name)
}

#[test]
fn a_component_in_python_runs_and_is_compiled_once() {
    let folder = tempfile::tempdir().unwrap();
    let component = folder.path().join("python.wasm");
    make(
        Command::new(of_python("componentize-py"))
            .current_dir(workspace().join("tests/guests/python"))
            .args(["-d", "../wit", "-w", "script", "componentize", "app", "-o"])
            .arg(&component),
    );
    assert_eq!(
        twice(&component),
        [
            "python step 1, count 1, second 0",
            "python step 2, count 6, second 0",
            "python step 3, count 11, second 1"
        ]
    );
}

#[test]
fn a_component_in_javascript_runs_and_is_compiled_once() {
    let Some(node) = std::env::var_os("WIRELOOM_NODE") else {
        panic!("WIRELOOM_NODE is not set: `./check` sets it");
    };
    let folder = tempfile::tempdir().unwrap();
    let component = folder.path().join("javascript.wasm");
    make(
        Command::new(of_python("node"))
            .current_dir(workspace().join("tests/guests"))
            .arg(Path::new(&node).join("node_modules/.bin/componentize-qjs"))
            .args(["--wit", "wit", "--world", "script", "--sync"])
            .args(["--js", "javascript/app.js", "-o"])
            .arg(&component),
    );
    assert_eq!(
        twice(&component),
        [
            "javascript step 1, count 1",
            "javascript step 2, count 6",
            "javascript step 3, count 11"
        ]
    );
}
