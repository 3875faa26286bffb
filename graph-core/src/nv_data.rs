//! Non-volatile data (AUTOSAR: NvDataInterface): required ports that no connector reaches and the
//! run-time environment serves, each element in a block of its own in the instance's partition, with
//! the first value that the project gives it. Knows nothing of who keeps blocks.

use crate::{document::*, end, library::Library, resolve};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem, PortKind},
    metadata::ElementMetadata,
    nv_data::accessors,
    parameter::{self, ParameterError},
    types::{Interface, ValueType},
    value::{self, Value, shape},
};
use sha2::{Digest, Sha256};

/// Bytes of a block at most, and of its name: `wireloom:ecu/nv`.
const BLOCK_BYTES: u64 = 4096;
const BLOCK_NAME_BYTES: usize = 48;
/// Of every list (elements) and string (bytes) in a value.
const BOUND: u32 = 256;
/// Bytes of a digest that tell a type, or a name that is too long for a block.
const HEAD_BYTES: usize = 8;
const NAME_DIGEST_BYTES: usize = 4;

/// A port that the run-time environment serves.
#[derive(Debug, Clone, PartialEq)]
pub struct NvPort<'a> {
    pub instance: InstanceId,
    /// Its extern name.
    pub name: &'a str,
    pub interface: &'a Interface,
    pub elements: Vec<NvDatum<'a>>,
}

/// A data element of such a port.
#[derive(Debug, Clone, PartialEq)]
pub struct NvDatum<'a> {
    pub instance: InstanceId,
    /// The port's extern name.
    pub port: &'a str,
    pub element: &'a str,
    pub value_type: &'a ValueType,
    pub meaning: Option<&'a ElementMetadata>,
    /// The raw first value in WAVE; `None`: it is not written before the component does.
    pub text: Option<&'a str>,
    /// Where it is kept in the partition of its instance.
    pub block: String,
}

/// Why the content of a block is no value of its element.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ContentError {
    #[error("it is of another type")]
    OtherType,
    #[error(transparent)]
    Value(#[from] value::ValueError),
}

impl NvDatum<'_> {
    /// As the project's instance has it: `acme:body/trip@1.0.0#mileage`.
    pub fn key(&self) -> String {
        end::function_text(&self.path())
    }

    /// `odometer.acme:body/trip@1.0.0#mileage`.
    pub fn end(&self) -> End {
        End::Element {
            instance: self.instance,
            function: self.path(),
        }
    }

    fn path(&self) -> FunctionPath {
        FunctionPath {
            port: self.port.to_owned(),
            function: Some(self.element.to_owned()),
        }
    }

    /// The project's first value, packed.
    pub fn initial(&self) -> Option<Result<Vec<u8>, ParameterError>> {
        let read = |text| {
            let value = parameter::raw(self.value_type, self.meaning, text)?;
            Ok(value::encode(self.value_type, &value)?)
        };
        self.text.map(read)
    }

    /// What a block begins with that holds a value of this type.
    pub fn head(&self) -> [u8; HEAD_BYTES] {
        head(self.value_type)
    }

    /// Of every list (elements) and string (bytes) in the value.
    pub fn bound(&self) -> u32 {
        BOUND
    }

    /// Of its block; `None`: no block is that large.
    pub fn size_bytes(&self) -> Option<u32> {
        let bytes = rte::nv_block_bytes(self.value_type, self.bound());
        u32::try_from(bytes).ok().filter(|_| bytes <= BLOCK_BYTES)
    }
}

/// The content of a block that holds that value of that type.
pub fn content(value_type: &ValueType, value: &Value) -> Result<Vec<u8>, value::ValueError> {
    let packed = value::encode(value_type, value)?;
    Ok([head(value_type).as_slice(), &packed].concat())
}

