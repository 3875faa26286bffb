//! Numbers without a meaning: base types (AUTOSAR: SwBaseType, platform types) as WIT's.

use crate::tree::{short_name, text, whole};
use autosar_data::{Element, ElementName};
use autosar_wit::types::{TypeKind, ValueType};

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
}

impl Scalar {
    pub(crate) fn value(self) -> ValueType {
        match self {
            Scalar::Bool => ValueType::Bool,
            Scalar::U8 => ValueType::U8,
            Scalar::U16 => ValueType::U16,
            Scalar::U32 => ValueType::U32,
            Scalar::U64 => ValueType::U64,
            Scalar::S8 => ValueType::S8,
            Scalar::S16 => ValueType::S16,
            Scalar::S32 => ValueType::S32,
            Scalar::S64 => ValueType::S64,
            Scalar::F32 => ValueType::F32,
            Scalar::F64 => ValueType::F64,
        }
    }

    /// Of a number or truth value, whatever it is called.
    pub(crate) fn of(value: &ValueType) -> Option<Scalar> {
        Some(match value {
            ValueType::Bool => Scalar::Bool,
            ValueType::U8 => Scalar::U8,
            ValueType::U16 => Scalar::U16,
            ValueType::U32 => Scalar::U32,
            ValueType::U64 => Scalar::U64,
            ValueType::S8 => Scalar::S8,
            ValueType::S16 => Scalar::S16,
            ValueType::S32 => Scalar::S32,
            ValueType::S64 => Scalar::S64,
            ValueType::F32 => Scalar::F32,
            ValueType::F64 => Scalar::F64,
            ValueType::Named(definition) => match &definition.kind {
                TypeKind::Alias(target) => return Scalar::of(target),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Its standard name (AUTOSAR: Specification of Platform Types).
    pub(crate) fn platform(self) -> &'static str {
        match self {
            Scalar::Bool => "boolean",
            Scalar::U8 => "uint8",
            Scalar::U16 => "uint16",
            Scalar::U32 => "uint32",
            Scalar::U64 => "uint64",
            Scalar::S8 => "sint8",
            Scalar::S16 => "sint16",
            Scalar::S32 => "sint32",
            Scalar::S64 => "sint64",
            Scalar::F32 => "float32",
            Scalar::F64 => "float64",
        }
    }

    /// Size in bits and encoding of its base type.
    pub(crate) fn encoding(self) -> (u32, &'static str) {
        match self {
            Scalar::Bool => (8, "BOOLEAN"),
            Scalar::U8 => (8, "NONE"),
            Scalar::U16 => (16, "NONE"),
            Scalar::U32 => (32, "NONE"),
            Scalar::U64 => (64, "NONE"),
            Scalar::S8 => (8, "2C"),
            Scalar::S16 => (16, "2C"),
            Scalar::S32 => (32, "2C"),
            Scalar::S64 => (64, "2C"),
            Scalar::F32 => (32, "IEEE754"),
            Scalar::F64 => (64, "IEEE754"),
        }
    }

    /// A platform type by its standard name (AUTOSAR: Specification of Platform Types).
    pub(crate) fn of_platform(name: &str) -> Option<Scalar> {
        Some(match name.trim_end_matches("_least") {
            "boolean" => Scalar::Bool,
            "uint8" => Scalar::U8,
            "uint16" => Scalar::U16,
            "uint32" => Scalar::U32,
            "uint64" => Scalar::U64,
            "sint8" => Scalar::S8,
            "sint16" => Scalar::S16,
            "sint32" => Scalar::S32,
            "sint64" => Scalar::S64,
            "float32" => Scalar::F32,
            "float64" => Scalar::F64,
            _ => return None,
        })
    }

    /// By size and encoding; without an encoding the name counts, then it is a number without sign.
    pub(crate) fn of_base(base: &Element) -> Option<Scalar> {
        let encoding = text(base, ElementName::BaseTypeEncoding);
        let named = Scalar::of_platform(&short_name(base));
        let encoding = match encoding.as_deref() {
            None if named.is_some() => return named,
            None => "NONE",
            Some(encoding) => encoding,
        };
        let bits = whole(base, ElementName::BaseTypeSize)?;
        match encoding {
            "BOOLEAN" => Some(Scalar::Bool),
            "IEEE754" => match bits {
                32 => Some(Scalar::F32),
                64 => Some(Scalar::F64),
                _ => None,
            },
            "2C" => Scalar::signed(bits),
            // Characters are bytes: WIT's strings are the business of whole arrays.
            _ => Scalar::unsigned(bits),
        }
    }

    pub(crate) fn unsigned(bits: u64) -> Option<Scalar> {
        Some(match bits {
            1..=8 => Scalar::U8,
            9..=16 => Scalar::U16,
            17..=32 => Scalar::U32,
            33..=64 => Scalar::U64,
            _ => return None,
        })
    }

    pub(crate) fn signed(bits: u64) -> Option<Scalar> {
        Some(match bits {
            1..=8 => Scalar::S8,
            9..=16 => Scalar::S16,
            17..=32 => Scalar::S32,
            33..=64 => Scalar::S64,
            _ => return None,
        })
    }

    /// The smallest that holds whole numbers of this range.
    pub(crate) fn of_range(from: f64, to: f64) -> Option<Scalar> {
        let holds = |low: f64, high: f64| from >= low && to <= high;
        let whole = from.fract() == 0.0 && to.fract() == 0.0 && from <= to;
        [
            (Scalar::U8, 0.0, 255.0),
            (Scalar::S8, -128.0, 127.0),
            (Scalar::U16, 0.0, 65_535.0),
            (Scalar::S16, -32_768.0, 32_767.0),
            (Scalar::U32, 0.0, 4_294_967_295.0),
            (Scalar::S32, -2_147_483_648.0, 2_147_483_647.0),
        ]
        .into_iter()
        .find(|(_, low, high)| whole && holds(*low, *high))
        .map(|(scalar, _, _)| scalar)
    }
}
