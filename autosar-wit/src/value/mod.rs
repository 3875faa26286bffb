//! Values of WIT types outside any engine: packed bytes (as `wireloom:ecu/elements` carries them),
//! WAVE text, defaults. Total on garbage: errors, never panics; memory stays in proportion to the
//! input. Knows nothing of who sends a value.
//!
//! # Packed form
//! Little endian, no padding, in the order of the type:
//!
//! | type | bytes |
//! | --- | --- |
//! | bool | 1: 0 or 1 |
//! | u8 … s64, f32, f64 | 1, 2, 4, 8 |
//! | char | 4: the scalar value |
//! | string | u32 count of bytes, UTF-8 |
//! | list | u32 count, elements |
//! | fixed list | elements |
//! | map | u32 count; key, value each |
//! | record, tuple | members |
//! | variant, enum | discriminant (1 byte up to 256 cases, 2 up to 65,536, else 4), then the payload of that case |
//! | option, result | as the variants `none, some` and `ok, err` |
//! | flags | 1 byte up to 8, 2 up to 16, else 4 for every 32; the first flag is the lowest bit |
//!
//! Handles, streams, futures and error contexts have no packed form.

mod decode;
mod default;
mod encode;
mod shape;
mod wave;

pub use decode::decode;
pub use default::default_value;
pub use encode::encode;
pub use shape::shape;
pub use wave::{parse, print};

use crate::types::{TypeKind, ValueType};
use std::borrow::Cow;

/// A value; only together with its [`ValueType`] does it have a packed form.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Bool(bool),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    S8(i8),
    S16(i16),
    S32(i32),
    S64(i64),
    F32(f32),
    F64(f64),
    Char(char),
    String(String),
    /// Of any or of fixed length.
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Tuple(Vec<Value>),
    /// Fields in the order of the type.
    Record(Vec<(String, Value)>),
    Variant {
        case: String,
        value: Option<Box<Value>>,
    },
    Enum(String),
    /// The flags that are set, in the order of the type.
    Flags(Vec<String>),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
}

/// Why bytes, a text or a value are not of a type. `at` is the place in the value: `motor.duty`,
/// `[3]`; empty for the whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", Place(at))]
pub struct ValueError {
    pub at: String,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("bytes end early: {needed} needed, {left} left; sender and receiver have other types")]
    Short { needed: u64, left: u64 },
    #[error("{surplus} bytes are left over; sender and receiver have other types")]
    Surplus { surplus: usize },
    #[error(
        "number {found} stands for none of the {cases} cases or flags; sender and receiver have other types"
    )]
    Discriminant { found: u32, cases: usize },
    #[error("{found:#x} is no `{kind}`; sender and receiver have other types")]
    Scalar { found: u32, kind: &'static str },
    #[error("a string is no UTF-8; send bytes as `list<u8>`")]
    Utf8,
    #[error("more elements than {limit}; bound the list")]
    TooMany { limit: u64 },
    #[error("a `{kind}` has no value outside its component; leave it out")]
    Opaque { kind: &'static str },
    #[error("needs `{expected}`, such as {example}")]
    Mismatch {
        expected: String,
        example: &'static str,
    },
    #[error("no case, field or flag `{name}`; there are {known}")]
    Unknown { name: String, known: String },
    #[error("field `{name}` is missing; write it")]
    Missing { name: String },
    #[error("needs {expected} elements, has {found}")]
    Count { expected: usize, found: usize },
    #[error("no WAVE text: {message}; write a value such as `1.5`, `\"text\"` or `{{field: 1}}`")]
    Syntax { message: String },
}

struct Place<'a>(&'a str);

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.is_empty() {
            true => Ok(()),
            false => write!(f, "`{}`: ", self.0),
        }
    }
}

impl ValueError {
    fn new(problem: Problem) -> ValueError {
        ValueError {
            at: String::new(),
            problem,
        }
    }

    /// The same error seen from outside a field.
    fn in_field(mut self, name: &str) -> ValueError {
        self.at = match self.at.is_empty() || self.at.starts_with('[') {
            true => format!("{name}{}", self.at),
            false => format!("{name}.{}", self.at),
        };
        self
    }

    /// The same error seen from outside a list.
    fn in_element(mut self, index: usize) -> ValueError {
        self.at = match self.at.is_empty() || self.at.starts_with('[') {
            true => format!("[{index}]{}", self.at),
            false => format!("[{index}].{}", self.at),
        };
        self
    }
}

/// The type behind names that are aliases.
pub(crate) fn resolved(mut value_type: &ValueType) -> &ValueType {
    while let ValueType::Named(definition) = value_type
        && let TypeKind::Alias(target) = &definition.kind
    {
        value_type = target;
    }
    value_type
}

/// What a data element of that type carries: the value behind one `result` or `option`, whose
/// other case means that there is none to send. `None`: a `result` without a value, which is
/// carried whole.
pub fn element_value(value_type: &ValueType) -> Option<&ValueType> {
    match resolved(value_type) {
        ValueType::Result { ok, .. } => ok.as_deref(),
        ValueType::Option(some) => Some(some),
        _ => Some(value_type),
    }
}

/// Bytes of a discriminant.
pub(crate) fn discriminant_bytes(cases: usize) -> usize {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

/// Bytes of a flags value.
pub(crate) fn flags_bytes(flags: usize) -> usize {
    match flags {
        0..=8 => 1,
        9..=16 => 2,
        _ => flags.div_ceil(32) * 4,
    }
}

/// What a type is that has no value outside a component.
fn opaque(value_type: &ValueType) -> ValueError {
    let kind = match value_type {
        ValueType::Own(_) => "own",
        ValueType::Borrow(_) => "borrow",
        ValueType::Stream(_) => "stream",
        ValueType::Future(_) => "future",
        ValueType::ErrorContext => "error-context",
        _ => "resource",
    };
    ValueError::new(Problem::Opaque { kind })
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<Cow<'_, str>> = names.map(|name| format!("`{name}`").into()).collect();
    names.join(", ")
}
