//! Component types: worlds with a labelled import or export for each port and an exported function
//! for each runnable. Knows nothing of compositions.

pub(crate) mod behaviour;
mod mode_events;

use crate::{
    com_spec,
    interface::PortInterface,
    model::{Component, Port},
    reader::Reader,
    tree::{children, docs, path, short_name},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    component::{Direction, PortKind},
    metadata::{Metadata, PortMetadata},
    names::{self, Labels},
};
use std::collections::BTreeMap;

/// Port interfaces by path.
pub(crate) type Interfaces = BTreeMap<String, PortInterface>;

pub(crate) fn is_component(name: ElementName) -> bool {
    matches!(
        name,
        ElementName::ApplicationSwComponentType
            | ElementName::ComplexDeviceDriverSwComponentType
            | ElementName::EcuAbstractionSwComponentType
            | ElementName::ParameterSwComponentType
            | ElementName::SensorActuatorSwComponentType
            | ElementName::ServiceProxySwComponentType
            | ElementName::ServiceSwComponentType
    )
}

/// The components of these elements, with a world each, whose names differ.
pub(crate) fn read(
    reader: &mut Reader,
    elements: &[Element],
    interfaces: &Interfaces,
    known: &mut BTreeMap<String, KnownPort>,
    worlds: &mut Labels,
) -> Vec<Component> {
    let mut components = Vec::new();
    for element in elements {
        let label = names::to_label(&short_name(element));
        let world = worlds.take(&label);
        components.push(component(reader, element, world, interfaces, known));
    }
    components
}

fn component(
    reader: &mut Reader,
    element: &Element,
    world: String,
    interfaces: &Interfaces,
    known: &mut BTreeMap<String, KnownPort>,
) -> Component {
    let ports = ports(reader, element, interfaces);
    let behaviour = behaviour::read(reader, element, &ports);
    let metadata = Metadata {
        autosar_name: Some(short_name(element)),
        ports: ports
            .iter()
            .map(|port| port_metadata(port, interfaces))
            .collect(),
        runnables: behaviour.metadata,
    };
    let mut lines = docs(element);
    lines.push(format!("AUTOSAR: `{}`", path(element)));
    known.extend(ports.iter().map(|one| (one.port.path.clone(), one.clone())));
    Component {
        path: path(element),
        autosar_name: short_name(element),
        world,
        docs: lines.join("\n"),
        ports: ports.into_iter().map(|known| known.port).collect(),
        runnables: behaviour.runnables,
        metadata,
    }
}

/// A port and the path of its interface.
#[derive(Debug, Clone)]
pub(crate) struct KnownPort {
    pub(crate) port: Port,
    pub(crate) interface: String,
}

/// The ports whose interface is known, by the order of the description.
pub(crate) fn ports(
    reader: &mut Reader,
    element: &Element,
    interfaces: &Interfaces,
) -> Vec<KnownPort> {
    let mut labels = Labels::default();
    let mut ports = Vec::new();
    for prototype in children(element, ElementName::Ports) {
        let (reference, directions): (_, &[Direction]) = match prototype.element_name() {
            ElementName::PPortPrototype => {
                (ElementName::ProvidedInterfaceTref, &[Direction::Provided])
            }
            ElementName::RPortPrototype => {
                (ElementName::RequiredInterfaceTref, &[Direction::Required])
            }
            _ => (
                ElementName::ProvidedRequiredInterfaceTref,
                &[Direction::Required, Direction::Provided],
            ),
        };
        let Some(target) = reader.target(&prototype, reference) else {
            reader.unmapped(
                &prototype,
                "left out, since its port interface is not there",
            );
            continue;
        };
        let interface = path(&target);
        let Some(known) = interfaces.get(&interface) else {
            reader.unmapped(
                &prototype,
                "left out, since its port interface has no counterpart in WIT",
            );
            continue;
        };
        // Who reads or writes non-volatile data imports it: what keeps it is nobody's component.
        let directions = match known.kind {
            PortKind::NvData => &[Direction::Required],
            _ => directions,
        };
        let label = names::to_label(&short_name(&prototype));
        let label = labels.take(&label);
        for direction in directions {
            let mut port = KnownPort {
                port: Port {
                    path: path(&prototype),
                    name: label.clone(),
                    autosar_name: short_name(&prototype),
                    direction: turned(*direction, known.kind),
                    kind: known.kind,
                    interface: known.id.to_string(),
                    receptions: Vec::new(),
                },
                interface: interface.clone(),
            };
            port.port.receptions = com_spec::receptions(reader, &prototype, &port, interfaces);
            ports.push(port);
        }
    }
    ports
}

/// AUTOSAR's trigger source provides the port and calls; in WIT who is called provides.
fn turned(direction: Direction, kind: PortKind) -> Direction {
    match (kind, direction) {
        (PortKind::Trigger, Direction::Provided) => Direction::Required,
        (PortKind::Trigger, Direction::Required) => Direction::Provided,
        _ => direction,
    }
}

fn port_metadata(known: &KnownPort, interfaces: &Interfaces) -> PortMetadata {
    let interface = interfaces.get(&known.interface);
    PortMetadata {
        direction: known.port.direction,
        name: known.port.name.clone(),
        kind: Some(known.port.kind),
        autosar_name: Some(known.port.autosar_name.clone()),
        elements: interface
            .map(|interface| interface.meanings.clone())
            .unwrap_or_default(),
    }
}
