//! A classic CAN frame and its text in candump's notation (`123#00FF`, `18DAF110#0210`, `123#R4`).
//! Knows nothing of buses, time or bits on the wire.
//!
//! Source: ISO 11898-1 (frame formats); can-utils, `candump` and `cansend` (notation).

use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Largest identifier of the base format.
pub const STANDARD_ID_MAX: u32 = 0x7ff;
/// Largest identifier of the extended format.
pub const EXTENDED_ID_MAX: u32 = 0x1fff_ffff;
/// Most data bytes of a classic frame.
pub const DATA_BYTES_MAX: usize = 8;

/// An identifier that fits its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// 11 bits.
    Standard(u16),
    /// 29 bits.
    Extended(u32),
}

/// A classic CAN frame: a data frame of 0 to 8 bytes, or a remote frame that asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame {
    id: Id,
    is_remote: bool,
    length: u8,
    data: [u8; DATA_BYTES_MAX],
}

/// Why a frame cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("standard id {id:#x} is above 0x7ff; write an extended id with 8 digits")]
    StandardId { id: u32 },
    #[error("extended id {id:#x} is above 0x1fffffff; an id has 29 bits at most")]
    ExtendedId { id: u32 },
    #[error("{length} data bytes are too many; a classic frame has 8 at most")]
    Length { length: usize },
    #[error("{length} data bytes are too many; a CAN FD frame has 64 at most")]
    LengthFd { length: usize },
    #[error("frame `{text}` has no `#`; write it as `123#00FF`, `18DAF110#0210` or `123#R4`")]
    Separator { text: String },
    #[error("frame `{text}` is CAN FD (`##`), which this bus does not carry; use one `#`")]
    FlexibleDataRate { text: String },
    #[error("id `{text}` needs 3 hexadecimal digits (standard) or 8 (extended)")]
    IdDigits { text: String },
    #[error("data `{text}` needs pairs of hexadecimal digits, or `R` and a length from 0 to 8")]
    DataDigits { text: String },
}

impl Id {
    /// The identifier of the base format.
    pub fn standard(id: u32) -> Result<Id, FrameError> {
        match u16::try_from(id) {
            Ok(short) if id <= STANDARD_ID_MAX => Ok(Id::Standard(short)),
            _ => Err(FrameError::StandardId { id }),
        }
    }

    /// The identifier of the extended format.
    pub fn extended(id: u32) -> Result<Id, FrameError> {
        if id <= EXTENDED_ID_MAX {
            Ok(Id::Extended(id))
        } else {
            Err(FrameError::ExtendedId { id })
        }
    }

    /// The number, whatever the format.
    pub fn value(self) -> u32 {
        match self {
            Id::Standard(id) => u32::from(id),
            Id::Extended(id) => id,
        }
    }

    /// True for 29 bits.
    pub fn is_extended(self) -> bool {
        matches!(self, Id::Extended(_))
    }
}

impl Frame {
    /// A data frame.
    pub fn data(id: Id, bytes: &[u8]) -> Result<Frame, FrameError> {
        let mut data = [0; DATA_BYTES_MAX];
        let target = data.get_mut(..bytes.len()).ok_or(FrameError::Length {
            length: bytes.len(),
        })?;
        target.copy_from_slice(bytes);
        Ok(Frame {
            id,
            is_remote: false,
            length: bytes.len() as u8,
            data,
        })
    }

    /// A remote frame: it carries the DLC of what it asks for, and no data.
    pub fn remote(id: Id, length: usize) -> Result<Frame, FrameError> {
        if length > DATA_BYTES_MAX {
            return Err(FrameError::Length { length });
        }
        Ok(Frame {
            id,
            is_remote: true,
            length: length as u8,
            data: [0; DATA_BYTES_MAX],
        })
    }

    pub fn id(&self) -> Id {
        self.id
    }

    pub fn is_remote(&self) -> bool {
        self.is_remote
    }

    /// DLC: bytes that the frame carries, or asks for.
    pub fn length(&self) -> u8 {
        self.length
    }

    /// The bytes on the wire; none of a remote frame.
    pub fn bytes(&self) -> &[u8] {
        let carried = if self.is_remote {
            0
        } else {
            usize::from(self.length)
        };
        self.data.get(..carried).unwrap_or(&[])
    }
}

impl FromStr for Frame {
    type Err = FrameError;

    fn from_str(text: &str) -> Result<Frame, FrameError> {
        let (id, rest) = text.split_once('#').ok_or_else(|| FrameError::Separator {
            text: text.to_owned(),
        })?;
        if rest.starts_with('#') {
            return Err(FrameError::FlexibleDataRate {
                text: text.to_owned(),
            });
        }
        let id = parse_id(id)?;
        match rest.strip_prefix(['R', 'r']) {
            Some(length) => parse_remote(id, rest, length),
            None => Frame::data(id, &parse_bytes(rest)?),
        }
    }
}

