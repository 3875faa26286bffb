//! Environments, probes and stubs under the engine.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{
    component::{ComponentType, Direction, Origin, Port, PortItem, PortKind},
    types::ValueType,
};
use proptest::prelude::*;
use rte::*;
use support::{
    host::{Ecu, define, define_ecu, engine, list, validate},
    *,
};
use wasmtime::{
    Store,
    component::{Component, Instance, Linker, Resource, ResourceType, Val},
};

fn function_of(
    store: &mut Store<Ecu>,
    instance: Instance,
    port: &str,
    name: &str,
) -> wasmtime::component::Func {
    let port = instance.get_export_index(&mut *store, None, port).unwrap();
    let index = instance
        .get_export_index(&mut *store, Some(&port), name)
        .unwrap();
    instance.get_func(store, index).unwrap()
}

struct Bus;
struct Pause;

#[test]
fn an_environment_opens_its_bus_and_knows_its_configuration() {
    let name = "wasi:cli/environment@0.2.3";
    let plan = EnvironmentPlan {
        delays: ["get-delay".to_owned()].into(),
        handles: [("get-i2c-bus".to_owned(), (Handle::I2c, "i2c0".to_owned()))].into(),
        environment: Some(name.into()),
        variables: [("GAIN", "3"), ("MODE", "")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .into(),
    };
    let bytes = environment(&plan).unwrap();
    validate(&bytes);
    let component = Component::new(engine(), &bytes).unwrap();
    let mut linker = Linker::<Ecu>::new(engine());
    linker
        .instance("wasi:i2c/i2c@0.2.0-draft")
        .unwrap()
        .resource("i2c", ResourceType::host::<Bus>(), |_, _| Ok(()))
        .unwrap();
    linker
        .instance("wireloom:ecu/buses@0.1.0")
        .unwrap()
        .func_wrap("open-i2c", |_, (name,): (String,)| {
            assert_eq!(name, "i2c0");
            Ok((Resource::<Bus>::new_own(77),))
        })
        .unwrap();
    linker
        .instance("wasi:i2c/delay@0.2.0-draft")
        .unwrap()
        .resource("delay", ResourceType::host::<Pause>(), |_, _| Ok(()))
        .unwrap();
    linker
        .instance("wireloom:ecu/buses@0.1.0")
        .unwrap()
        .func_wrap("open-delay", |_, (): ()| {
            Ok((Resource::<Pause>::new_own(78),))
        })
        .unwrap();
    let mut store = Store::new(engine(), Ecu::default());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let wait = instance
        .get_typed_func::<(), (Resource<Pause>,)>(&mut store, "get-delay")
        .unwrap();
    assert_eq!(wait.call(&mut store, ()).unwrap().0.rep(), 78);
    let open = instance
        .get_typed_func::<(), (Resource<Bus>,)>(&mut store, "get-i2c-bus")
        .unwrap();
    assert_eq!(open.call(&mut store, ()).unwrap().0.rep(), 77);
    let pair = |name: &str, value: &str| {
        Val::Tuple(vec![Val::String(name.into()), Val::String(value.into())])
    };
    for (function, expected) in [
        (
            "get-environment",
            Val::List(vec![pair("GAIN", "3"), pair("MODE", "")]),
        ),
        ("get-arguments", Val::List(vec![])),
        ("initial-cwd", Val::Option(None)),
    ] {
        let mut result = [Val::Bool(false)];
        let function = function_of(&mut store, instance, name, function);
        function.call(&mut store, &[], &mut result).unwrap();
        assert_eq!(result, [expected]);
    }
}

type Called = (Vec<ValueType>, ValueType, Vec<Val>, Val);

fn any_call() -> impl Strategy<Value = Called> {
    proptest::collection::vec(any_type("port"), 0..4).prop_flat_map(|mut types| {
        // The result is one of the parameter types: names are unique within an interface.
        let types: Vec<_> = types
            .drain(..)
            .take(1)
            .chain([ValueType::U8, ValueType::F32])
            .collect();
        let values: Vec<_> = types.iter().map(any_value).collect();
        let result = types[0].clone();
        let returned = any_value(&result);
        (Just(types), Just(result), values, returned)
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24, max_shrink_iters: 50, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_probe_forwards_and_reports((types, result, arguments, returned) in any_call()) {
        let names = ["a", "b", "c"];
        let parameters = names.iter().copied().zip(types.iter().cloned()).collect();
        let item = interface("port", vec![
            function("idle", vec![], None),
            function("ask", parameters, Some(result.clone())),
        ]);
        let PortItem::Interface(interface) = item else { unreachable!() };
        let bytes = probe(&ProbePlan { probe: 6, interface }).unwrap();
        validate(&bytes);
        let component = Component::new(engine(), &bytes).unwrap();
        let mut linker = Linker::new(engine());
        define_ecu(&mut linker);
        define(&mut linker.instance(PROBE_INNER).unwrap(), "ask", "ask".into());
        define(&mut linker.instance(PROBE_INNER).unwrap(), "idle", "idle".into());
        let mut store = Store::new(engine(), Ecu::default());
        store.data_mut().answers.insert("ask".into(), vec![returned.clone()]);
        store.data_mut().answers.insert("idle".into(), vec![]);
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let ask = function_of(&mut store, instance, PROBE_OUTER, "ask");
        let idle = function_of(&mut store, instance, PROBE_OUTER, "idle");
        for _ in 0..3 {
            let mut out = [Val::Bool(false)];
            ask.call(&mut store, &arguments, &mut out).unwrap();
            prop_assert_eq!(&out[0], &returned);
            prop_assert_eq!(&store.data().calls.last().unwrap().1, &arguments);
            idle.call(&mut store, &[], &mut []).unwrap();
        }
        let report = |function: u32, bytes: &[u8]| vec![Val::U32(6), Val::U32(function), list(bytes)];
        let packed_arguments: Vec<u8> =
            types.iter().zip(&arguments).flat_map(|(ty, value)| packed(ty, value)).collect();
        let one = [
            ("pause", vec![]), ("called", report(1, &packed_arguments)), ("resume", vec![]),
            ("pause", vec![]), ("returned", report(1, &packed(&result, &returned))), ("resume", vec![]),
            ("pause", vec![]), ("called", report(0, &[])), ("resume", vec![]),
            ("pause", vec![]), ("returned", report(0, &[])), ("resume", vec![]),
        ];
        prop_assert_eq!(&store.data().reports, &[one.clone(), one.clone(), one].concat());
    }

    #[test]
    fn a_stub_has_the_ports_of_its_type(ty in any_type("port")) {
        let port = |direction, name: &str, item| Port {
            direction, name: name.into(), item, kind: PortKind::ClientServer,
        };
        let needed = function("need", vec![("x", ValueType::String)], Some(ValueType::U8));
        let component = ComponentType {
            name: "future-part".into(),
            docs: String::new(),
            ports: vec![
                port(Direction::Required, "need", PortItem::Function(needed)),
                port(
                    Direction::Provided,
                    "test:parts/port",
                    interface("port", vec![function("give", vec![], Some(ty.clone()))]),
                ),
                port(Direction::Provided, "tick", PortItem::Function(function("tick", vec![], None))),
            ],
            origin: Origin::Wit,
            producers: vec![],
            metadata: Default::default(),
        };
        let bytes = stub(&component).unwrap();
        validate(&bytes);
        let component = Component::new(engine(), &bytes).unwrap();
        let names: Vec<String> = component
            .component_type()
            .imports(engine())
            .map(|(name, _)| name.to_owned())
            .collect();
        prop_assert_eq!(names, ["need"]);
        let mut linker = Linker::new(engine());
        define(&mut linker.root(), "need", "need".into());
        let mut store = Store::new(engine(), Ecu::default());
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let mut out = [Val::Bool(false)];
        let give = function_of(&mut store, instance, "test:parts/port", "give");
        give.call(&mut store, &[], &mut out).unwrap();
        prop_assert!(packed(&ty, &out[0]).iter().all(|byte| *byte == 0));
        let tick = instance.get_func(&mut store, "tick").unwrap();
        tick.call(&mut store, &[], &mut []).unwrap();
    }
}

#[test]
fn probes_and_stubs_refuse_what_they_cannot_pass() {
    let handle = ValueType::Own(autosar_wit::types::ResourceType {
        owner: Some(id("things")),
        name: "thing".into(),
    });
    let PortItem::Interface(interface) =
        interface("port", vec![function("give", vec![], Some(handle))])
    else {
        unreachable!()
    };
    let error = probe(&ProbePlan {
        probe: 0,
        interface,
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`give` carries a handle, which no buffered connector can; make it direct"
    );
}
