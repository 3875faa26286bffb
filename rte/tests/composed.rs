//! Instances, environment, store and tasks composed into one partition: a stock engine takes it,
//! and a sender's value reaches a receiver through the store, with a cycle in the wiring.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{
    component::{ComponentType, Direction, Origin, Port, PortItem, PortKind},
    types::{InterfaceId, ResourceType as Handle, ValueType},
};
use rte::*;
use std::collections::BTreeMap;
use support::{
    host::{Ecu, define_ecu, engine, validate},
    *,
};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, types::Package};
use wasmtime::{
    Store,
    component::{Component, Linker, Resource, ResourceType},
};

fn i2c() -> ValueType {
    let owner = InterfaceId {
        namespace: "wasi".into(),
        package: "i2c".into(),
        interface: "i2c".into(),
        version: semver::Version::parse("0.2.0-draft").ok(),
    };
    ValueType::Own(Handle {
        owner: Some(owner),
        name: "i2c".into(),
    })
}

fn stub_of(ports: Vec<(Direction, &str, PortItem)>) -> Vec<u8> {
    let port = |(direction, name, item): (Direction, &str, PortItem)| Port {
        direction,
        name: name.into(),
        item,
        kind: PortKind::ClientServer,
    };
    let component = ComponentType {
        name: "part".into(),
        docs: String::new(),
        ports: ports.into_iter().map(port).collect(),
        origin: Origin::Wit,
        producers: vec![],
        metadata: Default::default(),
    };
    stub(&component).unwrap()
}

fn add(graph: &mut CompositionGraph, name: &str, bytes: Vec<u8>) -> NodeId {
    let package = Package::from_bytes(name, None, bytes, graph.types_mut()).unwrap();
    let package = graph.register_package(package).unwrap();
    graph.instantiate(package)
}

fn wire(graph: &mut CompositionGraph, from: (NodeId, &str), to: (NodeId, &str)) {
    let export = graph.alias_instance_export(from.0, from.1).unwrap();
    graph
        .set_instantiation_argument(to.0, to.1, export)
        .unwrap();
}

struct Bus;

