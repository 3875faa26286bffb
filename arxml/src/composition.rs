//! Compositions: parts, outer ports, connectors. Knows nothing of the system that uses them.

use crate::{
    component::{self, Interfaces, KnownPort, is_component},
    model::{Composition, Connector, End, Part},
    reader::Reader,
    tree::{child, children, docs, path, short_name},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    component::PortKind,
    names::{self, Labels},
};
use std::collections::BTreeMap;

/// Ports by path, of components and compositions.
pub(crate) type Ports = BTreeMap<String, KnownPort>;

pub(crate) fn is_composition(element: &Element) -> bool {
    element.element_name() == ElementName::CompositionSwComponentType
}

/// The compositions among these elements; no two names of them, or of one and a world, are alike.
pub(crate) fn read(
    reader: &mut Reader,
    elements: &[Element],
    interfaces: &Interfaces,
    ports: &mut Ports,
    taken: &mut Labels,
) -> Vec<Composition> {
    let elements: Vec<&Element> = elements.iter().filter(|one| is_composition(one)).collect();
    let mut found = Vec::new();
    for element in &elements {
        let label = names::to_label(&short_name(element));
        let name = taken.take(&label);
        let own = component::ports(reader, element, interfaces);
        found.push(Composition {
            path: path(element),
            autosar_name: short_name(element),
            name,
            docs: docs(element).join("\n"),
            ports: own.iter().map(|known| known.port.clone()).collect(),
            parts: parts(reader, element),
            connectors: Vec::new(),
        });
        ports.extend(
            own.into_iter()
                .map(|known| (known.port.path.clone(), known)),
        );
    }
    // Connectors name ports of other compositions, so all have theirs by now.
    for (element, composition) in elements.iter().zip(&mut found) {
        composition.connectors = connectors(reader, element, &composition.parts, ports);
    }
    found
}

fn parts(reader: &mut Reader, element: &Element) -> Vec<Part> {
    let mut taken = Labels::default();
    let mut parts = Vec::new();
    for prototype in children(element, ElementName::Components) {
        let Some(target) = reader.target(&prototype, ElementName::TypeTref) else {
            reader.unmapped(
                &prototype,
                "left out, since its component type is not there",
            );
            continue;
        };
        if target.element_name() == ElementName::NvBlockSwComponentType {
            reader.unmapped(
                &prototype,
                "left out, since the run-time environment keeps non-volatile data",
            );
            continue;
        }
        if !is_component(target.element_name()) && !is_composition(&target) {
            reader.unmapped(&prototype, "left out, since its type is no component type");
            continue;
        }
        let label = names::to_label(&short_name(&prototype));
        let name = taken.take(&label);
        parts.push(Part {
            path: path(&prototype),
            autosar_name: short_name(&prototype),
            name,
            component: path(&target),
        });
    }
    parts
}

fn connectors(
    reader: &mut Reader,
    element: &Element,
    parts: &[Part],
    ports: &Ports,
) -> Vec<Connector> {
    let mut found = Vec::new();
    let parts: BTreeMap<&str, &Part> = parts
        .iter()
        .map(|part| (part.path.as_str(), part))
        .collect();
    let parts = &parts;
    for connector in children(element, ElementName::Connectors) {
        let ends = match connector.element_name() {
            ElementName::AssemblySwConnector => assembly(reader, &connector, parts, ports),
            ElementName::DelegationSwConnector => delegation(reader, &connector, parts, ports),
            _ => continue,
        };
        let Some((from, to, kind)) = ends else {
            reader.unmapped(
                &connector,
                "left out, since a port or a component at its ends is not there",
            );
            continue;
        };
        found.push(Connector {
            path: path(&connector),
            from,
            to,
            kind,
        });
    }
    found
}

type Ends = (End, End, PortKind);

fn assembly(
    reader: &mut Reader,
    connector: &Element,
    parts: &BTreeMap<&str, &Part>,
    ports: &Ports,
) -> Option<Ends> {
    let provider = child(connector, ElementName::ProviderIref)?;
    let requester = child(connector, ElementName::RequesterIref)?;
    let (from, kind) = inner(reader, &provider, ElementName::TargetPPortRef, parts, ports)?;
    let (to, _) = inner(
        reader,
        &requester,
        ElementName::TargetRPortRef,
        parts,
        ports,
    )?;
    Some(turned(from, to, kind))
}

fn delegation(
    reader: &mut Reader,
    connector: &Element,
    parts: &BTreeMap<&str, &Part>,
    ports: &Ports,
) -> Option<Ends> {
    let inside = child(connector, ElementName::InnerPortIref)?.get_sub_element_at(0)?;
    let is_required = inside.element_name() == ElementName::RPortInCompositionInstanceRef;
    let target = match is_required {
        true => ElementName::TargetRPortRef,
        false => ElementName::TargetPPortRef,
    };
    let (part, kind) = inner(reader, &inside, target, parts, ports)?;
    let outer = reader.target(connector, ElementName::OuterPortRef)?;
    let outer = End::Outer {
        port: ports.get(&path(&outer))?.port.name.clone(),
    };
    // Non-volatile data are required by who writes them, too.
    Some(match is_required || kind == PortKind::NvData {
        true => turned(outer, part, kind),
        false => turned(part, outer, kind),
    })
}

/// From who provides to who requires, which for triggers is the other way round.
fn turned(from: End, to: End, kind: PortKind) -> Ends {
    match kind {
        PortKind::Trigger => (to, from, kind),
        _ => (from, to, kind),
    }
}

fn inner(
    reader: &mut Reader,
    reference: &Element,
    target: ElementName,
    parts: &BTreeMap<&str, &Part>,
    ports: &Ports,
) -> Option<(End, PortKind)> {
    let context = reader.target(reference, ElementName::ContextComponentRef)?;
    let port = reader.target(reference, target)?;
    let context = path(&context);
    let part = parts.get(context.as_str())?;
    let known = &ports.get(&path(&port))?.port;
    let end = End::Part {
        part: part.name.clone(),
        port: known.name.clone(),
    };
    Some((end, known.kind))
}
