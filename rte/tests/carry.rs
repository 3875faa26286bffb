//! Values of any type arrive as they were sent: getter to port, result to parameter, element out
//! and element in.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::types::ValueType;
use proptest::prelude::*;
use rte::*;
use support::{host::Partition, *};
use wasmtime::component::Val;

fn reference(instance: &str, port: &str, function: &str) -> FunctionRef {
    FunctionRef {
        instance: instance.into(),
        port: port.into(),
        function: Some(function.into()),
    }
}

fn link(source: Source, sink: Sink) -> Link {
    Link {
        source,
        sink,
        buffering: Buffering {
            bound: 20,
            ..Buffering::default()
        },
    }
}

/// `sender` gives the value by a getter and by its step; `receiver` reads it at a port with status
/// and one without, and takes it as a parameter among others.
fn plan(value: &ValueType) -> Plan {
    let sender = interface(
        "sender",
        vec![
            function("get", vec![], Some(received(value.clone()))),
            function(
                "step",
                vec![],
                Some(ValueType::Tuple(vec![ValueType::U8, value.clone()])),
            ),
        ],
    );
    let port = interface(
        "port",
        vec![
            function("get", vec![], Some(received(value.clone()))),
            function("plain", vec![], Some(value.clone())),
            function("other", vec![], Some(received(value.clone()))),
        ],
    );
    let receiver = interface(
        "receiver",
        vec![function(
            "step",
            vec![
                ("first", ValueType::U16),
                ("second", value.clone()),
                (
                    "third",
                    ValueType::Tuple(vec![
                        ValueType::Bool,
                        ValueType::Option(Box::new(value.clone())),
                    ]),
                ),
            ],
            None,
        )],
    );
    let provide = |name: &str, item| PortPlan {
        name: format!("test:parts/{name}"),
        item,
    };
    let get = || Source::Getter(reference("a", "test:parts/sender", "get"));
    let step = || Source::Result {
        runnable: 0,
        fields: vec!["1".into()],
    };
    let inbox = || Source::Inbox {
        element: 9,
        value: value.clone(),
    };
    let port_sink = |name: &str| Sink::Port(reference("b", "test:parts/port", name));
    let parameter = |name: &str, fields: Vec<String>| Sink::Parameter {
        runnable: 1,
        parameter: name.into(),
        fields,
    };
    let runnable = |function| RunnablePlan {
        function,
        handles: Default::default(),
        ports: None,
    };
    let task = |name: &str, runnables| TaskPlan {
        name: name.into(),
        runnables,
        sends: vec![],
        sends_late: vec![],
    };
    Plan {
        instances: vec![
            InstancePlan {
                name: "a".into(),
                provides: vec![provide("sender", sender)],
                requires: vec![],
                serves: None,
            },
            InstancePlan {
                name: "b".into(),
                provides: vec![provide("receiver", receiver)],
                requires: vec![provide("port", port)],
                serves: None,
            },
        ],
        runnables: vec![
            runnable(reference("a", "test:parts/sender", "step")),
            runnable(reference("b", "test:parts/receiver", "step")),
        ],
        tasks: vec![task("send", vec![0]), task("receive", vec![1])],
        links: vec![
            link(get(), port_sink("get")),
            link(get(), Sink::Outbox { element: 3 }),
            link(get(), parameter("second", vec![])),
            link(step(), port_sink("plain")),
            link(step(), Sink::Outbox { element: 4 }),
            link(inbox(), parameter("third", vec!["1".into()])),
            link(inbox(), port_sink("other")),
        ],
        pdus: vec![],
        ..Plan::default()
    }
}

fn case() -> impl Strategy<Value = (ValueType, [Val; 3])> {
    any_type("sender").prop_flat_map(|ty| {
        let value = any_value(&ty);
        (Just(ty), [value.clone(), value.clone(), value])
    })
}

/// What an element of that type publishes.
fn carried(ty: &ValueType, value: &Val) -> Option<Vec<u8>> {
    let inner = element_value(ty).unwrap_or(ty);
    match value {
        _ if inner == ty => Some(packed(ty, value)),
        Val::Option(some) => some.as_ref().map(|some| packed(inner, some)),
        Val::Result(Ok(value)) => value.as_ref().map(|value| packed(inner, value)),
        Val::Result(Err(_)) => None,
        value => Some(packed(ty, value)),
    }
}

