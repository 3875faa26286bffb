//! What receivers learn instead of a value, and what happens at bounds and in queues.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::types::ValueType;
use rte::*;
use std::collections::BTreeMap;
use support::{host::Partition, *};
use wasmtime::component::Val;

const PORT: &str = "test:parts/port";

fn reference(instance: &str, port: &str, function: &str) -> FunctionRef {
    FunctionRef {
        instance: instance.into(),
        port: port.into(),
        function: Some(function.into()),
    }
}

/// One sender with `get`, one receiver with port `get` of the given type and a step with a
/// parameter of the same type.
fn plan(sent: ValueType, taken: ValueType, buffering: Buffering) -> Plan {
    let sender = interface(
        "sender",
        vec![
            function("step", vec![], None),
            function("get", vec![], Some(sent)),
        ],
    );
    let port = interface(
        "port",
        vec![
            function("get", vec![], Some(taken.clone())),
            function("open", vec![], Some(taken.clone())),
        ],
    );
    let receiver = interface("receiver", vec![function("step", vec![("x", taken)], None)]);
    let named = |name: &str, item| PortPlan {
        name: format!("test:parts/{name}"),
        item,
    };
    let get = || Source::Getter(reference("a", "test:parts/sender", "get"));
    let link = |sink| Link {
        source: get(),
        sink,
        buffering: buffering.clone(),
    };
    let runnable = |function| RunnablePlan {
        function,
        handles: BTreeMap::new(),
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
                provides: vec![named("sender", sender)],
                requires: vec![],
                serves: None,
            },
            InstancePlan {
                name: "b".into(),
                provides: vec![named("receiver", receiver)],
                requires: vec![named("port", port)],
                serves: None,
            },
        ],
        runnables: vec![
            runnable(reference("a", "test:parts/sender", "step")),
            runnable(reference("b", "test:parts/receiver", "step")),
        ],
        tasks: vec![task("send", vec![0]), task("receive", vec![1])],
        links: vec![
            link(Sink::Port(reference("b", PORT, "get"))),
            link(Sink::Parameter {
                runnable: 1,
                parameter: "x".into(),
                fields: vec![],
            }),
            link(Sink::Outbox { element: 5 }),
        ],
        pdus: vec![],
        ..Plan::default()
    }
}

struct Trial(Partition);

impl Trial {
    fn new(sent: ValueType, taken: ValueType, buffering: Buffering) -> Self {
        let mut partition = Partition::new(&generate(&plan(sent, taken, buffering)).unwrap());
        for step in ["test:parts/sender#step", "test:parts/receiver#step"] {
            partition.ecu().answers.insert(step.into(), vec![]);
        }
        Self(partition)
    }

    fn send(&mut self, value: Val) {
        self.0
            .ecu()
            .answers
            .insert("test:parts/sender#get".into(), vec![value]);
        self.0.run("send");
    }

    /// What port and parameter read at that time.
    fn receive(&mut self, now_ns: u64) -> (Val, Val) {
        self.0.ecu().now_ns = now_ns;
        self.0.run("receive");
        let port = self.0.read("b", PORT, "get");
        (
            port,
            self.0.called_with("test:parts/receiver#step").remove(0),
        )
    }
}

fn ok(value: Val) -> Val {
    Val::Result(Ok(Some(Box::new(value))))
}

fn err(case: &str) -> Val {
    Val::Result(Err(Some(Box::new(Val::Enum(case.into())))))
}

fn both(value: Val) -> (Val, Val) {
    (value.clone(), value)
}

#[test]
fn nothing_was_received_and_nothing_is_connected() {
    let mut trial = Trial::new(
        ValueType::U16,
        received(ValueType::U16),
        Buffering::default(),
    );
    assert_eq!(trial.receive(0), both(err("never-received")));
    assert_eq!(trial.0.read("b", PORT, "open"), err("unconnected"));
    trial.send(Val::U16(9));
    assert_eq!(trial.receive(0), both(ok(Val::U16(9))));
}

#[test]
fn a_value_is_there_before_the_first_reception() {
    let buffering = Buffering {
        initial: Some(vec![1, 2]),
        ..Buffering::default()
    };
    let mut trial = Trial::new(ValueType::U16, received(ValueType::U16), buffering);
    assert_eq!(trial.receive(0), both(ok(Val::U16(0x201))));
}

#[test]
fn an_old_value_is_a_timeout_until_the_next_one() {
    let buffering = Buffering {
        alive_timeout_ns: Some(100),
        ..Buffering::default()
    };
    let mut trial = Trial::new(ValueType::U16, received(ValueType::U16), buffering);
    assert_eq!(trial.receive(1000), both(err("never-received")));
    trial.send(Val::U16(9));
    assert_eq!(trial.receive(1100), both(ok(Val::U16(9))));
    assert_eq!(trial.receive(1101), both(err("timeout")));
    trial.send(Val::U16(10));
    assert_eq!(trial.receive(1102), both(ok(Val::U16(10))));
}

