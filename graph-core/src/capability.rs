//! What of the platform a component can be given: which interface belongs to which capability, and
//! what an instance may be given in its place. A sorted list; knows nothing of documents.

use autosar_wit::{
    component::{Direction, Port, PortItem},
    types::{Function, InterfaceId, ResourceType, ValueType},
};
use serde::{Deserialize, Serialize};

/// Something outside a partition that a call can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    Can,
    I2c,
    Spi,
    Gpio,
    /// Non-volatile blocks.
    Nv,
    /// What time it is, and to wait.
    Clock,
    Random,
    Files,
    Network,
    /// Standard input and output, and terminals.
    Console,
    /// Variables and arguments.
    Environment,
    /// Any other interface of the platform.
    Other,
}

/// What an instance gets in the place of a capability; without one it is allowed what it imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// Its functions answer with their error, or end the activation where they have none.
    Deny,
    /// A harmless one that is the same in every run.
    Virtual,
}

/// All of them, as tables show them.
pub const CAPABILITIES: [Capability; 12] = [
    Capability::Can,
    Capability::I2c,
    Capability::Spi,
    Capability::Gpio,
    Capability::Nv,
    Capability::Clock,
    Capability::Random,
    Capability::Files,
    Capability::Network,
    Capability::Console,
    Capability::Environment,
    Capability::Other,
];

impl Capability {
    /// As the project file writes it.
    pub fn word(self) -> &'static str {
        match self {
            Capability::Can => "can",
            Capability::I2c => "i2c",
            Capability::Spi => "spi",
            Capability::Gpio => "gpio",
            Capability::Nv => "nv",
            Capability::Clock => "clock",
            Capability::Random => "random",
            Capability::Files => "files",
            Capability::Network => "network",
            Capability::Console => "console",
            Capability::Environment => "environment",
            Capability::Other => "other",
        }
    }

    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Capability::Can => "CAN",
            Capability::I2c => "I2C",
            Capability::Spi => "SPI",
            Capability::Gpio => "GPIO",
            Capability::Nv => "NV blocks",
            Capability::Clock => "Clock",
            Capability::Random => "Random",
            Capability::Files => "Files",
            Capability::Network => "Network",
            Capability::Console => "Console",
            Capability::Environment => "Environment",
            Capability::Other => "Other",
        }
    }

    /// What a virtual one is like; `None`: there is none.
    pub fn virtual_one(self) -> Option<&'static str> {
        match self {
            Capability::Nv => Some("blocks that were never written and keep nothing"),
            Capability::Clock => Some("a clock that stands at zero, and delays that end at once"),
            Capability::Random => Some("the same numbers in every run"),
            Capability::Files => Some("a file system without folders"),
            Capability::Network => Some("a network on which nobody is reached"),
            Capability::Environment => Some("no variables and no arguments"),
            Capability::Can
            | Capability::I2c
            | Capability::Spi
            | Capability::Gpio
            | Capability::Console
            | Capability::Other => None,
        }
    }

    /// The capability that calls of an interface reach; `None`: it is not the platform's, or it only
    /// works on handles that others gave.
    pub fn of_interface(id: &InterfaceId) -> Option<Capability> {
        let (namespace, package) = (id.namespace.as_str(), id.package.as_str());
        Some(match (namespace, package, id.interface.as_str()) {
            ("autosar", "can", _) | ("wasi", "can", _) => Capability::Can,
            ("wasi", "i2c" | "gpio", "delay") => Capability::Clock,
            ("wasi", "i2c", _) => Capability::I2c,
            ("wasi", "spi", _) => Capability::Spi,
            ("wasi", "gpio", _) => Capability::Gpio,
            ("wasi", "clocks", _) => Capability::Clock,
            ("wasi", "random", _) => Capability::Random,
            ("wasi", "filesystem", _) => Capability::Files,
            ("wasi", "sockets" | "http", _) => Capability::Network,
            ("wasi", "cli", "environment") => Capability::Environment,
            // To end, and streams, errors and polls: nothing is reached but what was handed over.
            ("wasi", "cli", "exit" | "run") | ("wasi", "io", _) => return None,
            ("wasi", "cli", _) => Capability::Console,
            ("wireloom", "ecu", "nv") => Capability::Nv,
            ("wireloom", "ecu", "clock") => Capability::Clock,
            ("wasi", _, _) | ("wireloom", "ecu", _) => Capability::Other,
            _ => return None,
        })
    }

    /// The capability that a required port takes from the platform.
    pub fn of_port(port: &Port) -> Option<Capability> {
        if port.direction != Direction::Required {
            return None;
        }
        match &port.item {
            PortItem::Interface(interface) => Capability::of_interface(interface.id.as_ref()?),
            PortItem::Function(function) => Capability::of_getter(function),
        }
    }

    /// Of a root function that gives a handle: `get-i2c-bus: func() -> i2c`.
    fn of_getter(function: &Function) -> Option<Capability> {
        let Some(ValueType::Own(resource)) = &function.result else {
            return None;
        };
        let is_plain = function.parameters.is_empty();
        is_plain
            .then(|| Capability::of_resource(resource))
            .flatten()
    }

    /// Of a handle.
    pub fn of_resource(resource: &ResourceType) -> Option<Capability> {
        Capability::of_interface(resource.owner.as_ref()?)
    }
}

impl Treatment {
    /// As the project file writes it.
    pub fn word(self) -> &'static str {
        match self {
            Treatment::Deny => "deny",
            Treatment::Virtual => "virtual",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_belong_to_capabilities() {
        let of = |id: &str| Capability::of_interface(&id.parse().unwrap());
        assert_eq!(of("autosar:can/controllers@0.1.0"), Some(Capability::Can));
        assert_eq!(of("wasi:i2c/delay@0.2.0-draft"), Some(Capability::Clock));
        assert_eq!(of("wasi:i2c/i2c@0.2.0-draft"), Some(Capability::I2c));
        assert_eq!(of("wasi:cli/stdout@0.2.3"), Some(Capability::Console));
        assert_eq!(
            of("wasi:cli/environment@0.2.3"),
            Some(Capability::Environment)
        );
        assert_eq!(of("wasi:nn/graph@0.2.0"), Some(Capability::Other));
        assert_eq!(of("wasi:io/streams@0.2.3"), None);
        assert_eq!(of("autosar:rte/types@0.1.0"), None);
        assert_eq!(of("acme:heat/level@1.0.0"), None);
    }

    #[test]
    fn words_are_those_of_the_file() {
        for capability in CAPABILITIES {
            let written = serde_json::to_value(capability).unwrap();
            assert_eq!(written, capability.word());
        }
    }
}
