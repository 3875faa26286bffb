//! What generated glue costs: a bare call, a buffered copy with and without lists, an empty
//! activation, and making the glue. The host plays the instances, so a row holds the glue and the
//! calls into the host; compare it with the bare call.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a measurement that cannot go on fails there, and criterion's macros have no docs"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use autosar_wit::types::ValueType;
use criterion::{Criterion, criterion_group, criterion_main};
use rte::{
    Buffering, FunctionRef, InstancePlan, Link, Plan, PortPlan, RunnablePlan, Sink, Source,
    TaskPlan, generate,
};
use std::{collections::BTreeMap, hint::black_box};
use support::{
    function,
    host::{Partition, engine},
    interface, received, record,
};
use wasmtime::{Instance, Module, Store, component::Val};

/// A step that gives and takes the value, fed by itself through a buffered link.
fn plan(value: &ValueType, links: usize) -> Plan {
    let step = function("step", vec![("x", value.clone())], Some(value.clone()));
    let port = interface(
        "port",
        vec![function("get", vec![], Some(received(value.clone())))],
    );
    let reference = |port: &str, function: &str| FunctionRef {
        instance: "a".into(),
        port: format!("test:parts/{port}"),
        function: Some(function.into()),
    };
    let named = |name: &str, item| PortPlan {
        name: format!("test:parts/{name}"),
        item,
    };
    let sinks = [
        Sink::Parameter {
            runnable: 0,
            parameter: "x".into(),
            fields: vec![],
        },
        Sink::Port(reference("port", "get")),
    ];
    let link = |sink| Link {
        source: Source::Result {
            runnable: 0,
            fields: vec![],
        },
        sink,
        buffering: Buffering::default(),
    };
    Plan {
        instances: vec![InstancePlan {
            name: "a".into(),
            provides: vec![named("step", interface("step", vec![step]))],
            requires: vec![named("port", port)],
            serves: None,
        }],
        runnables: vec![RunnablePlan {
            function: reference("step", "step"),
            handles: BTreeMap::new(),
            ports: None,
        }],
        tasks: vec![
            TaskPlan {
                name: "idle".into(),
                runnables: vec![],
                sends: vec![],
                sends_late: vec![],
            },
            TaskPlan {
                name: "step".into(),
                runnables: vec![0],
                sends: vec![],
                sends_late: vec![],
            },
        ],
        links: sinks.into_iter().take(links).map(link).collect(),
        pdus: vec![],
        ..Plan::default()
    }
}

fn values() -> [(&'static str, ValueType, Val); 2] {
    let number = |name: &str| (name.to_owned(), Val::Float32(1.5));
    let four = ["a", "b", "c", "d"];
    let flat = record(
        "step",
        "flat",
        four.map(|name| (name, ValueType::F32)).to_vec(),
    );
    let bytes = ValueType::List(Box::new(ValueType::U8));
    let lists = record(
        "step",
        "lists",
        vec![("text", ValueType::String), ("bytes", bytes)],
    );
    [
        ("four fields", flat, Val::Record(four.map(number).to_vec())),
        (
            "text and list",
            lists,
            Val::Record(vec![
                ("text".to_owned(), Val::String("x".repeat(16))),
                ("bytes".to_owned(), Val::List(vec![Val::U8(7); 16])),
            ]),
        ),
    ]
}

fn bare(criterion: &mut Criterion) {
    let bytes = wat::parse_str(r#"(module (func (export "f")))"#).unwrap();
    let module = Module::new(engine(), bytes).unwrap();
    let mut store = Store::new(engine(), ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let call = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    criterion.bench_function("bare core call", |bencher| {
        bencher.iter(|| call.call(&mut store, ()).unwrap());
    });
}

fn activations(criterion: &mut Criterion) {
    for (name, ty, value) in values() {
        for links in 0..=2 {
            let mut partition = Partition::new(&generate(&plan(&ty, links)).unwrap());
            partition
                .ecu()
                .answers
                .insert("test:parts/step#step".into(), vec![value.clone()]);
            criterion.bench_function(&format!("step with {name}, {links} links"), |bencher| {
                bencher.iter(|| {
                    partition.run("step");
                    partition.ecu().calls.clear();
                    partition.ecu().meter.clear();
                });
            });
        }
    }
    let mut partition = Partition::new(&generate(&plan(&ValueType::U8, 0)).unwrap());
    criterion.bench_function("empty activation", |bencher| {
        bencher.iter(|| partition.run("idle"));
    });
}

fn generation(criterion: &mut Criterion) {
    for (name, ty, _) in values() {
        let plan = plan(&ty, 2);
        criterion.bench_function(&format!("generate for {name}"), |bencher| {
            bencher.iter(|| generate(black_box(&plan)).unwrap());
        });
    }
}

criterion_group!(benches, bare, activations, generation);
criterion_main!(benches);
