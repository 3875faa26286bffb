//! The sample `radar`: a service of the adaptive platform and its client in one partition that runs
//! with concurrency; events, a method and a field in virtual time, and targets that refuse it.

use crate::support::{
    MS, SECOND, Watched, changed_sample, fine, plain, program, sample, simulated, text_of,
};
use serde_json::Value;
use simulator::{Options, trace::Kind};
use std::path::Path;

fn run(until_ns: u64) -> Watched {
    let watched = simulated(Path::new(&sample("radar")), Options::default(), until_ns);
    assert_eq!(watched.simulation.incidents(), []);
    watched
}

/// What the frames of the fusion say: period of 50 ms, centimetres, milliseconds to the collision,
/// scans taken.
fn hazards(watched: &Watched) -> Vec<(u64, u16, u16, u16)> {
    let rows = watched.simulation.trace().rows_from(0);
    let frames = rows.filter(|row| row.kind == Kind::Frame);
    let frames = frames.map(|row| {
        let frame = row.frame().unwrap();
        let data = frame.bytes();
        let number = |at: usize| u16::from_le_bytes([data[at], data[at + 1]]);
        (row.time_ns / (50 * MS), number(0), number(2), number(4))
    });
    frames.collect()
}

#[test]
fn scans_that_wait_are_taken_in_order_and_the_first_to_come_is_the_hazard() {
    let told = hazards(&run(2 * SECOND));
    // Nothing was taken before the first frame.
    assert_eq!(told[0], (0, 0, 0, 0));
    // The fusion runs at 10, 60, 110 ms, the radar every 20 ms: 1 scan, then 3 and 2 in turn. The
    // first object is 60 m away at cycle 0, comes with 12 m/s, and the calibrated offset is -0.5 m:
    // 59.5 m and 59.5 / 12 s; at cycle 3, the last of four, 0.72 m less.
    assert_eq!(told[1], (1, 5_950, 4_958, 1));
    assert_eq!(told[2], (2, 5_878, 4_898, 4));
    assert_eq!(told[3], (3, 5_830, 4_858, 6));
    // The third object comes into the range of 100 m that the field was set to at cycle 50 (130 -
    // 0.5 - 0.6 × 50 = 99.5 m), and is here first: 99.5 m / 30 m/s.
    let far = told.iter().find(|(_, distance, ..)| *distance > 6_000);
    assert_eq!(far, Some(&(21, 9_950, 3_317, 51)));
}

#[test]
fn the_same_run_has_the_same_hash() {
    let told = || fine(&["simulate", &sample("radar"), "--for", "4s"]);
    let (first, second) = (told(), told());
    assert_eq!(first["trace_hash"], second["trace_hash"]);
    assert!(
        first["trace_hash"]
            .as_str()
            .is_some_and(|hash| hash.len() == 64)
    );
    assert_eq!(first["incidents"], Value::Array(Vec::new()));
}

#[test]
fn no_target_but_the_simulation_takes_it_and_each_says_which_function_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let out = text_of(&folder.path().join("out"));
    for target in ["linux-x86_64", "stm32f469-disco", "arduino-due"] {
        let told = program(&["export", &sample("radar"), "--target", target, "-o", &out]);
        assert_eq!(told.status, 1, "{}", told.json);
        let error = told.json["error"].as_str().unwrap();
        let reason = format!(
            "`radar` (component `radar`) needs concurrency for `subscribe-scans` of \
             `wireloom:radar/objects@0.1.0` (an async func) and 4 more functions, which `{target}` \
             of ECU `assistant` does not serve; simulate it, or offer plain functions for this target"
        );
        assert!(error.contains(&reason), "{error}");
    }
    let told = program(&["run", &sample("radar"), "--for", "1s"]);
    assert_eq!(told.status, 1, "{}", told.json);
    let error = told.json["error"].as_str().unwrap();
    assert!(error.contains("`subscribe-scans`"), "{error}");
}

#[test]
fn the_check_says_so_where_the_project_names_a_board() {
    let folder = changed_sample("radar", |text| {
        let line = "[ecus.assistant]\n";
        text.replace(line, &format!("{line}target = \"linux-x86_64\"\n"))
    });
    let told = fine(&["check", &text_of(folder.path())]);
    let found = told["diagnostics"].as_array().unwrap();
    let found: Vec<&str> = found
        .iter()
        .filter(|one| one["code"] == "concurrency")
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    assert_eq!(found.len(), 2, "{told}");
    assert!(
        found[1].starts_with("`radar` (component `radar`) needs concurrency"),
        "{found:?}"
    );
}

#[test]
fn a_service_is_told_as_ara_com_has_it() {
    let radar = text_of(&crate::support::workspace().join("assets/components/radar.wasm"));
    let told = fine(&["inspect", &radar]);
    let exports = told["exports"].as_array().unwrap();
    let objects = exports
        .iter()
        .find(|port| port["name"] == "wireloom:radar/objects@0.1.0");
    assert_eq!(objects.unwrap()["kind"], "service");
    let text = plain(&["inspect", &radar]).output;
    for line in [
        "// wireloom:radar/objects@0.1.0: event `scans` of `scan`",
        "// wireloom:radar/objects@0.1.0: field `range`: get, set, notify",
        "// wireloom:radar/objects@0.1.0: method `calibrate`",
    ] {
        assert!(text.contains(line), "{text}");
    }
}
