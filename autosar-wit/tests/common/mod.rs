//! Random WIT types and values of them, for property tests.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "included by several tests, of which none needs all"
)]

use autosar_wit::types::{Case, Field, TypeDefinition, TypeKind, ValueType};
use autosar_wit::value::Value;
use proptest::prelude::*;
use std::sync::Arc;

fn name() -> impl Strategy<Value = String> + Clone {
    "[a-e]"
}

fn distinct(names: Vec<String>) -> Vec<String> {
    names
        .iter()
        .enumerate()
        .map(|(index, name)| format!("{name}{index}"))
        .collect()
}

fn leaf() -> impl Strategy<Value = ValueType> {
    use ValueType as T;
    prop_oneof![
        Just(T::Bool),
        Just(T::U8),
        Just(T::U32),
        Just(T::S64),
        Just(T::F32),
        Just(T::F64),
        Just(T::Char),
        Just(T::String),
        proptest::collection::vec(name(), 1..4)
            .prop_map(|names| named(TypeKind::Enum(distinct(names)))),
        proptest::collection::vec(name(), 1..4)
            .prop_map(|names| named(TypeKind::Flags(distinct(names)))),
    ]
}

pub fn named(kind: TypeKind) -> ValueType {
    let definition = TypeDefinition {
        owner: None,
        name: "t".into(),
        kind,
        docs: String::new(),
    };
    ValueType::Named(Arc::new(definition))
}

pub fn any_type() -> impl Strategy<Value = ValueType> {
    use ValueType as T;
    leaf().prop_recursive(4, 24, 4, |inner| {
        let members = proptest::collection::vec((name(), inner.clone()), 1..4);
        prop_oneof![
            inner.clone().prop_map(|t| T::List(Box::new(t))),
            (inner.clone(), 1..5_u32).prop_map(|(t, n)| T::FixedList(Box::new(t), n)),
            inner.clone().prop_map(|t| T::Option(Box::new(t))),
            (
                proptest::option::of(inner.clone()),
                proptest::option::of(inner.clone())
            )
                .prop_map(|(ok, err)| T::Result {
                    ok: ok.map(Box::new),
                    err: err.map(Box::new)
                }),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(T::Tuple),
            inner.clone().prop_map(|t| named(TypeKind::Alias(t))),
            inner
                .clone()
                .prop_map(|t| T::Map(Box::new(T::String), Box::new(t))),
            members.clone().prop_map(|members| {
                let fields = members
                    .into_iter()
                    .enumerate()
                    .map(|(index, (name, value))| Field {
                        name: format!("{name}{index}"),
                        value,
                        docs: String::new(),
                    });
                named(TypeKind::Record(fields.collect()))
            }),
            members.prop_map(|members| {
                let cases = members
                    .into_iter()
                    .enumerate()
                    .map(|(index, (name, value))| Case {
                        name: format!("{name}{index}"),
                        value: (index % 2 == 0).then_some(value),
                        docs: String::new(),
                    });
                named(TypeKind::Variant(cases.collect()))
            }),
        ]
    })
}

/// Values of a type.
pub fn value_of(value_type: &ValueType) -> BoxedStrategy<Value> {
    use ValueType as T;
    match value_type {
        T::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        T::U8 => any::<u8>().prop_map(Value::U8).boxed(),
        T::U32 => any::<u32>().prop_map(Value::U32).boxed(),
        T::S64 => any::<i64>().prop_map(Value::S64).boxed(),
        T::F32 => any::<f32>().prop_map(Value::F32).boxed(),
        T::F64 => any::<f64>().prop_map(Value::F64).boxed(),
        T::Char => any::<char>().prop_map(Value::Char).boxed(),
        T::String => any::<String>().prop_map(Value::String).boxed(),
        T::List(t) => proptest::collection::vec(value_of(t), 0..4)
            .prop_map(Value::List)
            .boxed(),
        T::FixedList(t, n) => proptest::collection::vec(value_of(t), *n as usize)
            .prop_map(Value::List)
            .boxed(),
        T::Map(k, v) => proptest::collection::vec((value_of(k), value_of(v)), 0..3)
            .prop_map(Value::Map)
            .boxed(),
        T::Option(t) => proptest::option::of(value_of(t))
            .prop_map(|v| Value::Option(v.map(Box::new)))
            .boxed(),
        T::Result { ok, err } => {
            let ok = payload_of(ok.as_deref()).prop_map(|v| Value::Result(Ok(v)));
            let err = payload_of(err.as_deref()).prop_map(|v| Value::Result(Err(v)));
            prop_oneof![ok, err].boxed()
        }
        T::Tuple(members) => members
            .iter()
            .map(value_of)
            .collect::<Vec<_>>()
            .prop_map(Value::Tuple)
            .boxed(),
        T::Named(definition) => match &definition.kind {
            TypeKind::Alias(t) => value_of(t),
            TypeKind::Enum(names) => proptest::sample::select(names.clone())
                .prop_map(Value::Enum)
                .boxed(),
            TypeKind::Flags(names) => proptest::sample::subsequence(names.clone(), 0..=names.len())
                .prop_map(Value::Flags)
                .boxed(),
            TypeKind::Record(fields) => {
                let names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
                let values: Vec<_> = fields.iter().map(|field| value_of(&field.value)).collect();
                values
                    .prop_map(move |values| {
                        Value::Record(names.iter().cloned().zip(values).collect())
                    })
                    .boxed()
            }
            TypeKind::Variant(cases) => {
                let cases = cases.iter().map(|case| {
                    let name = case.name.clone();
                    payload_of(case.value.as_ref())
                        .prop_map(move |value| Value::Variant {
                            case: name.clone(),
                            value,
                        })
                        .boxed()
                });
                proptest::strategy::Union::new(cases).boxed()
            }
            TypeKind::Resource => unreachable!("no values"),
        },
        other => unreachable!("not generated: {other:?}"),
    }
}

fn payload_of(value_type: Option<&ValueType>) -> BoxedStrategy<Option<Box<Value>>> {
    match value_type {
        Some(value_type) => value_of(value_type)
            .prop_map(|value| Some(Box::new(value)))
            .boxed(),
        None => Just(None).boxed(),
    }
}
