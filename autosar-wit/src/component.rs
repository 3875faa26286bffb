//! What a component offers and needs: AUTOSAR's SwComponentType, read from a `.wasm` or from WIT.
//! Knows nothing of files or of the project that uses it.

use crate::metadata::{ElementMetadata, Metadata};
use crate::types::{Function, Interface};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A component type (AUTOSAR: SwComponentType; Component Model: component or world).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComponentType {
    /// The name of its world, or of its name section.
    pub name: String,
    pub docs: String,
    /// Imports then exports, each in the order of the file.
    pub ports: Vec<Port>,
    pub origin: Origin,
    /// Producers: field (`language`, `processed-by`, `sdk`), name, version.
    pub producers: Vec<(String, String, String)>,
    /// Our own custom section; empty when there is none.
    #[serde(default)]
    pub metadata: Metadata,
}

/// Where the type was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    Component {
        size_bytes: u64,
    },
    /// Known from WIT alone: a stub stands in for it until there is a component.
    Wit,
}

/// An import or export at the component's outside (AUTOSAR: RPortPrototype, PPortPrototype).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Port {
    pub direction: Direction,
    /// The extern name exactly as the component has it: an interface id, an `implements` label, or
    /// a plain name. Unique among the ports of its direction.
    pub name: String,
    pub item: PortItem,
    pub kind: PortKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Import.
    Required,
    /// Export.
    Provided,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PortItem {
    Interface(Interface),
    /// A function at the root of the world.
    Function(Function),
}

/// The kind of a port interface (AUTOSAR: PortInterface, and ServiceInterface), by metadata, else
/// by shape: functions without parameters that give `T` or `result<T, rx-error>` are data elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortKind {
    SenderReceiver,
    ClientServer,
    ModeSwitch,
    Parameter,
    NvData,
    Trigger,
    /// A service of the adaptive platform (ara::com): its events and fields are streams.
    Service,
    /// Only types: nothing to connect.
    Types,
    /// Served by the platform on every host: WASI, `wasi:i2c`, `autosar:can`, `wireloom:ecu`.
    Platform,
}

impl ComponentType {
    /// The port of that direction and extern name.
    pub fn port(&self, direction: Direction, name: &str) -> Option<&Port> {
        self.ports
            .iter()
            .find(|port| port.direction == direction && port.name == name)
    }

    /// What the metadata say of the data elements of a port, by element path.
    pub fn elements(&self, port: &Port) -> BTreeMap<&str, &ElementMetadata> {
        self.metadata
            .ports
            .iter()
            .filter(|known| known.direction == port.direction && known.name == port.name)
            .flat_map(|known| &known.elements)
            .map(|(path, element)| (path.as_str(), element))
            .collect()
    }

    /// A line for each data element with a unit: ``required `a:b/level`: `get` in mm``.
    pub fn units(&self) -> Vec<String> {
        let ports = self.ports.iter().flat_map(|port| {
            let elements = self.elements(port);
            elements.into_iter().filter_map(move |(path, element)| {
                let direction = match port.direction {
                    Direction::Required => "required",
                    Direction::Provided => "provided",
                };
                let unit = element.unit.as_ref()?;
                Some(format!("{direction} `{}`: `{path}` in {unit}", port.name))
            })
        });
        ports.collect()
    }
}
