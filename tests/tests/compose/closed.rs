//! A partition as a command of its own, under the WASI of a stock engine.

use crate::{guests::counter, project::Project, samples};
use graph_core::compose::closed;
use std::process::Command;

const SCRIPT: &str = "
import sys
from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker
engine = Engine()
component = Component.from_file(engine, sys.argv[1])
linker = Linker(engine)
linker.add_wasip2()
store = Store(engine)
wasi = WasiConfig()
wasi.inherit_stdout()
store.set_wasi(wasi)
instance = linker.instantiate(store, component)
run = instance.get_func(store, instance.get_export_index(store, 'run', instance.get_export_index(store, 'wasi:cli/run@0.2.0')))
run(store)
";

#[test]
fn it_prints_its_frames() {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has wasmtime");
    };
    let step = "test:parts/counter@1.0.0#step timing";
    let composed = Project::new()
        .component("counter", &counter())
        .instance("counter", "counter", "climate/main", &[step])
        .buffered("counter.test:parts/speed@1.0.0#get", "can0:Event.Code")
        .compose()
        .unwrap();
    let command = closed(&composed.partitions[0], 25_000_000).unwrap();
    wasmparser::Validator::new().validate_all(&command).unwrap();
    let file = tempfile::NamedTempFile::with_suffix(".wasm").unwrap();
    std::fs::write(file.path(), command).unwrap();
    let output = Command::new(python)
        .args(["-c", SCRIPT])
        .arg(file.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let frames: Vec<&str> = printed
        .lines()
        .map(|line| line.split_whitespace().nth(2).unwrap())
        .collect();
    assert_eq!(frames, ["121#01", "121#02", "121#03"]);
}

#[test]
fn a_partition_with_a_bus_needs_a_host() {
    let composed = samples::composed("thermal");
    let refused = closed(&composed.partitions[0], 1).unwrap_err().to_string();
    let start =
        "partition `main` of ECU `climate` needs `wasi:i2c/i2c@0.2.0-draft`, which no plain";
    assert!(refused.starts_with(start), "{refused}");
}
