//! Adapters under the engine: random types, random mappings and random values against a model that
//! reads the rules of the mapping itself; numbers at their limits; bounds and memory.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{
    component::PortItem,
    mapping::{Adaptation, Mapping, Policy, Rule, Side, Way, propose, resolve},
    types::{FunctionKind, ValueType},
};
use proptest::prelude::*;
use rte::{ADAPTER_INNER, ADAPTER_OUTER, GenerateError, adapter};
use std::collections::BTreeMap;
use support::{
    host::{Ecu, define, engine, validate},
    mapped::{self, Maker},
    model::{model, number_of},
    *,
};
use wasmtime::{
    Store, StoreLimitsBuilder,
    component::{Component, Instance, Linker, Val},
};

fn side(item: &PortItem) -> Side<'_> {
    Side {
        item,
        elements: BTreeMap::new(),
    }
}

fn adaptation(outer: &PortItem, inner: &PortItem, mapping: &Mapping) -> Adaptation {
    match resolve(&side(outer), &side(inner), Way::Direct, mapping).adaptation {
        Ok(adaptation) => adaptation,
        Err(problems) => {
            let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
            unreachable!("{}: {mapping:#?}", texts.join("\n"))
        }
    }
}

/// An adapter whose provider is played by the host.
struct Adapter {
    store: Store<Ecu>,
    instance: Instance,
}

impl Adapter {
    fn new(adaptation: &Adaptation) -> Self {
        let bytes = adapter(adaptation).unwrap();
        validate(&bytes);
        let component = Component::new(engine(), &bytes).unwrap();
        let mut linker = Linker::new(engine());
        if let PortItem::Interface(inner) = &adaptation.inner {
            for function in &inner.functions {
                let mut port = linker.instance(ADAPTER_INNER).unwrap();
                define(&mut port, &function.name, function.name.clone());
            }
        } else {
            define(&mut linker.root(), ADAPTER_INNER, ADAPTER_INNER.into());
        }
        let mut store = Store::new(engine(), Ecu::default());
        let instance = linker.instantiate(&mut store, &component).unwrap();
        Self { store, instance }
    }

    fn answer(&mut self, function: &str, value: Option<Val>) {
        let answers = &mut self.store.data_mut().answers;
        answers.insert(function.into(), value.into_iter().collect());
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Val],
        results: usize,
    ) -> wasmtime::Result<Vec<Val>> {
        let port = self
            .instance
            .get_export_index(&mut self.store, None, ADAPTER_OUTER)
            .unwrap();
        let index = self
            .instance
            .get_export_index(&mut self.store, Some(&port), name)
            .unwrap();
        let function = self.instance.get_func(&mut self.store, index).unwrap();
        let mut out = vec![Val::Bool(false); results];
        function.call(&mut self.store, arguments, &mut out)?;
        Ok(out)
    }

    fn get(&mut self) -> wasmtime::Result<Val> {
        self.call("get", &[], 1).map(|mut out| out.remove(0))
    }
}

/// A getter `get` whose result the rules at `get` map.
fn getter(needs: &ValueType, gives: &ValueType, rules: &[(&str, Rule)]) -> Adapter {
    let port = |name: &str, value: &ValueType| {
        interface(name, vec![function("get", vec![], Some(value.clone()))])
    };
    let rules = rules
        .iter()
        .map(|(place, rule)| ((*place).into(), rule.clone()));
    let mapping = Mapping {
        rules: rules.collect(),
        bound: Some(8),
    };
    Adapter::new(&adaptation(
        &port("outer", needs),
        &port("inner", gives),
        &mapping,
    ))
}

fn invalid() -> Val {
    Val::Result(Err(Some(Box::new(Val::Enum("invalid".into())))))
}

fn ok(value: Val) -> Val {
    Val::Result(Ok(Some(Box::new(value))))
}

/// Both ports, the mapping, and values: arguments as the requirer passes them, the provider's answer.
type Trial = (PortItem, PortItem, Mapping, Vec<Val>, Val);

