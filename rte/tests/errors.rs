//! What the generator refuses, and the words it finds for that.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{
    dbc::ByteOrder,
    types::{Function, ResourceType, ValueType},
};
use rte::*;
use std::collections::BTreeMap;
use support::*;

fn reference(instance: &str, port: &str, function: &str) -> FunctionRef {
    FunctionRef {
        instance: instance.into(),
        port: port.into(),
        function: Some(function.into()),
    }
}

fn port(name: &str, functions: Vec<Function>) -> PortPlan {
    PortPlan {
        name: format!("test:parts/{name}"),
        item: interface(name, functions),
    }
}

/// Instance `a` gives by `get`, instance `b` takes by port `get` and by `step(x)`.
fn plan(given: ValueType, taken: ValueType) -> Plan {
    let runnable = |function| RunnablePlan {
        function,
        handles: BTreeMap::new(),
        ports: None,
    };
    Plan {
        instances: vec![
            InstancePlan {
                name: "a".into(),
                provides: vec![port(
                    "give",
                    vec![
                        function("get", vec![], Some(given)),
                        function("run", vec![], None),
                    ],
                )],
                requires: vec![],
                serves: None,
            },
            InstancePlan {
                name: "b".into(),
                provides: vec![port(
                    "step",
                    vec![function("step", vec![("x", taken.clone())], None)],
                )],
                requires: vec![port("take", vec![function("get", vec![], Some(taken))])],
                serves: None,
            },
        ],
        runnables: vec![
            runnable(reference("a", "test:parts/give", "run")),
            runnable(reference("b", "test:parts/step", "step")),
        ],
        tasks: vec![TaskPlan {
            name: "all".into(),
            runnables: vec![0, 1],
            sends: vec![],
            sends_late: vec![],
        }],
        links: vec![Link {
            source: Source::Getter(reference("a", "test:parts/give", "get")),
            sink: Sink::Port(reference("b", "test:parts/take", "get")),
            buffering: Buffering::default(),
        }],
        pdus: vec![],
        ..Plan::default()
    }
}

fn message(plan: &Plan) -> String {
    generate(plan).unwrap_err().to_string()
}

fn u8_plan() -> Plan {
    plan(ValueType::U8, received(ValueType::U8))
}

#[test]
fn types_must_be_one() {
    assert_eq!(
        message(&plan(ValueType::U8, received(ValueType::U16))),
        "`a.test:parts/give#get` gives u8, `b.test:parts/take#get` takes result<u16, rx-error>; connect ends of one type"
    );
}

#[test]
fn handles_and_streams_are_not_buffered() {
    let handle = ValueType::Own(ResourceType {
        owner: Some(id("things")),
        name: "thing".into(),
    });
    let stream = ValueType::Stream(Some(Box::new(ValueType::U8)));
    let future = ValueType::Future(None);
    for (bad, word) in [(handle, "handle"), (stream, "stream"), (future, "future")] {
        let inside = ValueType::List(Box::new(ValueType::Option(Box::new(bad))));
        assert_eq!(
            message(&plan(inside.clone(), inside)),
            format!(
                "`b.test:parts/take#get` carries a {word}, which no buffered connector can; make it direct"
            )
        );
    }
}

#[test]
fn functions_with_parameters_are_no_elements() {
    let mut plan = u8_plan();
    plan.instances[1].requires = vec![port(
        "take",
        vec![function(
            "get",
            vec![("x", ValueType::U8)],
            Some(ValueType::U8),
        )],
    )];
    assert_eq!(
        message(&plan),
        "`b.test:parts/take#get` needs parameters and cannot be buffered; connect it directly"
    );
}

#[test]
fn asynchronous_functions_are_not_called() {
    let mut plan = u8_plan();
    let run = Function {
        is_async: true,
        ..function("run", vec![], Some(ValueType::U8))
    };
    plan.instances[0].provides = vec![port(
        "give",
        vec![function("get", vec![], Some(ValueType::U8)), run],
    )];
    assert_eq!(
        message(&plan),
        "`a.test:parts/give#run` is asynchronous, which generated glue cannot call; use a plain `func`"
    );
}

#[test]
fn ends_must_exist() {
    let mut plan = u8_plan();
    plan.links[0].source = Source::Getter(reference("a", "test:parts/give", "gone"));
    assert_eq!(
        message(&plan),
        "`a.test:parts/give#gone` does not exist; connect an end that the component has"
    );
    let mut plan = u8_plan();
    plan.links[0].sink = Sink::Parameter {
        runnable: 1,
        parameter: "x".into(),
        fields: vec!["y".into()],
    };
    assert_eq!(
        message(&plan),
        "`b.test:parts/step#step(x.y)` does not exist; connect an end that the component has"
    );
}

#[test]
fn initial_and_substitute_values_must_fit() {
    for bytes in [vec![], vec![1, 2]] {
        let mut plan = u8_plan();
        plan.links[0].buffering.initial = Some(bytes);
        assert_eq!(
            message(&plan),
            "initial value of `b.test:parts/take#get` does not fit its type; write it anew"
        );
    }
    let mut plan = plan(ValueType::String, received(ValueType::String));
    plan.links[0].buffering.substitute = Some(vec![2, 0, 0, 0, 0xc3, 0x28]);
    assert_eq!(
        message(&plan),
        "substitute of `b.test:parts/take#get` does not fit its type; write it anew"
    );
}

