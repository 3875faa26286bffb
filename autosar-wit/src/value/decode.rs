//! Packed bytes to a value.

use super::{Problem, Value, ValueError, discriminant_bytes, flags_bytes, opaque, resolved};
use crate::types::{Case, Field, TypeKind, ValueType};

type Decoded = Result<Value, ValueError>;

/// Reads a whole value; surplus bytes are an error.
pub fn decode(value_type: &ValueType, bytes: &[u8]) -> Result<Value, ValueError> {
    let mut bytes = bytes;
    let value = take(value_type, &mut bytes)?;
    match bytes.len() {
        0 => Ok(value),
        surplus => Err(ValueError::new(Problem::Surplus { surplus })),
    }
}

fn take(value_type: &ValueType, bytes: &mut &[u8]) -> Decoded {
    Ok(match resolved(value_type) {
        ValueType::Bool => match scalar::<1>(bytes)? {
            [0] => Value::Bool(false),
            [1] => Value::Bool(true),
            [other] => return Err(no_scalar(other.into(), "bool")),
        },
        ValueType::U8 => Value::U8(u8::from_le_bytes(scalar(bytes)?)),
        ValueType::U16 => Value::U16(u16::from_le_bytes(scalar(bytes)?)),
        ValueType::U32 => Value::U32(u32::from_le_bytes(scalar(bytes)?)),
        ValueType::U64 => Value::U64(u64::from_le_bytes(scalar(bytes)?)),
        ValueType::S8 => Value::S8(i8::from_le_bytes(scalar(bytes)?)),
        ValueType::S16 => Value::S16(i16::from_le_bytes(scalar(bytes)?)),
        ValueType::S32 => Value::S32(i32::from_le_bytes(scalar(bytes)?)),
        ValueType::S64 => Value::S64(i64::from_le_bytes(scalar(bytes)?)),
        ValueType::F32 => Value::F32(f32::from_le_bytes(scalar(bytes)?)),
        ValueType::F64 => Value::F64(f64::from_le_bytes(scalar(bytes)?)),
        ValueType::Char => {
            let found = u32::from_le_bytes(scalar(bytes)?);
            Value::Char(char::from_u32(found).ok_or_else(|| no_scalar(found, "char"))?)
        }
        ValueType::String => string(bytes)?,
        ValueType::List(element) => {
            let count = count(bytes, &[element])?;
            Value::List(elements(element, count, bytes)?)
        }
        ValueType::FixedList(element, count) => {
            enough(bytes, u64::from(*count), &[element])?;
            Value::List(elements(element, *count as usize, bytes)?)
        }
        ValueType::Map(key, value) => map(key, value, bytes)?,
        ValueType::Option(some) => match choice(2, bytes)? {
            0 => Value::Option(None),
            _ => Value::Option(Some(Box::new(take(some, bytes)?))),
        },
        ValueType::Result { ok, err } => match choice(2, bytes)? {
            0 => Value::Result(Ok(payload(ok.as_deref(), bytes, "ok")?)),
            _ => Value::Result(Err(payload(err.as_deref(), bytes, "err")?)),
        },
        ValueType::Tuple(members) => {
            let mut values = Vec::with_capacity(members.len());
            for (index, member) in members.iter().enumerate() {
                values.push(take(member, bytes).map_err(|error| error.in_element(index))?);
            }
            Value::Tuple(values)
        }
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => record(fields, bytes)?,
            TypeKind::Variant(cases) => variant(cases, bytes)?,
            TypeKind::Enum(cases) => {
                let index = choice(cases.len(), bytes)?;
                Value::Enum(cases.get(index).cloned().unwrap_or_default())
            }
            TypeKind::Flags(names) => flags(names, bytes)?,
            TypeKind::Alias(target) => take(target, bytes)?,
            TypeKind::Resource => return Err(opaque(value_type)),
        },
        other => return Err(opaque(other)),
    })
}

fn scalar<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], ValueError> {
    let Some((head, rest)) = bytes.split_first_chunk::<N>() else {
        return Err(short(N as u64, bytes));
    };
    *bytes = rest;
    Ok(*head)
}

fn string(bytes: &mut &[u8]) -> Decoded {
    let length = u32::from_le_bytes(scalar(bytes)?);
    let Some((head, rest)) = bytes.split_at_checked(length as usize) else {
        return Err(short(length.into(), bytes));
    };
    *bytes = rest;
    let text = std::str::from_utf8(head).map_err(|_| ValueError::new(Problem::Utf8))?;
    Ok(Value::String(text.to_owned()))
}

/// The count of a list whose elements must fit into what is left.
fn count(bytes: &mut &[u8], element: &[&ValueType]) -> Result<usize, ValueError> {
    let count = u32::from_le_bytes(scalar(bytes)?);
    enough(bytes, count.into(), element)?;
    Ok(count as usize)
}

/// Checked before memory is taken: a count of four billion costs nothing.
fn enough(bytes: &[u8], count: u64, element: &[&ValueType]) -> Result<(), ValueError> {
    let one: u64 = element.iter().map(|part| least_bytes(part)).sum();
    match count.saturating_mul(one) {
        needed if needed > bytes.len() as u64 => Err(short(needed, bytes)),
        0 if count > 0 => Err(ValueError::new(Problem::TooMany { limit: 0 })),
        _ => Ok(()),
    }
}

