//! From the type of a sender to that of a receiver: which part is carried, and what must hold
//! for there to be a value at all.

use crate::{
    cell::Receiver,
    layout::{Shape, discriminant_size, offsets, payload_offset, same, shape, strip},
};
use autosar_wit::types::{TypeKind, ValueType};

/// A part of a value in memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) offset: u32,
    pub(super) value: ValueType,
    /// All must hold, in this order.
    pub(super) guards: Vec<Guard>,
}

/// The discriminant at `offset` must be `case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guard {
    pub(super) offset: u32,
    pub(super) bytes: u32,
    pub(super) case: u32,
}

impl Part {
    pub(super) fn whole(value: &ValueType) -> Self {
        Self {
            offset: 0,
            value: value.clone(),
            guards: Vec::new(),
        }
    }

    /// The field of that path; on the way, an `ok` or `some` is looked into.
    pub(super) fn field(self, path: &[String]) -> Option<Self> {
        let Some((name, rest)) = path.split_first() else {
            return Some(self);
        };
        let part = match self.clone().carried() {
            Some(inner) if !matches!(shape(&self.value), Shape::Product(_)) => inner,
            _ => self,
        };
        let position = match strip(&part.value) {
            ValueType::Named(definition) => match &definition.kind {
                TypeKind::Record(fields) => fields.iter().position(|field| field.name == *name)?,
                _ => return None,
            },
            ValueType::Tuple(_) => name.parse().ok()?,
            _ => return None,
        };
        let Shape::Product(values) = shape(&part.value) else {
            return None;
        };
        let field = Self {
            offset: part.offset + offsets(&values).get(position)?,
            value: values.get(position)?.clone(),
            guards: part.guards,
        };
        field.field(rest)
    }

    /// The value behind a `result` or `option`; itself for any other type.
    pub(super) fn carried(mut self) -> Option<Self> {
        let (case, payload) = match strip(&self.value) {
            ValueType::Result { ok: Some(ok), .. } => (0, (**ok).clone()),
            ValueType::Option(some) => (1, (**some).clone()),
            _ => return Some(self),
        };
        let Shape::Sum(cases) = shape(&self.value) else {
            return None;
        };
        let bytes = discriminant_size(cases.len());
        self.guards.push(Guard {
            offset: self.offset,
            bytes,
            case,
        });
        self.offset += payload_offset(&cases);
        self.value = payload;
        Some(self)
    }

    /// What of it a receiver of that type takes: the innermost part that is its value.
    pub(super) fn toward(self, receiver: &Receiver) -> Option<Self> {
        let once = self.clone().carried();
        let twice = once.clone().and_then(Self::carried);
        [twice, once, Some(self)]
            .into_iter()
            .flatten()
            .find(|part| same(&part.value, &receiver.value))
    }
}
