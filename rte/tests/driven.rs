//! Console, partition and driver closed into one component that any engine with WASI runs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use rte::*;
use support::host::{engine, validate};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, types::Package};
use wasmtime::{
    Store,
    component::{Component, Linker, Resource, ResourceType, Val},
};

const ECU: [&str; 3] = [
    "wireloom:ecu/clock@0.1.0",
    "wireloom:ecu/elements@0.1.0",
    "wireloom:ecu/frames@0.1.0",
];

/// A partition as composition would give it: `send` transmits and publishes, `woken` transmits.
fn partition() -> Vec<u8> {
    wat::parse_str(
        r#"(component
            (import "wireloom:ecu/elements@0.1.0" (instance $elements
                (export "publish" (func (param "element" u32) (param "value" (list u8))))))
            (import "wireloom:ecu/frames@0.1.0" (instance $frames
                (export "transmit" (func (param "pdu" u32) (param "data" (list u8))))))
            (core module $memory (memory (export "memory") 1) (data (i32.const 0) "\01\ab"))
            (core instance $memory (instantiate $memory))
            (core func $publish (canon lower (func $elements "publish") (memory (core memory $memory "memory"))))
            (core func $transmit (canon lower (func $frames "transmit") (memory (core memory $memory "memory"))))
            (core module $tasks
                (import "" "publish" (func $publish (param i32 i32 i32)))
                (import "" "transmit" (func $transmit (param i32 i32 i32)))
                (func (export "init") (call $transmit (i32.const 1) (i32.const 0) (i32.const 0)))
                (func (export "send")
                    (call $transmit (i32.const 0) (i32.const 0) (i32.const 2))
                    (call $publish (i32.const 2) (i32.const 0) (i32.const 1)))
                (func (export "woken") (call $transmit (i32.const 1) (i32.const 1) (i32.const 1))))
            (core instance $tasks (instantiate $tasks (with "" (instance
                (export "publish" (func $publish)) (export "transmit" (func $transmit))))))
            (func (export "init") (canon lift (core func $tasks "init")))
            (func (export "send") (canon lift (core func $tasks "send")))
            (func (export "woken") (canon lift (core func $tasks "woken"))))"#,
    )
    .unwrap()
}

fn add(graph: &mut CompositionGraph, name: &str, bytes: Vec<u8>) -> NodeId {
    validate(&bytes);
    let package = Package::from_bytes(name, None, bytes, graph.types_mut()).unwrap();
    let package = graph.register_package(package).unwrap();
    graph.instantiate(package)
}

fn wire(graph: &mut CompositionGraph, from: NodeId, to: NodeId, name: &str) {
    let export = graph.alias_instance_export(from, name).unwrap();
    graph.set_instantiation_argument(to, name, export).unwrap();
}

fn closed(plan: &DriverPlan) -> Vec<u8> {
    let mut graph = CompositionGraph::new();
    let console = add(&mut graph, "glue:console", console(plan).unwrap());
    let partition = add(&mut graph, "glue:partition", partition());
    let driver = add(&mut graph, "glue:driver", driver(plan).unwrap());
    for interface in &ECU[1..] {
        wire(&mut graph, console, partition, interface);
    }
    wire(&mut graph, console, driver, CONSOLE_CONTROL);
    for task in &plan.tasks {
        wire(&mut graph, partition, driver, &task.name);
    }
    let run = graph
        .alias_instance_export(driver, "wasi:cli/run@0.2.0")
        .unwrap();
    graph.export(run, "wasi:cli/run@0.2.0").unwrap();
    graph.encode(EncodeOptions::default()).unwrap()
}

struct Stream;

#[test]
fn frames_are_printed_as_candump_lines() {
    let task = |name: &str, event| DrivenTask {
        name: name.into(),
        event,
    };
    let pdu = |id, extended| PrintedPdu {
        bus: "can0".into(),
        id,
        extended,
    };
    let plan = DriverPlan {
        tasks: vec![
            task(
                "send",
                DrivenEvent::Timing {
                    period_ns: 500_000_000,
                    offset_ns: 1_000,
                },
            ),
            task("init", DrivenEvent::Init),
            task(
                "woken",
                DrivenEvent::DataReceived {
                    elements: vec![1, 2],
                },
            ),
        ],
        elements: 3,
        has_i2c: false,
        pdus: vec![pdu(0x12, false), pdu(0x1abc_def0, true)],
        until_ns: 1_000_000_000,
    };
    let bytes = closed(&plan);
    validate(&bytes);
    let component = Component::new(engine(), &bytes).unwrap();
    let mut linker = Linker::<Vec<u8>>::new(engine());
    let mut error = linker.instance("wasi:io/error@0.2.0").unwrap();
    error
        .resource("error", ResourceType::host::<()>(), |_, _| Ok(()))
        .unwrap();
    let mut streams = linker.instance("wasi:io/streams@0.2.0").unwrap();
    streams
        .resource("output-stream", ResourceType::host::<Stream>(), |_, _| {
            Ok(())
        })
        .unwrap();
    streams
        .func_new(
            "[method]output-stream.blocking-write-and-flush",
            |mut store, _, arguments, results| {
                let Val::Resource(stream) = arguments[0] else {
                    unreachable!()
                };
                stream.resource_drop(&mut store)?;
                let Val::List(bytes) = &arguments[1] else {
                    unreachable!()
                };
                let byte = |value: &Val| {
                    if let Val::U8(byte) = value {
                        *byte
                    } else {
                        unreachable!()
                    }
                };
                store.data_mut().extend(bytes.iter().map(byte));
                results[0] = Val::Result(Ok(None));
                Ok(())
            },
        )
        .unwrap();
    let mut stdout = linker.instance("wasi:cli/stdout@0.2.0").unwrap();
    stdout
        .func_wrap("get-stdout", |_, (): ()| {
            Ok((Resource::<Stream>::new_own(1),))
        })
        .unwrap();
    let mut store = Store::new(engine(), Vec::new());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let run = instance
        .get_export_index(&mut store, None, "wasi:cli/run@0.2.0")
        .unwrap();
    let run = instance
        .get_export_index(&mut store, Some(&run), "run")
        .unwrap();
    let run = instance.get_func(&mut store, run).unwrap();
    let mut outcome = [Val::Bool(false)];
    run.call(&mut store, &[], &mut outcome).unwrap();
    assert_eq!(outcome, [Val::Result(Ok(None))]);
    assert_eq!(
        String::from_utf8_lossy(store.data()),
        "(0000000000.000000) can0 1ABCDEF0#
(0000000000.000001) can0 012#01AB
(0000000000.000001) can0 1ABCDEF0#AB
(0000000000.500001) can0 012#01AB
(0000000000.500001) can0 1ABCDEF0#AB
"
    );
}
