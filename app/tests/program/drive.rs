//! A car with a mode manager: the project of `tests/projects/drive`, whose components are made here
//! from WAT, since they are smaller so than in any language.

use crate::support::{self, MS, Ran, fine, program, text_of, workspace};
use autosar_wit::metadata;
use graph_core::compose;
use serde_json::{Value, json};
use simulator::Options;
use tempfile::TempDir;
use wireloom::{
    calibration::{self, GivenParameter},
    files,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Each tenth step the manager begins a transition to the next mode, which it ends a step later.
const MANAGER: &str = r#"(module
    (memory (export "memory") 1)
    (global $steps (mut i32) (i32.const 0))
    (func (export "acme:drive/manage@1.0.0#step")
        (global.set $steps (i32.add (global.get $steps) (i32.const 1)))
        (i32.store8 (i32.const 0) (i32.load8_u (i32.const 1)))
        (i32.store8 (i32.const 2) (i32.const 0))
        (if (i32.eqz (i32.rem_u (global.get $steps) (i32.const 10)))
            (then
                (i32.store8 (i32.const 2) (i32.const 1))
                (i32.store8 (i32.const 1)
                    (i32.rem_u (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)) (i32.const 3))))))
    (func (export "acme:drive/power@1.0.0#current") (result i32) (i32.const 0))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))"#;

/// `step` counts, and the other runnables count as well: each tells how often it ran.
const LAMP: &str = r#"(module
    (import "acme:drive/power@1.0.0" "current" (func (param i32)))
    (import "acme:drive/tuning@1.0.0" "brightness" (func $brightness (result i32)))
    (import "acme:drive/tuning@1.0.0" "colour" (func (result i32)))
    (import "acme:drive/tuning@1.0.0" "serial" (func (result i32)))
    (memory (export "memory") 1)
    (func $count (param $at i32) (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1))))
    (func (export "acme:drive/light@1.0.0#step") (call $count (i32.const 0)))
    (func (export "acme:drive/light@1.0.0#wake") (call $count (i32.const 4)))
    (func (export "acme:drive/light@1.0.0#leave") (call $count (i32.const 8)))
    (func (export "acme:drive/counts@1.0.0#output") (result i32) (call $brightness))
    (func (export "acme:drive/counts@1.0.0#steps") (result i32) (i32.load (i32.const 0)))
    (func (export "acme:drive/counts@1.0.0#wakes") (result i32) (i32.load (i32.const 4)))
    (func (export "acme:drive/counts@1.0.0#leaves") (result i32) (i32.load (i32.const 8)))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))"#;

/// Reads what the lamp tells, so that it is traced.
const WATCH: &str = r#"(module
    (import "acme:drive/counts@1.0.0" "output" (func (result i32)))
    (import "acme:drive/counts@1.0.0" "steps" (func (result i32)))
    (import "acme:drive/counts@1.0.0" "wakes" (func (result i32)))
    (import "acme:drive/counts@1.0.0" "leaves" (func (result i32)))
    (memory (export "memory") 1)
    (func (export "acme:drive/watching@1.0.0#look"))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))"#;

const LAMP_METADATA: &[u8] = include_bytes!("../../../tests/projects/drive/wit/metadata/lamp.json");

