//! SOME/IP: values as the bytes of a message on Ethernet, and back, after AUTOSAR's
//! PRS_SOMEIPProtocol. Total on garbage: errors with their place, never panics. Knows nothing of
//! sockets, service discovery and segments (SOME/IP-TP): a segment is recognised and refused.
//!
//! # How WIT types lie on the wire
//!
//! | WIT | SOME/IP |
//! | --- | --- |
//! | bool, u8 … s64, f32, f64 | basic types; `bool` is a byte of which the lowest bit counts |
//! | char | uint32: the scalar value (AUTOSAR has no such type) |
//! | string | dynamic string; of fixed length where the layout names its type |
//! | `list<T>` | dynamic array: length in bytes, elements |
//! | `list<T, n>` | array of fixed length |
//! | `map<K, V>` | dynamic array of structs of key and value |
//! | record, tuple | struct |
//! | enum | unsigned integer of its base type: the place of the case, or the number in the layout |
//! | flags | unsigned integer of its base type, the first flag in the lowest bit |
//! | variant, result | union: length, type selector (the first case is 1), element, padding |
//! | option | a member with data id (TLV) that is there or is not: only in records, tuples, arguments |
//!
//! A record with an option, or with data ids in the layout, is written with tags.

mod decode;
mod encode;
mod form;
mod header;
mod layout;
mod payload;
mod text;

pub use decode::{Decoded, decode, decode_arguments};
pub use encode::{encode, encode_arguments};
pub use header::{HEADER_BYTES, Header, MessageType, message, parse, return_code};
pub use layout::{
    Alignment, BaseType, ByteOrder, EnumLayout, Layout, LayoutError, LengthField, StringEncoding,
    read as read_layout,
};
pub use payload::{Payload, payload, sample};

use std::fmt;

/// Why a value has no bytes, or bytes are no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", Place(self))]
pub struct SomeIpError {
    /// Of the byte in what was given, for bytes that are no value.
    pub offset: Option<usize>,
    /// The place in the value: `objects[0].distance`; empty for the whole.
    pub at: String,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("{needed} bytes needed, {left} left; the sender has another type or layout")]
    Short { needed: usize, left: usize },
    #[error("length {length}, but {left} bytes left; the sender has another layout")]
    Length { length: u64, left: usize },
    #[error(
        "{bytes} bytes do not fit a length field of {width}; choose a larger one in the layout"
    )]
    TooLong { bytes: usize, width: usize },
    #[error("number {found} stands for no case of `{name}`; its cases are {known}")]
    Case {
        found: u64,
        name: String,
        known: String,
    },
    #[error("bits {found:#x} are no flags of `{name}`; it has {count}")]
    Flags {
        found: u64,
        name: String,
        count: usize,
    },
    #[error("{count} flags do not fit {width} bytes; choose a larger base type in the layout")]
    ManyFlags { count: usize, width: usize },
    #[error("{found:#x} is no character")]
    Character { found: u32 },
    #[error("byte order mark {mark} is missing; the sender has another string encoding")]
    Mark { mark: &'static str },
    #[error("the string does not end in a zero; the sender has another layout")]
    Unterminated,
    #[error("a zero inside would end the string early; send bytes as `list<u8>`")]
    ZeroInside,
    #[error("the string is no {encoding}")]
    Encoding { encoding: &'static str },
    #[error("{needed} bytes do not fit a string of {room}")]
    FixedString { needed: usize, room: usize },
    #[error("`{name}` has no number in the layout; write one for each case")]
    NoNumber { name: String },
    #[error("number {number} does not fit its base type of {width} bytes; choose a larger one")]
    BaseType { number: u64, width: usize },
    #[error("member `{name}` has no data id in the layout; write one for each member")]
    NoDataId { name: String },
    #[error("{count} members have no data ids of 12 bits")]
    ManyMembers { count: usize },
    #[error("an option is a member with data id; put it into a record")]
    Option,
    #[error("a union has no skippable length with a data id; put it into a record")]
    TaggedUnion,
    #[error(
        "a struct with data ids needs a length field here; set `size-of-struct-length-field` in the layout"
    )]
    Unbounded,
    #[error(
        "without a length field all cases of a union have one size; set `size-of-union-length-field` in the layout"
    )]
    UnequalCases,
    #[error("data id {id:#05x} comes a second time")]
    Repeated { id: u16 },
    #[error("member `{name}` is missing: no data id {id:#05x}")]
    Missing { name: String, id: u16 },
    #[error("data id {id:#05x} has wire type {found}; the sender has another type")]
    WireType { id: u16, found: u8 },
    #[error(
        "unknown data id {id:#05x} of wire type 4 cannot be skipped: length fields of the layout differ"
    )]
    Unskippable { id: u16 },
    #[error("elements without bytes have no end")]
    NoProgress,
    #[error("needs {expected} elements, has {found}")]
    Count { expected: usize, found: usize },
    #[error("needs `{expected}`")]
    Mismatch { expected: String },
    #[error("a `{name}` has no value outside its component; leave it out")]
    Opaque { name: String },
    #[error("protocol version {found}, this program reads 1")]
    ProtocolVersion { found: u8 },
    #[error("message type {found:#04x} is none of SOME/IP's")]
    MessageType { found: u8 },
    #[error("a segment of a longer message (SOME/IP-TP); join the segments first")]
    Segment,
}

impl SomeIpError {
    fn new(problem: Problem) -> SomeIpError {
        SomeIpError {
            offset: None,
            at: String::new(),
            problem,
        }
    }

    fn at_byte(offset: usize, problem: Problem) -> SomeIpError {
        SomeIpError {
            offset: Some(offset),
            ..SomeIpError::new(problem)
        }
    }

    /// The same error in what stands behind `bytes` more, as a payload behind its header.
    pub fn behind(mut self, bytes: usize) -> SomeIpError {
        self.offset = self.offset.map(|offset| offset + bytes);
        self
    }

    fn in_field(self, name: &str) -> SomeIpError {
        let dot = if self.at.is_empty() || self.at.starts_with('[') {
            ""
        } else {
            "."
        };
        self.below(format!("{name}{dot}"))
    }

    fn in_element(self, index: usize) -> SomeIpError {
        let dot = if self.at.is_empty() || self.at.starts_with('[') {
            ""
        } else {
            "."
        };
        self.below(format!("[{index}]{dot}"))
    }

    fn below(mut self, place: String) -> SomeIpError {
        self.at.insert_str(0, &place);
        self
    }
}

struct Place<'a>(&'a SomeIpError);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.offset, self.0.at.as_str()) {
            (None, "") => Ok(()),
            (None, at) => write!(f, "`{at}`: "),
            (Some(offset), "") => write!(f, "byte {offset}: "),
            (Some(offset), at) => write!(f, "byte {offset}, `{at}`: "),
        }
    }
}