fn any_trial() -> impl Strategy<Value = Trial> {
    (
        any_type("outer"),
        any_type("inner"),
        any::<bool>(),
        any::<u64>(),
    )
        .prop_flat_map(|(needs, takes, has_status, seed)| {
            let mut maker = Maker::new(seed, has_status);
            let place = if has_status { "get.ok" } else { "get" };
            let gives = maker.given("inner", place, &needs);
            let gives = match has_status {
                true => received(gives),
                false => gives,
            };
            let needs = match has_status {
                true => received(needs),
                false => needs,
            };
            let passes = maker.given("outer", "get(value)", &takes);
            let outer = interface(
                "outer",
                vec![function(
                    "get",
                    vec![("first", ValueType::U8), ("value", passes.clone())],
                    Some(needs),
                )],
            );
            let inner = interface(
                "inner",
                vec![function(
                    "read",
                    vec![("value", takes), ("second", ValueType::U8)],
                    Some(gives.clone()),
                )],
            );
            let mut rules = maker.rules;
            rules.entry("get".into()).or_default().from = Some("read".into());
            let second = Rule {
                from: Some("first".into()),
                ..Rule::default()
            };
            rules.insert("get(second)".into(), second);
            let mapping = Mapping {
                rules,
                // A string of four letters has up to 16 bytes.
                bound: Some(16),
            };
            let arguments = (any::<u8>().prop_map(Val::U8), any_value(&passes));
            let arguments = arguments.prop_map(|(first, value)| vec![first, value]);
            (
                Just(outer),
                Just(inner),
                Just(mapping),
                arguments,
                any_value(&gives),
            )
        })
}

