//! Values of com specs: raw numbers, structures, arrays and strings, of a WAVE text.

use super::{Result, types::Meanings, xml};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    metadata::CompuMethod,
    types::{TypeKind, ValueType},
    value::{self, Value},
};

/// What a value is in AUTOSAR.
enum Constant {
    Number(String),
    Text(String),
    Array(Vec<Constant>),
    Record(Vec<Constant>),
}

/// Writes the value into `INIT-VALUE` and the like; `false`: it has no counterpart.
pub(super) fn write(
    parent: &Element,
    name: ElementName,
    value_type: &ValueType,
    meanings: &Meanings,
    text: &str,
) -> Result<bool> {
    let value = value::parse(value_type, text).ok();
    let Some(constant) = value.and_then(|value| constant(value_type, meanings, "", &value)) else {
        return Ok(false);
    };
    let holder = parent.create_sub_element(name)?;
    specify(&holder, &constant)?;
    Ok(true)
}

fn specify(holder: &Element, constant: &Constant) -> Result<()> {
    match constant {
        Constant::Number(number) => {
            let kind = ElementName::NumericalValueSpecification;
            let specification = holder.create_sub_element(kind)?;
            xml::text(&specification, ElementName::Value, number)?;
        }
        Constant::Text(text) => {
            let specification = holder.create_sub_element(ElementName::TextValueSpecification)?;
            xml::text(&specification, ElementName::Value, text)?;
        }
        Constant::Array(items) => {
            let specification = holder.create_sub_element(ElementName::ArrayValueSpecification)?;
            let elements = specification.create_sub_element(ElementName::Elements)?;
            items.iter().try_for_each(|item| specify(&elements, item))?;
        }
        Constant::Record(items) => {
            let specification = holder.create_sub_element(ElementName::RecordValueSpecification)?;
            let fields = specification.create_sub_element(ElementName::Fields)?;
            items.iter().try_for_each(|item| specify(&fields, item))?;
        }
    }
    Ok(())
}

fn constant(
    value_type: &ValueType,
    meanings: &Meanings,
    at: &str,
    value: &Value,
) -> Option<Constant> {
    let number = |text: String| Some(Constant::Number(text));
    match (value, resolved(value_type)) {
        (Value::Bool(on), _) => number(u8::from(*on).to_string()),
        (Value::U8(value), _) => number(value.to_string()),
        (Value::U16(value), _) => number(value.to_string()),
        (Value::U32(value), _) => number(value.to_string()),
        (Value::U64(value), _) => number(value.to_string()),
        (Value::S8(value), _) => number(value.to_string()),
        (Value::S16(value), _) => number(value.to_string()),
        (Value::S32(value), _) => number(value.to_string()),
        (Value::S64(value), _) => number(value.to_string()),
        (Value::F32(value), _) if value.is_finite() => number(value.to_string()),
        (Value::F64(value), _) if value.is_finite() => number(value.to_string()),
        (Value::String(text), _) => Some(Constant::Text(text.clone())),
        (Value::Option(Some(inner)), ValueType::Option(of)) => constant(of, meanings, at, inner),
        (Value::List(items), ValueType::List(of) | ValueType::FixedList(of, _)) => {
            let items = items
                .iter()
                .map(|item| constant(of, &Meanings::new(), "", item));
            Some(Constant::Array(items.collect::<Option<_>>()?))
        }
        (_, ValueType::Named(definition)) => match (value, &definition.kind) {
            (Value::Record(values), TypeKind::Record(fields)) => {
                let items = fields.iter().zip(values).map(|(field, (_, value))| {
                    constant(
                        &field.value,
                        meanings,
                        &format!("{at}.{}", field.name),
                        value,
                    )
                });
                Some(Constant::Record(items.collect::<Option<_>>()?))
            }
            (Value::Enum(case), TypeKind::Enum(cases)) => {
                let position = cases.iter().position(|known| known == case)?;
                let method = meanings.get(at).and_then(|one| one.compu_method.as_ref());
                match method {
                    Some(CompuMethod::TextTable(table)) if table.len() == cases.len() => {
                        number(table.keys().nth(position)?.to_string())
                    }
                    _ => number(position.to_string()),
                }
            }
            (Value::Flags(set), TypeKind::Flags(names)) => {
                let bits = names.iter().enumerate();
                let bits = bits.filter(|(_, name)| set.contains(name));
                number(
                    bits.fold(0_u64, |all, (bit, _)| all | 1 << bit.min(63))
                        .to_string(),
                )
            }
            _ => None,
        },
        _ => None,
    }
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
