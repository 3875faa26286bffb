//! Frames as an MCP2515 keeps them in its buffers, and its acceptance filters. Knows nothing of
//! flags and modes.
//!
//! Source: DS20001801, sections 3.0, 4.0 (table 4-2, figure 4-3 for data byte filtering).

use super::registers::{BUFFER_BYTES, IDE, RTR, SRR};
use crate::can::{Frame, Id};

/// SIDH, SIDL, EID8, EID0, DLC, D0 to D7.
pub(super) type Buffer = [u8; BUFFER_BYTES as usize];

const DATA_BYTES_MAX: usize = 8;

/// What an identifier is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bits {
    standard: u32,
    /// EID17 to EID0.
    extended: u32,
    is_extended: bool,
}

/// How a receive buffer looks at identifiers: RXM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acceptance {
    Filtered,
    /// Standard identifiers only; no data bytes are compared.
    Standard,
    Extended,
    Anything,
}

impl Acceptance {
    pub(super) fn of(rxm: u8) -> Acceptance {
        match rxm & 3 {
            0 => Acceptance::Filtered,
            1 => Acceptance::Standard,
            2 => Acceptance::Extended,
            _ => Acceptance::Anything,
        }
    }
}

fn bits(registers: [u8; 4]) -> Bits {
    let [high, low, extended_high, extended_low] = registers.map(u32::from);
    Bits {
        standard: high << 3 | low >> 5,
        extended: (low & 3) << 16 | extended_high << 8 | extended_low,
        is_extended: low & u32::from(IDE) != 0,
    }
}

/// The frame that a transmit buffer holds. A DLC above 8 sends eight bytes.
pub(super) fn frame(buffer: &Buffer) -> Option<Frame> {
    let [a, b, c, d, dlc, data @ ..] = buffer;
    let bits = bits([*a, *b, *c, *d]);
    let id = match bits.is_extended {
        true => Id::extended(bits.standard << 18 | bits.extended),
        false => Id::standard(bits.standard),
    };
    let length = usize::from(dlc & 0x0f).min(DATA_BYTES_MAX);
    let frame = match dlc & RTR != 0 {
        true => Frame::remote(id.ok()?, length),
        false => Frame::data(id.ok()?, data.get(..length)?),
    };
    frame.ok()
}

/// What a receive buffer holds of a frame.
pub(super) fn received(frame: &Frame) -> Buffer {
    let mut buffer = Buffer::default();
    let remote = |bit: u8| if frame.is_remote() { bit } else { 0 };
    let (standard, low, extended) = match frame.id() {
        // SRR says of a standard frame what RTR says of an extended one.
        Id::Standard(id) => (u32::from(id), remote(SRR), 0),
        Id::Extended(id) => (id >> 18, IDE, id & 0x3_ffff),
    };
    let rtr = if frame.id().is_extended() {
        remote(RTR)
    } else {
        0
    };
    let head = [
        (standard >> 3) as u8,
        (standard << 5) as u8 | low | (extended >> 16) as u8,
        (extended >> 8) as u8,
        extended as u8,
        rtr | frame.length_code(),
    ];
    let bytes = head.iter().chain(frame.bytes());
    buffer
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
    buffer
}

