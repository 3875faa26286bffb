//! Com specs: what a receiver reads before the first value, when a value is too old, how long its
//! queue is. Knows nothing of connectors.

use crate::{
    component::{Interfaces, KnownPort, behaviour::nanoseconds},
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

/// What the com specs of a port say, an entry for each data element that has a getter.
pub(crate) fn receptions(
    reader: &mut Reader,
    prototype: &Element,
    port: &KnownPort,
    interfaces: &Interfaces,
) -> Vec<Reception> {
    let (Some(interface), PortKind::SenderReceiver) =
        (interfaces.get(&port.interface), port.port.kind)
    else {
        return Vec::new();
    };
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
