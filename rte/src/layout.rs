//! Size, alignment, flat form and bounds of values: the Canonical ABI as pure functions.
//! Knows nothing of the code that uses them.
//!
//! Source: Component Model, `CanonicalABI.md` ("Alignment", "Element Size", "Flattening").

use autosar_wit::types::{TypeKind, ValueType};
use wasm_encoder::ValType;

/// A value type without names: what the Canonical ABI distinguishes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Scalar(Scalar),
    /// Record or tuple.
    Product(Vec<ValueType>),
    /// Variant, enum, option, result.
    Sum(Vec<Option<ValueType>>),
    /// That many labels.
    Flags(usize),
    /// Elements; also the entries of a map.
    List(ValueType),
    String,
    FixedList(ValueType, u32),
    /// Handles, streams, futures, error contexts: a number with an owner.
    Handle(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
}

impl Scalar {
    pub(crate) fn size(self) -> u32 {
        match self {
            Self::Bool | Self::U8 | Self::S8 => 1,
            Self::U16 | Self::S16 => 2,
            Self::U32 | Self::S32 | Self::F32 | Self::Char => 4,
            Self::U64 | Self::S64 | Self::F64 => 8,
        }
    }

    pub(crate) fn flat(self) -> ValType {
        match self {
            Self::F32 => ValType::F32,
            Self::F64 => ValType::F64,
            Self::U64 | Self::S64 => ValType::I64,
            _ => ValType::I32,
        }
    }
}

/// The type behind aliases.
pub(crate) fn strip(value: &ValueType) -> &ValueType {
    match value {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(target) => strip(target),
            _ => value,
        },
        _ => value,
    }
}

pub(crate) fn shape(value: &ValueType) -> Shape {
    let boxed = |value: &Option<Box<ValueType>>| value.as_deref().cloned();
    match strip(value) {
        ValueType::Bool => Shape::Scalar(Scalar::Bool),
        ValueType::U8 => Shape::Scalar(Scalar::U8),
        ValueType::U16 => Shape::Scalar(Scalar::U16),
        ValueType::U32 => Shape::Scalar(Scalar::U32),
        ValueType::U64 => Shape::Scalar(Scalar::U64),
        ValueType::S8 => Shape::Scalar(Scalar::S8),
        ValueType::S16 => Shape::Scalar(Scalar::S16),
        ValueType::S32 => Shape::Scalar(Scalar::S32),
        ValueType::S64 => Shape::Scalar(Scalar::S64),
        ValueType::F32 => Shape::Scalar(Scalar::F32),
        ValueType::F64 => Shape::Scalar(Scalar::F64),
        ValueType::Char => Shape::Scalar(Scalar::Char),
        ValueType::String => Shape::String,
        ValueType::List(element) => Shape::List((**element).clone()),
        ValueType::Map(key, entry) => {
            Shape::List(ValueType::Tuple(vec![(**key).clone(), (**entry).clone()]))
        }
        ValueType::FixedList(element, length) => Shape::FixedList((**element).clone(), *length),
        ValueType::Option(some) => Shape::Sum(vec![None, Some((**some).clone())]),
        ValueType::Result { ok, err } => Shape::Sum(vec![boxed(ok), boxed(err)]),
        ValueType::Tuple(values) => Shape::Product(values.clone()),
        ValueType::Named(definition) => named(&definition.kind),
        ValueType::Own(_) => Shape::Handle("handle"),
        ValueType::Borrow(_) => Shape::Handle("borrowed handle"),
        ValueType::Stream(_) => Shape::Handle("stream"),
        ValueType::Future(_) => Shape::Handle("future"),
        ValueType::ErrorContext => Shape::Handle("error context"),
    }
}

fn named(kind: &TypeKind) -> Shape {
    match kind {
        TypeKind::Record(fields) => {
            Shape::Product(fields.iter().map(|field| field.value.clone()).collect())
        }
        TypeKind::Variant(cases) => {
            Shape::Sum(cases.iter().map(|case| case.value.clone()).collect())
        }
        TypeKind::Enum(cases) => Shape::Sum(vec![None; cases.len()]),
        TypeKind::Flags(labels) => Shape::Flags(labels.len()),
        TypeKind::Alias(target) => shape(target),
        TypeKind::Resource => Shape::Handle("resource"),
    }
}

