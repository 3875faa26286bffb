//! Guests that mean no good, through a project: the run ends, each incident names its instance,
//! and the others go on.

use crate::support::{fine, program, text_of};
use serde_json::Value;
use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const WIT: &str = "package test:parts@1.0.0;
    interface worker { step: func(); }
    world parts { export worker; }";

/// A component whose `step` does this; `$n` counts.
fn worker(step: &str) -> Vec<u8> {
    let module = format!(
        "(module
            (memory (export \"memory\") 1)
            (global $n (mut i32) (i32.const 0))
            (func $step (export \"test:parts/worker@1.0.0#step\") {step}))"
    );
    let mut resolve = Resolve::default();
    let package = resolve.push_str("worker.wit", WIT).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

const COUNT: &str = "(global.set $n (i32.add (global.get $n) (i32.const 1)))";
const LOOP: &str = "(loop $again (br $again))";
const GROW: &str = "(loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable";
const TRAP: &str = "unreachable";
const DEEP: &str = "(call $step)";

/// ECU `box` with partitions `bad` and `good`: in `bad` an instance with this `step` every 10 ms,
/// in `good` one that counts.
fn project(step: &str, on_trap: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from(
        "format = 1\nname = \"test\"\n[ecus.box]\nfuel_ps = 1000\nactivation_ns = 500\n[buses]\n",
    );
    for (name, step) in [("bad", step), ("good", COUNT)] {
        std::fs::write(folder.path().join(format!("{name}.wasm")), worker(step)).unwrap();
        text.push_str(&format!(
            "[components.{name}]\nfile = \"{name}.wasm\"\n\
             [ecus.box.partitions.{name}]\nmemory_bytes = 1048576\nfuel = 1000000\non_trap = \"{on_trap}\"\n\
             [instances.{name}]\ncomponent = \"{name}\"\npartition = \"box/{name}\"\n\
             [[instances.{name}.activations]]\nrunnable = \"test:parts/worker@1.0.0#step\"\n\
             event = \"timing\"\nperiod_ns = 10000000\npriority = 1\n"
        ));
    }
    std::fs::write(folder.path().join("test.wireloom"), text).unwrap();
    folder
}

fn simulate(step: &str, on_trap: &str) -> Value {
    let project = project(step, on_trap);
    fine(&["simulate", &text_of(project.path()), "--for", "1s"])
}

/// Every incident is of `bad`; gives the first one's message and the last one's reaction.
fn incidents(summary: &Value) -> (usize, String, String) {
    let incidents = summary["incidents"].as_array().unwrap();
    for incident in incidents {
        assert_eq!(
            (&incident["partition"], &incident["instance"]),
            (&"bad".into(), &"bad".into())
        );
        assert_eq!(incident["task"], "bad-step");
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (first, last) = (incidents.first().unwrap(), incidents.last().unwrap());
    (
        incidents.len(),
        text(&first["message"]),
        text(&last["reaction"]),
    )
}

fn activations(summary: &Value, task: &str) -> u64 {
    let tasks = summary["tasks"].as_array().unwrap();
    let task = tasks.iter().find(|entry| entry["task"] == task).unwrap();
    task["activations"].as_u64().unwrap()
}

#[test]
fn who_means_no_harm_gives_no_incident() {
    let summary = simulate(COUNT, "stop");
    assert_eq!(summary["incidents"], Value::Array(Vec::new()));
    assert!((100..=101).contains(&activations(&summary, "good-step")));
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let (count, message, reaction) = {
        let summary = simulate(LOOP, "stop");
        assert!((100..=101).contains(&activations(&summary, "good-step")));
        incidents(&summary)
    };
    assert!(
        message.contains("`bad`") && message.contains("fuel"),
        "{message}"
    );
    assert_eq!((count, reaction.as_str()), (1, "stopped"));
}

#[test]
fn memory_without_bound_meets_the_limit() {
    let summary = simulate(GROW, "stop");
    let (count, message, reaction) = incidents(&summary);
    assert!(
        message.contains("`bad`") && message.contains("1048576 bytes of memory"),
        "{message}"
    );
    assert_eq!((count, reaction.as_str()), (1, "stopped"));
    assert!((100..=101).contains(&activations(&summary, "good-step")));
}

#[test]
fn who_traps_is_restarted_until_it_is_given_up() {
    let summary = simulate(TRAP, "restart");
    let (count, message, reaction) = incidents(&summary);
    assert!(
        message.contains("`bad`") && message.contains("unreachable"),
        "{message}"
    );
    assert!((2..100).contains(&count), "{count} incidents");
    assert_eq!(reaction, "given-up");
    assert!((100..=101).contains(&activations(&summary, "good-step")));
}

#[test]
fn a_stack_without_bound_meets_the_limit() {
    let summary = simulate(DEEP, "stop");
    let (count, message, reaction) = incidents(&summary);
    assert!(
        message.contains("`bad`") && message.contains("call stack"),
        "{message}"
    );
    assert_eq!((count, reaction.as_str()), (1, "stopped"));
    assert!((100..=101).contains(&activations(&summary, "good-step")));
}

#[test]
fn a_run_that_has_to_stop_says_so_by_its_status() {
    let project = project(TRAP, "stop-run");
    let ran = program(&["simulate", &text_of(project.path()), "--for", "1s"]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.json["incidents"][0]["instance"], "bad");
    assert_eq!(ran.json["incidents"][0]["reaction"], "run-ended");
    assert!(ran.json["time_ns"].as_u64().unwrap() < 1_000_000_000);
}

#[test]
fn a_hostile_run_is_the_same_each_time() {
    let [one, two] = [(), ()].map(|()| simulate(LOOP, "restart"));
    assert_eq!(one, two);
}

#[test]
fn in_real_time_the_others_go_on_as_well() {
    let project = project(TRAP, "restart");
    let report = fine(&["run", &text_of(project.path()), "--for", "500ms"]);
    let ecu = &report["ecus"][0];
    assert!(ecu["traps"].as_u64().unwrap() > 0, "{report}");
    assert!(ecu["activations"].as_u64().unwrap() > 20, "{report}");
}