fn elements(
    element: &ValueType,
    count: usize,
    bytes: &mut &[u8],
) -> Result<Vec<Value>, ValueError> {
    let mut values = Vec::with_capacity(count);
    for index in 0..count {
        values.push(take(element, bytes).map_err(|error| error.in_element(index))?);
    }
    Ok(values)
}

fn map(key: &ValueType, value: &ValueType, bytes: &mut &[u8]) -> Decoded {
    let count = count(bytes, &[key, value])?;
    let mut entries = Vec::with_capacity(count);
    for index in 0..count {
        let key = take(key, bytes).map_err(|error| error.in_element(index))?;
        let value = take(value, bytes).map_err(|error| error.in_element(index))?;
        entries.push((key, value));
    }
    Ok(Value::Map(entries))
}

/// A discriminant below `cases`.
fn choice(cases: usize, bytes: &mut &[u8]) -> Result<usize, ValueError> {
    let found = match discriminant_bytes(cases) {
        1 => u32::from(u8::from_le_bytes(scalar(bytes)?)),
        2 => u32::from(u16::from_le_bytes(scalar(bytes)?)),
        _ => u32::from_le_bytes(scalar(bytes)?),
    };
    match (found as usize) < cases {
        true => Ok(found as usize),
        false => Err(ValueError::new(Problem::Discriminant { found, cases })),
    }
}

fn payload(
    value_type: Option<&ValueType>,
    bytes: &mut &[u8],
    case: &str,
) -> Result<Option<Box<Value>>, ValueError> {
    let Some(value_type) = value_type else {
        return Ok(None);
    };
    let value = take(value_type, bytes).map_err(|error| error.in_field(case))?;
    Ok(Some(Box::new(value)))
}

fn record(fields: &[Field], bytes: &mut &[u8]) -> Decoded {
    let mut values = Vec::with_capacity(fields.len());
    for field in fields {
        let value = take(&field.value, bytes).map_err(|error| error.in_field(&field.name))?;
        values.push((field.name.clone(), value));
    }
    Ok(Value::Record(values))
}

fn variant(cases: &[Case], bytes: &mut &[u8]) -> Decoded {
    let index = choice(cases.len(), bytes)?;
    let Some(case) = cases.get(index) else {
        return Err(ValueError::new(Problem::Discriminant {
            found: index as u32,
            cases: cases.len(),
        }));
    };
    let value = payload(case.value.as_ref(), bytes, &case.name)?;
    Ok(Value::Variant {
        case: case.name.clone(),
        value,
    })
}

fn flags(names: &[String], bytes: &mut &[u8]) -> Decoded {
    let length = flags_bytes(names.len());
    let Some((head, rest)) = bytes.split_at_checked(length) else {
        return Err(short(length as u64, bytes));
    };
    *bytes = rest;
    let is_set = |index: usize| {
        head.get(index / 8)
            .is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    };
    if let Some(stray) = (names.len()..length * 8).find(|index| is_set(*index)) {
        return Err(ValueError::new(Problem::Discriminant {
            found: stray as u32,
            cases: names.len(),
        }));
    }
    let set = names.iter().enumerate().filter(|(index, _)| is_set(*index));
    Ok(Value::Flags(set.map(|(_, name)| name.clone()).collect()))
}

/// A lower bound of the packed size; 0 only for types that have no values of their own.
fn least_bytes(value_type: &ValueType) -> u64 {
    match resolved(value_type) {
        ValueType::Bool | ValueType::U8 | ValueType::S8 => 1,
        ValueType::Option(_) | ValueType::Result { .. } => 1,
        ValueType::U16 | ValueType::S16 => 2,
        ValueType::U32 | ValueType::S32 | ValueType::F32 | ValueType::Char => 4,
        ValueType::String | ValueType::List(_) | ValueType::Map(..) => 4,
        ValueType::U64 | ValueType::S64 | ValueType::F64 => 8,
        ValueType::FixedList(element, count) => {
            least_bytes(element).saturating_mul((*count).into())
        }
        ValueType::Tuple(members) => members.iter().map(least_bytes).fold(0, u64::saturating_add),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => fields
                .iter()
                .map(|field| least_bytes(&field.value))
                .fold(0, u64::saturating_add),
            TypeKind::Variant(cases) => discriminant_bytes(cases.len()) as u64,
            TypeKind::Enum(cases) => discriminant_bytes(cases.len()) as u64,
            TypeKind::Flags(names) => flags_bytes(names.len()) as u64,
            TypeKind::Alias(_) | TypeKind::Resource => 0,
        },
        _ => 0,
    }
}

fn short(needed: u64, bytes: &[u8]) -> ValueError {
    ValueError::new(Problem::Short {
        needed,
        left: bytes.len() as u64,
    })
}

fn no_scalar(found: u32, kind: &'static str) -> ValueError {
    ValueError::new(Problem::Scalar { found, kind })
}