#[test]
fn a_partition_runs_under_a_stock_engine() {
    let state = record(
        "shared",
        "state",
        vec![("speed", ValueType::F32), ("note", ValueType::String)],
    );
    let sample = record(
        "sample",
        "sample",
        vec![("state", state.clone()), ("count", ValueType::U8)],
    );
    let port = |name: &str, value: &ValueType| {
        interface(
            name,
            vec![function("get", vec![], Some(received(value.clone())))],
        )
    };
    let step_input = record("inputs", "step-input", vec![("state", state.clone())]);
    // Both instances have a port of the other's kind: the wiring is a cycle.
    let driver_ports = |name: &str| PortItem::Function(function(name, vec![("bus", i2c())], None));
    let step = |input: &ValueType| {
        PortItem::Function(function(
            "step",
            vec![("input", input.clone())],
            Some(state.clone()),
        ))
    };
    let a = stub_of(vec![
        (
            Direction::Required,
            "test:parts/state-port",
            port("state-port", &state),
        ),
        (
            Direction::Required,
            "get-i2c-bus",
            PortItem::Function(function("get-i2c-bus", vec![], Some(i2c()))),
        ),
        (
            Direction::Provided,
            "test:parts/sample",
            port("sample", &sample),
        ),
        (Direction::Provided, "init", driver_ports("init")),
    ]);
    let b = stub_of(vec![
        (
            Direction::Required,
            "test:parts/sample",
            port("sample", &sample),
        ),
        (Direction::Provided, "step", step(&step_input)),
    ]);
    let root = |instance: &str, port: &str| FunctionRef {
        instance: instance.into(),
        port: port.into(),
        function: None,
    };
    let of = |instance: &str, port: &str, function: &str| FunctionRef {
        function: Some(function.into()),
        ..root(instance, port)
    };
    let named = |name: &str, item| PortPlan {
        name: name.into(),
        item,
    };
    let link = |source, sink| Link {
        source,
        sink,
        buffering: Buffering::default(),
    };
    let result = || Source::Result {
        runnable: 1,
        fields: vec![],
    };
    let get = || Source::Getter(of("a", "test:parts/sample", "get"));
    let plan = Plan {
        instances: vec![
            InstancePlan {
                name: "a".into(),
                provides: vec![
                    named("test:parts/sample", port("sample", &sample)),
                    named("init", driver_ports("init")),
                ],
                requires: vec![named("test:parts/state-port", port("state-port", &state))],
                serves: None,
            },
            InstancePlan {
                name: "b".into(),
                provides: vec![named("step", step(&step_input))],
                requires: vec![named("test:parts/sample", port("sample", &sample))],
                serves: None,
            },
        ],
        runnables: vec![
            RunnablePlan {
                function: root("a", "init"),
                handles: [("bus".to_owned(), "i2c0".to_owned())].into(),
                ports: None,
            },
            RunnablePlan {
                function: root("b", "step"),
                handles: BTreeMap::new(),
                ports: None,
            },
        ],
        tasks: vec![
            TaskPlan {
                name: "a-init".into(),
                runnables: vec![0],
                sends: vec![],
                sends_late: vec![],
            },
            TaskPlan {
                name: "b-step".into(),
                runnables: vec![1],
                sends: vec![],
                sends_late: vec![],
            },
        ],
        links: vec![
            link(get(), Sink::Port(of("b", "test:parts/sample", "get"))),
            link(get(), Sink::Outbox { element: 1 }),
            link(
                result(),
                Sink::Port(of("a", "test:parts/state-port", "get")),
            ),
            link(result(), Sink::Outbox { element: 2 }),
        ],
        pdus: vec![],
        ..Plan::default()
    };
    let glue = generate(&plan).unwrap();
    let environment = environment(&EnvironmentPlan {
        handles: [(
            "get-i2c-bus".to_owned(),
            (rte::Handle::I2c, "i2c0".to_owned()),
        )]
        .into(),
        ..EnvironmentPlan::default()
    })
    .unwrap();

    let mut graph = CompositionGraph::new();
    let store = add(&mut graph, "glue:store", glue.store.clone().unwrap());
    let environment = add(&mut graph, "glue:environment", environment);
    let instances = BTreeMap::from([
        ("a".to_owned(), add(&mut graph, "parts:a", a)),
        ("b".to_owned(), add(&mut graph, "parts:b", b)),
    ]);
    let tasks = add(&mut graph, "glue:tasks", glue.tasks.clone());
    wire(
        &mut graph,
        (environment, "get-i2c-bus"),
        (instances["a"], "get-i2c-bus"),
    );
    for served in &glue.served {
        wire(
            &mut graph,
            (store, &served.export),
            (instances[&served.instance], &served.port),
        );
    }
    for called in &glue.called {
        wire(
            &mut graph,
            (instances[&called.instance], &called.port),
            (tasks, &called.import),
        );
    }
    wire(&mut graph, (store, STORE_INPUTS), (tasks, STORE_INPUTS));
    for task in &plan.tasks {
        let export = graph.alias_instance_export(tasks, &task.name).unwrap();
        graph.export(export, &task.name).unwrap();
    }
    let bytes = graph.encode(EncodeOptions::default()).unwrap();
    validate(&bytes);

    let component = Component::new(engine(), &bytes).unwrap();
    let imports: Vec<_> = component
        .component_type()
        .imports(engine())
        .map(|(name, _)| name.to_owned())
        .collect();
    eprintln!("{imports:?}");
    let mut linker = Linker::<Ecu>::new(engine());
    define_ecu(&mut linker);
    linker
        .instance("wasi:i2c/i2c@0.2.0-draft")
        .unwrap()
        .resource("i2c", ResourceType::host::<Bus>(), |_, _| Ok(()))
        .unwrap();
    linker
        .instance("wireloom:ecu/buses@0.1.0")
        .unwrap()
        .func_wrap("open-i2c", |_, (_,): (String,)| {
            Ok((Resource::<Bus>::new_own(1),))
        })
        .unwrap();
    let mut state = Store::new(engine(), Ecu::default());
    let instance = linker.instantiate(&mut state, &component).unwrap();
    for task in ["a-init", "b-step", "a-init"] {
        let task = instance.get_typed_func::<(), ()>(&mut state, task).unwrap();
        task.call(&mut state, ()).unwrap();
    }
    let published: Vec<(u32, usize)> = state
        .data()
        .published
        .iter()
        .map(|(element, value)| (*element, value.len()))
        .collect();
    assert_eq!(published, [(1, 9), (2, 8), (1, 9)]);
}