#[test]
fn an_initial_value_grows_old_too() {
    let buffering = Buffering {
        initial: Some(vec![1, 0]),
        alive_timeout_ns: Some(100),
        ..Buffering::default()
    };
    let mut trial = Trial::new(ValueType::U16, received(ValueType::U16), buffering);
    assert_eq!(trial.receive(50), both(ok(Val::U16(1))));
    assert_eq!(trial.receive(150), both(ok(Val::U16(1))));
    assert_eq!(trial.receive(151), both(err("timeout")));
}

#[test]
fn a_substitute_replaces_the_timeout() {
    let buffering = Buffering {
        alive_timeout_ns: Some(100),
        substitute: Some(b"\x02\0\0\0no".to_vec()),
        ..Buffering::default()
    };
    let mut trial = Trial::new(ValueType::String, received(ValueType::String), buffering);
    trial.send(Val::String("yes".into()));
    assert_eq!(trial.receive(100), both(ok(Val::String("yes".into()))));
    assert_eq!(trial.receive(101), both(ok(Val::String("no".into()))));
}

#[test]
fn a_sender_without_a_value_is_invalid() {
    let mut trial = Trial::new(
        received(ValueType::U16),
        received(ValueType::U16),
        Buffering::default(),
    );
    trial.send(ok(Val::U16(4)));
    assert_eq!(trial.receive(0), both(ok(Val::U16(4))));
    trial.send(err("timeout"));
    assert_eq!(trial.receive(0), both(err("invalid")));
    // Other partitions learn it too: no bytes are no value.
    assert_eq!(trial.0.ecu().published, [(5, vec![4, 0]), (5, vec![])]);
    trial.send(ok(Val::U16(6)));
    assert_eq!(trial.receive(0), both(ok(Val::U16(6))));
}

/// The same sent from another partition.
fn inbox(taken: ValueType, buffering: Buffering) -> Trial {
    let value = ValueType::U16;
    let mut plan = plan(value.clone(), taken, buffering);
    for link in &mut plan.links[..2] {
        let value = value.clone();
        link.source = Source::Inbox { element: 8, value };
    }
    let mut trial = Trial(Partition::new(&generate(&plan).unwrap()));
    let step = "test:parts/receiver#step";
    trial.0.ecu().answers.insert(step.into(), vec![]);
    trial
}

fn arrive(trial: &mut Trial, values: &[&[u8]]) {
    let values = values.iter().map(|bytes| bytes.to_vec());
    let waiting = trial.0.ecu().waiting.entry(8).or_default();
    waiting.extend(values);
}

#[test]
fn a_value_that_the_sender_elsewhere_does_not_have_is_invalid() {
    let mut trial = inbox(received(ValueType::U16), Buffering::default());
    arrive(&mut trial, &[&[4, 0]]);
    assert_eq!(trial.receive(0), both(ok(Val::U16(4))));
    arrive(&mut trial, &[&[]]);
    assert_eq!(trial.receive(0), both(err("invalid")));
    // The last of several counts.
    arrive(&mut trial, &[&[], &[5, 0]]);
    assert_eq!(trial.receive(0), both(ok(Val::U16(5))));
    assert!(trial.0.ecu().refused.is_empty());
}

#[test]
fn what_an_invalid_value_does_to_other_receivers() {
    // Without room for a status the last value stays.
    let mut trial = inbox(ValueType::U16, Buffering::default());
    arrive(&mut trial, &[&[4, 0], &[]]);
    assert_eq!(trial.receive(0), both(Val::U16(4)));
    let option = ValueType::Option(Box::new(ValueType::U16));
    let mut trial = inbox(option, Buffering::default());
    arrive(&mut trial, &[&[4, 0], &[]]);
    assert_eq!(trial.receive(0), both(Val::Option(None)));
    // It takes no place in a queue.
    let buffering = Buffering {
        queue: Some(2),
        ..Buffering::default()
    };
    let mut trial = inbox(received(ValueType::U16), buffering);
    arrive(&mut trial, &[&[4, 0], &[], &[5, 0]]);
    assert_eq!(trial.receive(0), both(ok(Val::U16(4))));
    assert_eq!(trial.receive(0), both(ok(Val::U16(5))));
    assert_eq!(trial.receive(0), both(err("no-data")));
}

#[test]
fn a_receiver_of_options_sees_none() {
    let option = ValueType::Option(Box::new(ValueType::U16));
    let mut trial = Trial::new(option.clone(), option, Buffering::default());
    assert_eq!(trial.receive(0), both(Val::Option(None)));
    trial.send(Val::Option(Some(Box::new(Val::U16(4)))));
    assert_eq!(
        trial.receive(0),
        both(Val::Option(Some(Box::new(Val::U16(4)))))
    );
    trial.send(Val::Option(None));
    assert_eq!(trial.receive(0), both(Val::Option(None)));
}

