//! Which functions of a component need concurrency: the component and another wait for each other
//! in them, which only some hosts can run. Knows nothing of hosts.

use crate::component::{ComponentType, PortItem};
use crate::types::{Case, Field, Function, TypeKind, ValueType};

/// A function that needs concurrency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The port's extern name.
    pub port: String,
    pub function: String,
    /// In words: `an async func`, `a stream`, `a future`.
    pub construct: &'static str,
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.function)?;
        if self.port != self.function {
            write!(f, " of `{}`", self.port)?;
        }
        write!(f, " ({})", self.construct)
    }
}

/// All of a component, in the order of its ports.
pub fn needs(component: &ComponentType) -> Vec<Need> {
    let mut needs = Vec::new();
    for port in &component.ports {
        let functions = match &port.item {
            PortItem::Interface(interface) => interface.functions.as_slice(),
            PortItem::Function(function) => std::slice::from_ref(function),
        };
        for function in functions {
            if let Some(construct) = construct(function) {
                needs.push(Need {
                    port: port.name.clone(),
                    function: function.name.clone(),
                    construct,
                });
            }
        }
    }
    needs
}

fn construct(function: &Function) -> Option<&'static str> {
    if function.is_async {
        return Some("an async func");
    }
    let parameters = function.parameters.iter().map(|(_, value)| value);
    parameters.chain(&function.result).find_map(within)
}

fn within(value: &ValueType) -> Option<&'static str> {
    match value {
        ValueType::Stream(_) => Some("a stream"),
        ValueType::Future(_) => Some("a future"),
        ValueType::List(inner) | ValueType::FixedList(inner, _) | ValueType::Option(inner) => {
            within(inner)
        }
        ValueType::Map(key, entry) => within(key).or_else(|| within(entry)),
        ValueType::Result { ok, err } => {
            let parts = [ok.as_deref(), err.as_deref()];
            parts.into_iter().flatten().find_map(within)
        }
        ValueType::Tuple(parts) => parts.iter().find_map(within),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => fields.iter().find_map(|Field { value, .. }| within(value)),
            TypeKind::Variant(cases) => cases
                .iter()
                .find_map(|Case { value, .. }| value.as_ref().and_then(within)),
            TypeKind::Alias(target) => within(target),
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panic")]
    use super::*;
    use crate::read;

    #[test]
    fn functions_that_wait_are_named_with_their_ports() {
        let text = "package a:b;
            interface i { record r { x: list<option<future<u8>>> } plain: func() -> u8;
                later: func() -> r; wait: async func(); }
            world w { import i; export each: func(a: tuple<u8, stream<u8>>); export one: func(); }";
        let component = read::wit_files(&[("a.wit", text)], None).unwrap();
        let told: Vec<String> = needs(&component).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "`later` of `a:b/i` (a future)",
                "`wait` of `a:b/i` (an async func)",
                "`each` (a stream)"
            ]
        );
    }
}
