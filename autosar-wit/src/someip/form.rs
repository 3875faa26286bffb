//! What a type is on the wire: which length field it has, its members, its numbers. Both directions
//! ask here, so that they cannot differ.

use super::layout::{BaseType, Layout, LengthField};
use super::{Problem, SomeIpError};
use crate::print;
use crate::types::{Case, TypeDefinition, TypeKind, ValueType};
use std::sync::Arc;

/// A type of which the aliases are taken away.
pub(super) enum Form<'a> {
    Scalar(Scalar),
    Enum(&'a TypeDefinition, &'a [String]),
    Flags(&'a TypeDefinition, &'a [String]),
    Text,
    /// Of so many bytes.
    FixedText(usize),
    Array(&'a ValueType, usize),
    Vector(&'a ValueType),
    Map(&'a ValueType, &'a ValueType),
    Struct(Members<'a>),
    Union(&'a str, Vec<(&'a str, Option<&'a ValueType>)>),
    Option,
}

#[derive(Clone, Copy)]
pub(super) enum Scalar {
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
    pub(super) fn bytes(self) -> usize {
        match self {
            Scalar::Bool | Scalar::U8 | Scalar::S8 => 1,
            Scalar::U16 | Scalar::S16 => 2,
            Scalar::U32 | Scalar::S32 | Scalar::F32 | Scalar::Char => 4,
            Scalar::U64 | Scalar::S64 | Scalar::F64 => 8,
        }
    }
}

/// The members of a struct or an argument list.
pub(super) struct Members<'a> {
    pub(super) all: Vec<Member<'a>>,
    /// Written with tags.
    pub(super) tagged: bool,
}

pub(super) struct Member<'a> {
    pub(super) name: String,
    /// Behind the option.
    pub(super) value: &'a ValueType,
    pub(super) optional: bool,
    pub(super) id: u16,
}

pub(super) fn form<'a>(layout: &Layout, value: &'a ValueType) -> Result<Form<'a>, SomeIpError> {
    let scalar = |scalar| Ok(Form::Scalar(scalar));
    match value {
        ValueType::Bool => scalar(Scalar::Bool),
        ValueType::U8 => scalar(Scalar::U8),
        ValueType::U16 => scalar(Scalar::U16),
        ValueType::U32 => scalar(Scalar::U32),
        ValueType::U64 => scalar(Scalar::U64),
        ValueType::S8 => scalar(Scalar::S8),
        ValueType::S16 => scalar(Scalar::S16),
        ValueType::S32 => scalar(Scalar::S32),
        ValueType::S64 => scalar(Scalar::S64),
        ValueType::F32 => scalar(Scalar::F32),
        ValueType::F64 => scalar(Scalar::F64),
        ValueType::Char => scalar(Scalar::Char),
        ValueType::String => Ok(Form::Text),
        ValueType::List(element) => Ok(Form::Vector(element)),
        ValueType::FixedList(element, count) => Ok(Form::Array(element, *count as usize)),
        ValueType::Map(key, entry) => Ok(Form::Map(key, entry)),
        ValueType::Option(_) => Ok(Form::Option),
        ValueType::Result { ok, err } => Ok(Form::Union(
            "result",
            vec![("ok", ok.as_deref()), ("err", err.as_deref())],
        )),
        ValueType::Tuple(parts) => {
            let parts = parts.iter().enumerate();
            let parts = parts.map(|(index, part)| (index.to_string(), part));
            Ok(Form::Struct(members(layout, "", parts)?))
        }
        ValueType::Named(definition) => named(layout, definition),
        ValueType::Own(_)
        | ValueType::Borrow(_)
        | ValueType::Stream(_)
        | ValueType::Future(_)
        | ValueType::ErrorContext => Err(SomeIpError::new(Problem::Opaque {
            name: print::value_type(value),
        })),
    }
}