/// The value that a block holds.
pub fn value_of(value_type: &ValueType, content: &[u8]) -> Result<Value, ContentError> {
    let packed = content.strip_prefix(&head(value_type));
    let packed = packed.ok_or(ContentError::OtherType)?;
    Ok(value::decode(value_type, packed)?)
}

fn head(value_type: &ValueType) -> [u8; HEAD_BYTES] {
    first_bytes(&shape(value_type))
}

/// All ports that are served, by instance.
pub fn nv_ports<'a>(document: &'a Document, library: &'a Library) -> Vec<NvPort<'a>> {
    let mut found = Vec::new();
    for (id, instance) in &document.instances {
        let Some(component) = resolve::component_type(document, library, *id) else {
            continue;
        };
        for port in component.ports.iter().filter(|port| is_served(port)) {
            let mut connectors = document.connectors.values();
            let is_connected = connectors
                .any(|one| one.to.instance() == Some(*id) && one.to.port() == Some(&port.name));
            if !is_connected {
                found.extend(served((*id, instance), component, port));
            }
        }
    }
    found
}

/// Whether the run-time environment serves the port, if no connector does.
pub fn is_served(port: &Port) -> bool {
    port.direction == Direction::Required
        && port.kind == PortKind::NvData
        && matches!(&port.item, PortItem::Interface(interface) if accessors(interface).is_some())
}

fn served<'a>(
    (id, instance): (InstanceId, &'a Instance),
    component: &'a ComponentType,
    port: &'a Port,
) -> Option<NvPort<'a>> {
    let PortItem::Interface(interface) = &port.item else {
        return None;
    };
    let mut described = component.metadata.ports.iter();
    let described =
        described.find(|known| known.direction == port.direction && known.name == port.name);
    let mut elements: Vec<NvDatum<'a>> = Vec::new();
    for accessor in accessors(interface)? {
        if elements.iter().any(|one| one.element == accessor.element) {
            continue;
        }
        let mut datum = NvDatum {
            instance: id,
            port: &port.name,
            element: accessor.element,
            value_type: accessor.value,
            meaning: described.and_then(|port| port.elements.get(accessor.element)),
            text: None,
            block: block_name(&instance.name, &port.name, accessor.element),
        };
        datum.text = instance.nv_data.get(&datum.key()).map(String::as_str);
        elements.push(datum);
    }
    Some(NvPort {
        instance: id,
        name: &port.name,
        interface,
        elements,
    })
}

/// `odometer-trip-mileage`; what is too long for a block ends in a digest of the whole.
fn block_name(instance: &str, port: &str, element: &str) -> String {
    let interface = port.rsplit_once('/').map_or(port, |(_, name)| name);
    let interface = interface.split('@').next().unwrap_or(interface);
    let name = format!("{instance}-{interface}-{element}").to_lowercase();
    if name.len() <= BLOCK_NAME_BYTES {
        return name;
    }
    let digest: [u8; NAME_DIGEST_BYTES] = first_bytes(&name);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let kept = BLOCK_NAME_BYTES - digits.len() - 1;
    let head: String = name.chars().take(kept).collect();
    format!("{head}-{digits}")
}

fn first_bytes<const N: usize>(text: &str) -> [u8; N] {
    let digest = Sha256::digest(text.as_bytes());
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_called_by_instance_port_and_element() {
        let trip = block_name("odometer", "acme:body/trip@1.0.0", "mileage");
        assert_eq!(trip, "odometer-trip-mileage");
        assert_eq!(block_name("Door-HMI", "seat", "NVM"), "door-hmi-seat-nvm");
        let long = |element: &str| block_name("door-module-front-left", "seat-position", element);
        let names = [long("position-of-memory-1"), long("position-of-memory-2")];
        assert_ne!(names[0], names[1]);
        for name in names {
            assert_eq!(name.len(), BLOCK_NAME_BYTES, "{name}");
            assert!(
                name.starts_with("door-module-front-left-seat-position-po-"),
                "{name}"
            );
        }
    }
}
