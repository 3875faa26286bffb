//! `wireloom budget` and `wireloom targets`: documented fields, whole and parts that agree, what does
//! not fit by name, and the board that the project gives an ECU.

use crate::support::{changed_sample, fine, plain, program, sample, text_of, workspace};
use serde_json::Value;

const BOARD: &str = "qemu-mps2-an386";

fn budget_of(project: &str, more: &[&str]) -> Value {
    fine(&[&["budget", project][..], more].concat())
}

fn sum(list: &Value, field: &str) -> u64 {
    let entries = list.as_array().unwrap().iter();
    entries.map(|one| one[field].as_u64().unwrap()).sum()
}

#[test]
fn the_parts_of_a_budget_are_its_whole() {
    let budget = budget_of(&sample("thermal"), &["--target", BOARD, "--ecu", "climate"]);
    let ecus = budget["ecus"].as_array().unwrap();
    assert_eq!(ecus.len(), 1);
    let ecu = &ecus[0];
    assert_eq!(ecu["ecu"], "climate");
    assert_eq!(ecu["form"], "pulley");
    assert_eq!(ecu["refusals"].as_array().unwrap().len(), 0);

    let flash = &ecu["flash"];
    let firmware = flash["firmware_bytes"].as_u64().unwrap();
    let payload = flash["payload_bytes"].as_u64().unwrap();
    assert_eq!(flash["used_bytes"], firmware + payload);
    let ram = &ecu["ram"];
    let parts = ["fixed_bytes", "heap_bytes", "stack_bytes"];
    let parts = parts.map(|name| ram[name].as_u64().unwrap());
    assert_eq!(ram["used_bytes"], parts.iter().sum::<u64>());
    assert!(parts[1] <= ram["heap_limit_bytes"].as_u64().unwrap());

    let partition = &ecu["partitions"][0];
    let pieces = &partition["parts"];
    assert_eq!(sum(pieces, "memory_bytes"), partition["memory_bytes"]);
    let shares = sum(pieces, "code_bytes");
    let code = partition["code_bytes"].as_u64().unwrap();
    assert!(shares <= code && code - shares < 32, "{shares} of {code}");
    let names: Vec<&str> = (pieces.as_array().unwrap().iter())
        .filter(|part| part["generated"] == false)
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    for name in ["controller", "fan", "sensor"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert!(payload > code, "the payload holds the code");
    // Each has what its own component has: nothing is given to a neighbour.
    for (name, component) in [
        ("controller", "controller"),
        ("fan", "fan"),
        ("sensor", "temperature-sensor"),
    ] {
        let file = workspace().join(format!("assets/components/{component}.wasm"));
        let inspected = fine(&["inspect", &text_of(&file)]);
        let part = (pieces.as_array().unwrap().iter()).find(|part| part["name"] == name);
        let memory = &inspected["microcontroller"]["memory_bytes"];
        assert_eq!(&part.unwrap()["memory_bytes"], memory, "{name}");
    }
}

#[test]
fn tasks_run_at_their_deployed_periods_and_cost_instructions() {
    let budget = budget_of(&sample("thermal"), &["--target", BOARD, "--ecu", "climate"]);
    let ecu = &budget["ecus"][0];
    let tasks = ecu["partitions"][0]["tasks"].as_array().unwrap();
    let task = |name: &str| tasks.iter().find(|task| task["name"] == name).unwrap();
    let step = task("controller-step");
    let rate = step["activations_per_second"].as_f64().unwrap();
    assert!((rate - 10.0).abs() < 0.5, "{rate}");
    assert!(step["instructions"].as_u64().unwrap() > 1_000);
    assert!(step["ms"].is_null(), "nothing was measured on this board");
    assert!(task("sensor-sample")["i2c_bytes"].as_f64().unwrap() > 2.0);

    let cpu = &ecu["cpu"];
    assert_eq!(cpu["basis"], "one-instruction-a-cycle");
    let all: f64 = (tasks.iter())
        .map(|task| {
            let each = task["instructions"].as_f64().unwrap_or(0.0);
            each * task["activations_per_second"].as_f64().unwrap()
        })
        .sum();
    let said = cpu["instructions_per_second"].as_f64().unwrap();
    assert!((all - said).abs() / said < 0.01, "{all} {said}");
    let load = cpu["load"].as_f64().unwrap();
    let clock_hz = cpu["clock_hz"].as_f64().unwrap();
    assert!((load - said / clock_hz).abs() < 1e-9);
}

#[test]
fn what_a_board_does_not_serve_is_told_with_its_numbers() {
    let ran = program(&[
        "budget",
        &sample("thermal"),
        "--target",
        "qemu-netduinoplus2",
    ]);
    assert_eq!(ran.status, 1);
    let ecus = ran.json["ecus"].as_array().unwrap();
    let climate = ecus.iter().find(|ecu| ecu["ecu"] == "climate").unwrap();
    let import = &climate["imports"][0];
    assert_eq!(import["served"], false);
    assert_eq!(import["instances"][0], "sensor");
    let refusal = climate["refusals"][0].as_str().unwrap();
    assert!(refusal.contains("does not serve"), "{refusal}");
    let memory = &climate["partitions"][0]["memory_bytes"];
    assert!(memory.as_u64().unwrap() > 1_000);
    let cockpit = ecus.iter().find(|ecu| ecu["ecu"] == "cockpit").unwrap();
    assert_eq!(cockpit["refusals"].as_array().unwrap().len(), 0);
}

#[test]
fn the_project_says_which_board_an_ecu_is() {
    let without = program(&["budget", &sample("thermal")]);
    assert_eq!(without.status, 2);
    let error = without.json["error"].as_str().unwrap();
    assert!(error.contains("target = \"BOARD\""), "{error}");

    let with = |board: &str| {
        changed_sample("thermal", |text| {
            let target = format!("[ecus.climate]\ntarget = \"{board}\"\n");
            text.replace("[ecus.climate]\n", &target)
        })
    };
    let folder = with(BOARD);
    let project = text_of(folder.path());
    let budget = budget_of(&project, &[]);
    let ecus = budget["ecus"].as_array().unwrap();
    assert_eq!(ecus.len(), 1, "the other ECU has no board");
    assert_eq!(
        (&ecus[0]["ecu"], &ecus[0]["board"]),
        (&"climate".into(), &BOARD.into())
    );
    let text = plain(&["budget", &project]).output;
    assert!(
        text.starts_with("climate on qemu-mps2-an386 (pulley)\n"),
        "{text}"
    );
    assert!(text.contains("not measured on the board"), "{text}");

    let folder = with("stm32");
    let ran = program(&["budget", &text_of(folder.path())]);
    assert_eq!(ran.status, 2);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.starts_with("there is no board `stm32`; choose one of"),
        "{error}"
    );
}

