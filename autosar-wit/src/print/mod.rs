//! WIT text of types, functions, interfaces, ports and whole component types, with docs: for the
//! inspector, hovers and texts of differences. Knows nothing of where it is shown.

mod text;
mod world;

pub use world::world;

use crate::component::{Port, PortItem};
use crate::types::{
    Function, FunctionKind, Interface, InterfaceId, ResourceType, TypeDefinition, TypeKind,
    ValueType,
};
use std::{fmt::Write, sync::Arc};
use text::Text;

/// The inline form: `list<u8>`, `result<f32, rx-error>`; named types by their name.
pub fn value_type(value_type: &ValueType) -> String {
    inline(value_type, &[])
}

/// Names under which an interface knows resources of others (`use error.{error as io-error}`).
type Renames = [(ResourceType, String)];

fn inline(value_type: &ValueType, renames: &Renames) -> String {
    let inline = |value_type: &ValueType| inline(value_type, renames);
    match value_type {
        ValueType::Bool => "bool".into(),
        ValueType::U8 => "u8".into(),
        ValueType::U16 => "u16".into(),
        ValueType::U32 => "u32".into(),
        ValueType::U64 => "u64".into(),
        ValueType::S8 => "s8".into(),
        ValueType::S16 => "s16".into(),
        ValueType::S32 => "s32".into(),
        ValueType::S64 => "s64".into(),
        ValueType::F32 => "f32".into(),
        ValueType::F64 => "f64".into(),
        ValueType::Char => "char".into(),
        ValueType::String => "string".into(),
        ValueType::List(element) => format!("list<{}>", inline(element)),
        ValueType::FixedList(element, count) => {
            format!("list<{}, {count}>", inline(element))
        }
        ValueType::Map(key, value) => {
            format!("map<{}, {}>", inline(key), inline(value))
        }
        ValueType::Option(some) => format!("option<{}>", inline(some)),
        ValueType::Result { ok, err } => {
            result(ok.as_deref().map(inline), err.as_deref().map(inline))
        }
        ValueType::Tuple(members) => {
            let members: Vec<String> = members.iter().map(inline).collect();
            format!("tuple<{}>", members.join(", "))
        }
        ValueType::Named(definition) => name(&definition.name),
        ValueType::Own(resource) => resource_name(resource, renames),
        ValueType::Borrow(resource) => {
            format!("borrow<{}>", resource_name(resource, renames))
        }
        ValueType::Stream(payload) => payload_of("stream", payload.as_deref().map(inline)),
        ValueType::Future(payload) => payload_of("future", payload.as_deref().map(inline)),
        ValueType::ErrorContext => "error-context".into(),
    }
}

/// `func(a: u32) -> f32`, without a name.
pub fn signature(function: &Function) -> String {
    signature_in(function, &[])
}

fn signature_in(function: &Function, renames: &Renames) -> String {
    let value_type = |value_type: &ValueType| inline(value_type, renames);
    let parameters = match function.kind {
        FunctionKind::Method(_) => function.parameters.get(1..).unwrap_or_default(),
        _ => &function.parameters,
    };
    let parameters: Vec<String> = parameters
        .iter()
        .map(|(parameter, parameter_type)| {
            format!("{}: {}", name(parameter), value_type(parameter_type))
        })
        .collect();
    let parameters = parameters.join(", ");
    let modifier = if function.is_async { "async " } else { "" };
    let word = match function.kind {
        FunctionKind::Constructor(_) => return constructor(function, &parameters, renames),
        FunctionKind::Static(_) => "static ",
        FunctionKind::Free | FunctionKind::Method(_) => "",
    };
    match &function.result {
        Some(result) => format!(
            "{word}{modifier}func({parameters}) -> {}",
            value_type(result)
        ),
        None => format!("{word}{modifier}func({parameters})"),
    }
}

/// A function with its docs, as it stands in an interface or resource.
pub fn function(function: &Function) -> String {
    let mut text = Text::default();
    text.function(function);
    text.done()
}

/// A named type with its docs, written out.
pub fn definition(definition: &TypeDefinition) -> String {
    let mut text = Text::default();
    text.definition(definition, &[]);
    text.done()
}

