//! `wireloom inspect FILE`.

use super::outcome::Outcome;
use crate::files;
use autosar_wit::{
    component::{ComponentType, Direction, Origin, PortItem, PortKind},
    print, service,
    types::Interface,
};
use exporter::lower::{self, Fit};
use serde_json::{Value, json};
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct InspectArguments {
    /// Component `.wasm`, encoded WIT package, `.wit` file or folder
    file: PathBuf,
    /// The world to show of a WIT package that has several
    #[arg(long)]
    world: Option<String>,
}

pub(super) fn inspect(arguments: &InspectArguments) -> Outcome {
    match files::read_any(&arguments.file, arguments.world.as_deref()) {
        Ok(component_type) => {
            let fit = fit(arguments, &component_type);
            Outcome::fine(
                component_json(&component_type, fit.as_ref()),
                component_text(&component_type, fit.as_ref()),
            )
        }
        Err(error) => Outcome::failed(error),
    }
}

/// Whether it fits microcontrollers; none of what has no binary.
fn fit(arguments: &InspectArguments, component_type: &ComponentType) -> Option<Fit> {
    match component_type.origin {
        Origin::Component { .. } => {
            let bytes = files::read_limited(&arguments.file).ok()?;
            Some(lower::fit(&bytes))
        }
        Origin::Wit => None,
    }
}

fn component_json(component_type: &ComponentType, fit: Option<&Fit>) -> Value {
    let ports = |direction| {
        let ports = component_type
            .ports
            .iter()
            .filter(move |port| port.direction == direction);
        let values = ports.map(|port| {
            json!({
                "name": port.name,
                "kind": port.kind,
                "interface": match &port.item {
                    PortItem::Interface(interface) => interface.id.as_ref().map(ToString::to_string),
                    PortItem::Function(_) => None,
                },
                "functions": match &port.item {
                    PortItem::Interface(interface) => interface.functions.iter().map(print::function).collect(),
                    PortItem::Function(function) => vec![print::function(function)],
                },
                "docs": match &port.item {
                    PortItem::Interface(interface) => &interface.docs,
                    PortItem::Function(function) => &function.docs,
                },
                "elements": component_type.elements(port),
                "wit": print::port(port),
            })
        });
        Value::Array(values.collect())
    };
    json!({
        "name": component_type.name,
        "docs": component_type.docs,
        "size_bytes": match component_type.origin {
            Origin::Component { size_bytes } => Some(size_bytes),
            Origin::Wit => None,
        },
        "microcontroller": fit.map(|fit| json!({
            "fits": fit.findings.is_empty(),
            "memory_bytes": fit.memory_bytes,
            "reasons": fit.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })),
        "imports": ports(Direction::Required),
        "exports": ports(Direction::Provided),
        "producers": component_type.producers.iter().map(|(field, name, version)| json!({
            "field": field, "name": name, "version": version,
        })).collect::<Vec<_>>(),
        "wit": print::world(component_type),
    })
}

fn component_text(component_type: &ComponentType, fit: Option<&Fit>) -> String {
    let mut text = match component_type.origin {
        Origin::Component { size_bytes } => format!(
            "// component `{}`, {size_bytes} bytes\n",
            component_type.name
        ),
        Origin::Wit => format!("// world `{}`, no component yet\n", component_type.name),
    };
    for (field, name, version) in &component_type.producers {
        let _ = writeln!(text, "// {field}: {name} {version}");
    }
    for line in fit.map(Fit::lines).unwrap_or_default() {
        let _ = writeln!(text, "// {line}");
    }
    for line in component_type.units() {
        let _ = writeln!(text, "// {line}");
    }
    for (port, interface) in services(component_type) {
        for line in service::service(interface).lines() {
            let _ = writeln!(text, "// {port}: {line}");
        }
    }
    text.push_str(&print::world(component_type));
    text.push('\n');
    text
}

/// The ports that are services of the adaptive platform.
fn services(component_type: &ComponentType) -> impl Iterator<Item = (&str, &Interface)> {
    component_type
        .ports
        .iter()
        .filter_map(|port| match (port.kind, &port.item) {
            (PortKind::Service, PortItem::Interface(interface)) => {
                Some((port.name.as_str(), interface))
            }
            _ => None,
        })
}
