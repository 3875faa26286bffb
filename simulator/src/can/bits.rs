//! The bits of a classic CAN frame on the wire: exact sequence, length and duration.
//! Knows nothing of buses and who sends.
//!
//! Source: ISO 11898-1, "Frame formats", "Bit stuffing", "CRC sequence" (polynomial 0x4599).

use super::frame::{Frame, FrameError, Id};
use serde::Serialize;

/// CRC-15-CAN without its leading one.
const CRC_POLYNOMIAL: u16 = 0x4599;
/// CRC delimiter, ACK slot, ACK delimiter, end of frame: never stuffed.
const TAIL_BITS: usize = 1 + 1 + 1 + 7;
/// Interframe space after a data or remote frame (the intermission).
pub const INTERMISSION_BITS: u32 = 3;
/// Longest stuffed part: 118 bits of an extended frame of 8 bytes, one stuff bit for the first five
/// and then one for every four.
const STUFFED_BITS_MAX: usize = 118 + 1 + (118 - 5) / 4;
const BITS_MAX: usize = STUFFED_BITS_MAX + TAIL_BITS;

/// Levels on the wire from start of frame to end of frame, without interframe space.
#[derive(Debug, Clone, Copy)]
pub struct BitSequence {
    levels: [Level; BITS_MAX],
    length: usize,
    stuffed: usize,
    stuff_bits: u32,
}

/// A dominant bit overwrites a recessive one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Logical 0.
    Dominant,
    /// Logical 1.
    Recessive,
}

/// What `wireloom can bits` says of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BitReport {
    /// In candump's notation.
    pub frame: Frame,
    /// Length without stuff bits, interframe space included.
    pub bits_unstuffed: u32,
    /// Length on the wire, interframe space included.
    pub bits_exact: u32,
    /// Of `bits_exact`.
    pub duration_ns: u64,
}

/// Lengths and duration of a frame in candump's notation at a bit rate.
pub fn report(notation: &str, bitrate_bps: u32) -> Result<BitReport, FrameError> {
    Ok(report_of(&notation.parse()?, bitrate_bps))
}

/// Lengths and duration of a frame at a bit rate.
pub fn report_of(frame: &Frame, bitrate_bps: u32) -> BitReport {
    let sequence = BitSequence::of(frame);
    let bits_exact = sequence.length() + INTERMISSION_BITS;
    BitReport {
        frame: *frame,
        bits_unstuffed: bits_exact - sequence.stuff_bits(),
        bits_exact,
        duration_ns: duration_ns(bits_exact, bitrate_bps),
    }
}

/// Time of that many bits in nanoseconds, rounded half up; a bit rate of 0 counts as 1.
pub fn duration_ns(bits: u32, bitrate_bps: u32) -> u64 {
    let bitrate = u64::from(bitrate_bps.max(1));
    (u64::from(bits) * 1_000_000_000 + bitrate / 2) / bitrate
}

/// The arbitration field as a number: of two frames that start together the lower one wins.
/// Standard beats extended of the same base, data beats remote.
pub fn arbitration_key(frame: &Frame) -> u32 {
    let remote = u32::from(frame.is_remote());
    match frame.id() {
        Id::Standard(id) => u32::from(id) << 21 | remote << 20,
        Id::Extended(id) => {
            let (base, extension) = (id >> 18, id & 0x3_ffff);
            base << 21 | 0b11 << 19 | extension << 1 | remote
        }
    }
}

/// CRC-15 of a bit sequence (first bit first).
pub fn crc15(levels: impl IntoIterator<Item = Level>) -> u16 {
    levels.into_iter().fold(0, crc_step)
}

impl BitSequence {
    /// The bits that a transmitter drives; the ACK slot is recessive.
    pub fn of(frame: &Frame) -> BitSequence {
        let mut writer = Writer::new();
        writer.field(0, 1);
        match frame.id() {
            Id::Standard(id) => {
                writer.field(u32::from(id), 11);
                writer.field(u32::from(frame.is_remote()), 1);
                writer.field(0, 2);
            }
            Id::Extended(id) => {
                writer.field(id >> 18, 11);
                writer.field(0b11, 2);
                writer.field(id & 0x3_ffff, 18);
                writer.field(u32::from(frame.is_remote()), 1);
                writer.field(0, 2);
            }
        }
        writer.field(u32::from(frame.length()), 4);
        frame
            .bytes()
            .iter()
            .for_each(|byte| writer.field(u32::from(*byte), 8));
        let crc = writer.crc;
        writer.field(u32::from(crc), 15);
        writer.finish()
    }

