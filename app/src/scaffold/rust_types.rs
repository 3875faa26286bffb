//! WIT types as wit-bindgen names them in Rust, and a zero of each. Knows nothing of functions.
//! Resources, streams, futures and maps have been refused before.

use super::names::{camel, identifier};
use wit_bindgen_core::wit_parser::{Resolve, Type, TypeDefKind};

/// The type; `path` is the module of its interface, with `::` at the end.
pub(super) fn name(resolve: &Resolve, path: &str, ty: Type) -> String {
    let Type::Id(id) = ty else {
        return primitive(ty).0.to_owned();
    };
    let definition = &resolve.types[id];
    if let Some(own) = &definition.name {
        return format!("{path}{}", camel(own));
    }
    let inner = |ty: &Type| name(resolve, path, *ty);
    let or_unit = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "()".to_owned(), inner);
    match &definition.kind {
        TypeDefKind::List(item) => format!("Vec<{}>", inner(item)),
        TypeDefKind::Option(item) => format!("Option<{}>", inner(item)),
        TypeDefKind::Result(result) => {
            format!("Result<{}, {}>", or_unit(&result.ok), or_unit(&result.err))
        }
        TypeDefKind::Tuple(tuple) => in_parentheses(tuple.types.iter().map(inner)),
        TypeDefKind::Type(target) => inner(target),
        _ => "()".to_owned(),
    }
}

/// An expression: zeros, empty lists, first cases, `ok`.
pub(super) fn zero(resolve: &Resolve, path: &str, ty: Type) -> String {
    let Type::Id(id) = ty else {
        return primitive(ty).1.to_owned();
    };
    let own = name(resolve, path, ty);
    zero_of(resolve, path, &resolve.types[id].kind, &own)
}

fn zero_of(resolve: &Resolve, path: &str, kind: &TypeDefKind, own: &str) -> String {
    let inner = |ty: &Type| zero(resolve, path, *ty);
    match kind {
        TypeDefKind::Record(record) => {
            let fields: Vec<String> = record
                .fields
                .iter()
                .map(|field| format!("{}: {}", identifier(&field.name), inner(&field.ty)))
                .collect();
            format!("{own} {{ {} }}", fields.join(", "))
        }
        TypeDefKind::Enum(cases) => {
            let first = cases
                .cases
                .first()
                .map_or_else(String::new, |case| camel(&case.name));
            format!("{own}::{first}")
        }
        TypeDefKind::Variant(variant) => match variant.cases.first() {
            Some(case) => match &case.ty {
                Some(ty) => format!("{own}::{}({})", camel(&case.name), inner(ty)),
                None => format!("{own}::{}", camel(&case.name)),
            },
            None => String::new(),
        },
        TypeDefKind::Flags(_) => format!("{own}::empty()"),
        TypeDefKind::List(_) => "Vec::new()".to_owned(),
        TypeDefKind::Option(_) => "None".to_owned(),
        TypeDefKind::Result(result) => {
            format!(
                "Ok({})",
                result.ok.as_ref().map_or_else(|| "()".to_owned(), inner)
            )
        }
        TypeDefKind::Tuple(tuple) => in_parentheses(tuple.types.iter().map(inner)),
        // By the alias's own name: fields inside may only be known to the interface it comes from.
        TypeDefKind::Type(Type::Id(target)) => {
            zero_of(resolve, path, &resolve.types[*target].kind, own)
        }
        TypeDefKind::Type(target) => inner(target),
        _ => "()".to_owned(),
    }
}

fn in_parentheses(items: impl Iterator<Item = String>) -> String {
    format!(
        "({})",
        items.map(|item| item + ",").collect::<Vec<_>>().join(" ")
    )
}

/// Name and zero.
fn primitive(ty: Type) -> (&'static str, &'static str) {
    match ty {
        Type::Bool => ("bool", "false"),
        Type::U8 => ("u8", "0"),
        Type::U16 => ("u16", "0"),
        Type::U32 => ("u32", "0"),
        Type::U64 => ("u64", "0"),
        Type::S8 => ("i8", "0"),
        Type::S16 => ("i16", "0"),
        Type::S32 => ("i32", "0"),
        Type::S64 => ("i64", "0"),
        Type::F32 => ("f32", "0.0"),
        Type::F64 => ("f64", "0.0"),
        Type::Char => ("char", "'\\0'"),
        Type::String => ("String", "String::new()"),
        Type::ErrorContext | Type::Id(_) => ("()", "()"),
    }
}
