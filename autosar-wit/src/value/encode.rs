//! A value to packed bytes.

use super::{
    Problem, Value, ValueError, discriminant_bytes, flags_bytes, listed, opaque, resolved,
};
use crate::print;
use crate::types::{Case, Field, TypeKind, ValueType};

/// The packed bytes of a value of that type.
pub fn encode(value_type: &ValueType, value: &Value) -> Result<Vec<u8>, ValueError> {
    let mut bytes = Vec::new();
    put(value_type, value, &mut bytes)?;
    Ok(bytes)
}

fn put(value_type: &ValueType, value: &Value, bytes: &mut Vec<u8>) -> Result<(), ValueError> {
    match (resolved(value_type), value) {
        (ValueType::Bool, Value::Bool(flag)) => bytes.push(u8::from(*flag)),
        (ValueType::U8, Value::U8(number)) => bytes.push(*number),
        (ValueType::U16, Value::U16(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::U32, Value::U32(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::U64, Value::U64(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::S8, Value::S8(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::S16, Value::S16(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::S32, Value::S32(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::S64, Value::S64(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::F32, Value::F32(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::F64, Value::F64(number)) => bytes.extend(number.to_le_bytes()),
        (ValueType::Char, Value::Char(letter)) => bytes.extend(u32::from(*letter).to_le_bytes()),
        (ValueType::String, Value::String(text)) => {
            put_count(text.len(), bytes)?;
            bytes.extend_from_slice(text.as_bytes());
        }
        (ValueType::List(element), Value::List(values)) => {
            put_count(values.len(), bytes)?;
            put_elements(element, values, bytes)?;
        }
        (ValueType::FixedList(element, count), Value::List(values)) => {
            same_count(*count as usize, values.len())?;
            put_elements(element, values, bytes)?;
        }
        (ValueType::Map(key, entry), Value::Map(entries)) => {
            put_count(entries.len(), bytes)?;
            for (index, (a, b)) in entries.iter().enumerate() {
                put(key, a, bytes).map_err(|error| error.in_element(index))?;
                put(entry, b, bytes).map_err(|error| error.in_element(index))?;
            }
        }
        (ValueType::Option(some), Value::Option(value)) => {
            bytes.push(u8::from(value.is_some()));
            if let Some(value) = value {
                put(some, value, bytes)?;
            }
        }
        (ValueType::Result { ok, err }, Value::Result(result)) => {
            bytes.push(u8::from(result.is_err()));
            match result {
                Ok(value) => put_payload(ok.as_deref(), value.as_deref(), "ok", bytes)?,
                Err(value) => put_payload(err.as_deref(), value.as_deref(), "err", bytes)?,
            }
        }
        (ValueType::Tuple(members), Value::Tuple(values)) => {
            same_count(members.len(), values.len())?;
            for (index, (member, value)) in members.iter().zip(values).enumerate() {
                put(member, value, bytes).map_err(|error| error.in_element(index))?;
            }
        }
        (ValueType::Named(definition), value) => {
            put_named(value_type, &definition.kind, value, bytes)?;
        }
        (
            other @ (ValueType::Own(_)
            | ValueType::Borrow(_)
            | ValueType::Stream(_)
            | ValueType::Future(_)
            | ValueType::ErrorContext),
            _,
        ) => return Err(opaque(other)),
        _ => return Err(mismatch(value_type)),
    }
    Ok(())
}

fn put_named(
    value_type: &ValueType,
    kind: &TypeKind,
    value: &Value,
    bytes: &mut Vec<u8>,
) -> Result<(), ValueError> {
    match (kind, value) {
        (TypeKind::Record(fields), Value::Record(values)) => put_record(fields, values, bytes),
        (TypeKind::Variant(cases), Value::Variant { case, value }) => {
            put_variant(cases, case, value.as_deref(), bytes)
        }
        (TypeKind::Enum(cases), Value::Enum(case)) => {
            let index = position(cases.iter().map(String::as_str), case)?;
            put_discriminant(index, cases.len(), bytes);
            Ok(())
        }
        (TypeKind::Flags(names), Value::Flags(set)) => put_flags(names, set, bytes),
        (TypeKind::Resource, _) => Err(opaque(value_type)),
        _ => Err(mismatch(value_type)),
    }
}

fn put_record(
    fields: &[Field],
    values: &[(String, Value)],
    bytes: &mut Vec<u8>,
) -> Result<(), ValueError> {
    if let Some((name, _)) = values
        .iter()
        .find(|(name, _)| fields.iter().all(|f| f.name != *name))
    {
        position(fields.iter().map(|field| field.name.as_str()), name)?;
    }
    for field in fields {
        let value = values
            .iter()
            .find(|(name, _)| *name == field.name)
            .map(|(_, value)| value);
        let value = value.ok_or_else(|| {
            ValueError::new(Problem::Missing {
                name: field.name.clone(),
            })
        })?;
        put(&field.value, value, bytes).map_err(|error| error.in_field(&field.name))?;
    }
    Ok(())
}

fn put_variant(
    cases: &[Case],
    name: &str,
    value: Option<&Value>,
    bytes: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let index = position(cases.iter().map(|case| case.name.as_str()), name)?;
    put_discriminant(index, cases.len(), bytes);
    let value_type = cases.get(index).and_then(|case| case.value.as_ref());
    put_payload(value_type, value, name, bytes)
}

fn put_payload(
    value_type: Option<&ValueType>,
    value: Option<&Value>,
    case: &str,
    bytes: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let outcome = match (value_type, value) {
        (None, None) => Ok(()),
        (Some(value_type), Some(value)) => put(value_type, value, bytes),
        (Some(value_type), None) => Err(mismatch(value_type)),
        (None, Some(_)) => Err(ValueError::new(Problem::Count {
            expected: 0,
            found: 1,
        })),
    };
    outcome.map_err(|error| error.in_field(case))
}

fn put_flags(names: &[String], set: &[String], bytes: &mut Vec<u8>) -> Result<(), ValueError> {
    let mut packed = vec![0_u8; flags_bytes(names.len())];
    for name in set {
        let index = position(names.iter().map(String::as_str), name)?;
        if let Some(byte) = packed.get_mut(index / 8) {
            *byte |= 1 << (index % 8);
        }
    }
    bytes.extend(packed);
    Ok(())
}

fn put_elements(
    element: &ValueType,
    values: &[Value],
    bytes: &mut Vec<u8>,
) -> Result<(), ValueError> {
    for (index, value) in values.iter().enumerate() {
        put(element, value, bytes).map_err(|error| error.in_element(index))?;
    }
    Ok(())
}

fn put_count(count: usize, bytes: &mut Vec<u8>) -> Result<(), ValueError> {
    let limit = u64::from(u32::MAX);
    let count = u32::try_from(count).map_err(|_| ValueError::new(Problem::TooMany { limit }))?;
    bytes.extend(count.to_le_bytes());
    Ok(())
}

fn put_discriminant(index: usize, cases: usize, bytes: &mut Vec<u8>) {
    let packed = (index as u32).to_le_bytes();
    bytes.extend(packed.iter().take(discriminant_bytes(cases)));
}

fn position<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    name: &str,
) -> Result<usize, ValueError> {
    names
        .clone()
        .position(|known| known == name)
        .ok_or_else(|| {
            let known = listed(names);
            ValueError::new(Problem::Unknown {
                name: name.to_owned(),
                known,
            })
        })
}

fn same_count(expected: usize, found: usize) -> Result<(), ValueError> {
    match expected == found {
        true => Ok(()),
        false => Err(ValueError::new(Problem::Count { expected, found })),
    }
}

fn mismatch(value_type: &ValueType) -> ValueError {
    let expected = print::value_type(value_type);
    ValueError::new(Problem::Mismatch {
        expected,
        example: super::wave::example(value_type),
    })
}
