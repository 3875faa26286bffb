//! A service of AUTOSAR's adaptive platform (ara::com) in WIT: which functions of an interface are
//! its events, methods, fields and triggers. By shape and name alone; knows nothing of who serves it.
//!
//! | ara::com | WIT |
//! | --- | --- |
//! | event `x` | `subscribe-x: func(max-samples: u32) -> result<stream<sample>, error-code>` |
//! | trigger `x` | the same with a `stream` of nothing |
//! | field `x` | `get-x`, `set-x`, and `x-changed: func() -> stream<T>`, the value of now first |
//! | method | a function with a result |
//! | fire and forget | a function without one |
//!
//! Each may be an `async func`; those that give streams are it where the component that offers them
//! needs a task of its own to send.

use crate::print;
use crate::types::{Function, Interface, ValueType};
use crate::value::resolved;

/// What an interface offers, each list in the order of its functions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// Name, and the type of a sample in WIT.
    pub events: Vec<(String, String)>,
    pub triggers: Vec<String>,
    pub fields: Vec<Field>,
    pub methods: Vec<String>,
    pub fire_and_forget: Vec<String>,
}

/// A field with what of it there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub can_get: bool,
    pub can_set: bool,
    pub notifies: bool,
}

/// Whether a function gives a stream, at once or as its good outcome.
pub fn gives_stream(function: &Function) -> bool {
    stream(function).is_some()
}

/// What of ara::com the functions are.
pub fn service(interface: &Interface) -> Service {
    let mut service = Service::default();
    for function in &interface.functions {
        if let Some(field) = field_name(interface, function) {
            if service.fields.iter().all(|known| known.name != field) {
                service.fields.push(Field {
                    can_get: has(interface, &format!("get-{field}")),
                    can_set: has(interface, &format!("set-{field}")),
                    notifies: has(interface, &format!("{field}-changed")),
                    name: field.to_owned(),
                });
            }
            continue;
        }
        let name = function.name.clone();
        match (stream(function), &function.result) {
            (Some(sample), _) => {
                let short = name.strip_prefix("subscribe-").unwrap_or(&name).to_owned();
                match sample {
                    Some(sample) => service.events.push((short, print::value_type(sample))),
                    None => service.triggers.push(short),
                }
            }
            (None, Some(_)) => service.methods.push(name),
            (None, None) => service.fire_and_forget.push(name),
        }
    }
    service
}

impl Service {
    /// A line for each: ``event `scans` of `scan` ``.
    pub fn lines(&self) -> Vec<String> {
        let events = self.events.iter();
        let mut lines: Vec<String> = events
            .map(|(name, sample)| format!("event `{name}` of `{sample}`"))
            .collect();
        for field in &self.fields {
            let parts = [
                (field.can_get, "get"),
                (field.can_set, "set"),
                (field.notifies, "notify"),
            ];
            let parts = parts.into_iter().filter(|(is_there, _)| *is_there);
            let parts: Vec<&str> = parts.map(|(_, word)| word).collect();
            lines.push(format!("field `{}`: {}", field.name, parts.join(", ")));
        }
        let named = |word: &'static str, names: &[String]| -> Vec<String> {
            names
                .iter()
                .map(|name| format!("{word} `{name}`"))
                .collect()
        };
        lines.extend(named("method", &self.methods));
        lines.extend(named("fire and forget", &self.fire_and_forget));
        lines.extend(named("trigger", &self.triggers));
        lines
    }
}

/// The field that a function belongs to: one that notifies, or that can be both read and set.
fn field_name<'a>(interface: &Interface, function: &'a Function) -> Option<&'a str> {
    if let Some(name) = function.name.strip_suffix("-changed") {
        return gives_stream(function).then_some(name);
    }
    let get = function.name.strip_prefix("get-");
    let name = get.or_else(|| function.name.strip_prefix("set-"))?;
    let notifier = interface.function(&format!("{name}-changed"));
    let both = || has(interface, &format!("get-{name}")) && has(interface, &format!("set-{name}"));
    (notifier.is_some_and(gives_stream) || both()).then_some(name)
}

fn has(interface: &Interface, name: &str) -> bool {
    interface.function(name).is_some()
}

/// The sample of the stream that a function gives; the inner none: a stream of nothing.
fn stream(function: &Function) -> Option<Option<&ValueType>> {
    let mut value = resolved(function.result.as_ref()?);
    loop {
        match value {
            ValueType::Stream(sample) => return Some(sample.as_deref()),
            ValueType::Result { ok: Some(ok), .. } => value = resolved(ok),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panic"
    )]
    use super::*;
    use crate::read;

    fn lines(functions: &str) -> Vec<String> {
        let text = format!("package a:b; interface i {{ {functions} }}");
        let packages = read::wit_packages(&[("a.wit", &text)]).unwrap();
        service(&packages[0].interfaces[0]).lines()
    }

    #[test]
    fn functions_are_what_ara_com_calls_them() {
        let told = lines(
            "subscribe-scans: async func(max-samples: u32) -> result<stream<u16>, u8>;
             calibrate: async func(offset: f32) -> result<f32, u8>;
             get-range: async func() -> f32; set-range: async func(range: f32) -> f32;
             range-changed: func() -> stream<f32>;
             reset: func(); subscribe-blocked: func(max-samples: u32) -> result<stream, u8>;",
        );
        insta::assert_snapshot!(told.join("\n"), @r"
        event `scans` of `u16`
        field `range`: get, set, notify
        method `calibrate`
        fire and forget `reset`
        trigger `blocked`
        ");
    }

    #[test]
    fn a_field_is_more_than_a_getter() {
        assert_eq!(lines("get-level: func() -> u8;"), ["method `get-level`"]);
        let told = lines("get-level: func() -> u8; set-level: func(v: u8);");
        assert_eq!(told, ["field `level`: get, set"]);
        assert_eq!(
            lines("level-changed: func() -> stream<u8>;"),
            ["field `level`: notify"]
        );
        assert_eq!(
            lines("level-changed: func() -> bool;"),
            ["method `level-changed`"]
        );
    }
}
