//! Random WIT types, for property tests.
#![allow(unreachable_pub, reason = "included by several tests")]

use autosar_wit::types::{Case, Field, TypeDefinition, TypeKind, ValueType};
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