#[test]
fn a_linux_ecu_has_its_partitions_and_no_instructions() {
    let budget = budget_of(&sample("antipinch"), &["--target", "linux-x86_64"]);
    let ecu = &budget["ecus"][0];
    assert_eq!(ecu["form"], "linux-bundle");
    assert!(ecu["flash"].is_null() && ecu["cpu"].is_null());
    assert_eq!(ecu["partitions"].as_array().unwrap().len(), 2);
}

#[test]
fn all_targets_are_listed_with_what_is_not_here() {
    let listed = fine(&["targets"]);
    let targets = listed["targets"].as_array().unwrap();
    let named = |name: &str| {
        let found = targets.iter().find(|target| target["target"] == name);
        found.unwrap_or_else(|| panic!("{name}: {targets:?}"))
    };
    for name in ["wasm", "oci-layout", "wac", "raspberry-pi-5", "arduino-due"] {
        assert!(!named(name)["writes"].as_str().unwrap().is_empty());
    }
    assert_eq!(named(BOARD)["lacks"].as_array().unwrap().len(), 0);
    assert_eq!(named("qemu-mps2-an385 --native")["form"], "native code");
    let lacks = named("imxrt700-evk")["lacks"][0].as_str().unwrap();
    assert!(lacks.contains("imxrt700-evk"), "{lacks}");
}
