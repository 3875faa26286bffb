//! An instance meets each resource type from one origin: handles of two providers do not mix, even
//! where the types read the same.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem, PortKind},
    types::{Function, InterfaceId, ResourceType, TypeKind, ValueType},
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        found.extend(judge(context, id, instance, component));
    }
    found
}

/// Who makes the handles that come through a port.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Platform,
    Instance(InstanceId),
}

fn judge(
    context: &Context,
    id: InstanceId,
    instance: &Instance,
    component: &ComponentType,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(&InterfaceId, &str), (Origin, &str)> = BTreeMap::new();
    let mut found = Vec::new();
    for port in component
        .ports
        .iter()
        .filter(|port| port.direction == Direction::Required)
    {
        for (owner, name) in resources(port) {
            let Some(origin) = origin_of_import(context, id, component, port, owner, 0) else {
                continue;
            };
            let (known, known_port) = *first.entry((owner, name)).or_insert((origin, &port.name));
            if known == origin {
                continue;
            }
            let maker = |origin| match origin {
                Origin::Platform => "the platform".to_owned(),
                Origin::Instance(id) => format!("`{}`", context.instance_name(id)),
            };
            let message = format!(
                "`{}` gets the resource `{name}` of {} through `{known_port}` and of {} through `{}`",
                instance.name,
                maker(known),
                maker(origin),
                port.name
            );
            let subject = Subject::Port {
                instance: id,
                direction: Direction::Required,
                port: port.name.clone(),
            };
            found.push(
                Diagnostic::new("resource-identity", Severity::Error, subject, message)
                    .help("take both ports from providers that share one maker of this resource"),
            );
        }
    }
    found
}

/// Where handles of `owner` come from at a required port. `None` while the way is not connected.
fn origin_of_import(
    context: &Context,
    id: InstanceId,
    component: &ComponentType,
    port: &Port,
    owner: &InterfaceId,
    depth: usize,
) -> Option<Origin> {
    if port.kind == PortKind::Platform {
        return Some(Origin::Platform);
    }
    let wire = context
        .into_port(id, &port.name)
        .find(|wire| matches!(wire.connector.to, End::Port { .. }));
    let Some(wire) = wire.filter(|wire| wire.connector.kind.is_direct()) else {
        // The port that would bring the type is open: what its owner's port brings counts.
        return import_of(component, owner)
            .filter(|other| other.name != port.name && depth == 0)
            .and_then(|other| origin_of_import(context, id, component, other, owner, depth + 1));
    };
    let provider = wire.connector.from.instance()?;
    origin_of_export(
        context,
        provider,
        wire.connector.from.port()?,
        owner,
        depth + 1,
    )
}

/// Where handles of `owner` come from at a provided port.
fn origin_of_export(
    context: &Context,
    id: InstanceId,
    port: &str,
    owner: &InterfaceId,
    depth: usize,
) -> Option<Origin> {
    let component = context.component(id)?;
    // A circle of connectors is another rule's finding.
    if depth > context.document.instances.len() {
        return None;
    }
    let defines =
        |port: &&Port| port.direction == Direction::Provided && interface_id(port) == Some(owner);
    let itself = component.port(Direction::Provided, port).filter(defines);
    if itself.is_some() || component.ports.iter().any(|port| defines(&port)) {
        return Some(Origin::Instance(id));
    }
    match import_of(component, owner) {
        Some(import) => origin_of_import(context, id, component, import, owner, depth + 1),
        // Another version under the same structure: the provider's own.
        None => Some(Origin::Instance(id)),
    }
}

fn import_of<'a>(component: &'a ComponentType, owner: &InterfaceId) -> Option<&'a Port> {
    component
        .ports
        .iter()
        .find(|port| port.direction == Direction::Required && interface_id(port) == Some(owner))
}

fn interface_id(port: &Port) -> Option<&InterfaceId> {
    match &port.item {
        PortItem::Interface(interface) => interface.id.as_ref(),
        PortItem::Function(_) => None,
    }
}

/// Resource types in the functions of a port.
fn resources(port: &Port) -> BTreeSet<(&InterfaceId, &str)> {
    let mut found = BTreeSet::new();
    for function in crate::resolve::functions(port) {
        let Function {
            parameters, result, ..
        } = function;
        for value in parameters.iter().map(|(_, value)| value).chain(result) {
            collect(value, &mut found);
        }
    }
    found
}

fn collect<'a>(value: &'a ValueType, found: &mut BTreeSet<(&'a InterfaceId, &'a str)>) {
    match value {
        ValueType::Own(ResourceType {
            owner: Some(owner),
            name,
        })
        | ValueType::Borrow(ResourceType {
            owner: Some(owner),
            name,
        }) => {
            found.insert((owner, name));
        }
        ValueType::List(inner) | ValueType::FixedList(inner, _) | ValueType::Option(inner) => {
            collect(inner, found)
        }
        ValueType::Map(key, value) => {
            collect(key, found);
            collect(value, found);
        }
        ValueType::Result { ok, err } => [ok, err]
            .into_iter()
            .flatten()
            .for_each(|value| collect(value, found)),
        ValueType::Stream(inner) | ValueType::Future(inner) => {
            inner.iter().for_each(|value| collect(value, found));
        }
        ValueType::Tuple(members) => members.iter().for_each(|value| collect(value, found)),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => {
                fields.iter().for_each(|field| collect(&field.value, found))
            }
            TypeKind::Variant(cases) => {
                cases
                    .iter()
                    .filter_map(|case| case.value.as_ref())
                    .for_each(|value| collect(value, found));
            }
            TypeKind::Alias(target) => collect(target, found),
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => {}
        },
        _ => {}
    }
}
