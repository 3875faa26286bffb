//! How a service's values are laid out, in the words of AUTOSAR's `ApSomeipTransformationProps`, as
//! TOML. Reads text, never files; the default is the standard's.
//!
//! ```toml
//! byte-order = "most-significant-byte-first"
//! alignment = 32                        # bits, behind data of variable size
//! size-of-vector-length-field = 4       # bytes: 0, 1, 2, 4
//! string-encoding = "UTF-8"
//!
//! [enums.gear]
//! base-type = "u8"
//! values = { park = 0, drive = 5 }
//!
//! [data-ids.target]
//! distance = 1
//! speed = 2
//!
//! [fixed-strings]
//! vin = 21                              # bytes, mark and zero included
//! ```

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The serialisation of one service. Types are found by their WIT names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Layout {
    pub byte_order: ByteOrder,
    pub alignment: Alignment,
    /// Of arrays of fixed length.
    pub size_of_array_length_field: LengthField,
    /// Of arrays of any length.
    pub size_of_vector_length_field: LengthField,
    pub size_of_map_length_field: LengthField,
    pub size_of_string_length_field: LengthField,
    pub size_of_struct_length_field: LengthField,
    pub size_of_union_length_field: LengthField,
    pub size_of_union_type_selector_field: LengthField,
    /// Length fields behind tags are as short as the value allows.
    pub is_dynamic_length_field_size: bool,
    pub string_encoding: StringEncoding,
    pub is_bom_active: bool,
    pub is_null_termination_active: bool,
    pub enums: BTreeMap<String, EnumLayout>,
    /// Base types of flags.
    pub flags: BTreeMap<String, BaseType>,
    /// By record: the data id of each member.
    pub data_ids: BTreeMap<String, BTreeMap<String, u16>>,
    /// By alias of `string`: bytes, mark and terminating zero included.
    pub fixed_strings: BTreeMap<String, usize>,
}

impl Default for Layout {
    fn default() -> Layout {
        Layout {
            byte_order: ByteOrder::MostSignificantByteFirst,
            alignment: Alignment(1),
            size_of_array_length_field: LengthField::Zero,
            size_of_vector_length_field: LengthField::Four,
            size_of_map_length_field: LengthField::Four,
            size_of_string_length_field: LengthField::Four,
            size_of_struct_length_field: LengthField::Zero,
            size_of_union_length_field: LengthField::Four,
            size_of_union_type_selector_field: LengthField::Four,
            is_dynamic_length_field_size: false,
            string_encoding: StringEncoding::Utf8,
            is_bom_active: true,
            is_null_termination_active: true,
            enums: BTreeMap::new(),
            flags: BTreeMap::new(),
            data_ids: BTreeMap::new(),
            fixed_strings: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ByteOrder {
    MostSignificantByteFirst,
    MostSignificantByteLast,
}

/// Where data behind data of variable size begin: at a multiple of so many bytes from the start of
/// the message. In text it is written in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub struct Alignment(usize);

impl Alignment {
    pub fn bytes(self) -> usize {
        self.0
    }
}

impl TryFrom<u16> for Alignment {
    type Error = &'static str;

    fn try_from(bits: u16) -> Result<Alignment, &'static str> {
        match bits {
            8 | 16 | 32 | 64 | 128 | 256 => Ok(Alignment(usize::from(bits / 8))),
            _ => Err("an alignment has 8, 16, 32, 64, 128 or 256 bits"),
        }
    }
}

/// Bytes of a length field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum LengthField {
    Zero,
    One,
    Two,
    Four,
}

impl LengthField {
    pub fn bytes(self) -> usize {
        match self {
            LengthField::Zero => 0,
            LengthField::One => 1,
            LengthField::Two => 2,
            LengthField::Four => 4,
        }
    }
}

impl TryFrom<u8> for LengthField {
    type Error = &'static str;

    fn try_from(bytes: u8) -> Result<LengthField, &'static str> {
        match bytes {
            0 => Ok(LengthField::Zero),
            1 => Ok(LengthField::One),
            2 => Ok(LengthField::Two),
            4 => Ok(LengthField::Four),
            _ => Err("a length field has 0, 1, 2 or 4 bytes"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum StringEncoding {
    #[serde(rename = "UTF-8")]
    Utf8,
    #[serde(rename = "UTF-16BE")]
    Utf16Be,
    #[serde(rename = "UTF-16LE")]
    Utf16Le,
}

/// The unsigned integer that carries an enum or flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaseType {
    U8,
    U16,
    U32,
    U64,
}

impl BaseType {
    pub fn bytes(self) -> usize {
        match self {
            BaseType::U8 => 1,
            BaseType::U16 => 2,
            BaseType::U32 => 4,
            BaseType::U64 => 8,
        }
    }

    /// The smallest with so many bits.
    pub(super) fn with_bits(bits: usize) -> BaseType {
        match bits {
            0..=8 => BaseType::U8,
            9..=16 => BaseType::U16,
            17..=32 => BaseType::U32,
            _ => BaseType::U64,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnumLayout {
    pub base_type: Option<BaseType>,
    /// By case; empty: the place of the case, from 0.
    #[serde(default)]
    pub values: BTreeMap<String, u64>,
}

/// The text is no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    #[error("{0}")]
    Malformed(String),
    #[error("a union's type selector has 1, 2 or 4 bytes")]
    NoSelector,
    #[error("a {what} without a length field has no end; write 1, 2 or 4 bytes")]
    NoLength { what: &'static str },
    #[error("two members of `{record}` have data id {id}; give each its own")]
    SameId { record: String, id: u16 },
    #[error("data id {id} of `{record}` has more than 12 bits")]
    WideId { record: String, id: u16 },
    #[error("two cases of `{name}` are number {number}; give each its own")]
    SameNumber { name: String, number: u64 },
}

/// Reads the text; what it leaves out is the standard's default.
pub fn read(text: &str) -> Result<Layout, LayoutError> {
    let layout: Layout =
        toml::from_str(text).map_err(|error| LayoutError::Malformed(error.to_string()))?;
    if layout.size_of_union_type_selector_field == LengthField::Zero {
        return Err(LayoutError::NoSelector);
    }
    for (what, size) in [
        ("list", layout.size_of_vector_length_field),
        ("map", layout.size_of_map_length_field),
        ("string", layout.size_of_string_length_field),
    ] {
        if size == LengthField::Zero {
            return Err(LayoutError::NoLength { what });
        }
    }
    for (record, ids) in &layout.data_ids {
        let mut seen = BTreeSet::new();
        for id in ids.values().copied() {
            let record = record.clone();
            if id > 0xFFF {
                return Err(LayoutError::WideId { record, id });
            }
            if !seen.insert(id) {
                return Err(LayoutError::SameId { record, id });
            }
        }
    }
    for (name, numbers) in &layout.enums {
        let mut seen = BTreeSet::new();
        if let Some(number) = numbers
            .values
            .values()
            .find(|number| !seen.insert(**number))
        {
            let (name, number) = (name.clone(), *number);
            return Err(LayoutError::SameNumber { name, number });
        }
    }
    Ok(layout)
}
