//! Types, variables and functions as C headers declare them.

use super::error::Place;
use std::collections::BTreeMap;

/// A type of C, as far as it matters to who passes values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CType {
    Void,
    Bool,
    Integer {
        bits: u32,
        is_signed: bool,
    },
    Float {
        bits: u32,
    },
    Struct(String),
    Enum(String),
    Array(Box<CType>, u32),
    Pointer(Box<Spelled>),
    /// What is not passed, by its name.
    Other(String),
}

/// A type with how the header writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) ctype: CType,
    /// As a declaration of a variable has it, without stars and brackets: `struct in`, `real_T`.
    pub(super) spelling: String,
    pub(super) is_const: bool,
}

/// A member of a structure, a variable or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) spelled: Spelled,
    /// The comment on its line.
    pub(super) docs: String,
    pub(super) place: Place,
    pub(super) is_bit_field: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Structure {
    pub(super) members: Vec<Member>,
    pub(super) place: Place,
    /// Something in it was not understood.
    pub(super) is_whole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Enumeration {
    /// In the order of the header.
    pub(super) constants: Vec<(String, i128)>,
    pub(super) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) result: CType,
    pub(super) parameters: Vec<Member>,
    pub(super) place: Place,
}

/// What headers declare, by name.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    /// By tag, or by a name that was made for one without (`3` in the order of the headers).
    pub(super) structures: BTreeMap<String, Structure>,
    pub(super) enumerations: BTreeMap<String, Enumeration>,
    pub(super) typedefs: BTreeMap<String, CType>,
    pub(super) variables: BTreeMap<String, Member>,
    pub(super) functions: BTreeMap<String, Function>,
    pub(super) constants: BTreeMap<String, i128>,
}

/// Types by the names that `<stdint.h>`, `rtwtypes.h` and `Platform_Types.h` give them; those of
/// the last two are often not beside a model.
pub(super) fn known(name: &str) -> Option<CType> {
    let integer = |bits, is_signed| CType::Integer { bits, is_signed };
    Some(match name {
        "bool" | "_Bool" | "boolean_T" | "boolean" => CType::Bool,
        "int8_t" | "int8_T" | "sint8" | "char_T" => integer(8, true),
        "uint8_t" | "uint8_T" | "uint8" | "uchar_T" | "byte_T" => integer(8, false),
        "int16_t" | "int16_T" | "sint16" => integer(16, true),
        "uint16_t" | "uint16_T" | "uint16" => integer(16, false),
        "int32_t" | "int32_T" | "sint32" | "int_T" => integer(32, true),
        "uint32_t" | "uint32_T" | "uint32" | "uint_T" | "size_t" => integer(32, false),
        "int64_t" | "int64_T" | "sint64" => integer(64, true),
        "uint64_t" | "uint64_T" | "uint64" => integer(64, false),
        "real32_T" | "float32" | "float32_t" => CType::Float { bits: 32 },
        "real_T" | "real64_T" | "time_T" | "float64" | "float64_t" => CType::Float { bits: 64 },
        _ => return None,
    })
}

/// The type of words such as `unsigned long int`, with the sizes of WebAssembly's C.
pub(super) fn arithmetic(words: &[&str]) -> Option<CType> {
    let count = |word: &str| words.iter().filter(|one| **one == word).count();
    let are_all = |allowed: &[&str]| words.iter().all(|word| allowed.contains(word));
    let is_unsigned = count("unsigned") == 1;
    let integer = |bits, is_signed| Some(CType::Integer { bits, is_signed });
    match words {
        [] => None,
        ["void"] => Some(CType::Void),
        ["float"] => Some(CType::Float { bits: 32 }),
        ["double"] => Some(CType::Float { bits: 64 }),
        ["_Bool"] => Some(CType::Bool),
        _ if count("char") == 1 && are_all(&["char", "signed", "unsigned"]) => {
            integer(8, !is_unsigned)
        }
        _ if !are_all(&["short", "long", "int", "signed", "unsigned"]) => None,
        _ if count("short") == 1 && count("long") == 0 => integer(16, !is_unsigned),
        _ if count("short") == 0 && count("long") == 2 => integer(64, !is_unsigned),
        _ if count("short") == 0 && count("long") < 2 => integer(32, !is_unsigned),
        _ => None,
    }
}

/// Words of which [`arithmetic`] types are made.
pub(super) const ARITHMETIC_WORDS: [&str; 10] = [
    "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_types_have_the_sizes_of_webassembly() {
        let integer = |bits, is_signed| Some(CType::Integer { bits, is_signed });
        assert_eq!(arithmetic(&["unsigned"]), integer(32, false));
        assert_eq!(arithmetic(&["signed", "char"]), integer(8, true));
        assert_eq!(
            arithmetic(&["unsigned", "short", "int"]),
            integer(16, false)
        );
        assert_eq!(arithmetic(&["long"]), integer(32, true));
        assert_eq!(
            arithmetic(&["long", "unsigned", "long"]),
            integer(64, false)
        );
        assert_eq!(arithmetic(&["double"]), Some(CType::Float { bits: 64 }));
        for wrong in [
            &["long", "double"][..],
            &["float", "int"],
            &["short", "long"],
            &[],
        ] {
            assert_eq!(arithmetic(wrong), None, "{wrong:?}");
        }
    }
}
