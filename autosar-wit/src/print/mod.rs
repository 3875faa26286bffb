//! WIT text of types, functions, interfaces, ports and whole component types, with docs: for the
//! inspector, hovers and texts of differences. Knows nothing of where it is shown.

mod world;

pub use world::world;

use crate::component::{Direction, Port, PortItem};
use crate::types::{
    Function, FunctionKind, Interface, InterfaceId, TypeDefinition, TypeKind, ValueType,
};
use std::fmt::Write;

/// The inline form: `list<u8>`, `result<f32, rx-error>`; named types by their name.
pub fn value_type(value_type: &ValueType) -> String {
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
        ValueType::List(element) => format!("list<{}>", self::value_type(element)),
        ValueType::FixedList(element, count) => {
            format!("list<{}, {count}>", self::value_type(element))
        }
        ValueType::Map(key, value) => {
            format!(
                "map<{}, {}>",
                self::value_type(key),
                self::value_type(value)
            )
        }
        ValueType::Option(some) => format!("option<{}>", self::value_type(some)),
        ValueType::Result { ok, err } => result(ok.as_deref(), err.as_deref()),
        ValueType::Tuple(members) => {
            let members: Vec<String> = members.iter().map(self::value_type).collect();
            format!("tuple<{}>", members.join(", "))
        }
        ValueType::Named(definition) => name(&definition.name),
        ValueType::Own(resource) => name(&resource.name),
        ValueType::Borrow(resource) => format!("borrow<{}>", name(&resource.name)),
        ValueType::Stream(payload) => payload_of("stream", payload.as_deref()),
        ValueType::Future(payload) => payload_of("future", payload.as_deref()),
        ValueType::ErrorContext => "error-context".into(),
    }
}

/// `func(a: u32) -> f32`, without a name.
pub fn signature(function: &Function) -> String {
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
        FunctionKind::Constructor(_) => return constructor(function, &parameters),
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

/// Lines with indentation.
#[derive(Default)]
struct Text {
    text: String,
    depth: usize,
}

impl Text {
    fn done(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    fn docs(&mut self, docs: &str) {
        for line in docs.trim().lines().filter(|_| !docs.trim().is_empty()) {
            self.line(format!("/// {line}").trim_end());
        }
    }

    fn open(&mut self, heading: &str) {
        self.line(&format!("{heading} {{"));
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.line("}");
    }

    fn function(&mut self, function: &Function) {
        self.docs(&function.docs);
        let signature = signature(function);
        match function.kind {
            FunctionKind::Constructor(_) => self.line(&format!("{signature};")),
            _ => self.line(&format!("{}: {signature};", name(&function.name))),
        }
    }

    /// `functions`: those among which a resource finds its methods.
    fn definition(&mut self, definition: &TypeDefinition, functions: &[Function]) {
        self.docs(&definition.docs);
        let type_name = name(&definition.name);
        match &definition.kind {
            TypeKind::Record(fields) => {
                self.open(&format!("record {type_name}"));
                for field in fields {
                    self.docs(&field.docs);
                    self.line(&format!(
                        "{}: {},",
                        name(&field.name),
                        value_type(&field.value)
                    ));
                }
                self.close();
            }
            TypeKind::Variant(cases) => {
                self.open(&format!("variant {type_name}"));
                for case in cases {
                    self.docs(&case.docs);
                    match &case.value {
                        Some(value) => {
                            self.line(&format!("{}({}),", name(&case.name), value_type(value)))
                        }
                        None => self.line(&format!("{},", name(&case.name))),
                    }
                }
                self.close();
            }
            TypeKind::Enum(names) => self.names(&format!("enum {type_name}"), names),
            TypeKind::Flags(names) => self.names(&format!("flags {type_name}"), names),
            TypeKind::Alias(target) => {
                self.line(&format!("type {type_name} = {};", value_type(target)));
            }
            TypeKind::Resource => self.resource(&type_name, &definition.name, functions),
        }
    }

    fn names(&mut self, heading: &str, names: &[String]) {
        self.open(heading);
        for member in names {
            self.line(&format!("{},", name(member)));
        }
        self.close();
    }

    fn resource(&mut self, type_name: &str, resource: &str, functions: &[Function]) {
        let own: Vec<&Function> = functions
            .iter()
            .filter(|function| resource_of(function) == Some(resource))
            .collect();
        if own.is_empty() {
            return self.line(&format!("resource {type_name};"));
        }
        self.open(&format!("resource {type_name}"));
        for function in own {
            self.function(function);
        }
        self.close();
    }

    fn interface(&mut self, heading: &str, interface: &Interface) {
        self.docs(&interface.docs);
        self.open(heading);
        for definition in &interface.types {
            match &definition.owner {
                Some(owner) if Some(owner) != interface.id.as_ref() => {
                    self.line(&format!(
                        "use {}.{{{}}};",
                        near(owner, interface),
                        name(&definition.name)
                    ));
                }
                _ => self.own_type(definition, interface),
            }
        }
        for function in interface
            .functions
            .iter()
            .filter(|f| f.kind == FunctionKind::Free)
        {
            self.function(function);
        }
        self.close();
    }

    fn own_type(&mut self, definition: &TypeDefinition, interface: &Interface) {
        match &definition.kind {
            TypeKind::Alias(ValueType::Named(target))
                if target.owner.is_some() && target.owner != interface.id =>
            {
                let owner = target.owner.as_ref();
                let owner = owner
                    .map(|owner| near(owner, interface))
                    .unwrap_or_default();
                let (from, to) = (name(&target.name), name(&definition.name));
                self.line(&format!("use {owner}.{{{from} as {to}}};"));
            }
            _ => self.definition(definition, &interface.functions),
        }
    }

    fn port_line(&mut self, port: &Port) {
        let word = match port.direction {
            Direction::Required => "import",
            Direction::Provided => "export",
        };
        match &port.item {
            PortItem::Function(function) => {
                self.docs(&function.docs);
                self.line(&format!(
                    "{word} {}: {};",
                    name(&port.name),
                    signature(function)
                ));
            }
            PortItem::Interface(interface) => match &interface.id {
                Some(id) if id.to_string() == port.name => {
                    self.line(&format!("{word} {};", path(id)))
                }
                Some(id) => self.line(&format!("{word} {}: {};", name(&port.name), path(id))),
                None => self.interface(
                    &format!("{word} {}: interface", name(&port.name)),
                    interface,
                ),
            },
        }
    }
}

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

/// Constructors give the resource itself unless they can fail.
fn constructor(function: &Function, parameters: &str) -> String {
    match &function.result {
        Some(fallible @ ValueType::Result { .. }) => {
            format!("constructor({parameters}) -> {}", value_type(fallible))
        }
        _ => format!("constructor({parameters})"),
    }
}

fn result(ok: Option<&ValueType>, err: Option<&ValueType>) -> String {
    match (ok, err) {
        (None, None) => "result".into(),
        (Some(ok), None) => format!("result<{}>", value_type(ok)),
        (None, Some(err)) => format!("result<_, {}>", value_type(err)),
        (Some(ok), Some(err)) => format!("result<{}, {}>", value_type(ok), value_type(err)),
    }
}

fn payload_of(word: &str, payload: Option<&ValueType>) -> String {
    match payload {
        Some(payload) => format!("{word}<{}>", value_type(payload)),
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
