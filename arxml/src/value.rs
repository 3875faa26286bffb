//! Initial values as WAVE texts, by the type of the data element. Values of AUTOSAR are raw numbers
//! or, of application types, physical ones and words.

use crate::{
    reader::Reader,
    tree::{child, children, parse_number, text},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    metadata::{CompuMethod, ElementMetadata},
    types::{TypeKind, ValueType},
    value,
};
use std::collections::BTreeMap;

/// What is known of the elements of an interface, by path.
pub(crate) type Meanings = BTreeMap<String, ElementMetadata>;

/// The text of the value in `INIT-VALUE` and the like, for an element of that path; `None` where
/// there is none, or where it has no text, which is told.
pub(crate) fn wave(
    reader: &mut Reader,
    holder: &Element,
    value_type: &ValueType,
    meanings: &Meanings,
    element: &str,
) -> Option<String> {
    let specification = holder.get_sub_element_at(0)?;
    let text = written(reader, &specification, value_type, meanings, element)
        .filter(|text| value::parse(value_type, text).is_ok());
    if text.is_none() {
        reader.unmapped(
            holder,
            format!("the value does not fit the type of `{element}`"),
        );
    }
    text
}

fn written(
    reader: &mut Reader,
    specification: &Element,
    value_type: &ValueType,
    meanings: &Meanings,
    at: &str,
) -> Option<String> {
    match specification.element_name() {
        ElementName::ConstantReference => {
            let constant = reader.target(specification, ElementName::ConstantRef)?;
            let value = child(&constant, ElementName::ValueSpec)?.get_sub_element_at(0)?;
            written(reader, &value, value_type, meanings, at)
        }
        ElementName::NumericalValueSpecification => {
            let number = parse_number(&text(specification, ElementName::Value)?)?;
            raw(number, value_type, meanings.get(at))
        }
        ElementName::TextValueSpecification => {
            let words = text(specification, ElementName::Value)?;
            word(&words, value_type, meanings.get(at))
        }
        ElementName::ApplicationValueSpecification => {
            application(specification, value_type, meanings.get(at))
        }
        ElementName::ArrayValueSpecification => {
            let ValueType::List(inner) = resolved(value_type) else {
                return None;
            };
            let items: Option<Vec<String>> = children(specification, ElementName::Elements)
                .iter()
                .map(|item| written(reader, item, inner, meanings, ""))
                .collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        ElementName::RecordValueSpecification => {
            let ValueType::Named(definition) = resolved(value_type) else {
                return None;
            };
            let TypeKind::Record(fields) = &definition.kind else {
                return None;
            };
            let items = children(specification, ElementName::Fields);
            let items: Option<Vec<String>> = fields
                .iter()
                .zip(&items)
                .map(|(field, item)| {
                    let at = format!("{at}.{}", field.name);
                    let value = written(reader, item, &field.value, meanings, &at)?;
                    Some(format!("{}: {value}", field.name))
                })
                .collect();
            let items = items.filter(|items| items.len() == fields.len())?;
            Some(format!("{{{}}}", items.join(", ")))
        }
        _ => None,
    }
}

/// A raw number as that type has it.
fn raw(number: f64, value_type: &ValueType, meaning: Option<&ElementMetadata>) -> Option<String> {
    match resolved(value_type) {
        ValueType::Bool => Some((number != 0.0).to_string()),
        ValueType::F32 | ValueType::F64 => Some(float(number)),
        ValueType::Option(inner) => Some(format!("some({})", raw(number, inner, meaning)?)),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Enum(cases) => {
                let CompuMethod::TextTable(table) = meaning?.compu_method.as_ref()? else {
                    return None;
                };
                // The cases stand in the order of their raw values.
                let at = table.keys().position(|raw| *raw as f64 == number)?;
                (table.len() == cases.len()).then(|| cases.get(at).cloned())?
            }
            TypeKind::Flags(names) => {
                let bits = (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)?;
                let set = names.iter().enumerate();
                let set = set.filter(|(bit, _)| *bit < 64 && bits >> bit & 1 == 1);
                let set: Vec<&str> = set.map(|(_, name)| name.as_str()).collect();
                Some(format!("{{{}}}", set.join(", ")))
            }
            _ => None,
        },
        _ => (number.fract() == 0.0).then(|| format!("{number}")),
    }
}

fn float(number: f64) -> String {
    match number.fract() == 0.0 && number.is_finite() {
        true => format!("{number:.1}"),
        false => number.to_string(),
    }
}

/// A word of a text table, a truth value or a string.
fn word(words: &str, value_type: &ValueType, meaning: Option<&ElementMetadata>) -> Option<String> {
    if matches!(resolved(value_type), ValueType::String) {
        let text = value::Value::String(words.to_owned());
        return Some(value::print(&text));
    }
    let CompuMethod::TextTable(table) = meaning?.compu_method.as_ref()? else {
        return None;
    };
    let (number, _) = table.iter().find(|(_, known)| *known == words)?;
    raw(*number as f64, value_type, meaning)
}

/// A physical value becomes a raw one by the conversion.
fn application(
    specification: &Element,
    value_type: &ValueType,
    meaning: Option<&ElementMetadata>,
) -> Option<String> {
    let values = child(specification, ElementName::SwValueCont)?;
    let value = children(&values, ElementName::SwValuesPhys)
        .into_iter()
        .next()?;
    let said = crate::tree::own_text(&value)?;
    if value.element_name() == ElementName::Vt {
        return word(&said, value_type, meaning);
    }
    let physical = parse_number(&said)?;
    let number = match meaning.and_then(|meaning| meaning.compu_method.as_ref()) {
        Some(CompuMethod::Linear { factor, offset }) => {
            let raw = (physical - offset) / factor;
            match resolved(value_type) {
                ValueType::F32 | ValueType::F64 => raw,
                _ => raw.round(),
            }
        }
        _ => physical,
    };
    raw(number, value_type, meaning)
}

fn resolved(value_type: &ValueType) -> &ValueType {
    match value_type {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(target) => resolved(target),
            _ => value_type,
        },
        _ => value_type,
    }
}