pub(super) fn parse_id(text: &str) -> Result<Id, FrameError> {
    let wrong = || FrameError::IdDigits {
        text: text.to_owned(),
    };
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let id = u32::from_str_radix(text, 16).map_err(|_| wrong())?;
    match text.len() {
        3 => Id::standard(id),
        8 => Id::extended(id),
        _ => Err(wrong()),
    }
}

fn parse_remote(id: Id, whole: &str, length: &str) -> Result<Frame, FrameError> {
    match length {
        "" => Frame::remote(id, 0),
        digit if digit.len() == 1 => match digit.parse() {
            Ok(length) => Frame::remote(id, length),
            Err(_) => Err(FrameError::DataDigits {
                text: whole.to_owned(),
            }),
        },
        _ => Err(FrameError::DataDigits {
            text: whole.to_owned(),
        }),
    }
}

/// Pairs of digits; candump allows a dot between bytes.
pub(super) fn parse_bytes(text: &str) -> Result<Vec<u8>, FrameError> {
    let wrong = || FrameError::DataDigits {
        text: text.to_owned(),
    };
    let mut digits = Vec::with_capacity(2 * DATA_BYTES_MAX);
    for character in text.chars() {
        match character.to_digit(16) {
            Some(digit) => digits.push(digit as u8),
            None if character == '.' && digits.len() % 2 == 0 => {}
            None => return Err(wrong()),
        }
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(wrong());
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Standard(id) => write!(f, "{id:03X}"),
            Id::Extended(id) => write!(f, "{id:08X}"),
        }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#", self.id)?;
        if self.is_remote {
            return match self.length {
                0 => f.write_str("R"),
                length => write!(f, "R{length}"),
            };
        }
        self.bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl Serialize for Frame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(text: &str) -> Frame {
        text.parse().unwrap()
    }

    fn refusal(text: &str) -> String {
        text.parse::<Frame>().unwrap_err().to_string()
    }

    #[test]
    fn reads_the_notations_of_candump() {
        assert_eq!(frame("123#00FF").bytes(), [0x00, 0xff]);
        assert_eq!(frame("123#").bytes(), [0u8; 0]);
        assert_eq!(frame("123#11.22.33").bytes(), [0x11, 0x22, 0x33]);
        assert_eq!(frame("18DAF110#0210").id(), Id::Extended(0x18da_f110));
        assert_eq!(frame("00000123#").id(), Id::Extended(0x123));
        let remote = frame("123#R4");
        assert!(remote.is_remote() && remote.bytes().is_empty());
        assert_eq!(remote.length(), 4);
        assert_eq!(frame("123#R").length(), 0);
    }

    #[test]
    fn refuses_with_a_reason() {
        assert_eq!(
            refusal("123"),
            "frame `123` has no `#`; write it as `123#00FF`, `18DAF110#0210` or `123#R4`"
        );
        assert_eq!(
            refusal("800#00"),
            "standard id 0x800 is above 0x7ff; write an extended id with 8 digits"
        );
        assert_eq!(
            refusal("20000000#"),
            "extended id 0x20000000 is above 0x1fffffff; an id has 29 bits at most"
        );
        assert_eq!(
            refusal("123#001122334455667788"),
            "9 data bytes are too many; a classic frame has 8 at most"
        );
        assert_eq!(
            refusal("123#0"),
            "data `0` needs pairs of hexadecimal digits, or `R` and a length from 0 to 8"
        );
        assert_eq!(
            refusal("123##100"),
            "frame `123##100` is CAN FD (`##`), which this bus does not carry; use one `#`"
        );
        for id in ["#00", "1234#00", "+12#00", "xyz#00", "é#"] {
            assert!(refusal(id).contains("needs 3 hexadecimal digits"), "{id}");
        }
        for data in ["123#0.0", "123#zz", "123#R44", "123#Rx", "123#é"] {
            assert!(
                refusal(data).contains("pairs of hexadecimal digits"),
                "{data}"
            );
        }
        assert_eq!(
            refusal("123#R9"),
            "9 data bytes are too many; a classic frame has 8 at most"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(frame in any_frame()) {
            prop_assert_eq!(frame.to_string().parse::<Frame>(), Ok(frame));
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,24}") {
            let _ = text.parse::<Frame>();
        }
    }

    fn any_frame() -> impl Strategy<Value = Frame> {
        let id = prop_oneof![
            (0..=STANDARD_ID_MAX).prop_map(|id| Id::standard(id).unwrap()),
            (0..=EXTENDED_ID_MAX).prop_map(|id| Id::extended(id).unwrap()),
        ];
        (
            id,
            any::<bool>(),
            proptest::collection::vec(any::<u8>(), 0..=8),
        )
            .prop_map(|(id, is_remote, bytes)| match is_remote {
                true => Frame::remote(id, bytes.len()).unwrap(),
                false => Frame::data(id, &bytes).unwrap(),
            })
    }
}