/// Whether a filter lets a received frame pass, and a mask says which bits it looks at.
pub(super) fn passes(
    buffer: &Buffer,
    filter: [u8; 4],
    mask: [u8; 4],
    acceptance: Acceptance,
) -> bool {
    let [a, b, c, d, dlc, data @ ..] = buffer;
    let (found, filter, mask) = (bits([*a, *b, *c, *d]), bits(filter), bits(mask));
    if acceptance == Acceptance::Anything {
        return true;
    }
    let wanted = match acceptance {
        Acceptance::Standard => Some(false),
        Acceptance::Extended => Some(true),
        Acceptance::Filtered | Acceptance::Anything => None,
    };
    if found.is_extended != filter.is_extended || wanted.is_some_and(|one| one != found.is_extended)
    {
        return false;
    }
    let extended = match (found.is_extended, acceptance) {
        (true, _) => (found.extended ^ filter.extended) & mask.extended,
        (false, Acceptance::Standard) => 0,
        (false, _) => {
            // The lower 16 bits are compared with the first two data bytes; a byte that the frame
            // does not have is none of any value.
            let length = if *b & SRR != 0 {
                0
            } else {
                usize::from(dlc & 0x0f)
            };
            let byte = |number: usize| data.get(number).filter(|_| number < length);
            let differs = |number: usize, filter: u32, mask: u32| match byte(number) {
                Some(byte) => (u32::from(*byte) ^ filter) & mask & 0xff,
                None => mask & 0xff,
            };
            differs(0, filter.extended >> 8, mask.extended >> 8)
                | differs(1, filter.extended, mask.extended)
        }
    };
    (found.standard ^ filter.standard) & mask.standard == 0 && extended == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::can::frame::tests::any_frame;
    use proptest::prelude::*;

    /// SIDH, SIDL, EID8, EID0 of an identifier, with EXIDE.
    fn registers(text: &str) -> [u8; 4] {
        let frame: Frame = format!("{text}#").parse().unwrap();
        let [a, b, c, d, ..] = received(&frame);
        [a, b, c, d]
    }

    fn passing(frame: &str, filter: [u8; 4], mask: [u8; 4]) -> bool {
        let frame: Frame = frame.parse().unwrap();
        passes(&received(&frame), filter, mask, Acceptance::Filtered)
    }

    #[test]
    fn identifiers_lie_as_the_registers_say() {
        assert_eq!(registers("7FF"), [0xff, 0xe0, 0, 0]);
        assert_eq!(registers("123"), [0x24, 0x60, 0, 0]);
        // 0x18DAF110: 0b11000110110 in the standard part, 0x2f110 behind it.
        assert_eq!(registers("18DAF110"), [0xc6, 0xca, 0xf1, 0x10]);
    }

    #[test]
    fn remote_frames_are_told_by_srr_or_rtr() {
        assert_eq!(received(&"123#R4".parse().unwrap())[1..5], [0x70, 0, 0, 4]);
        let extended = received(&"00000001#R4".parse().unwrap());
        assert_eq!(extended[1..5], [0x08, 0, 1, 0x44]);
    }

    #[test]
    fn a_length_above_8_sends_eight_bytes() {
        let mut buffer = received(&"123#0102030405060708".parse().unwrap());
        buffer[4] = 0x0f;
        assert_eq!(frame(&buffer).unwrap().bytes(), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    /// Table 4-2: mask 0 accepts; mask 1 accepts equal bits.
    #[test]
    fn masks_and_filters() {
        let all = registers("7FF");
        assert!(passing("123#", registers("123"), all));
        assert!(!passing("122#", registers("123"), all));
        assert!(passing("122#", registers("123"), registers("7FE")));
        assert!(passing("7FF#", registers("000"), registers("000")));
        // EXIDE of the filter says which kind it is for.
        assert!(!passing("048C0000#", registers("123"), all));
        let whole = registers("1FFFFFFF");
        assert!(passing("18DAF110#", registers("18DAF110"), whole));
        assert!(!passing("18DAF111#", registers("18DAF110"), whole));
    }

    /// Figure 4-3: of a standard frame, EID15 to EID0 are compared with the first two data bytes.
    #[test]
    fn data_bytes_are_filtered() {
        let (filter, mask) = ([0x24, 0x60, 0xab, 0xcd], [0xff, 0xe0, 0xff, 0xff]);
        assert!(passing("123#ABCD", filter, mask));
        assert!(passing("123#ABCDEF", filter, mask));
        assert!(!passing("123#ABCE", filter, mask) && !passing("123#AB", filter, mask));
        let first = [0xff, 0xe0, 0xff, 0];
        assert!(passing("123#AB00", filter, first) && passing("123#AB", filter, first));
        let buffer = received(&"123#0000".parse().unwrap());
        assert!(passes(&buffer, filter, mask, Acceptance::Standard));
        assert!(!passes(&buffer, filter, mask, Acceptance::Extended));
        assert!(passes(&buffer, [0; 4], [0xff; 4], Acceptance::Anything));
    }

    proptest! {
        #[test]
        fn what_is_received_is_sent_the_same(text in any_frame()) {
            prop_assume!(text.as_flexible().is_none());
            let mut buffer = received(&text);
            // A standard remote frame is told by SRR, and asked for by RTR.
            if buffer[1] & SRR != 0 {
                buffer[4] |= RTR;
            }
            prop_assert_eq!(frame(&buffer), Some(text));
        }
    }
}
