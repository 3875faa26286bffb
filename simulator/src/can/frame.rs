//! A CAN or CAN FD frame and its text in candump's notation (`123#00FF`, `18DAF110#0210`, `123#R4`;
//! CAN FD: `123##1` with a digit of flags, then the data).
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
/// Most data bytes of a CAN FD frame.
pub const FLEXIBLE_BYTES_MAX: usize = 64;
/// Data lengths of CAN FD by their code.
const LENGTHS: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64];
/// CANFD_BRS and CANFD_ESI of linux/can.h, as candump writes them.
const BIT_RATE_SWITCH: u32 = 1;
const ERROR_STATE_INDICATOR: u32 = 2;

/// An identifier that fits its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// 11 bits.
    Standard(u16),
    /// 29 bits.
    Extended(u32),
}

/// A classic frame (a data frame of 0 to 8 bytes, or a remote frame that asks for them) or a CAN FD
/// frame of up to 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame {
    id: Id,
    format: Format,
    length: u8,
    data: [u8; FLEXIBLE_BYTES_MAX],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Format {
    Data,
    Remote,
    Flexible(Flexible),
}

/// What a CAN FD frame says beside identifier and data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flexible {
    /// BRS: from there on the bits are those of the data rate.
    pub bit_rate_switch: bool,
    /// ESI: the sender is error passive.
    pub error_state_indicator: bool,
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
    #[error(
        "{length} data bytes are no length of a CAN FD frame; it has 0 to 8, 12, 16, 20, 24, 32, 48 or 64"
    )]
    LengthCode { length: usize },
    #[error("frame `{text}` has no `#`; write it as `123#00FF`, `18DAF110#0210` or `123#R4`")]
    Separator { text: String },
    #[error(
        "frame `{text}` is CAN FD (`##`), which a classic bus does not carry; give the bus a data bit rate, or use one `#`"
    )]
    FlexibleDataRate { text: String },
    #[error("id `{text}` needs 3 hexadecimal digits (standard) or 8 (extended)")]
    IdDigits { text: String },
    #[error("data `{text}` needs pairs of hexadecimal digits, or `R` and a length from 0 to 8")]
    DataDigits { text: String },
    #[error(
        "`{text}` needs a digit of flags (1: bit rate switch, 2: sender error passive) and pairs of hexadecimal digits after `##`"
    )]
    FlexibleDigits { text: String },
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
        let length = bytes.len();
        if length > DATA_BYTES_MAX {
            return Err(FrameError::Length { length });
        }
        Ok(Frame::with(id, Format::Data, bytes))
    }

    /// A CAN FD frame; its length is one that has a code.
    pub fn flexible(id: Id, bytes: &[u8], flexible: Flexible) -> Result<Frame, FrameError> {
        let length = bytes.len();
        if length > FLEXIBLE_BYTES_MAX {
            return Err(FrameError::LengthFd { length });
        }
        if !LENGTHS.iter().any(|known| usize::from(*known) == length) {
            return Err(FrameError::LengthCode { length });
        }
        Ok(Frame::with(id, Format::Flexible(flexible), bytes))
    }

    fn with(id: Id, format: Format, bytes: &[u8]) -> Frame {
        let mut data = [0; FLEXIBLE_BYTES_MAX];
        for (to, from) in data.iter_mut().zip(bytes) {
            *to = *from;
        }
        Frame {
            id,
            format,
            length: bytes.len() as u8,
            data,
        }
    }

    /// A remote frame: it carries the DLC of what it asks for, and no data.
    pub fn remote(id: Id, length: usize) -> Result<Frame, FrameError> {
        if length > DATA_BYTES_MAX {
            return Err(FrameError::Length { length });
        }
        Ok(Frame {
            id,
            format: Format::Remote,
            length: length as u8,
            data: [0; FLEXIBLE_BYTES_MAX],
        })
    }

    pub fn id(&self) -> Id {
        self.id
    }

    pub fn is_remote(&self) -> bool {
        self.format == Format::Remote
    }

    /// `None`: it is a classic frame.
    pub fn as_flexible(&self) -> Option<Flexible> {
        match self.format {
            Format::Flexible(flexible) => Some(flexible),
            Format::Data | Format::Remote => None,
        }
    }

    /// The same from a sender that is error passive: a CAN FD frame tells it.
    pub(super) fn with_error_passive_sender(mut self) -> Frame {
        if let Format::Flexible(flexible) = &mut self.format {
            flexible.error_state_indicator = true;
        }
        self
    }

    /// Bytes that the frame carries, or asks for.
    pub fn length(&self) -> u8 {
        self.length
    }

    /// DLC: the length as the frame has it, 0 to 15.
    pub fn length_code(&self) -> u8 {
        let code = LENGTHS.iter().position(|length| *length == self.length);
        code.map_or(self.length, |code| code as u8)
    }

    /// The bytes on the wire; none of a remote frame.
    pub fn bytes(&self) -> &[u8] {
        let carried = if self.is_remote() {
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
        let id = parse_id(id)?;
        if let Some(rest) = rest.strip_prefix('#') {
            return parse_flexible(id, rest);
        }
        match rest.strip_prefix(['R', 'r']) {
            Some(length) => parse_remote(id, rest, length),
            None => Frame::data(id, &parse_bytes(rest)?),
        }
    }
}