fn parts_of(item: &PortItem) -> (Vec<ValueType>, ValueType) {
    let PortItem::Interface(interface) = item else {
        unreachable!()
    };
    let function = &interface.functions[0];
    let parameters = function.parameters.iter().map(|(_, value)| value.clone());
    (parameters.collect(), function.result.clone().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64, max_shrink_iters: 50, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn an_adapter_does_what_its_mapping_says((outer, inner, mapping, arguments, answer) in any_trial()) {
        let adaptation = adaptation(&outer, &inner, &mapping);
        if is_too_large(&adaptation) {
            return Ok(());
        }
        let mut adapter = Adapter::new(&adaptation);
        adapter.answer("read", Some(answer.clone()));
        let ((passes, needs), (takes, gives)) = (parts_of(&outer), parts_of(&inner));
        let expected_argument = model(&mapping, "get(value)", &takes[0], &passes[1], &arguments[1]);
        let expected = match &expected_argument {
            Ok(_) => model(&mapping, "get", &needs, &gives, &answer),
            Err(error) => Err(*error),
        };
        for _ in 0..3 {
            let found = adapter.call("get", &arguments, 1);
            match &expected {
                Ok(value) => prop_assert_eq!(&found.unwrap()[0], value),
                // Where the model says invalid, the function can: the maker states no other policy.
                Err(_) => prop_assert_eq!(&found.unwrap()[0], &invalid()),
            }
        }
        let calls = &adapter.store.data().calls;
        match expected_argument {
            Ok(argument) => {
                prop_assert_eq!(calls.len(), 3);
                prop_assert_eq!(&calls[2].1, &vec![argument, arguments[0].clone()]);
            }
            Err(_) => prop_assert!(calls.is_empty(), "an invalid argument never arrives"),
        }
    }

    #[test]
    fn what_is_proposed_can_be_generated((outer, inner, _, _, _) in any_trial()) {
        let kept = Mapping { bound: Some(4), ..Mapping::default() };
        match propose(&side(&outer), &side(&inner), Way::Direct, &kept) {
            Ok(mapping) => {
                let adaptation = adaptation(&outer, &inner, &mapping);
                if !is_too_large(&adaptation) {
                    validate(&adapter(&adaptation).unwrap());
                }
                // Without units everything in it is a guess.
                prop_assert!(mapping.rules.values().all(|rule| rule.to_confirm), "{:#?}", mapping);
            }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn numbers_convert_as_the_model_does(
        (needs, gives) in (any_number(), any_number()),
        seed in any::<u64>(),
        special in any_special(),
    ) {
        let mut maker = Maker::new(seed, true);
        let rule = maker.number_rule();
        let mapping = Mapping { rules: [("get.ok".into(), rule.clone())].into(), bound: None };
        let outer = interface("outer", vec![function("get", vec![], Some(received(needs.clone())))]);
        let inner = interface("inner", vec![function("get", vec![], Some(received(gives.clone())))]);
        let mut adapter = Adapter::new(&adaptation(&outer, &inner, &mapping));
        for number in special {
            let given = ok(number_of(&gives, number));
            adapter.answer("get", Some(given.clone()));
            let expected = model(&mapping, "get", &received(needs.clone()), &received(gives.clone()), &given);
            prop_assert_eq!(adapter.get().unwrap(), expected.unwrap_or_else(|_| invalid()));
        }
    }
}

/// Lists in lists in lists, at their bound.
fn is_too_large(adaptation: &Adaptation) -> bool {
    matches!(adapter(adaptation), Err(GenerateError::TooLarge { .. }))
}

fn any_number() -> impl Strategy<Value = ValueType> {
    proptest::sample::select(mapped::NUMBERS.to_vec())
}

/// Limits of all widths, halves, what is no number, and anything between.
fn any_special() -> impl Strategy<Value = Vec<f64>> {
    let limits: Vec<f64> = [8, 16, 31, 32, 53, 63, 64]
        .into_iter()
        .flat_map(|bits| {
            let power = 2_f64.powi(bits);
            [power, power - 1.0, -power, -power - 1.0]
        })
        .chain([0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 1e300, -1e300])
        .chain([
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::from(f32::MAX) * 1.000_000_1,
        ])
        .collect();
    proptest::collection::vec(
        prop_oneof![
            proptest::sample::select(limits),
            any::<f64>(),
            -1e6..1e6_f64
        ],
        8,
    )
}

fn policy(policy: Policy) -> Rule {
    Rule {
        policy: Some(policy),
        ..Rule::default()
    }
}

#[test]
fn units_are_scaled_rounded_half_to_even_and_saturated() {
    let rule = Rule {
        factor: Some(0.5),
        offset: Some(-40.0),
        policy: Some(Policy::Saturate),
        ..Rule::default()
    };
    let mut adapter = getter(&ValueType::S8, &ValueType::U16, &[("get", rule)]);
    for (given, needed) in [
        (80, 0),
        (81, 0),
        (83, 2),
        (85, 2),
        (400, 127),
        (0, -40),
        (79, 0),
    ] {
        adapter.answer("get", Some(Val::U16(given)));
        assert_eq!(adapter.get().unwrap(), Val::S8(needed), "{given}");
    }
}

#[test]
fn an_enum_without_a_counterpart_has_the_stated_answer() {
    use autosar_wit::types::TypeKind;
    let gear = |owner: &str, cases: &[&str]| {
        let cases = cases.iter().map(|case| (*case).into()).collect();
        named(Some(id(owner)), "gear", TypeKind::Enum(cases))
    };
    let needs = gear("outer", &["park", "drive", "invalid"]);
    let gives = gear("inner", &["p", "d", "drive", "creep"]);
    let rule = Rule {
        cases: [("p".into(), "park".into()), ("d".into(), "drive".into())].into(),
        otherwise: Some("invalid".into()),
        ..Rule::default()
    };
    let mut adapter = getter(&needs, &gives, &[("get", rule)]);
    for (given, needed) in [
        ("p", "park"),
        ("d", "drive"),
        ("drive", "drive"),
        ("creep", "invalid"),
    ] {
        adapter.answer("get", Some(Val::Enum(given.into())));
        assert_eq!(adapter.get().unwrap(), Val::Enum(needed.into()));
    }
}

#[test]
fn above_the_bound_is_invalid_where_that_can_be_said_and_a_trap_elsewhere() {
    let list = |element| ValueType::List(Box::new(element));
    let bytes = |count: u8| Val::List((0..count).map(Val::U8).collect());
    let words = |count: u8| Val::List((0..count).map(|byte| Val::U16(byte.into())).collect());
    let (needs, gives) = (list(ValueType::U16), list(ValueType::U8));
    let mut adapter = getter(&received(needs.clone()), &received(gives.clone()), &[]);
    adapter.answer("get", Some(ok(bytes(8))));
    assert_eq!(adapter.get().unwrap(), ok(words(8)));
    adapter.answer("get", Some(ok(bytes(9))));
    assert_eq!(adapter.get().unwrap(), invalid());
    adapter.answer("get", Some(ok(bytes(7))));
    assert_eq!(adapter.get().unwrap(), ok(words(7)));
    let mut adapter = getter(&needs, &gives, &[]);
    adapter.answer("get", Some(bytes(9)));
    let trap = adapter.get().unwrap_err();
    assert!(format!("{trap:?}").contains("unreachable"), "{trap:?}");
}

#[test]
fn memory_is_given_back_after_each_call() {
    let texts = |value: ValueType| {
        ValueType::List(Box::new(ValueType::Tuple(vec![ValueType::String, value])))
    };
    let (needs, gives) = (texts(ValueType::U32), texts(ValueType::U8));
    let mut adapter = getter(&needs, &gives, &[]);
    let limits = StoreLimitsBuilder::new().memory_size(1 << 16).build();
    adapter.store.data_mut().limits = limits;
    adapter.store.limiter(|ecu| &mut ecu.limits);
    let value = |number: Val| {
        Val::List(vec![
            Val::Tuple(vec![Val::String("x".repeat(8)), number]);
            8
        ])
    };
    adapter.answer("get", Some(value(Val::U8(7))));
    for _ in 0..4_000 {
        assert_eq!(adapter.get().unwrap(), value(Val::U32(7)));
    }
}

#[test]
fn a_port_that_is_a_function_is_adapted_too() {
    let item = |value: ValueType| PortItem::Function(function("get-speed", vec![], Some(value)));
    let (outer, inner) = (item(ValueType::F64), item(ValueType::U8));
    let mut adapter = Adapter::new(&adaptation(&outer, &inner, &Mapping::default()));
    adapter.answer(ADAPTER_INNER, Some(Val::U8(9)));
    let outer = adapter
        .instance
        .get_func(&mut adapter.store, ADAPTER_OUTER)
        .unwrap();
    let mut out = [Val::Bool(false)];
    outer.call(&mut adapter.store, &[], &mut out).unwrap();
    assert_eq!(out, [Val::Float64(9.0)]);
}

#[test]
fn many_parameters_go_through_memory() {
    let names: Vec<String> = (0..20).map(|number| format!("p{number}")).collect();
    let port = |name: &str, value: ValueType| {
        let parameters = names
            .iter()
            .map(|name| (name.as_str(), value.clone()))
            .collect();
        interface(name, vec![function("get", parameters, Some(ValueType::U8))])
    };
    let (outer, inner) = (port("outer", ValueType::U8), port("inner", ValueType::S16));
    let mut adapter = Adapter::new(&adaptation(&outer, &inner, &Mapping::default()));
    adapter.answer("get", Some(Val::U8(1)));
    let arguments: Vec<Val> = (0..20).map(Val::U8).collect();
    assert_eq!(adapter.call("get", &arguments, 1).unwrap(), [Val::U8(1)]);
    let passed: Vec<Val> = (0..20).map(Val::S16).collect();
    assert_eq!(adapter.store.data().calls[0].1, passed);
}

#[test]
fn fixed_lists_convert_element_by_element() {
    let list = |value| ValueType::FixedList(Box::new(value), 3);
    let port =
        |name: &str, value| interface(name, vec![function("get", vec![], Some(list(value)))]);
    let rules = [("get[]".to_owned(), policy(Policy::Saturate))].into();
    let mapping = Mapping { rules, bound: None };
    let adaptation = adaptation(
        &port("outer", ValueType::U8),
        &port("inner", ValueType::S32),
        &mapping,
    );
    // No engine runs them yet; the component is valid where the feature is on.
    let bytes = adapter(&adaptation).unwrap();
    let features =
        wasmparser::WasmFeatures::default() | wasmparser::WasmFeatures::CM_FIXED_LENGTH_LISTS;
    wasmparser::Validator::new_with_features(features)
        .validate_all(&bytes)
        .unwrap();
}

#[test]
fn what_no_adapter_can_pass_is_refused() {
    let mut adaptation = {
        let port = |name: &str| interface(name, vec![function("get", vec![], Some(ValueType::U8))]);
        adaptation(&port("outer"), &port("inner"), &Mapping::default())
    };
    let mut large = adaptation.clone();
    large.bound = u32::MAX;
    large.functions[0].inner.result = Some(ValueType::String);
    let texts = [
        adapter(&large).unwrap_err().to_string(),
        {
            adaptation.functions[0].outer.kind = FunctionKind::Static("bus".into());
            adapter(&adaptation).unwrap_err().to_string()
        },
        {
            adaptation.functions[0].outer.is_async = true;
            adapter(&adaptation).unwrap_err().to_string()
        },
    ];
    assert_eq!(
        texts,
        [
            "`get` is too large: 4294967567 bytes with its bounds; lower the bound",
            "`get` is a method of a resource, which no adapter can forward; take the adapter away",
            "`get` is asynchronous, which generated glue cannot call; use a plain `func`",
        ]
    );
    assert!(matches!(
        adapter(&adaptation),
        Err(GenerateError::Asynchronous { .. })
    ));
}