#[test]
fn a_queue_needs_room_for_a_status() {
    let mut plan = plan(ValueType::U8, ValueType::U8);
    plan.links[0].buffering.queue = Some(3);
    assert_eq!(
        message(&plan),
        "`b.test:parts/take#get` has no room for the state of an empty queue; use a receiver of `option` or `result` type, or no queue"
    );
}

#[test]
fn bounds_must_leave_a_size() {
    let lists = (0..3).fold(ValueType::U8, |inner, _| ValueType::List(Box::new(inner)));
    assert_eq!(
        message(&plan(lists.clone(), received(lists))),
        "`b.test:parts/take#get` is too large: 17829896 bytes with its bounds; lower the bound"
    );
}

#[test]
fn bus_parameters_need_a_bus() {
    let owner = autosar_wit::types::InterfaceId {
        namespace: "wasi".into(),
        package: "i2c".into(),
        interface: "i2c".into(),
        version: semver::Version::parse("0.2.0-draft").ok(),
    };
    let bus = ValueType::Own(ResourceType {
        owner: Some(owner),
        name: "i2c".into(),
    });
    let mut plan = u8_plan();
    plan.instances[1].provides = vec![port(
        "step",
        vec![function("step", vec![("bus", bus)], None)],
    )];
    assert_eq!(
        message(&plan),
        "parameter `bus` of `b.test:parts/step#step` needs an I2C bus; bind one to it"
    );
}

#[test]
fn one_type_in_two_forms_is_a_conflict() {
    let mut plan = u8_plan();
    let state = |value| record("shared", "state", vec![("speed", value)]);
    plan.links.clear();
    for (instance, value) in plan
        .instances
        .iter_mut()
        .zip([ValueType::F32, ValueType::F64])
    {
        instance.requires = vec![port(
            "take",
            vec![function("get", vec![], Some(state(value)))],
        )];
    }
    assert_eq!(
        message(&plan),
        "`test:parts/shared` has type `state` in two forms: `a` needs one, `b` the other; bring them to one version"
    );
}

#[test]
fn signals_lie_in_their_pdu_and_are_numbers() {
    let layout = SignalLayout {
        start_bit: 60,
        length_bits: 8,
        byte_order: ByteOrder::Intel,
        signed: false,
        float: false,
        factor: 1.0,
        offset: 0.0,
        minimum: 0.0,
        maximum: 0.0,
        multiplexed: None,
    };
    let with = |given, layout| {
        let mut plan = plan(given, received(ValueType::U8));
        plan.pdus = vec![PduPlan {
            name: "FanStatus".into(),
            length_bytes: 8,
            initial: vec![],
            multiplexed: vec![],
            sending: Sending::OnChange,
            minimum_delay_ns: None,
            repetition: None,
            protection: None,
        }];
        plan.links[0].sink = Sink::Signal { pdu: 0, layout };
        message(&plan)
    };
    let outside =
        "signal at bit 60 of `FanStatus` does not lie in its 8 bytes; correct the message";
    assert_eq!(with(ValueType::U8, layout), outside);
    for bad in [
        SignalLayout {
            length_bits: 0,
            ..layout
        },
        SignalLayout {
            length_bits: 4,
            factor: 0.0,
            ..layout
        },
        SignalLayout {
            length_bits: 4,
            float: true,
            ..layout
        },
    ] {
        assert_eq!(with(ValueType::U8, bad), outside);
    }
    let good = SignalLayout {
        length_bits: 4,
        ..layout
    };
    for bad in [ValueType::String, ValueType::Tuple(vec![ValueType::U8; 2])] {
        let given = if bad == ValueType::String {
            "string"
        } else {
            "tuple<u8, u8>"
        };
        assert!(with(bad, good).starts_with(&format!("type {given} of `")));
    }
}

/// A method can be neither forwarded nor made up.
#[test]
fn methods_of_resources_are_refused_by_probe_and_stub() {
    use autosar_wit::{
        component::{ComponentType, Direction, Origin, Port, PortItem, PortKind},
        types::FunctionKind,
    };
    let mut spend = function("spend", vec![], None);
    spend.kind = FunctionKind::Method("token".into());
    let PortItem::Interface(tokens) = interface("tokens", vec![spend]) else {
        panic!("not an interface");
    };
    let error = probe(&ProbePlan {
        probe: 0,
        interface: tokens.clone(),
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`spend` is a method of a resource, which no probe can forward; take the probe away"
    );
    let component_type = ComponentType {
        name: "mint".into(),
        docs: String::new(),
        ports: vec![Port {
            direction: Direction::Provided,
            name: "test:parts/tokens".into(),
            item: PortItem::Interface(tokens),
            kind: PortKind::ClientServer,
        }],
        origin: Origin::Wit,
        producers: Vec::new(),
        metadata: Default::default(),
    };
    assert_eq!(
        stub(&component_type).unwrap_err().to_string(),
        "`stub.test:parts/tokens#spend` is a method of a resource, which no stub can have; build the component"
    );
}
