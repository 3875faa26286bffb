//! Com specs: what a receiver reads before the first value, when a value is too old, how long its
//! queue is. Knows nothing of connectors.

use crate::{
    component::{Interfaces, KnownPort, behaviour::nanoseconds},
    interface::PortInterface,
    model::Reception,
    reader::Reader,
    tree::{child, children, number, path, text, whole},
    value,
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    component::{Direction, PortKind},
    types::ValueType,
};
use std::collections::BTreeMap;

/// What the com specs of a port say of its data elements.
pub(crate) fn receptions(
    reader: &mut Reader,
    prototype: &Element,
    port: &KnownPort,
    interfaces: &Interfaces,
) -> Vec<Reception> {
    match (interfaces.get(&port.interface), port.port.kind) {
        (Some(interface), PortKind::SenderReceiver) => received(reader, prototype, port, interface),
        (Some(interface), PortKind::NvData) => kept(reader, prototype, interface),
        _ => Vec::new(),
    }
}

/// The first values of non-volatile data, by their getters: what is required begins with one, or
/// else what is provided.
fn kept(reader: &mut Reader, prototype: &Element, interface: &PortInterface) -> Vec<Reception> {
    let required = children(prototype, ElementName::RequiredComSpecs);
    let provided = children(prototype, ElementName::ProvidedComSpecs);
    let mut found: Vec<Reception> = Vec::new();
    for spec in required.into_iter().chain(provided) {
        let element = reader.target(&spec, ElementName::VariableRef);
        let getter = element.and_then(|element| interface.functions.get(&path(&element)));
        let Some(getter) = getter.filter(|getter| found.iter().all(|one| one.element != **getter))
        else {
            continue;
        };
        let function = interface.interface.function(getter);
        let Some(ValueType::Result {
            ok: Some(value), ..
        }) = function.and_then(|function| function.result.as_ref())
        else {
            continue;
        };
        let holders = [
            ElementName::InitValue,
            ElementName::RamBlockInitValue,
            ElementName::RomBlockInitValue,
        ];
        let initial = holders.into_iter().find_map(|name| {
            let holder = child(&spec, name)?;
            value::wave(reader, &holder, value, &interface.meanings, getter)
        });
        if initial.is_some() {
            found.push(Reception {
                element: getter.clone(),
                initial,
                ..Reception::default()
            });
        }
    }
    found
}

/// An entry for each data element that has a getter.
fn received(
    reader: &mut Reader,
    prototype: &Element,
    port: &KnownPort,
    interface: &PortInterface,
) -> Vec<Reception> {
    let container = match port.port.direction {
        Direction::Required => ElementName::RequiredComSpecs,
        Direction::Provided => ElementName::ProvidedComSpecs,
    };
    let mut specs: BTreeMap<&str, Element> = BTreeMap::new();
    for spec in children(prototype, container) {
        let element = reader.target(&spec, ElementName::DataElementRef);
        let getter = element.and_then(|element| interface.functions.get(&path(&element)));
        if let Some(getter) = getter {
            specs.entry(getter).or_insert(spec);
        }
    }
    let mut found = Vec::new();
    for function in &interface.interface.functions {
        let spec = specs.get(function.name.as_str());
        let bound = interface.longest.get(&function.name).copied();
        let mut reception = Reception {
            element: function.name.clone(),
            bound: bound.filter(|longest| *longest > 0),
            ..Reception::default()
        };
        if let (
            Some(spec),
            Some(ValueType::Result {
                ok: Some(value), ..
            }),
        ) = (spec, &function.result)
        {
            let mut value_of = |name| {
                let holder = child(spec, name)?;
                value::wave(reader, &holder, value, &interface.meanings, &function.name)
            };
            reception.initial = value_of(ElementName::InitValue);
            reception.substitute = match text(spec, ElementName::HandleTimeoutType).as_deref() {
                Some("REPLACE") => reception.initial.clone(),
                Some("REPLACE-BY-TIMEOUT-SUBSTITUTION-VALUE") => {
                    value_of(ElementName::TimeoutSubstitutionValue)
                }
                _ => None,
            };
            reception.alive_timeout_ns = number(spec, ElementName::AliveTimeout)
                .and_then(nanoseconds)
                .filter(|timeout| *timeout > 0);
            reception.queue =
                whole(spec, ElementName::QueueLength).and_then(|length| u32::try_from(length).ok());
        }
        found.push(reception);
    }
    found
}