#[test]
fn a_receiver_without_status_keeps_the_last_value() {
    let mut trial = Trial::new(
        received(ValueType::U16),
        ValueType::U16,
        Buffering::default(),
    );
    assert_eq!(trial.receive(0), both(Val::U16(0)));
    trial.send(ok(Val::U16(4)));
    trial.send(err("invalid"));
    assert_eq!(trial.receive(0), both(Val::U16(4)));
}

#[test]
fn a_queue_keeps_order_and_tells_of_losses() {
    for (ty, value) in [
        (ValueType::U16, (|n| Val::U16(n)) as fn(u16) -> Val),
        (ValueType::String, |n| Val::String("x".repeat(n.into()))),
    ] {
        let buffering = Buffering {
            queue: Some(2),
            ..Buffering::default()
        };
        let mut trial = Trial::new(ty.clone(), received(ty), buffering);
        assert_eq!(trial.receive(0), both(err("no-data")));
        for n in 1..=3 {
            trial.send(value(n));
        }
        assert_eq!(trial.receive(0), both(err("lost-data")));
        assert_eq!(trial.receive(0), both(ok(value(1))));
        trial.send(value(4));
        assert_eq!(trial.receive(0), both(ok(value(2))));
        assert_eq!(trial.receive(0), both(ok(value(4))));
        assert_eq!(trial.receive(0), both(err("no-data")));
    }
}

#[test]
fn a_value_above_its_bound_is_refused_and_counted() {
    let list = ValueType::List(Box::new(ValueType::Option(Box::new(ValueType::String))));
    let buffering = Buffering {
        bound: 3,
        ..Buffering::default()
    };
    let mut trial = Trial::new(list.clone(), received(list), buffering);
    let text = |length: usize| Val::Option(Some(Box::new(Val::String("x".repeat(length)))));
    let good = Val::List(vec![text(3), Val::Option(None), text(0)]);
    trial.send(good.clone());
    for bad in [
        vec![text(0); 4],
        vec![text(4)],
        vec![text(0); 100_000],
        vec![text(1_000_000)],
    ] {
        trial.send(Val::List(bad));
        assert_eq!(trial.receive(0), both(ok(good.clone())));
    }
    assert_eq!(trial.0.ecu().refused, [5; 4]);
    assert_eq!(trial.0.ecu().published.len(), 1);
}

#[test]
fn runnables_and_getters_are_metered() {
    let mut trial = Trial::new(
        ValueType::U16,
        received(ValueType::U16),
        Buffering::default(),
    );
    trial.send(Val::U16(9));
    assert_eq!(trial.0.ecu().meter, [Some(0), None, Some(0), None]);
}

#[test]
fn bytes_that_are_no_value_are_refused_at_the_inbox() {
    let ty = ValueType::List(Box::new(ValueType::Bool));
    let mut plan = plan(ty.clone(), received(ty.clone()), Buffering::default());
    for link in &mut plan.links[..2] {
        link.source = Source::Inbox {
            element: 8,
            value: ty.clone(),
        };
    }
    let mut trial = Trial(Partition::new(&generate(&plan).unwrap()));
    trial
        .0
        .ecu()
        .answers
        .insert("test:parts/receiver#step".into(), vec![]);
    let bad: [&[u8]; 5] = [
        &[1, 0, 0],
        &[1, 0, 0, 0],
        &[1, 0, 0, 0, 2],
        &[1, 0, 0, 0, 1, 1],
        &[255; 4],
    ];
    for bytes in bad {
        trial
            .0
            .ecu()
            .waiting
            .entry(8)
            .or_default()
            .push_back(bytes.to_vec());
    }
    assert_eq!(trial.receive(0), both(err("never-received")));
    assert_eq!(trial.0.ecu().refused, [8; 5]);
    trial
        .0
        .ecu()
        .waiting
        .entry(8)
        .or_default()
        .push_back(vec![1, 0, 0, 0, 1]);
    assert_eq!(trial.receive(0), both(ok(Val::List(vec![Val::Bool(true)]))));
}

#[test]
fn a_constant_is_read_for_ever_and_nothing_is_asked_for_it() {
    let buffering = Buffering {
        initial: Some(vec![7, 0]),
        ..Buffering::default()
    };
    let mut plan = plan(ValueType::U16, received(ValueType::U16), buffering);
    plan.links.truncate(1);
    plan.links[0].source = Source::Constant;
    let mut trial = Trial(Partition::new(&generate(&plan).unwrap()));
    for step in ["test:parts/sender#step", "test:parts/receiver#step"] {
        trial.0.ecu().answers.insert(step.into(), vec![]);
    }
    for task in ["send", "receive"] {
        trial.0.run(task);
        assert_eq!(trial.0.read("b", PORT, "get"), ok(Val::U16(7)));
    }
    let calls: Vec<&str> = trial
        .0
        .ecu()
        .calls
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        calls,
        ["test:parts/sender#step", "test:parts/receiver#step"]
    );
}
