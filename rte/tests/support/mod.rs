//! Random types and values, an independent packing, and a host that plays every instance around
//! generated components.

#![allow(dead_code, reason = "each test file takes what it needs")]

pub(crate) mod host;
pub(crate) mod mapped;
pub(crate) mod model;

use autosar_wit::{
    component::PortItem,
    types::{
        Case, Field, Function, FunctionKind, Interface, InterfaceId, TypeDefinition, TypeKind,
        ValueType,
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use std::sync::Arc;
use wasmtime::component::Val;

pub(crate) fn id(interface: &str) -> InterfaceId {
    InterfaceId {
        namespace: "test".into(),
        package: "parts".into(),
        interface: interface.into(),
        version: None,
    }
}

/// A root function as a port.
pub(crate) fn root(function: Function) -> rte::PortPlan {
    rte::PortPlan {
        name: function.name.clone(),
        item: PortItem::Function(function),
    }
}

pub(crate) fn named(owner: Option<InterfaceId>, name: &str, kind: TypeKind) -> ValueType {
    let docs = String::new();
    ValueType::Named(Arc::new(TypeDefinition {
        owner,
        name: name.into(),
        kind,
        docs,
    }))
}

pub(crate) fn record(owner: &str, name: &str, fields: Vec<(&str, ValueType)>) -> ValueType {
    let field = |(name, value): (&str, ValueType)| Field {
        name: name.into(),
        value,
        docs: String::new(),
    };
    named(
        Some(id(owner)),
        name,
        TypeKind::Record(fields.into_iter().map(field).collect()),
    )
}

pub(crate) fn rx_error() -> ValueType {
    let cases = [
        "invalid",
        "lost-data",
        "com-stopped",
        "timeout",
        "limit",
        "no-data",
        "never-received",
        "unconnected",
        "out-of-range",
    ];
    let owner = InterfaceId {
        namespace: "autosar".into(),
        package: "rte".into(),
        interface: "types".into(),
        version: semver::Version::parse("0.1.0").ok(),
    };
    named(
        Some(owner),
        "rx-error",
        TypeKind::Enum(cases.map(str::to_owned).to_vec()),
    )
}

pub(crate) fn received(value: ValueType) -> ValueType {
    ValueType::Result {
        ok: Some(Box::new(value)),
        err: Some(Box::new(rx_error())),
    }
}

pub(crate) fn function(
    name: &str,
    parameters: Vec<(&str, ValueType)>,
    result: Option<ValueType>,
) -> Function {
    Function {
        name: name.into(),
        kind: FunctionKind::Free,
        parameters: parameters
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect(),
        result,
        is_async: false,
        docs: String::new(),
    }
}

/// An interface of package `test:parts` that exports every type of it that its functions name.
pub(crate) fn interface(name: &str, functions: Vec<Function>) -> PortItem {
    let mut types = Vec::new();
    for function in &functions {
        let parameters = function.parameters.iter().map(|(_, value)| value);
        for value in parameters.chain(&function.result) {
            collect(value, &id(name), &mut types);
        }
    }
    PortItem::Interface(Interface {
        id: Some(id(name)),
        functions,
        types,
        docs: String::new(),
    })
}

fn collect(value: &ValueType, owner: &InterfaceId, types: &mut Vec<Arc<TypeDefinition>>) {
    if let ValueType::Named(definition) = value
        && definition.owner.as_ref() == Some(owner)
        && !types.iter().any(|known| known.name == definition.name)
    {
        types.push(definition.clone());
    }
    for part in parts(value) {
        collect(&part, owner, types);
    }
}

fn parts(value: &ValueType) -> Vec<ValueType> {
    let unbox = |value: &Option<Box<ValueType>>| {
        value
            .iter()
            .map(|value| (**value).clone())
            .collect::<Vec<_>>()
    };
    match value {
        ValueType::List(one) | ValueType::Option(one) => vec![(**one).clone()],
        ValueType::Result { ok, err } => [unbox(ok), unbox(err)].concat(),
        ValueType::Tuple(values) => values.clone(),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => fields.iter().map(|field| field.value.clone()).collect(),
            TypeKind::Variant(cases) => {
                cases.iter().filter_map(|case| case.value.clone()).collect()
            }
            TypeKind::Alias(target) => vec![target.clone()],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Any type that a buffered connector carries; named ones belong to the interface `owner`.
pub(crate) fn any_type(owner: &'static str) -> impl Strategy<Value = ValueType> {
    let leaf = prop_oneof![
        select(vec![
            ValueType::Bool,
            ValueType::U8,
            ValueType::U16,
            ValueType::U32,
            ValueType::U64,
            ValueType::S8,
            ValueType::S16,
            ValueType::S32,
            ValueType::S64,
            ValueType::F32,
            ValueType::F64,
            ValueType::Char,
            ValueType::String,
        ]),
        (1_usize..=300).prop_map(|count| named(None, "e", TypeKind::Enum(labels(count)))),
        (1_usize..=32).prop_map(|count| named(None, "f", TypeKind::Flags(labels(count)))),
    ];
    let boxed = |value: Option<ValueType>| value.map(Box::new);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        let maybe = proptest::option::of(inner.clone());
        prop_oneof![
            inner.clone().prop_map(|one| ValueType::List(Box::new(one))),
            inner
                .clone()
                .prop_map(|one| ValueType::Option(Box::new(one))),
            (maybe.clone(), maybe.clone()).prop_map(move |(ok, err)| ValueType::Result {
                ok: boxed(ok),
                err: boxed(err)
            }),
            vec(inner.clone(), 1..5).prop_map(ValueType::Tuple),
            vec(inner.clone(), 1..5).prop_map(|values| {
                let field = |(at, value)| Field {
                    name: format!("x{at}"),
                    value,
                    docs: String::new(),
                };
                named(
                    None,
                    "r",
                    TypeKind::Record(values.into_iter().enumerate().map(field).collect()),
                )
            }),
            vec(maybe, 1..5).prop_map(|values| {
                let case = |(at, value)| Case {
                    name: format!("x{at}"),
                    value,
                    docs: String::new(),
                };
                named(
                    None,
                    "v",
                    TypeKind::Variant(values.into_iter().enumerate().map(case).collect()),
                )
            }),
        ]
    })
    .prop_map(move |value| number(&value, &id(owner), &mut 0))
}

fn labels(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("x{at}")).collect()
}

/// Gives every named type an owner and a name of its own.
fn number(value: &ValueType, owner: &InterfaceId, next: &mut u32) -> ValueType {
    let mut again = |value: &ValueType| number(value, owner, next);
    match value {
        ValueType::List(one) => ValueType::List(Box::new(again(one))),
        ValueType::Option(one) => ValueType::Option(Box::new(again(one))),
        ValueType::Result { ok, err } => ValueType::Result {
            ok: ok.as_deref().map(|one| Box::new(again(one))),
            err: err.as_deref().map(|one| Box::new(again(one))),
        },
        ValueType::Tuple(values) => ValueType::Tuple(values.iter().map(again).collect()),
        ValueType::Named(definition) => {
            let kind = match &definition.kind {
                TypeKind::Record(fields) => TypeKind::Record(
                    fields
                        .iter()
                        .map(|field| Field {
                            value: again(&field.value),
                            ..field.clone()
                        })
                        .collect(),
                ),
                TypeKind::Variant(cases) => TypeKind::Variant(
                    cases
                        .iter()
                        .map(|case| Case {
                            value: case.value.as_ref().map(&mut again),
                            ..case.clone()
                        })
                        .collect(),
                ),
                other => other.clone(),
            };
            *next += 1;
            named(
                Some(owner.clone()),
                &format!("{}{next}", definition.name),
                kind,
            )
        }
        other => other.clone(),
    }
}

/// Any value of the type, with lists and strings of up to four entries.
pub(crate) fn any_value(value: &ValueType) -> BoxedStrategy<Val> {
    match value {
        ValueType::Bool => any::<bool>().prop_map(Val::Bool).boxed(),
        ValueType::U8 => any::<u8>().prop_map(Val::U8).boxed(),
        ValueType::U16 => any::<u16>().prop_map(Val::U16).boxed(),
        ValueType::U32 => any::<u32>().prop_map(Val::U32).boxed(),
        ValueType::U64 => any::<u64>().prop_map(Val::U64).boxed(),
        ValueType::S8 => any::<i8>().prop_map(Val::S8).boxed(),
        ValueType::S16 => any::<i16>().prop_map(Val::S16).boxed(),
        ValueType::S32 => any::<i32>().prop_map(Val::S32).boxed(),
        ValueType::S64 => any::<i64>().prop_map(Val::S64).boxed(),
        ValueType::F32 => any::<f32>().prop_map(Val::Float32).boxed(),
        ValueType::F64 => any::<f64>().prop_map(Val::Float64).boxed(),
        ValueType::Char => any::<char>().prop_map(Val::Char).boxed(),
        ValueType::String => vec(any::<char>(), 0..5)
            .prop_map(|text| Val::String(text.into_iter().collect()))
            .boxed(),
        ValueType::List(one) => vec(any_value(one), 0..5).prop_map(Val::List).boxed(),
        ValueType::Option(one) => proptest::option::of(any_value(one))
            .prop_map(|some| Val::Option(some.map(Box::new)))
            .boxed(),
        ValueType::Result { ok, err } => prop_oneof![
            payload(ok.as_deref()).prop_map(|value| Val::Result(Ok(value))),
            payload(err.as_deref()).prop_map(|value| Val::Result(Err(value))),
        ]
        .boxed(),
        ValueType::Tuple(values) => values
            .iter()
            .map(any_value)
            .collect::<Vec<_>>()
            .prop_map(Val::Tuple)
            .boxed(),
        ValueType::Named(definition) => any_named(&definition.kind),
        other => unreachable!("no value of {other:?}"),
    }
}

fn payload(value: Option<&ValueType>) -> BoxedStrategy<Option<Box<Val>>> {
    match value {
        Some(value) => any_value(value)
            .prop_map(|value| Some(Box::new(value)))
            .boxed(),
        None => Just(None).boxed(),
    }
}

fn any_named(kind: &TypeKind) -> BoxedStrategy<Val> {
    match kind {
        TypeKind::Record(fields) => {
            let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
            let values: Vec<_> = fields.iter().map(|field| any_value(&field.value)).collect();
            values
                .prop_map(move |values| Val::Record(names.iter().cloned().zip(values).collect()))
                .boxed()
        }
        TypeKind::Variant(cases) => {
            let all: Vec<_> = cases
                .iter()
                .map(|case| {
                    let name = case.name.clone();
                    payload(case.value.as_ref())
                        .prop_map(move |value| Val::Variant(name.clone(), value))
                        .boxed()
                })
                .collect();
            proptest::strategy::Union::new(all).boxed()
        }
        TypeKind::Enum(cases) => select(cases.clone()).prop_map(Val::Enum).boxed(),
        TypeKind::Flags(labels) => proptest::sample::subsequence(labels.clone(), 0..=labels.len())
            .prop_map(Val::Flags)
            .boxed(),
        TypeKind::Alias(target) => any_value(target),
        TypeKind::Resource => unreachable!("no value of a resource"),
    }
}

/// The packed form, written without looking at how the generator does it.
pub(crate) fn packed(ty: &ValueType, value: &Val) -> Vec<u8> {
    let mut out = Vec::new();
    pack(ty, value, &mut out);
    out
}

fn pack(ty: &ValueType, value: &Val, out: &mut Vec<u8>) {
    match (ty, value) {
        (_, Val::Bool(value)) => out.push(u8::from(*value)),
        (_, Val::U8(value)) => out.extend(value.to_le_bytes()),
        (_, Val::U16(value)) => out.extend(value.to_le_bytes()),
        (_, Val::U32(value)) => out.extend(value.to_le_bytes()),
        (_, Val::U64(value)) => out.extend(value.to_le_bytes()),
        (_, Val::S8(value)) => out.extend(value.to_le_bytes()),
        (_, Val::S16(value)) => out.extend(value.to_le_bytes()),
        (_, Val::S32(value)) => out.extend(value.to_le_bytes()),
        (_, Val::S64(value)) => out.extend(value.to_le_bytes()),
        (_, Val::Float32(value)) => out.extend(value.to_le_bytes()),
        (_, Val::Float64(value)) => out.extend(value.to_le_bytes()),
        (_, Val::Char(value)) => out.extend(u32::from(*value).to_le_bytes()),
        (_, Val::String(text)) => {
            out.extend((text.len() as u32).to_le_bytes());
            out.extend(text.as_bytes());
        }
        (ValueType::List(one), Val::List(values)) => {
            out.extend((values.len() as u32).to_le_bytes());
            values.iter().for_each(|value| pack(one, value, out));
        }
        (ValueType::Option(one), Val::Option(some)) => {
            out.push(u8::from(some.is_some()));
            some.iter().for_each(|value| pack(one, value, out));
        }
        (ValueType::Result { ok, err }, Val::Result(result)) => {
            out.push(u8::from(result.is_err()));
            let (ty, value) = match result {
                Ok(value) => (ok, value),
                Err(value) => (err, value),
            };
            ty.iter()
                .zip(value)
                .for_each(|(ty, value)| pack(ty, value, out));
        }
        (ValueType::Tuple(types), Val::Tuple(values)) => {
            types
                .iter()
                .zip(values)
                .for_each(|(ty, value)| pack(ty, value, out));
        }
        (ValueType::Named(definition), value) => pack_named(&definition.kind, value, out),
        (ty, value) => unreachable!("{value:?} is no {ty:?}"),
    }
}

fn pack_named(kind: &TypeKind, value: &Val, out: &mut Vec<u8>) {
    let tag = |position: usize, count: usize, out: &mut Vec<u8>| match count {
        0..=256 => out.push(position as u8),
        _ => out.extend((position as u16).to_le_bytes()),
    };
    match (kind, value) {
        (TypeKind::Record(fields), Val::Record(values)) => {
            fields
                .iter()
                .zip(values)
                .for_each(|(field, (_, value))| pack(&field.value, value, out));
        }
        (TypeKind::Variant(cases), Val::Variant(name, payload)) => {
            let position = cases.iter().position(|case| case.name == *name).unwrap();
            tag(position, cases.len(), out);
            cases[position]
                .value
                .iter()
                .zip(payload)
                .for_each(|(ty, value)| pack(ty, value, out));
        }
        (TypeKind::Enum(cases), Val::Enum(name)) => {
            tag(
                cases.iter().position(|case| case == name).unwrap(),
                cases.len(),
                out,
            );
        }
        (TypeKind::Flags(labels), Val::Flags(set)) => {
            let bytes = match labels.len() {
                1..=8 => 1,
                9..=16 => 2,
                _ => 4,
            };
            let bits = labels
                .iter()
                .enumerate()
                .filter(|(_, label)| set.contains(label));
            let word: u32 = bits.map(|(at, _)| 1 << at).sum();
            out.extend(&word.to_le_bytes()[..bytes]);
        }
        (TypeKind::Alias(target), value) => pack(target, value, out),
        (kind, value) => unreachable!("{value:?} is no {kind:?}"),
    }
}
