//! A partition in an engine that is neither ours nor of our version, in its default configuration:
//! the same frames as in the simulation.

use crate::samples;
use graph_core::compose::Composed;
use simulator::{Options, Simulation, SystemFiles};
use std::process::Command;

const UNTIL_NS: u64 = 2_000_000_000;

/// `id#data` of every frame in a simulation.
pub(crate) fn simulated(composed: &Composed, until_ns: u64) -> Vec<String> {
    let files = SystemFiles {
        system: composed.system.clone(),
        partitions: composed
            .partitions
            .iter()
            .map(|one| (one.file_name.clone(), one.bytes.clone()))
            .collect(),
    };
    let mut simulation = Simulation::new(&files, Options::default()).unwrap();
    simulation.run_until(until_ns, &mut |_: &Simulation| true);
    let log = simulation.candump();
    log.lines()
        .map(|line| line.split_whitespace().nth(2).unwrap().to_owned())
        .collect()
}

/// `id#data` of every frame in a stock engine, where the air has that temperature.
pub(crate) fn frames(composed: &Composed, until_ns: u64, celsius: &str) -> Vec<String> {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has wasmtime");
    };
    let file = tempfile::NamedTempFile::with_suffix(".wasm").unwrap();
    std::fs::write(file.path(), &composed.partitions[0].bytes).unwrap();
    let output = Command::new(python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/referees/stock_engine.py"
        ))
        .arg(file.path())
        .args([&until_ns.to_string(), celsius])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let frames: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    frames
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| {
            let id = frame["id"].as_u64().unwrap();
            format!("{id:03X}#{}", frame["data"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn a_stock_engine_sends_the_frames_of_the_simulation() {
    let composed = samples::composed("thermal");
    let theirs = frames(&composed, UNTIL_NS, "27.5");
    assert_eq!(theirs.len(), 20);
    assert_eq!(theirs, simulated(&composed, UNTIL_NS));
}
