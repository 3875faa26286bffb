//! A whole component type as one WIT text that parses again: its world, then each interface in its
//! package.

use super::{Text, name, path};
use crate::component::{ComponentType, Direction, Port, PortItem};
use crate::types::{Function, Interface, InterfaceId, TypeDefinition, TypeKind, ValueType};
use std::{collections::BTreeMap, sync::Arc};

/// The WIT of a component type: `package root:component; world NAME { … }` and the packages that it
/// refers to.
pub fn world(component_type: &ComponentType) -> String {
    let mut text = Text::default();
    text.line("package root:component;");
    text.line("");
    text.docs(&component_type.docs);
    text.open(&format!(
        "world {}",
        name(&world_name(&component_type.name))
    ));
    for definition in root_types(component_type) {
        match &definition.owner {
            Some(owner) => text.line(&format!(
                "use {}.{{{}}};",
                path(owner),
                name(&definition.name)
            )),
            None => text.definition(&definition, &[]),
        }
    }
    for port in &component_type.ports {
        text.port_line(port);
    }
    text.close();
    for (package, interfaces) in packages(&component_type.ports) {
        text.line("");
        text.open(&format!("package {package}"));
        for interface in interfaces.values() {
            let heading = interface
                .id
                .as_ref()
                .map(|id| name(&id.interface))
                .unwrap_or_default();
            text.interface(&format!("interface {heading}"), interface);
        }
        text.close();
    }
    text.done()
}

fn world_name(component: &str) -> String {
    match crate::names::is_label(component) {
        true => component.to_owned(),
        false => crate::names::to_label(component),
    }
}

/// Types that functions at the root name, each once, targets before users.
fn root_types(component_type: &ComponentType) -> Vec<Arc<TypeDefinition>> {
    let mut found = Vec::new();
    for port in &component_type.ports {
        if let PortItem::Function(function) = &port.item {
            for value_type in types_of(function) {
                collect(value_type, &mut found);
            }
        }
    }
    found
}

fn types_of(function: &Function) -> impl Iterator<Item = &ValueType> {
    function
        .parameters
        .iter()
        .map(|(_, value_type)| value_type)
        .chain(&function.result)
}

fn collect(value_type: &ValueType, found: &mut Vec<Arc<TypeDefinition>>) {
    match value_type {
        ValueType::Named(definition) => {
            if found.iter().any(|known| known.name == definition.name) {
                return;
            }
            // What a foreign interface's type consists of stays behind its `use`.
            if definition.owner.is_none() {
                members(definition).for_each(|member| collect(member, found));
            }
            found.push(definition.clone());
        }
        ValueType::Own(resource) | ValueType::Borrow(resource) => {
            if found.iter().all(|known| known.name != resource.name) {
                found.push(Arc::new(TypeDefinition {
                    owner: resource.owner.clone(),
                    name: resource.name.clone(),
                    kind: TypeKind::Resource,
                    docs: String::new(),
                }));
            }
        }
        other => parts(other)
            .into_iter()
            .for_each(|part| collect(part, found)),
    }
}

fn members(definition: &TypeDefinition) -> Box<dyn Iterator<Item = &ValueType> + '_> {
    match &definition.kind {
        TypeKind::Record(fields) => Box::new(fields.iter().map(|field| &field.value)),
        TypeKind::Variant(cases) => Box::new(cases.iter().filter_map(|case| case.value.as_ref())),
        TypeKind::Alias(target) => Box::new(std::iter::once(target)),
        TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => Box::new(std::iter::empty()),
    }
}

fn parts(value_type: &ValueType) -> Vec<&ValueType> {
    match value_type {
        ValueType::List(part) | ValueType::FixedList(part, _) | ValueType::Option(part) => {
            vec![part]
        }
        ValueType::Map(key, value) => vec![key, value],
        ValueType::Result { ok, err } => ok.as_deref().into_iter().chain(err.as_deref()).collect(),
        ValueType::Tuple(members) => members.iter().collect(),
        ValueType::Stream(payload) | ValueType::Future(payload) => {
            payload.as_deref().into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Interfaces by package; one that is imported and exported is merged.
fn packages(ports: &[Port]) -> BTreeMap<String, BTreeMap<String, Interface>> {
    let mut packages: BTreeMap<String, BTreeMap<String, Interface>> = BTreeMap::new();
    // A provided interface is whole, a required one trimmed to what is used: provided ones first.
    let provided = ports
        .iter()
        .filter(|port| port.direction == Direction::Provided);
    let required = ports
        .iter()
        .filter(|port| port.direction == Direction::Required);
    for port in provided.chain(required) {
        let PortItem::Interface(interface) = &port.item else {
            continue;
        };
        let Some(id) = &interface.id else {
            continue;
        };
        let package = packages.entry(package_name(id)).or_default();
        match package.get_mut(&id.interface) {
            Some(known) => merge(known, interface),
            None => {
                package.insert(id.interface.clone(), interface.clone());
            }
        }
    }
    packages
}

fn merge(known: &mut Interface, other: &Interface) {
    for definition in &other.types {
        if known.types.iter().all(|one| one.name != definition.name) {
            known.types.push(definition.clone());
        }
    }
    for function in &other.functions {
        if !known
            .functions
            .iter()
            .any(|one| one.name == function.name && one.kind == function.kind)
        {
            known.functions.push(function.clone());
        }
    }
}

fn package_name(id: &InterfaceId) -> String {
    let package = format!("{}:{}", name(&id.namespace), name(&id.package));
    match &id.version {
        Some(version) => format!("{package}@{version}"),
        None => package,
    }
}
