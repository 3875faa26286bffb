//! `wireloom latency`: from a value to another one that comes of it, end to end.

use crate::support::{SECOND, program, sample, simulated};
use serde_json::Value;
use simulator::{Options, trace::Kind};
use std::path::Path;

const DEMAND: &str = "controller.fan-demand";
const DUTY: &str = "can0:FanStatus.Duty";

fn measured(project: &str, from: &str, more: &[&str]) -> Value {
    let mut call = vec!["latency", project, from, DUTY, "--for", "3s"];
    call.extend(more);
    program(&call).json
}

fn ns(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

#[test]
fn a_demand_is_on_the_bus_with_the_next_frame() {
    let project = sample("thermal");
    let found = measured(&project, DEMAND, &["--within", "1ns"]);
    let all = found["misses"].as_array().unwrap();
    assert_eq!(found["latency"]["count"], all.len(), "none is that fast");
    assert_eq!(found["possible"], 0);
    assert!(
        all.len() >= 29,
        "the controller demands every 100 ms: {found}"
    );

    // Held against the trace, without its causes.
    let watched = simulated(Path::new(&project), Options::default(), 3 * SECOND);
    let times = |kind, subject: &str| -> Vec<u64> {
        let rows = watched.simulation.trace().rows_from(0);
        let own = rows.filter(|row| row.kind == kind && row.subject.contains(subject));
        own.map(|row| row.time_ns).collect()
    };
    let demands = times(Kind::Published, "controller.wireloom:thermal/fan-demand");
    let frames = times(Kind::Frame, "can0");
    let mut took: Vec<u64> = all
        .iter()
        .map(|passage| {
            let (start_ns, end_ns) = (ns(&passage["start_ns"]), ns(&passage["end_ns"]));
            assert!(demands.contains(&start_ns));
            let next = frames.iter().find(|at_ns| **at_ns > start_ns);
            assert_eq!(next, Some(&end_ns));
            end_ns - start_ns
        })
        .collect();
    took.sort_unstable();
    let spread = &found["latency"];
    assert_eq!(ns(&spread["min_ns"]), took[0]);
    assert_eq!(ns(&spread["median_ns"]), took[(took.len() - 1) / 2]);
    assert_eq!(ns(&spread["max_ns"]), took[took.len() - 1]);
    assert!(ns(&found["age"]["max_ns"]) >= ns(&spread["max_ns"]));
}

#[test]
fn a_deadline_is_met_or_missed() {
    let project = sample("thermal");
    let status = |within| {
        let call = [
            "latency", &project, DEMAND, DUTY, "--for", "1s", "--within", within,
        ];
        program(&call).status
    };
    assert_eq!(status("100ms"), 0);
    assert_eq!(status("10us"), 1, "a frame alone takes longer");
    let never = [
        "latency", &project, DUTY, DEMAND, "--for", "1s", "--within", "1s",
    ];
    let never = program(&never);
    assert_eq!(never.json["latency"], Value::Null, "time does not go back");
    assert_eq!(never.status, 1, "what was never put to the test is not met");
    let unknown = program(&["latency", &project, "fan.speed", DUTY]);
    assert_eq!(unknown.status, 2);
    let error = unknown.json["error"].as_str().unwrap();
    assert!(error.contains("no value `fan.speed` is traced"), "{error}");
}

#[test]
fn a_chain_begins_at_the_sensor_that_is_read() {
    let project = sample("thermal");
    let found = measured(&project, "cabin", &["--within", "1ns"]);
    let all = found["misses"].as_array().unwrap();
    assert!(all.len() >= 28, "{found}");
    // What the driver keeps between its activations is no fact of a trace.
    assert_eq!(found["possible"], all.len());
    let watched = simulated(Path::new(&project), Options::default(), 3 * SECOND);
    let rows = watched.simulation.trace().rows_from(0);
    let reads = rows.filter(|row| row.kind == Kind::I2c && row.detail.contains(" r"));
    let reads: Vec<u64> = reads.map(|row| row.time_ns).collect();
    for passage in all {
        assert!(reads.contains(&ns(&passage["start_ns"])), "{passage}");
    }
    let demand = measured(&project, DEMAND, &[]);
    let [whole, part] = [&found, &demand].map(|one| ns(&one["latency"]["median_ns"]));
    assert!(whole > part, "the way from the sensor is the longer one");
}