fn named<'a>(
    layout: &Layout,
    definition: &'a Arc<TypeDefinition>,
) -> Result<Form<'a>, SomeIpError> {
    match &definition.kind {
        TypeKind::Record(fields) => {
            let fields = fields
                .iter()
                .map(|field| (field.name.clone(), &field.value));
            Ok(Form::Struct(members(layout, &definition.name, fields)?))
        }
        TypeKind::Variant(cases) => {
            let case = |case: &'a Case| (case.name.as_str(), case.value.as_ref());
            let cases = cases.iter().map(case).collect();
            Ok(Form::Union(&definition.name, cases))
        }
        TypeKind::Enum(cases) => Ok(Form::Enum(definition, cases)),
        TypeKind::Flags(names) => Ok(Form::Flags(definition, names)),
        TypeKind::Alias(target) => match (form(layout, target)?, fixed(layout, definition)) {
            (Form::Text | Form::FixedText(_), Some(bytes)) => Ok(Form::FixedText(bytes)),
            (other, _) => Ok(other),
        },
        TypeKind::Resource => Err(SomeIpError::new(Problem::Opaque {
            name: definition.name.clone(),
        })),
    }
}

fn fixed(layout: &Layout, definition: &TypeDefinition) -> Option<usize> {
    layout.fixed_strings.get(&definition.name).copied()
}

/// The members of a struct of that name, or of an argument list (no name).
pub(super) fn members<'a>(
    layout: &Layout,
    name: &str,
    fields: impl Iterator<Item = (String, &'a ValueType)>,
) -> Result<Members<'a>, SomeIpError> {
    let ids = layout.data_ids.get(name);
    let mut all = Vec::new();
    for (index, (name, value)) in fields.enumerate() {
        let (value, optional) = match without_alias(value) {
            ValueType::Option(some) => (some.as_ref(), true),
            _ => (value, false),
        };
        let id = match ids {
            None => index as u16,
            Some(ids) => match ids.get(&name) {
                Some(id) => *id,
                None => return Err(SomeIpError::new(Problem::NoDataId { name })),
            },
        };
        all.push(Member {
            name,
            value,
            optional,
            id,
        });
    }
    let tagged = ids.is_some() || all.iter().any(|member| member.optional);
    if tagged && all.len() > 0x1000 {
        let count = all.len();
        return Err(SomeIpError::new(Problem::ManyMembers { count }));
    }
    Ok(Members { all, tagged })
}

fn without_alias(value: &ValueType) -> &ValueType {
    match value {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(target) => without_alias(target),
            _ => value,
        },
        _ => value,
    }
}

impl Form<'_> {
    /// The length field in front of it.
    pub(super) fn length_field(&self, layout: &Layout) -> LengthField {
        match self {
            Form::Text => layout.size_of_string_length_field,
            Form::Array(..) => layout.size_of_array_length_field,
            Form::Vector(_) => layout.size_of_vector_length_field,
            Form::Map(..) => layout.size_of_map_length_field,
            Form::Struct(_) => layout.size_of_struct_length_field,
            Form::Union(..) => layout.size_of_union_length_field,
            Form::Scalar(_)
            | Form::Enum(..)
            | Form::Flags(..)
            | Form::FixedText(_)
            | Form::Option => LengthField::Zero,
        }
    }

    /// Bytes of a basic type; `None` for all others.
    pub(super) fn basic_bytes(&self, layout: &Layout) -> Option<usize> {
        match self {
            Form::Scalar(scalar) => Some(scalar.bytes()),
            Form::Enum(definition, cases) => Some(enum_base(layout, definition, cases).bytes()),
            Form::Flags(definition, names) => Some(flags_base(layout, definition, names).bytes()),
            _ => None,
        }
    }
}

/// The number in the wire type field of a tag that says a basic type of so many bytes.
pub(super) fn basic_wire_type(bytes: usize) -> u8 {
    match bytes {
        1 => 0,
        2 => 1,
        4 => 2,
        _ => 3,
    }
}

/// Wire type 4: a length field of the size that the layout gives.
pub(super) const WIRE_STATIC: u8 = 4;

/// Wire types 5 to 7: a length field of that size.
pub(super) fn sized_wire_type(size: LengthField) -> u8 {
    match size {
        LengthField::One => 5,
        LengthField::Two => 6,
        LengthField::Zero | LengthField::Four => 7,
    }
}

