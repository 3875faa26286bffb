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
    let step = "test:parts/counter@1.0.0#step timing";
    let composed = Project::new()
        .component("counter", &counter())
        .instance("counter", "counter", "climate/main", &[step])
        .buffered("counter.test:parts/speed@1.0.0#get", "can0:Event.Code")
        .compose()
        .unwrap();
    let frames = printed(&closed(&composed.partitions[0], 25_000_000).unwrap());
    assert_eq!(frames, ["121#01", "121#02", "121#03"]);
}

/// `id#data` of every frame that a command prints under PyPI's engine.
fn printed(command: &[u8]) -> Vec<String> {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has wasmtime");
    };
    wasmparser::Validator::new().validate_all(command).unwrap();
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
    let frame = |line: &str| line.split_whitespace().nth(2).unwrap().to_owned();
    printed.lines().map(frame).collect()
}

#[test]
fn a_driver_finds_a_bus_without_devices() {
    let composed = samples::composed("thermal");
    let frames = printed(&closed(&composed.partitions[0], 1_000_000_000).unwrap());
    // The sensor is never acknowledged: the fan status says so, ten times a second.
    assert_eq!(frames.len(), 11, "{frames:?}");
    let first = frames.first().unwrap();
    assert!(
        frames.iter().all(|frame| frame.starts_with("120#")),
        "{first}"
    );
}
