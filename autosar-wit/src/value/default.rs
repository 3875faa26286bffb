//! The value that stands where nobody gave one: zeros, first cases, empty lists.

use super::Value;
use crate::types::{TypeKind, ValueType};

/// No default has more parts; a longer fixed list has none.
const MOST_PARTS: u32 = 1 << 16;

/// Zero, `false`, empty, `none`, the first case, no flags. `None` for handles, streams and types
/// whose default would be very large.
pub fn default_value(value_type: &ValueType) -> Option<Value> {
    let mut left = MOST_PARTS;
    build(value_type, &mut left)
}

fn build(value_type: &ValueType, left: &mut u32) -> Option<Value> {
    *left = left.checked_sub(1)?;
    Some(match value_type {
        ValueType::Bool => Value::Bool(false),
        ValueType::U8 => Value::U8(0),
        ValueType::U16 => Value::U16(0),
        ValueType::U32 => Value::U32(0),
        ValueType::U64 => Value::U64(0),
        ValueType::S8 => Value::S8(0),
        ValueType::S16 => Value::S16(0),
        ValueType::S32 => Value::S32(0),
        ValueType::S64 => Value::S64(0),
        ValueType::F32 => Value::F32(0.0),
        ValueType::F64 => Value::F64(0.0),
        ValueType::Char => Value::Char('\0'),
        ValueType::String => Value::String(String::new()),
        ValueType::List(_) => Value::List(Vec::new()),
        ValueType::Map(..) => Value::Map(Vec::new()),
        ValueType::FixedList(element, count) => {
            let elements = (0..*count).map(|_| build(element, left));
            Value::List(elements.collect::<Option<_>>()?)
        }
        ValueType::Option(_) => Value::Option(None),
        ValueType::Result { ok, .. } => Value::Result(Ok(payload(ok.as_deref(), left)?)),
        ValueType::Tuple(members) => {
            let members = members.iter().map(|member| build(member, left));
            Value::Tuple(members.collect::<Option<_>>()?)
        }
        ValueType::Named(definition) => named(&definition.kind, left)?,
        ValueType::Own(_)
        | ValueType::Borrow(_)
        | ValueType::Stream(_)
        | ValueType::Future(_)
        | ValueType::ErrorContext => return None,
    })
}

fn named(kind: &TypeKind, left: &mut u32) -> Option<Value> {
    Some(match kind {
        TypeKind::Record(fields) => {
            let fields = fields
                .iter()
                .map(|field| Some((field.name.clone(), build(&field.value, left)?)));
            Value::Record(fields.collect::<Option<_>>()?)
        }
        TypeKind::Variant(cases) => {
            let first = cases.first()?;
            let value = payload(first.value.as_ref(), left)?;
            Value::Variant {
                case: first.name.clone(),
                value,
            }
        }
        TypeKind::Enum(cases) => Value::Enum(cases.first()?.clone()),
        TypeKind::Flags(_) => Value::Flags(Vec::new()),
        TypeKind::Alias(target) => build(target, left)?,
        TypeKind::Resource => return None,
    })
}

/// The outer `None`: has no default.
fn payload(value_type: Option<&ValueType>, left: &mut u32) -> Option<Option<Box<Value>>> {
    match value_type {
        None => Some(None),
        Some(value_type) => Some(Some(Box::new(build(value_type, left)?))),
    }
}
