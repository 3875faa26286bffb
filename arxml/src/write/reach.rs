//! All types with names that are to be written: where each stands, and which of them have to be
//! application types. Writes nothing.

use super::{names, types::Form};
use autosar_wit::{
    component::{ComponentType, PortItem},
    types::{Function, Interface, InterfaceId, TypeDefinition, TypeKind, ValueType},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A type's interface and name.
pub(super) type Key = (Option<InterfaceId>, String);

pub(super) fn key(definition: &TypeDefinition) -> Key {
    (definition.owner.clone(), definition.name.clone())
}

/// Types by their names.
pub(super) type Found = BTreeMap<Key, Arc<TypeDefinition>>;

/// Those that the ports of these components lead to.
pub fn named_types<'a>(
    types: impl Iterator<Item = &'a ComponentType>,
) -> BTreeMap<(Option<InterfaceId>, String), Arc<TypeDefinition>> {
    all(types, &[])
}

pub(super) fn all<'a>(
    types: impl Iterator<Item = &'a ComponentType>,
    interfaces: &[Arc<Interface>],
) -> Found {
    let mut found = Found::new();
    for interface in interfaces {
        of_interface(interface, &mut found);
    }
    for port in types.flat_map(|one| &one.ports) {
        match &port.item {
            PortItem::Function(function) => of_function(function, &mut found),
            PortItem::Interface(interface) => of_interface(interface, &mut found),
        }
    }
    found
}

/// The paths that their documentation gives: what stands in one of them is in no package.
pub(super) fn homes(found: &Found) -> BTreeSet<String> {
    let paths = found.values().filter_map(|one| names::path_in(&one.docs));
    paths.map(str::to_owned).collect()
}

/// Those that are application types because a string is in them, or because one of these has them or
/// is in them: the two kinds do not mix.
pub(super) fn applied(found: &Found) -> BTreeSet<Key> {
    let mut applied = BTreeSet::new();
    loop {
        let before = applied.len();
        for (name, definition) in found {
            let inner = inside(definition);
            let is_union = matches!(definition.kind, TypeKind::Variant(_));
            let value = ValueType::Named(definition.clone());
            let is_applied = !is_union
                && (super::types::form(&value) == Ok(Form::Application)
                    || inner.iter().any(|one| applied.contains(&key(one))));
            if is_applied || applied.contains(name) && !is_union {
                applied.insert(name.clone());
                applied.extend(inner.iter().map(|one| key(one)));
            }
        }
        if applied.len() == before {
            return applied;
        }
    }
}

fn of_interface(interface: &Interface, found: &mut Found) {
    for definition in &interface.types {
        of_definition(definition, found);
    }
    for function in &interface.functions {
        of_function(function, found);
    }
}

fn of_function(function: &Function, found: &mut Found) {
    let parameters = function.parameters.iter().map(|(_, value)| value);
    for value in parameters.chain(&function.result) {
        for definition in named(value) {
            of_definition(&definition, found);
        }
    }
}

fn of_definition(definition: &Arc<TypeDefinition>, found: &mut Found) {
    if found.insert(key(definition), definition.clone()).is_none() {
        for inner in inside(definition) {
            of_definition(&inner, found);
        }
    }
}

/// The named types in one.
fn inside(definition: &TypeDefinition) -> Vec<Arc<TypeDefinition>> {
    match &definition.kind {
        TypeKind::Record(fields) => fields.iter().flat_map(|one| named(&one.value)).collect(),
        TypeKind::Variant(cases) => {
            let values = cases.iter().filter_map(|case| case.value.as_ref());
            values.flat_map(named).collect()
        }
        TypeKind::Alias(value) => named(value),
        TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => Vec::new(),
    }
}

fn named(value: &ValueType) -> Vec<Arc<TypeDefinition>> {
    match value {
        ValueType::List(inner) | ValueType::FixedList(inner, _) | ValueType::Option(inner) => {
            named(inner)
        }
        ValueType::Result { ok, err } => {
            let both = [ok, err].into_iter().flatten();
            both.flat_map(|inner| named(inner)).collect()
        }
        ValueType::Named(definition) => vec![definition.clone()],
        _ => Vec::new(),
    }
}