fn enum_base(layout: &Layout, definition: &TypeDefinition, cases: &[String]) -> BaseType {
    let said = layout.enums.get(&definition.name);
    let fitting = || match cases.len() {
        0..=0x100 => BaseType::U8,
        0x101..=0x1_0000 => BaseType::U16,
        _ => BaseType::U32,
    };
    said.and_then(|said| said.base_type).unwrap_or_else(fitting)
}

/// Each case with its number.
pub(super) type Numbers<'a> = Vec<(&'a str, u64)>;

/// Base type of an enum and the number of each case.
pub(super) fn enum_numbers<'a>(
    layout: &Layout,
    definition: &TypeDefinition,
    cases: &'a [String],
) -> Result<(BaseType, Numbers<'a>), SomeIpError> {
    let base = enum_base(layout, definition, cases);
    let values = layout.enums.get(&definition.name);
    let values = values.map(|said| &said.values).filter(|v| !v.is_empty());
    let mut numbers = Vec::with_capacity(cases.len());
    for (index, case) in cases.iter().enumerate() {
        let number = match values {
            None => index as u64,
            Some(values) => match values.get(case) {
                Some(number) => *number,
                None => {
                    let name = case.clone();
                    return Err(SomeIpError::new(Problem::NoNumber { name }));
                }
            },
        };
        let width = base.bytes();
        if width < 8 && number >> (8 * width) != 0 {
            return Err(SomeIpError::new(Problem::BaseType { number, width }));
        }
        numbers.push((case.as_str(), number));
    }
    Ok((base, numbers))
}

/// Base type of flags.
pub(super) fn flags_base(
    layout: &Layout,
    definition: &TypeDefinition,
    names: &[String],
) -> BaseType {
    let said = layout.flags.get(&definition.name).copied();
    said.unwrap_or_else(|| BaseType::with_bits(names.len()))
}

/// The same, where all flags fit it.
pub(super) fn checked_flags_base(
    layout: &Layout,
    definition: &TypeDefinition,
    names: &[String],
) -> Result<BaseType, SomeIpError> {
    let base = flags_base(layout, definition, names);
    match names.len() <= 8 * base.bytes() {
        true => Ok(base),
        false => Err(SomeIpError::new(Problem::ManyFlags {
            count: names.len(),
            width: base.bytes(),
        })),
    }
}

/// Bytes of every value of the type, where they are always as many and need no padding.
pub(super) fn constant_bytes(
    layout: &Layout,
    value: &ValueType,
) -> Result<Option<usize>, SomeIpError> {
    let form = form(layout, value)?;
    let field = form.length_field(layout).bytes();
    if let Some(bytes) = form.basic_bytes(layout) {
        return Ok(Some(bytes));
    }
    Ok(match form {
        Form::FixedText(bytes) => Some(bytes),
        Form::Array(element, count) => constant_bytes(layout, element)?
            .and_then(|bytes| bytes.checked_mul(count)?.checked_add(field)),
        Form::Struct(members) if !members.tagged => {
            let mut sum = Some(field);
            for member in &members.all {
                let bytes = constant_bytes(layout, member.value)?;
                sum = sum.and_then(|sum| sum.checked_add(bytes?));
            }
            sum
        }
        _ => None,
    })
}

/// A union without a length field has cases of one size.
pub(super) fn check_union(
    layout: &Layout,
    cases: &[(&str, Option<&ValueType>)],
) -> Result<(), SomeIpError> {
    if layout.size_of_union_length_field != LengthField::Zero {
        return Ok(());
    }
    let mut sizes = Vec::with_capacity(cases.len());
    for (_, value) in cases {
        sizes.push(match value {
            Some(value) => constant_bytes(layout, value)?,
            None => Some(0),
        });
    }
    match sizes.first() {
        Some(Some(first)) if sizes.iter().all(|size| *size == Some(*first)) => Ok(()),
        _ => Err(SomeIpError::new(Problem::UnequalCases)),
    }
}
