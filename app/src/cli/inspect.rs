//! `wireloom inspect FILE`.

use super::outcome::Outcome;
use crate::files;
use autosar_wit::{
    component::{ComponentType, Direction, Origin, PortItem},
    print,
};
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
        Ok(component_type) => Outcome::fine(
            component_json(&component_type),
            component_text(&component_type),
        ),
        Err(error) => Outcome::failed(error),
    }
}

fn component_json(component_type: &ComponentType) -> Value {
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
        "imports": ports(Direction::Required),
        "exports": ports(Direction::Provided),
        "producers": component_type.producers.iter().map(|(field, name, version)| json!({
            "field": field, "name": name, "version": version,
        })).collect::<Vec<_>>(),
        "wit": print::world(component_type),
    })
}

fn component_text(component_type: &ComponentType) -> String {
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
    text.push_str(&print::world(component_type));
    text.push('\n');
    text
}
