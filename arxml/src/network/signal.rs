//! One signal of a frame: length, sign, conversion, words, first value.

use crate::{
    compu::{self, Conversion},
    props::{self, Props},
    reader::Reader,
    scalar::Scalar,
    tree::{child, docs, parse_number, path, short_name, text, whole},
};
use autosar_data::{Element, ElementName};
use autosar_wit::dbc::{ByteOrder, Multiplexing, Signal};

/// Where it lies, and who reads it.
pub(super) struct At {
    pub(super) start_bit: u32,
    pub(super) order: ByteOrder,
    pub(super) receivers: Vec<String>,
}

/// The signal, and the path of its system signal.
pub(super) fn read(
    reader: &mut Reader,
    element: &Element,
    at: At,
) -> Option<(Signal, Option<String>)> {
    let length = whole(element, ElementName::Length).filter(|length| (1..=64).contains(length));
    let Some(length) = length else {
        reader.unmapped(element, "left out: a signal is a number of 1 to 64 bits");
        return None;
    };
    let system = reader.target(element, ElementName::SystemSignalRef);
    let props = described(reader, element, system.as_ref());
    let scalar = props.base.as_ref().and_then(Scalar::of_base);
    let conversion = props.compu.as_ref().map(compu::read);
    let (factor, offset) = match &conversion {
        Some(Conversion::Linear { factor, offset }) => (*factor, *offset),
        _ => (1.0, 0.0),
    };
    let limits = props
        .constraint
        .as_ref()
        .map(props::limits)
        .unwrap_or_default();
    let physical = |(from, to): (f64, f64)| {
        let (a, b) = (from * factor + offset, to * factor + offset);
        (a.min(b), a.max(b))
    };
    let (minimum, maximum) = limits
        .physical
        .or(limits.raw.map(physical))
        .filter(|(from, to)| from.is_finite() && to.is_finite())
        .unwrap_or((0.0, 0.0));
    let values = match conversion {
        Some(Conversion::Words { rows, .. }) => rows
            .iter()
            .filter(|row| row.from == row.to)
            .map(|row| (row.from, row.text.replace('"', "'")))
            .collect(),
        _ => Vec::new(),
    };
    let float = matches!(
        (scalar, length),
        (Some(Scalar::F32), 32) | (Some(Scalar::F64), 64)
    );
    let signed = matches!(
        scalar,
        Some(Scalar::S8 | Scalar::S16 | Scalar::S32 | Scalar::S64)
    );
    let meaning = props::unit(reader, &props);
    let signal = Signal {
        name: short_name(element),
        start_bit: at.start_bit,
        length_bits: length as u32,
        byte_order: at.order,
        signed,
        float,
        factor,
        offset,
        minimum,
        maximum,
        unit: meaning.unit.unwrap_or_default().replace('"', "'"),
        receivers: at.receivers,
        values,
        multiplexing: Multiplexing::Plain,
        presence: None,
        comment: docs(element).join(" ").replace('"', "'"),
        start_value: start(reader, element),
    };
    Some((signal, system.as_ref().map(path)))
}

/// As the network has it, else as the system signal does.
fn described(reader: &mut Reader, element: &Element, system: Option<&Element>) -> Props {
    let network = child(element, ElementName::NetworkRepresentationProps)
        .map(|props| props::inside(reader, &props))
        .unwrap_or_default();
    let physical = system
        .and_then(|system| child(system, ElementName::PhysicalProps))
        .map(|props| props::inside(reader, &props))
        .unwrap_or_default();
    network.or(physical)
}

/// Raw, if it is a number.
fn start(reader: &mut Reader, element: &Element) -> Option<f64> {
    let mut value = child(element, ElementName::InitValue)?.get_sub_element_at(0)?;
    if value.element_name() == ElementName::ConstantReference {
        let constant = reader.target(&value, ElementName::ConstantRef)?;
        value = child(&constant, ElementName::ValueSpec)?.get_sub_element_at(0)?;
    }
    match value.element_name() {
        ElementName::NumericalValueSpecification => {
            parse_number(&text(&value, ElementName::Value)?)
        }
        _ => {
            reader.unmapped(
                element,
                "its init value is no raw number and is not taken over",
            );
            None
        }
    }
}
