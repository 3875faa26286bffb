//! The physical meaning of data elements as people write it: TOML, by interface and element path,
//! once for every component that has the interface. It becomes the [`Metadata`] of a component.
//! Reads text, never files; knows nothing of projects.
//!
//! ```toml
//! ["acme:heat/temperature@0.1.0"]
//! get = { unit = "°C", dimension = { temperature = 1 } }
//!
//! ["acme:window/lifter@0.1.0"]
//! "step(input.position)" = { unit = "mm", dimension = { length = 1 } }
//! "step.motor.duty" = { unit = "%" }
//! ```

use crate::{
    component::{ComponentType, Port, PortItem},
    metadata::{ElementMetadata, Metadata, PortMetadata},
    types::{Function, TypeKind, ValueType},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// By interface id or port name: element path and meaning.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Meanings(BTreeMap<String, BTreeMap<String, ElementMetadata>>);

/// Why meanings cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeaningsError {
    #[error("{0}")]
    Malformed(String),
    #[error(
        "`{port}` has no element `{path}`; write a function's name, `.field` for a field of its result, or `(parameter.field)`"
    )]
    NoElement { port: String, path: String },
}

/// Reads the text.
pub fn read(text: &str) -> Result<Meanings, MeaningsError> {
    toml::from_str(text).map_err(|error| MeaningsError::Malformed(error.to_string()))
}

/// The metadata of a component: of each of its ports what is written of its interface or its name.
/// What is written of interfaces that it does not have is passed over; an element that a port
/// does not have is an error.
pub fn describe(meanings: &Meanings, component: &ComponentType) -> Result<Metadata, MeaningsError> {
    let mut ports = Vec::new();
    for port in &component.ports {
        let mut elements = BTreeMap::new();
        for key in keys(port) {
            elements.extend(meanings.0.get(&key).cloned().unwrap_or_default());
        }
        if let Some(path) = elements.keys().find(|path| !has_element(port, path)) {
            return Err(MeaningsError::NoElement {
                port: port.name.clone(),
                path: path.clone(),
            });
        }
        if !elements.is_empty() {
            ports.push(PortMetadata {
                direction: port.direction,
                name: port.name.clone(),
                kind: None,
                autosar_name: None,
                elements,
            });
        }
    }
    Ok(Metadata {
        ports,
        ..Metadata::default()
    })
}

/// The interface first: what is written of a port's own name counts more.
fn keys(port: &Port) -> Vec<String> {
    let id = match &port.item {
        PortItem::Interface(interface) => interface.id.as_ref().map(ToString::to_string),
        PortItem::Function(_) => None,
    };
    id.into_iter().chain([port.name.clone()]).collect()
}

fn has_element(port: &Port, path: &str) -> bool {
    let found = match path.strip_suffix(')').and_then(|path| path.split_once('(')) {
        Some((name, inner)) => function(port, name).and_then(|function| {
            let mut fields = inner.split('.');
            let name = fields.next()?;
            let (_, value) = function
                .parameters
                .iter()
                .find(|(known, _)| known == name)?;
            field(value, fields)
        }),
        None => {
            let mut fields = path.split('.');
            fields
                .next()
                .and_then(|name| function(port, name)?.result.as_ref())
                .and_then(|value| field(value, fields))
        }
    };
    found.is_some()
}

fn function<'a>(port: &'a Port, name: &str) -> Option<&'a Function> {
    match &port.item {
        PortItem::Interface(interface) => interface.function(name),
        PortItem::Function(function) => (function.name == name).then_some(function),
    }
}

/// The value behind the fields; a status or an option around a record is passed through.
fn field<'a, 'b>(
    value: &'a ValueType,
    mut fields: impl Iterator<Item = &'b str>,
) -> Option<&'a ValueType> {
    let Some(name) = fields.next() else {
        return Some(value);
    };
    let ValueType::Named(definition) = inside(value) else {
        return None;
    };
    let TypeKind::Record(members) = &definition.kind else {
        return None;
    };
    let member = members.iter().find(|member| member.name == name)?;
    field(&member.value, fields)
}

fn inside(value: &ValueType) -> &ValueType {
    match value {
        ValueType::Option(inner) => inside(inner),
        ValueType::Result {
            ok: Some(inner), ..
        } => inside(inner),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(inner) => inside(inner),
            _ => value,
        },
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{component::Direction, read};

    const WIT: &str = "package acme:window@0.1.0;
        interface lifter {
            enum code { broken }
            record motor { duty: f32 }
            record input { position: f32 }
            record output { motor: motor }
            step: func(input: input) -> output;
            speed: func() -> result<motor, code>;
        }
        world door { import get-level: func() -> f32; export lifter; }";

    fn door() -> ComponentType {
        read::wit_files(&[("door.wit", WIT)], Some("door")).unwrap()
    }

    fn described(text: &str) -> Result<Metadata, MeaningsError> {
        describe(&super::read(text)?, &door())
    }

    #[test]
    fn fields_parameters_and_what_stands_behind_a_status_have_a_meaning() {
        let metadata = described(
            "['acme:window/lifter@0.1.0']\n'step(input.position)' = { unit = 'mm' }\n\
             'step.motor.duty' = { unit = '%' }\n'speed.duty' = { unit = '%' }\n\
             [get-level]\nget-level = { unit = 'mm' }\n\
             ['acme:other/thing']\nx = { unit = 'V' }\n",
        )
        .unwrap();
        let ports: Vec<_> = metadata
            .ports
            .iter()
            .map(|port| (port.direction, port.name.as_str(), port.elements.len()))
            .collect();
        assert_eq!(
            ports,
            [
                (Direction::Required, "get-level", 1),
                (Direction::Provided, "acme:window/lifter@0.1.0", 3)
            ]
        );
    }

    #[test]
    fn elements_that_are_not_there_are_named() {
        for path in [
            "stop",
            "step(output)",
            "step(input.speed)",
            "step.motor.x",
            "step(",
        ] {
            let text = format!("['acme:window/lifter@0.1.0']\n'{path}' = {{ unit = 'V' }}\n");
            let error = described(&text).unwrap_err();
            assert_eq!(
                error,
                MeaningsError::NoElement {
                    port: "acme:window/lifter@0.1.0".into(),
                    path: path.into()
                }
            );
        }
        insta::assert_snapshot!(
            described("['acme:window/lifter@0.1.0']\nstop = {}\n").unwrap_err(),
            @"`acme:window/lifter@0.1.0` has no element `stop`; write a function's name, `.field` for a field of its result, or `(parameter.field)`"
        );
    }

    #[test]
    fn a_misspelt_field_is_named_with_its_line() {
        let error = described("[a]\nget = { units = 'V' }\n").unwrap_err();
        assert!(
            error.to_string().contains("unknown field `units`"),
            "{error}"
        );
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