/// Bytes of the discriminant of a sum with that many cases.
pub(crate) fn discriminant_size(cases: usize) -> u32 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

/// Bytes of flags: 1, 2, or whole words.
pub(crate) fn flags_size(labels: usize) -> u32 {
    match labels {
        0 => 0,
        1..=8 => 1,
        9..=16 => 2,
        _ => (labels as u32).div_ceil(32) * 4,
    }
}

pub(crate) fn align_to(offset: u32, align: u32) -> u32 {
    offset.div_ceil(align) * align
}

pub(crate) fn size(value: &ValueType) -> u32 {
    match shape(value) {
        Shape::Scalar(scalar) => scalar.size(),
        Shape::Product(values) => product_size(&values),
        Shape::Sum(cases) => {
            let payload = cases.iter().flatten().map(size).max().unwrap_or(0);
            align_to(payload_offset(&cases) + payload, align(value))
        }
        Shape::Flags(labels) => flags_size(labels),
        Shape::List(_) | Shape::String => 8,
        Shape::FixedList(element, length) => size(&element).saturating_mul(length),
        Shape::Handle(_) => 4,
    }
}

pub(crate) fn align(value: &ValueType) -> u32 {
    match shape(value) {
        Shape::Scalar(scalar) => scalar.size(),
        Shape::Product(values) => product_align(&values),
        Shape::Sum(cases) => {
            let payload = cases.iter().flatten().map(align).max().unwrap_or(1);
            payload.max(discriminant_size(cases.len()))
        }
        Shape::Flags(labels) => flags_size(labels).clamp(1, 4),
        Shape::List(_) | Shape::String | Shape::Handle(_) => 4,
        Shape::FixedList(element, _) => align(&element),
    }
}

pub(crate) fn product_align(values: &[ValueType]) -> u32 {
    values.iter().map(align).max().unwrap_or(1)
}

pub(crate) fn product_size(values: &[ValueType]) -> u32 {
    let end = offsets(values)
        .last()
        .zip(values.last())
        .map_or(0, |(offset, last)| offset + size(last));
    align_to(end, product_align(values))
}

/// Where the fields of a record or tuple lie.
pub(crate) fn offsets(values: &[ValueType]) -> Vec<u32> {
    let mut end = 0;
    values
        .iter()
        .map(|value| {
            let offset = align_to(end, align(value));
            end = offset + size(value);
            offset
        })
        .collect()
}

/// Where the payload of a sum lies.
pub(crate) fn payload_offset(cases: &[Option<ValueType>]) -> u32 {
    let payload = cases.iter().flatten().map(align).max().unwrap_or(1);
    align_to(discriminant_size(cases.len()), payload)
}

/// The core types of a value that is passed flat.
pub(crate) fn flat(value: &ValueType) -> Vec<ValType> {
    match shape(value) {
        Shape::Scalar(scalar) => vec![scalar.flat()],
        Shape::Product(values) => values.iter().flat_map(flat).collect(),
        Shape::Sum(cases) => {
            let mut all = vec![ValType::I32];
            all.extend(flat_payload(&cases));
            all
        }
        Shape::Flags(labels) => vec![ValType::I32; labels.div_ceil(32)],
        Shape::List(_) | Shape::String => vec![ValType::I32; 2],
        Shape::FixedList(element, length) => {
            let one = flat(&element);
            one.iter()
                .copied()
                .cycle()
                .take(one.len() * length as usize)
                .collect()
        }
        Shape::Handle(_) => vec![ValType::I32],
    }
}

/// The joined core types of the payloads of a sum.
pub(crate) fn flat_payload(cases: &[Option<ValueType>]) -> Vec<ValType> {
    let mut joined: Vec<ValType> = Vec::new();
    for case in cases.iter().flatten() {
        for (at, one) in flat(case).into_iter().enumerate() {
            match joined.get_mut(at) {
                Some(old) => *old = join(*old, one),
                None => joined.push(one),
            }
        }
    }
    joined
}

fn join(a: ValType, b: ValType) -> ValType {
    match (a, b) {
        _ if a == b => a,
        (ValType::I32, ValType::F32) | (ValType::F32, ValType::I32) => ValType::I32,
        _ => ValType::I64,
    }
}

