//! Parts of types, as the walk over two of them asks for them. Knows nothing of mappings.

use crate::{
    print,
    types::{TypeKind, ValueType},
    value::resolved,
};

/// Fields of a record, members of a tuple.
pub(super) fn members_of(value: &ValueType) -> Option<Vec<(String, ValueType)>> {
    match value {
        ValueType::Tuple(members) => Some(
            members
                .iter()
                .enumerate()
                .map(|(at, member)| (at.to_string(), member.clone()))
                .collect(),
        ),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => Some(
                fields
                    .iter()
                    .map(|field| (field.name.clone(), field.value.clone()))
                    .collect(),
            ),
            _ => None,
        },
        _ => None,
    }
}

/// Fields of a record behind aliases, or of a tuple.
pub(super) fn inner_members(value: &ValueType) -> Option<Vec<(String, ValueType)>> {
    members_of(resolved(value))
}

/// Cases of a variant or an enum, with their values.
pub(super) fn cases_of(value: &ValueType) -> Option<Vec<(String, Option<ValueType>)>> {
    let ValueType::Named(definition) = value else {
        return None;
    };
    match &definition.kind {
        TypeKind::Variant(cases) => Some(
            cases
                .iter()
                .map(|case| (case.name.clone(), case.value.clone()))
                .collect(),
        ),
        TypeKind::Enum(cases) => Some(cases.iter().map(|case| (case.clone(), None)).collect()),
        _ => None,
    }
}

/// The first handle, stream or future in a value, in WIT.
pub fn handle(value: &ValueType) -> Option<String> {
    match value {
        ValueType::Own(_)
        | ValueType::Borrow(_)
        | ValueType::Stream(_)
        | ValueType::Future(_)
        | ValueType::ErrorContext => Some(print::value_type(value)),
        ValueType::List(inner) | ValueType::FixedList(inner, _) | ValueType::Option(inner) => {
            handle(inner)
        }
        ValueType::Map(key, value) => handle(key).or_else(|| handle(value)),
        ValueType::Result { ok, err } => [ok, err]
            .into_iter()
            .flatten()
            .find_map(|value| handle(value)),
        ValueType::Tuple(members) => members.iter().find_map(handle),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => fields.iter().find_map(|field| handle(&field.value)),
            TypeKind::Variant(cases) => cases
                .iter()
                .filter_map(|case| case.value.as_ref())
                .find_map(handle),
            TypeKind::Alias(target) => handle(target),
            TypeKind::Resource => Some(print::value_type(value)),
            TypeKind::Enum(_) | TypeKind::Flags(_) => None,
        },
        _ => None,
    }
}
