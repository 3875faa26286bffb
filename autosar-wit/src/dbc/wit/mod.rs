//! A database as a WIT package: an interface for each message with a data element for each signal,
//! a world for each node. Values are raw, as they lie in the frame; unit, range and original names
//! stand in the docs, and in the metadata of each world. The same database gives the same text,
//! and the order in the file decides no name.

mod branches;
mod docs;
mod labels;
mod message;

use super::{Database, Message};
use crate::{
    component::Direction,
    metadata::{ElementMetadata, Metadata, PortMetadata},
    print,
    types::{Interface, InterfaceId, TypeDefinition, TypeKind},
};
use labels::{Labels, labels};
use semver::Version;
use std::{collections::BTreeMap, fmt::Write, sync::Arc};

const NAMESPACE: &str = "dbc";
const VERSION: Version = Version::new(0, 1, 0);

/// The WIT of a database.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// `namespace:name`.
    pub package: String,
    /// The package, which uses `autosar:rte`.
    pub text: String,
    /// Of each node that sends or receives, in the order of the file.
    pub worlds: Vec<World>,
}

/// The world of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    pub name: String,
    /// Original names, units and conversions.
    pub metadata: Metadata,
}

/// A message as the interface of ports.
struct Port<'a> {
    message: &'a Message,
    interface: Interface,
    elements: BTreeMap<String, ElementMetadata>,
}

/// The package `dbc:NAME`, NAME made a label.
pub fn describe(database: &Database, name: &str) -> Described {
    let package = crate::names::to_label(name);
    let mut taken = Labels::default();
    let names = database.messages.iter().map(|one| one.name.as_str());
    let names = labels(names, &mut taken);
    let mut text = format!("package {NAMESPACE}:{}@{VERSION};\n", print::name(&package));
    let mut known = Vec::new();
    for (message, label) in database.messages.iter().zip(names) {
        let id = InterfaceId {
            namespace: NAMESPACE.to_owned(),
            package: package.clone(),
            interface: label,
            version: Some(VERSION),
        };
        let (interface, elements) = message::interface(message, &id);
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}\n", print::interface(&interface));
        known.push(Port {
            message,
            interface,
            elements,
        });
    }
    let mut worlds = Vec::new();
    for node in &database.nodes {
        let ports = ports(node, &known);
        if ports.is_empty() {
            continue;
        }
        let name = taken.take(node);
        let docs = docs::lines(&format!("Node `{node}`."));
        let _ = write!(text, "\n{docs}world {} {{\n", print::name(&name));
        for (line, _) in &ports {
            let _ = writeln!(text, "    {line};");
        }
        text.push_str("}\n");
        let metadata = Metadata {
            autosar_name: Some(node.clone()),
            ports: ports.into_iter().map(|(_, port)| port).collect(),
            ..Metadata::default()
        };
        worlds.push(World { name, metadata });
    }
    Described {
        package: format!("{NAMESPACE}:{package}"),
        text,
        worlds,
    }
}

/// The ports of a node with their lines: what it receives and does not send itself, what it sends.
fn ports(node: &str, known: &[Port]) -> Vec<(String, PortMetadata)> {
    let mut ports = Vec::new();
    for Port {
        message,
        interface,
        elements,
    } in known
    {
        let mut receivers = message.signals.iter().flat_map(|signal| &signal.receivers);
        let direction = match message.senders().any(|sender| sender == node) {
            true => Direction::Provided,
            false if receivers.any(|receiver| receiver == node) => Direction::Required,
            false => continue,
        };
        let Some(id) = interface
            .id
            .as_ref()
            .filter(|_| !interface.functions.is_empty())
        else {
            continue;
        };
        let word = match direction {
            Direction::Required => "import",
            Direction::Provided => "export",
        };
        let line = format!("{word} {}", print::name(&id.interface));
        let metadata = PortMetadata {
            direction,
            name: id.to_string(),
            kind: None,
            autosar_name: Some(message.name.clone()),
            elements: elements.clone(),
        };
        ports.push((line, metadata));
    }
    ports.sort_by(|(one, a), (other, b)| (a.direction, one).cmp(&(b.direction, other)));
    ports
}

/// `autosar:rte/types`.`rx-error`, as an interface takes it by `use`.
fn rx_error() -> Arc<TypeDefinition> {
    let owner = InterfaceId {
        namespace: "autosar".to_owned(),
        package: "rte".to_owned(),
        interface: "types".to_owned(),
        version: Some(VERSION),
    };
    Arc::new(TypeDefinition {
        owner: Some(owner),
        name: "rx-error".to_owned(),
        // Of a type of another interface the printer writes the name alone.
        kind: TypeKind::Enum(Vec::new()),
        docs: String::new(),
    })
}