/// Whether a list or string is in the value, so that its memory image points elsewhere.
pub(crate) fn points(value: &ValueType) -> bool {
    any(value, &|shape| {
        matches!(shape, Shape::List(_) | Shape::String)
    })
}

/// The word for a part that cannot be copied, if there is one.
pub(crate) fn handle(value: &ValueType) -> Option<&'static str> {
    match shape(value) {
        Shape::Handle(word) => Some(word),
        other => parts(&other).iter().find_map(|part| handle(part)),
    }
}

fn any(value: &ValueType, test: &dyn Fn(&Shape) -> bool) -> bool {
    let shape = shape(value);
    test(&shape) || parts(&shape).iter().any(|part| any(part, test))
}

fn parts(shape: &Shape) -> Vec<ValueType> {
    match shape {
        Shape::Product(values) => values.clone(),
        Shape::Sum(cases) => cases.iter().flatten().cloned().collect(),
        Shape::List(element) | Shape::FixedList(element, _) => vec![element.clone()],
        _ => Vec::new(),
    }
}

/// The largest packed form of the value when every list and string has at most `bound` entries.
pub(crate) fn packed_size(value: &ValueType, bound: u32) -> u64 {
    let of = |value: &ValueType| packed_size(value, bound);
    let sum = |sizes: &mut dyn Iterator<Item = u64>| sizes.fold(0, u64::saturating_add);
    match shape(value) {
        Shape::Scalar(scalar) => scalar.size().into(),
        Shape::Product(values) => sum(&mut values.iter().map(of)),
        Shape::Sum(cases) => {
            let payload = cases.iter().flatten().map(of).max().unwrap_or(0);
            payload.saturating_add(discriminant_size(cases.len()).into())
        }
        Shape::Flags(labels) => flags_size(labels).into(),
        Shape::List(element) => of(&element).saturating_mul(bound.into()).saturating_add(4),
        Shape::String => u64::from(bound) + 4,
        Shape::FixedList(element, length) => of(&element).saturating_mul(length.into()),
        Shape::Handle(_) => 4,
    }
}

/// The most bytes that the lists and strings of the value take in memory, padding included.
pub(crate) fn heap_size(value: &ValueType, bound: u32) -> u64 {
    let of = |value: &ValueType| heap_size(value, bound);
    match shape(value) {
        Shape::Scalar(_) | Shape::Flags(_) | Shape::Handle(_) => 0,
        Shape::Product(values) => values.iter().map(of).fold(0, u64::saturating_add),
        Shape::Sum(cases) => cases.iter().flatten().map(of).max().unwrap_or(0),
        Shape::List(element) => of(&element)
            .saturating_add(size(&element).into())
            .saturating_mul(bound.into())
            .saturating_add(8),
        Shape::String => u64::from(bound),
        Shape::FixedList(element, length) => of(&element).saturating_mul(length.into()),
    }
}

/// Whether two types are one to the Component Model: names of types and documentation aside.
pub(crate) fn same(a: &ValueType, b: &ValueType) -> bool {
    let (a, b) = (strip(a), strip(b));
    match (a, b) {
        (ValueType::Named(left), ValueType::Named(right)) => same_kind(&left.kind, &right.kind),
        (ValueType::List(left), ValueType::List(right))
        | (ValueType::Option(left), ValueType::Option(right)) => same(left, right),
        (ValueType::FixedList(left, n), ValueType::FixedList(right, m)) => {
            n == m && same(left, right)
        }
        (ValueType::Map(key, left), ValueType::Map(other, right)) => {
            same(key, other) && same(left, right)
        }
        (ValueType::Result { ok, err }, ValueType::Result { ok: ok2, err: err2 }) => {
            same_payload(ok.as_deref(), ok2.as_deref())
                && same_payload(err.as_deref(), err2.as_deref())
        }
        (ValueType::Tuple(left), ValueType::Tuple(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        _ => a == b,
    }
}

fn same_payload(a: Option<&ValueType>, b: Option<&ValueType>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn same_kind(a: &TypeKind, b: &TypeKind) -> bool {
    match (a, b) {
        (TypeKind::Record(left), TypeKind::Record(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(a, b)| a.name == b.name && same(&a.value, &b.value))
        }
        (TypeKind::Variant(left), TypeKind::Variant(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(a, b)| {
                    a.name == b.name && same_payload(a.value.as_ref(), b.value.as_ref())
                })
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests;
