//! Which data element travels as which signal (AUTOSAR: SenderReceiverToSignalMapping).

use crate::{
    component::Interfaces,
    composition::Ports,
    model::SignalMapping,
    reader::Reader,
    tree::{child, children, path},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    metadata::CompuMethod,
    types::{TypeKind, ValueType},
};

pub(crate) fn mappings(
    reader: &mut Reader,
    elements: &[Element],
    interfaces: &Interfaces,
    ports: &Ports,
) -> Vec<SignalMapping> {
    let system = elements
        .iter()
        .find(|element| element.element_name() == ElementName::System);
    let mut found = Vec::new();
    for mapping in system
        .iter()
        .flat_map(|system| children(system, ElementName::Mappings))
    {
        for mapping in children(&mapping, ElementName::DataMappings) {
            if mapping.element_name() != ElementName::SenderReceiverToSignalMapping {
                continue;
            }
            match read(reader, &mapping, interfaces, ports) {
                Ok(mapping) => found.push(mapping),
                Err(why) => reader.unmapped(&mapping, why),
            }
        }
    }
    found
}

fn read(
    reader: &mut Reader,
    mapping: &Element,
    interfaces: &Interfaces,
    ports: &Ports,
) -> Result<SignalMapping, String> {
    let gone = || "left out, since one of its ends is not there".to_owned();
    let signal = reader
        .target(mapping, ElementName::SystemSignalRef)
        .ok_or_else(gone)?;
    let place = child(mapping, ElementName::DataElementIref).ok_or_else(gone)?;
    let (mut parts, mut port) = (Vec::new(), None);
    for step in place.sub_elements() {
        let target = reader.follow(&step).ok_or_else(gone)?;
        match step.element_name() {
            ElementName::ContextComponentRef => parts.push(path(&target)),
            ElementName::ContextPortRef => port = ports.get(&path(&target)),
            ElementName::TargetDataPrototypeRef => {
                let port = port.ok_or_else(gone)?;
                let interface = interfaces.get(&port.interface).ok_or_else(gone)?;
                let element = interface.functions.get(&path(&target)).ok_or_else(gone)?;
                let function = interface.interface.function(element).ok_or_else(gone)?;
                let Some(ValueType::Result {
                    ok: Some(value), ..
                }) = &function.result
                else {
                    return Err(gone());
                };
                let table = interface
                    .meanings
                    .get(element)
                    .and_then(|meaning| meaning.compu_method.as_ref());
                fits(value, table)?;
                return Ok(SignalMapping {
                    path: path(mapping),
                    parts,
                    port: port.port.name.clone(),
                    direction: port.port.direction,
                    element: element.clone(),
                    system_signal: path(&signal),
                    is_physical: matches!(plain(value), ValueType::F32 | ValueType::F64),
                });
            }
            _ => {}
        }
    }
    Err(gone())
}

/// Signals are numbers; an enum travels as the number of its case.
fn fits(value: &ValueType, table: Option<&CompuMethod>) -> Result<(), String> {
    match plain(value) {
        ValueType::Named(definition) if matches!(definition.kind, TypeKind::Enum(_)) => {
            let Some(CompuMethod::TextTable(table)) = table else {
                return Ok(());
            };
            let in_order = table.keys().zip(0..).all(|(raw, at)| *raw == at);
            in_order.then_some(()).ok_or_else(|| {
                "the raw values of its text table are not 0, 1, 2…, as the cases of an enum are"
                    .to_owned()
            })
        }
        ValueType::Named(_) | ValueType::List(_) | ValueType::String | ValueType::Option(_) => {
            Err("signals carry numbers, bool and enums; this is none".to_owned())
        }
        _ => Ok(()),
    }
}

fn plain(value: &ValueType) -> &ValueType {
    match value {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(target) => plain(target),
            _ => value,
        },
        _ => value,
    }
}
