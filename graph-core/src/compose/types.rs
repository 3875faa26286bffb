//! Types of the ends of buffered connectors. Knows nothing of how values are carried.

use super::{ComposeError, scope::Member};
use crate::{
    document::{Document, End},
    end,
};
use autosar_wit::{
    component::Direction,
    types::{Function, TypeKind, ValueType},
};

/// The type of the value that is carried from or to an end at this instance: of a getter or result
/// what it gives, of a parameter what it takes. The direction tells which side a getter is of.
pub(super) fn end_type<'a>(
    document: &Document,
    member: &Member<'a>,
    end: &End,
    direction: Direction,
) -> Result<&'a ValueType, ComposeError> {
    let absent = || ComposeError::NoValue {
        end: end::text(document, end),
    };
    match end {
        End::Element { function, .. } => {
            result(member.function(direction, function)?).ok_or_else(absent)
        }
        End::Result {
            function, fields, ..
        } => {
            let whole = result(member.function(Direction::Provided, function)?);
            whole
                .and_then(|value| field(value, fields))
                .ok_or_else(absent)
        }
        End::Parameter {
            function,
            parameter,
            fields,
            ..
        } => {
            let function = member.function(Direction::Provided, function)?;
            let whole = function
                .parameters
                .iter()
                .find(|(name, _)| name == parameter);
            whole
                .and_then(|(_, value)| field(value, fields))
                .ok_or_else(absent)
        }
        End::Port { .. } | End::Signal { .. } => Err(absent()),
    }
}

fn result(function: &Function) -> Option<&ValueType> {
    function.result.as_ref()
}

/// The type of a field of a record, by its path.
fn field<'a>(value: &'a ValueType, path: &[String]) -> Option<&'a ValueType> {
    let Some((name, rest)) = path.split_first() else {
        return Some(value);
    };
    let ValueType::Named(definition) = value else {
        return None;
    };
    match &definition.kind {
        TypeKind::Alias(target) => field(target, path),
        TypeKind::Record(fields) => field(
            &fields.iter().find(|field| field.name == *name)?.value,
            rest,
        ),
        _ => None,
    }
}