/// A digit of flags and the data.
fn parse_flexible(id: Id, text: &str) -> Result<Frame, FrameError> {
    let wrong = || FrameError::FlexibleDigits {
        text: text.to_owned(),
    };
    let mut rest = text.chars();
    let flags = rest.next().and_then(|digit| digit.to_digit(16));
    let flags = flags.ok_or_else(wrong)?;
    let bytes = parse_bytes(rest.as_str()).map_err(|_| wrong())?;
    // Newer kernels also say here that it is CAN FD.
    let flexible = Flexible {
        bit_rate_switch: flags & BIT_RATE_SWITCH != 0,
        error_state_indicator: flags & ERROR_STATE_INDICATOR != 0,
    };
    Frame::flexible(id, &bytes, flexible)
}

pub(crate) fn parse_id(text: &str) -> Result<Id, FrameError> {
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
        match self.format {
            Format::Data => {}
            Format::Remote if self.length == 0 => return f.write_str("R"),
            Format::Remote => return write!(f, "R{}", self.length),
            Format::Flexible(Flexible {
                bit_rate_switch,
                error_state_indicator,
            }) => {
                let flags = u32::from(bit_rate_switch) * BIT_RATE_SWITCH
                    + u32::from(error_state_indicator) * ERROR_STATE_INDICATOR;
                write!(f, "#{flags:X}")?;
            }
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
pub(crate) mod tests {
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
    fn reads_the_notation_of_can_fd() {
        let flags = |text: &str| {
            let flexible = frame(text).as_flexible().unwrap();
            (flexible.bit_rate_switch, flexible.error_state_indicator)
        };
        assert_eq!(flags("123##011"), (false, false));
        assert_eq!(flags("123##1"), (true, false));
        assert_eq!(flags("18DAF110##2AB"), (false, true));
        // CANFD_FDF is 4.
        assert_eq!(frame("123##7AB").to_string(), "123##3AB");
        let long = frame(&format!("123##1{}", "A5".repeat(48)));
        assert_eq!((long.length(), long.length_code()), (48, 14));
        assert_eq!(long.bytes(), [0xa5; 48]);
        let codes = LENGTHS.map(|length| {
            let bytes = vec![0; length.into()];
            let frame = Frame::flexible(Id::Standard(1), &bytes, Flexible::default());
            frame.unwrap().length_code()
        });
        assert!(codes.iter().copied().eq(0..16));
        assert_eq!(frame("123#01").as_flexible(), None);
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
        for data in ["123##", "123##x00", "123##10", "123##10.0"] {
            assert!(refusal(data).contains("needs a digit of flags"), "{data}");
        }
        assert_eq!(
            refusal("123##1000000000000000000"),
            "9 data bytes are no length of a CAN FD frame; it has 0 to 8, 12, 16, 20, 24, 32, 48 or 64"
        );
        assert_eq!(
            refusal(&format!("123##1{}", "00".repeat(65))),
            "65 data bytes are too many; a CAN FD frame has 64 at most"
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

    pub(crate) fn any_frame() -> impl Strategy<Value = Frame> {
        let id = prop_oneof![
            (0..=STANDARD_ID_MAX).prop_map(|id| Id::standard(id).unwrap()),
            (0..=EXTENDED_ID_MAX).prop_map(|id| Id::extended(id).unwrap()),
        ];
        let byte = prop_oneof![Just(0u8), Just(255), any::<u8>()];
        (
            id,
            0..3,
            any::<[bool; 2]>(),
            0..16_usize,
            proptest::collection::vec(byte, 64),
        )
            .prop_map(|(id, format, flags, code, bytes)| {
                let length = usize::from(LENGTHS[code]);
                let [bit_rate_switch, error_state_indicator] = flags;
                match format {
                    0 => Frame::remote(id, length.min(8)),
                    1 => Frame::data(id, &bytes[..length.min(8)]),
                    _ => Frame::flexible(
                        id,
                        &bytes[..length],
                        Flexible {
                            bit_rate_switch,
                            error_state_indicator,
                        },
                    ),
                }
                .unwrap()
            })
    }
}