/// A whole interface with its docs.
pub fn interface(interface: &Interface) -> String {
    let mut text = Text::default();
    let id = interface.id.as_ref();
    let heading = id.map_or("interface".to_owned(), |id| {
        format!("interface {}", name(&id.interface))
    });
    text.interface(&heading, interface);
    text.done()
}

/// A port as a line of a world, and the interface or function behind it.
pub fn port(port: &Port) -> String {
    let mut text = Text::default();
    text.port_line(port);
    if let PortItem::Interface(interface) = &port.item
        && let Some(id) = &interface.id
    {
        text.line("");
        text.line(&format!("// {id}"));
        text.interface(&format!("interface {}", name(&id.interface)), interface);
    }
    text.done()
}

/// A name as WIT text takes it: keywords get a `%`.
pub fn name(name: &str) -> String {
    match KEYWORDS.binary_search(&name) {
        Ok(_) => format!("%{name}"),
        Err(_) => name.to_owned(),
    }
}

/// Words that WIT reserves, sorted.
const KEYWORDS: [&str; 47] = [
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "external-id",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "implements",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "version-suffix",
    "with",
    "world",
    "yield",
];

/// The resource that a function belongs to.
fn resource_of(function: &Function) -> Option<&str> {
    match &function.kind {
        FunctionKind::Free => None,
        FunctionKind::Method(resource)
        | FunctionKind::Static(resource)
        | FunctionKind::Constructor(resource) => Some(resource),
    }
}

/// An id as seen from an interface: inside one package the name alone.
fn near(id: &InterfaceId, from: &Interface) -> String {
    let package = |id: &InterfaceId| (id.namespace.clone(), id.package.clone(), id.version.clone());
    match from
        .id
        .as_ref()
        .is_some_and(|from| package(from) == package(id))
    {
        true => name(&id.interface),
        false => path(id),
    }
}

/// An id as WIT text takes it.
fn path(id: &InterfaceId) -> String {
    let mut text = format!(
        "{}:{}/{}",
        name(&id.namespace),
        name(&id.package),
        name(&id.interface)
    );
    if let Some(version) = &id.version {
        let _ = write!(text, "@{version}");
    }
    text
}

/// The name of a resource where it is used.
fn resource_name(resource: &ResourceType, renames: &Renames) -> String {
    let renamed = renames.iter().find(|(known, _)| known == resource);
    name(renamed.map_or(&resource.name, |(_, name)| name))
}

/// Resources that an interface knows by another name only.
fn renames(interface: &Interface) -> Vec<(ResourceType, String)> {
    let by_own_name = |resource: &ResourceType| {
        let is_it = |one: &&Arc<TypeDefinition>| {
            one.kind == TypeKind::Resource
                && one.name == resource.name
                && one.owner == resource.owner
        };
        interface.types.iter().find(is_it).is_some()
    };
    let aliases = interface
        .types
        .iter()
        .filter_map(|definition| match &definition.kind {
            TypeKind::Alias(ValueType::Own(resource)) if !by_own_name(resource) => {
                Some((resource.clone(), definition.name.clone()))
            }
            _ => None,
        });
    aliases.collect()
}

/// Constructors give the resource itself unless they can fail.
fn constructor(function: &Function, parameters: &str, renames: &Renames) -> String {
    match &function.result {
        Some(fallible @ ValueType::Result { .. }) => {
            format!("constructor({parameters}) -> {}", inline(fallible, renames))
        }
        _ => format!("constructor({parameters})"),
    }
}

fn result(ok: Option<String>, err: Option<String>) -> String {
    match (ok, err) {
        (None, None) => "result".into(),
        (Some(ok), None) => format!("result<{ok}>"),
        (None, Some(err)) => format!("result<_, {err}>"),
        (Some(ok), Some(err)) => format!("result<{ok}, {err}>"),
    }
}

fn payload_of(word: &str, payload: Option<String>) -> String {
    match payload {
        Some(payload) => format!("{word}<{payload}>"),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::KEYWORDS;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }
}