fn ok(value: &Val) -> Val {
    Val::Result(Ok(Some(Box::new(value.clone()))))
}

fn err(case: &str) -> Val {
    Val::Result(Err(Some(Box::new(Val::Enum(case.into())))))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_arrives((ty, [got, stepped, waiting]) in case()) {
        let glue = generate(&plan(&ty)).unwrap();
        let mut partition = Partition::new(&glue);
        let port = "test:parts/port";
        prop_assert_eq!(partition.read("b", port, "get"), err("never-received"));
        partition.ecu().answers.insert("test:parts/sender#get".into(), vec![ok(&got)]);
        let tuple = Val::Tuple(vec![Val::U8(7), stepped.clone()]);
        partition.ecu().answers.insert("test:parts/sender#step".into(), vec![tuple]);
        partition.ecu().answers.insert("test:parts/receiver#step".into(), vec![]);
        partition.ecu().waiting.entry(9).or_default().push_back(packed(&ty, &waiting));
        for _ in 0..2 {
            partition.run("send");
            partition.run("receive");
            prop_assert_eq!(partition.read("b", port, "get"), ok(&got));
            prop_assert_eq!(partition.read("b", port, "plain"), stepped.clone());
            prop_assert_eq!(partition.read("b", port, "other"), ok(&waiting));
            let third = Val::Tuple(vec![
                Val::Bool(false),
                Val::Option(Some(Box::new(waiting.clone()))),
            ]);
            prop_assert_eq!(
                partition.called_with("test:parts/receiver#step"),
                vec![Val::U16(0), got.clone(), third]
            );
        }
        let mut sent = vec![(3, packed(&ty, &got))];
        // What the sender does not have is published as no bytes.
        sent.push((4, carried(&ty, &stepped).unwrap_or_default()));
        prop_assert_eq!(&partition.ecu().published, &[sent.clone(), sent].concat());
        prop_assert!(partition.ecu().refused.is_empty());
    }
}

#[test]
fn numbers_are_handed_on_as_their_receivers_measure_them() {
    for (ty, scale, given, needed) in [
        (
            ValueType::F64,
            (0.001, 0.0),
            Val::Float64(1500.0),
            Val::Float64(1.5),
        ),
        (
            ValueType::F32,
            (1.0, 273.25),
            Val::Float32(-40.0),
            Val::Float32(233.25),
        ),
        (ValueType::U32, (1000.0, 0.0), Val::U32(3), Val::U32(3000)),
        // Saturated, and half to even.
        (ValueType::U8, (10.0, 0.0), Val::U8(30), Val::U8(255)),
        (ValueType::S16, (0.5, 0.0), Val::S16(-5), Val::S16(-2)),
        (ValueType::U8, (1.0, -20.0), Val::U8(7), Val::U8(0)),
    ] {
        let mut plan = plan(&ty);
        for link in &mut plan.links {
            if !matches!(link.sink, Sink::Outbox { .. }) {
                link.buffering.scale = Some(scale);
            }
        }
        let mut partition = Partition::new(&generate(&plan).unwrap());
        let stepped = Val::Tuple(vec![Val::U8(7), given.clone()]);
        let ecu = partition.ecu();
        let answers = [
            ("test:parts/sender#get", vec![ok(&given)]),
            ("test:parts/sender#step", vec![stepped]),
            ("test:parts/receiver#step", vec![]),
        ];
        for (call, answer) in answers {
            ecu.answers.insert(call.into(), answer);
        }
        let waiting = ecu.waiting.entry(9).or_default();
        waiting.push_back(packed(&ty, &given));
        partition.run("send");
        partition.run("receive");
        let port = "test:parts/port";
        assert_eq!(partition.read("b", port, "get"), ok(&needed));
        assert_eq!(partition.read("b", port, "plain"), needed);
        assert_eq!(partition.read("b", port, "other"), ok(&needed));
        let some = Val::Option(Some(Box::new(needed.clone())));
        let third = Val::Tuple(vec![Val::Bool(false), some]);
        let called = partition.called_with("test:parts/receiver#step");
        assert_eq!(called, vec![Val::U16(0), needed, third]);
        // What others receive and the trace shows is the sender's.
        let sent = packed(&ty, &given);
        assert_eq!(partition.ecu().published, [(3, sent.clone()), (4, sent)]);
    }
}