fn component(world_name: &str, module: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let wit = include_str!("../../../tests/projects/drive/wit/drive.wit");
    let package = resolve.push_str("drive.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world_name)).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let encoder = ComponentEncoder::default().validate(true);
    let bytes = encoder.module(&module).unwrap().encode().unwrap();
    match world_name {
        "lamp" => metadata::append(&bytes, &metadata::read(LAMP_METADATA).unwrap()),
        _ => bytes,
    }
}

/// The project with its components; its text changed.
fn project(change: impl FnOnce(String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let components = [("manager", MANAGER), ("lamp", LAMP), ("watch", WATCH)];
    std::fs::create_dir(folder.path().join("components")).unwrap();
    for (name, module) in components {
        let file = folder
            .path()
            .join("components")
            .join(format!("{name}.wasm"));
        std::fs::write(file, component(name, module)).unwrap();
    }
    let text = workspace().join("tests/projects/drive/drive.wireloom");
    let text = std::fs::read_to_string(text).unwrap();
    std::fs::write(folder.path().join("drive.wireloom"), change(text)).unwrap();
    folder
}

fn simulated(change: impl FnOnce(String) -> String) -> Value {
    let project = project(change);
    fine(&["simulate", &text_of(project.path()), "--for", "1s"])
}

/// How often a runnable of the lamp has run after a second, by what it tells.
fn told(project: &TempDir, getter: &str) -> f64 {
    let watched = support::simulated(project.path(), Options::default(), 1_000 * MS);
    let series = watched.series(&format!("lamp.acme:drive/counts@1.0.0#{getter}"));
    series.last().unwrap()[1]
}

#[test]
fn a_run_tells_when_each_mode_began() {
    let summary = simulated(|text| text);
    let changes = summary["modes"].as_array().unwrap();
    let first: Vec<&Value> = changes.iter().take(4).collect();
    let element = "manager.acme:drive/power@1.0.0#current";
    let change = |at_ns: u64, mode: &str, previous: Value| {
        json!({"element": element, "at_ns": at_ns, "mode": mode, "previous": previous,
               "in_transition": previous != Value::Null && previous != mode})
    };
    let at = |index: usize| first[index]["at_ns"].as_u64().unwrap();
    assert_eq!(*first[0], change(at(0), "off", Value::Null));
    assert_eq!(*first[1], change(at(1), "drive", json!("off")));
    assert_eq!(first[2]["mode"], "drive");
    assert_eq!(first[2]["in_transition"], false);
    assert_eq!(
        (at(1) / MS, at(2) / MS),
        (90, 100),
        "the tenth step, and the next"
    );
    assert_eq!(first[3]["mode"], "park");
}

#[test]
fn a_disabled_runnable_does_not_run_and_the_run_is_the_same_each_time() {
    let (first, again) = (simulated(|text| text), simulated(|text| text));
    assert_eq!(first["trace_hash"], again["trace_hash"]);
    let project = project(|text| text);
    // `drive` lasts from 100 to 190 ms, 400 to 490 ms, 700 to 790 ms, and 1000 ms is not reached.
    assert_eq!(told(&project, "steps"), 27.0);
    assert_eq!(told(&project, "wakes"), 3.0);
    assert_eq!(told(&project, "leaves"), 3.0);
}

#[test]
fn without_a_dependency_it_runs_always() {
    let project = project(|text| {
        let line = "\n[instances.lamp.activations.disabled_in]\n\"acme:drive/power@1.0.0\" = [\"off\", \"park\"]\n";
        assert!(text.contains(line), "{text}");
        text.replace(line, "")
    });
    assert_eq!(told(&project, "steps"), 100.0);
}

#[test]
fn users_in_another_partition_and_on_another_ecu_know_the_mode_too() {
    for partition in ["car/second", "other/main"] {
        let project = project(|text| {
            let from = "component = \"lamp\"\npartition = \"car/main\"";
            assert!(text.contains(from), "{text}");
            text.replace(
                from,
                &format!("component = \"lamp\"\npartition = \"{partition}\""),
            )
        });
        let wakes = told(&project, "wakes");
        assert_eq!(wakes, 3.0, "{partition}");
    }
}

#[test]
fn a_mode_that_does_not_exist_is_told_with_those_that_do() {
    let project = project(|text| text.replace("[\"off\", \"park\"]", "[\"off\", \"reverse\"]"));
    let Ran { status, json, .. } = program(&["check", &text_of(project.path())]);
    assert_eq!(status, 1);
    let findings = json["diagnostics"].as_array().unwrap();
    let mut found = findings
        .iter()
        .filter(|one| one["code"] == "mode-dependency");
    let (Some(found), None) = (found.next(), found.next()) else {
        panic!("{findings:?}");
    };
    assert_eq!(
        (&found["message"], &found["help"]),
        (
            &json!(
                "`acme:drive/light@1.0.0#step` of `lamp` is disabled in mode `reverse`, which `acme:drive/power@1.0.0` does not have"
            ),
            &json!("it has `off`, `drive`, `park`"),
        )
    );
}

const BRIGHTNESS: &str = "lamp.tuning.brightness";

fn set(project: &TempDir, change: &str) -> Ran {
    program(&[
        "simulate",
        &text_of(project.path()),
        "--for",
        "1s",
        "--set",
        change,
    ])
}

#[test]
fn a_parameter_has_the_projects_value_and_gets_another_at_an_instant() {
    let project = project(|text| text);
    assert_eq!(told(&project, "output"), 50.0, "raw");
    let opened = files::open_project(project.path()).unwrap();
    let (document, library) = (&opened.document, &opened.library);
    let composed = compose::compose(document, library).unwrap();
    let given = GivenParameter {
        name: BRIGHTNESS.into(),
        text: "40".into(),
        at_ns: 500 * MS,
    };
    let change = calibration::change(document, library, &composed, &given).unwrap();
    assert_eq!(change.value, [80], "40 % are 80");
    let options = Options {
        parameters: vec![change.clone()],
        ..Options::default()
    };
    let watched = support::simulated(project.path(), options, 1_000 * MS);
    let series = watched.series("lamp.acme:drive/counts@1.0.0#output");
    let before = series.iter().filter(|point| point[0] < 0.5);
    assert!(before.count() > 5);
    for [seconds, value] in series {
        assert_eq!(
            value,
            if seconds < 0.5 { 50.0 } else { 80.0 },
            "at {seconds}"
        );
    }
    let hash = watched.simulation.trace().hash();
    // By hand at the same instant it is the same run, also when it is gone back to.
    let mut live = support::simulated(project.path(), Options::default(), 500 * MS).simulation;
    live.set_parameter(&change).unwrap();
    live.run_until(1_000 * MS, &mut |_| true);
    live.go_to(600 * MS, &mut |_| true).unwrap();
    live.run_until(1_000 * MS, &mut |_| true);
    let again = set(&project, "lamp.tuning.brightness=40@500ms");
    assert_eq!(again.json["trace_hash"], hash);
    let plain = fine(&["simulate", &text_of(project.path()), "--for", "1s"]);
    assert_ne!(plain["trace_hash"], hash);
    let told = live
        .trace()
        .rows_from(0)
        .filter(|row| row.subject.ends_with("#brightness"));
    let told: Vec<(u64, String)> = told
        .map(|row| (row.time_ns, row.detail.to_owned()))
        .collect();
    assert_eq!(
        told,
        [(500 * MS, "50".to_owned())],
        "80 in hexadecimal digits"
    );
}

#[test]
fn what_is_no_value_of_a_parameter_is_refused() {
    let project = project(|text| text);
    let refused = |change: &str| {
        let Ran { status, json, .. } = set(&project, change);
        assert_eq!(status, 2, "{json}");
        json["error"].as_str().unwrap().to_owned()
    };
    let messages = [
        (
            "lamp.tuning.brightness=140",
            "`140` does not do for parameter `lamp.tuning.brightness`: 140 is out of range; give 0 to 100 %",
        ),
        (
            "lamp.tuning.colour=green",
            "`green` does not do for parameter `lamp.tuning.colour`",
        ),
        (
            "lamp.tuning.serial=1",
            "`lamp.tuning.serial` may only be read; change its value in the project",
        ),
        (
            "lamp.tuning.gain=1",
            "there is no parameter `lamp.tuning.gain`; there are `lamp.tuning.brightness`, `lamp.tuning.colour`, `lamp.tuning.serial`",
        ),
    ];
    for (change, message) in messages {
        let errors = refused(change);
        assert!(errors.contains(message), "{errors}");
    }
}

#[test]
fn a_value_out_of_range_in_the_project_is_a_finding() {
    let project = project(|text| text.replace("brightness\" = \"50\"", "brightness\" = \"201\""));
    let Ran { status, json, .. } = program(&["check", &text_of(project.path())]);
    assert_eq!(status, 1);
    let mut findings = json["diagnostics"].as_array().unwrap().iter();
    let found = findings.find(|one| one["code"] == "parameter").unwrap();
    let message = "the value `201` of parameter `acme:drive/tuning@1.0.0#brightness` of `lamp` does not do: 100.5 is out of range; give 0 to 100 %";
    assert_eq!(found["message"], message);
}

/// Traps at 77 % brightness.
const SHY: &str = r#"(call $count (i32.const 0))
        (if (i32.eq (call $brightness) (i32.const 154)) (then unreachable)))"#;

#[test]
fn a_parameter_begins_with_its_value_where_ecus_are_processes() {
    let project = project(|text| text.replace("\"amber\"", "\"white\""));
    let shy = LAMP.replace("(call $count (i32.const 0)))", SHY);
    assert_ne!(shy, LAMP);
    let lamp = project.path().join("components/lamp.wasm");
    std::fs::write(lamp, component("lamp", &shy)).unwrap();
    let path = text_of(project.path());
    let run = |set: &[&str]| program(&[&["run", &path, "--for", "400ms"], set].concat());
    let traps = |ran: &Ran| {
        assert_eq!(ran.status, 0, "{}", ran.json);
        let ecus = ran.json["ecus"].as_array().unwrap();
        let traps = ecus.iter().map(|ecu| ecu["traps"].as_u64().unwrap());
        traps.sum::<u64>()
    };
    assert_eq!(traps(&run(&[])), 0);
    assert_eq!(traps(&run(&["--set", "lamp.tuning.brightness=76.5"])), 0);
    assert!(traps(&run(&["--set", "lamp.tuning.brightness=77"])) > 0);
    for (set, told) in [
        (
            "lamp.tuning.brightness=77@1s",
            "`lamp.tuning.brightness` gets its value when the run begins, and keeps it; leave out the time behind `@`, or use `simulate`",
        ),
        (
            "lamp.tuning.serial=1",
            "`lamp.tuning.serial` may only be read; change its value in the project",
        ),
        (
            "lamp.tuning.brightness=101",
            "`101` does not do for parameter `lamp.tuning.brightness`: 101 is out of range; give 0 to 100 %",
        ),
    ] {
        let refused = run(&["--set", set]);
        assert_eq!(
            (refused.status, refused.json["error"].as_str()),
            (2, Some(told))
        );
    }
    let bundles = ["--bundles", &path, "--set", "lamp.tuning.brightness=77"];
    let refused = run(&bundles);
    assert_eq!(refused.status, 2);
    let told = refused.json["error"].as_str().unwrap();
    assert!(
        told.starts_with("bundles have the values that their parameters had"),
        "{told}"
    );
}