    /// Bits from start of frame to end of frame, stuff bits included.
    pub fn length(&self) -> u32 {
        self.length as u32
    }

    /// Bits from start of frame to the end of the CRC sequence, stuff bits included.
    pub fn stuffed_length(&self) -> u32 {
        self.stuffed as u32
    }

    /// Position of the ACK slot, from 0 at start of frame.
    pub fn acknowledge_slot(&self) -> u32 {
        self.stuffed as u32 + 1
    }

    pub fn stuff_bits(&self) -> u32 {
        self.stuff_bits
    }

    pub fn levels(&self) -> &[Level] {
        self.levels.get(..self.length).unwrap_or(&[])
    }
}

/// Stuffs and adds to the CRC as bits come.
struct Writer {
    sequence: BitSequence,
    crc: u16,
    last: Option<Level>,
    run: u32,
}

impl Writer {
    fn new() -> Writer {
        let sequence = BitSequence {
            levels: [Level::Recessive; BITS_MAX],
            length: 0,
            stuffed: 0,
            stuff_bits: 0,
        };
        Writer {
            sequence,
            crc: 0,
            last: None,
            run: 0,
        }
    }

    fn field(&mut self, value: u32, bits: u32) {
        for position in (0..bits).rev() {
            let level = if value >> position & 1 == 1 {
                Level::Recessive
            } else {
                Level::Dominant
            };
            self.crc = crc_step(self.crc, level);
            self.push(level);
            if self.run == 5 {
                self.sequence.stuff_bits += 1;
                self.push(level.opposite());
            }
        }
    }

    fn push(&mut self, level: Level) {
        self.run = if self.last == Some(level) {
            self.run + 1
        } else {
            1
        };
        self.last = Some(level);
        if let Some(slot) = self.sequence.levels.get_mut(self.sequence.length) {
            *slot = level;
        }
        self.sequence.length += 1;
    }

    /// The tail is recessive, as the array already is.
    fn finish(mut self) -> BitSequence {
        self.sequence.stuffed = self.sequence.length;
        self.sequence.length += TAIL_BITS;
        self.sequence
    }
}

fn crc_step(crc: u16, level: Level) -> u16 {
    let next = (level == Level::Recessive) != (crc >> 14 & 1 == 1);
    let shifted = crc << 1 & 0x7fff;
    if next {
        shifted ^ CRC_POLYNOMIAL
    } else {
        shifted
    }
}

impl Level {
    pub fn opposite(self) -> Level {
        match self {
            Level::Dominant => Level::Recessive,
            Level::Recessive => Level::Dominant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lengths(text: &str) -> (u32, u32) {
        let report = report(text, 500_000).unwrap();
        (report.bits_unstuffed, report.bits_exact)
    }

    /// The same from a string of digits, as the standard's text tells it: an oracle of another make.
    fn reference(frame: &Frame) -> (usize, usize) {
        let mut bits = String::from("0");
        match frame.id() {
            Id::Standard(id) => bits += &format!("{id:011b}{}00", u8::from(frame.is_remote())),
            Id::Extended(id) => {
                let whole = format!("{id:029b}");
                bits += &format!(
                    "{}11{}{}00",
                    &whole[..11],
                    &whole[11..],
                    u8::from(frame.is_remote())
                );
            }
        }
        bits += &format!("{:04b}", frame.length());
        bits.extend(frame.bytes().iter().map(|byte| format!("{byte:08b}")));
        bits += &format!("{:015b}", long_division(&bits));
        let unstuffed = bits.len() + 13;
        let (mut stuffed, mut window) = (0, String::new());
        for bit in bits.chars() {
            stuffed += 1;
            window.push(bit);
            if window.ends_with("00000") || window.ends_with("11111") {
                stuffed += 1;
                window = if bit == '0' { "1".into() } else { "0".into() };
            }
        }
        (unstuffed, stuffed + 13)
    }

    /// Remainder of the message polynomial times x^15 by x^15+x^14+x^10+x^8+x^7+x^4+x^3+1.
    fn long_division(bits: &str) -> u32 {
        let divisor: Vec<u8> = b"1100010110011001"
            .iter()
            .map(|digit| digit - b'0')
            .collect();
        let mut work: Vec<u8> = bits
            .bytes()
            .map(|digit| digit - b'0')
            .chain([0; 15])
            .collect();
        for start in 0..bits.len() {
            if work[start] == 1 {
                divisor
                    .iter()
                    .enumerate()
                    .for_each(|(offset, bit)| work[start + offset] ^= bit);
            }
        }
        work[bits.len()..]
            .iter()
            .fold(0, |rest, bit| rest << 1 | u32::from(*bit))
    }

    #[test]
    fn lengths_of_the_table() {
        assert_eq!(lengths("000#0000000000000000"), (111, 127));
        assert_eq!(lengths("555#5555555555555555"), (111, 112));
        assert_eq!(lengths("123#"), (47, 48));
        assert_eq!(lengths("18DAF110#0210030000000000"), (131, 144));
    }

    #[test]
    fn no_frame_no_report() {
        let refusal = report("123#0", 500_000).unwrap_err().to_string();
        assert_eq!(
            refusal,
            "data `0` needs pairs of hexadecimal digits, or `R` and a length from 0 to 8"
        );
    }

    #[test]
    fn a_remote_frame_has_no_data_bits() {
        assert_eq!(lengths("123#R8").0, 47);
        assert_eq!(lengths("18DAF110#R8").0, 67);
    }

    #[test]
    fn the_crc_of_the_check_string() {
        // Catalogue of parametrised CRC algorithms: CRC-15/CAN of "123456789" is 0x059e.
        let levels = b"123456789".iter().flat_map(|byte| {
            (0..8).rev().map(move |bit| match byte >> bit & 1 {
                1 => Level::Recessive,
                _ => Level::Dominant,
            })
        });
        assert_eq!(crc15(levels), 0x059e);
    }

    #[test]
    fn durations() {
        assert_eq!(report("123#", 500_000).unwrap().duration_ns, 96_000);
        assert_eq!(report("123#", 1_000_000).unwrap().duration_ns, 48_000);
        assert_eq!(duration_ns(1, 83_333), 12_000);
        assert_eq!(duration_ns(1, 0), 1_000_000_000);
    }

    #[test]
    fn the_report_as_json() {
        let json = serde_json::to_string(&report("123#", 500_000).unwrap()).unwrap();
        assert_eq!(
            json,
            r#"{"frame":"123#","bits_unstuffed":47,"bits_exact":48,"duration_ns":96000}"#
        );
    }

    #[test]
    fn the_longest_frame_fits() {
        // All five-bit runs possible: SOF and a zero id, no data, up to 8 bytes.
        for text in [
            "00000000#0000000000000000",
            "1FFFFFFF#FFFFFFFFFFFFFFFF",
            "00000000#R8",
        ] {
            let sequence = BitSequence::of(&text.parse().unwrap());
            assert_eq!(sequence.levels().len(), sequence.length() as usize);
        }
    }

    #[test]
    fn who_wins_arbitration() {
        let order = [
            "122#R0",
            "123#00",
            "123#R1",
            "048C0000#00",
            "048C0000#R1",
            "048C0001#",
            "124#",
        ];
        let keys: Vec<u32> = order
            .iter()
            .map(|text| arbitration_key(&text.parse().unwrap()))
            .collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:x?}");
    }

    proptest! {
        #[test]
        fn agrees_with_the_reference(id in 0u32..0x2000_0000, bytes in proptest::collection::vec(prop_oneof![Just(0u8), Just(255), any::<u8>()], 0..=8), format in 0..4) {
            let frame = match format {
                0 => Frame::data(Id::standard(id & 0x7ff).unwrap(), &bytes),
                1 => Frame::remote(Id::standard(id & 0x7ff).unwrap(), bytes.len()),
                2 => Frame::data(Id::extended(id).unwrap(), &bytes),
                _ => Frame::remote(Id::extended(id).unwrap(), bytes.len()),
            }.unwrap();
            let report = report_of(&frame, 500_000);
            let (unstuffed, stuffed) = reference(&frame);
            prop_assert_eq!((report.bits_unstuffed as usize, report.bits_exact as usize), (unstuffed, stuffed));
        }

        #[test]
        fn never_six_equal_bits_before_the_tail(id in 0u32..0x2000_0000, bytes in proptest::collection::vec(any::<u8>(), 0..=8)) {
            let sequence = BitSequence::of(&Frame::data(Id::extended(id).unwrap(), &bytes).unwrap());
            let stuffed = &sequence.levels()[..sequence.stuffed_length() as usize];
            prop_assert!(stuffed.windows(6).all(|window| window.iter().any(|level| *level != window[0])));
        }
    }
}
