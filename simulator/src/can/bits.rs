//! The bits of a CAN or CAN FD frame on the wire: exact sequence, length and duration.
//! Knows nothing of buses and who sends.
//!
//! Source: ISO 11898-1, "Frame formats", "Bit stuffing", "CRC sequence".

use super::{
    crc::{Crc, stuff_count},
    frame::{Flexible, Frame, FrameError, Id},
    rates::{BitRates, Fast, Span},
};
use serde::Serialize;

/// CRC delimiter, ACK slot, ACK delimiter, end of frame: never stuffed.
const TAIL_BITS: usize = 1 + 1 + 1 + 7;
/// Interframe space after a data or remote frame (the intermission).
pub const INTERMISSION_BITS: u32 = 3;
/// Longest part that is stuffed as its bits demand: an extended CAN FD frame of 64 bytes up to its
/// CRC, one stuff bit for the first five and then one for every four.
const STUFFED_BITS_MAX: usize = 553 + 1 + (553 - 5) / 4;
/// Stuff count and CRC-21, with a fixed stuff bit before every four.
const CRC_BITS_MAX: usize = 4 + 21 + 7;
const BITS_MAX: usize = STUFFED_BITS_MAX + CRC_BITS_MAX + TAIL_BITS;
/// CAN FD frames of more bytes have the longer CRC.
const CRC17_BYTES_MAX: u8 = 16;

/// Levels on the wire from start of frame to end of frame, without interframe space.
#[derive(Debug, Clone, Copy)]
pub struct BitSequence {
    levels: [Level; BITS_MAX],
    length: usize,
    stuffed: usize,
    stuff_bits: u32,
    flexible: Option<FlexibleBits>,
}

/// Places in a CAN FD frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FlexibleBits {
    /// FDF.
    format: u32,
    /// BRS, if the rate is switched there.
    switch: Option<u32>,
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
    /// Length without stuff bits, but for the fixed ones of CAN FD; interframe space included.
    pub bits_unstuffed: u32,
    /// Length on the wire, interframe space included.
    pub bits_exact: u32,
    /// Of `bits_exact`.
    pub duration_ns: u64,
}

/// Lengths and duration of a frame in candump's notation at these bit rates.
pub fn report(notation: &str, rates: &BitRates) -> Result<BitReport, FrameError> {
    Ok(report_of(&notation.parse()?, rates))
}

/// Lengths and duration of a frame.
pub fn report_of(frame: &Frame, rates: &BitRates) -> BitReport {
    let sequence = BitSequence::of(frame);
    let bits_exact = sequence.length() + INTERMISSION_BITS;
    BitReport {
        frame: *frame,
        bits_unstuffed: bits_exact - sequence.stuff_bits(),
        bits_exact,
        duration_ns: rates.duration_ns(sequence.span().and(INTERMISSION_BITS)),
    }
}

/// Time of that many bits in nanoseconds, rounded half up; a bit rate of 0 counts as 1.
pub fn duration_ns(bits: u32, bitrate_bps: u32) -> u64 {
    let bitrate = u64::from(bitrate_bps.max(1));
    (u64::from(bits) * 1_000_000_000 + bitrate / 2) / bitrate
}

/// The arbitration field as a number: of two frames that start together the lower one wins.
/// Standard beats extended of the same base, data beats remote, and CAN FD is data here.
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

impl BitSequence {
    /// The bits that a transmitter drives; the ACK slot is recessive.
    pub fn of(frame: &Frame) -> BitSequence {
        match frame.as_flexible() {
            Some(flexible) => BitSequence::flexible(frame, flexible),
            None => BitSequence::classic(frame),
        }
    }

    fn classic(frame: &Frame) -> BitSequence {
        let mut writer = Writer::new(Crc::CRC15);
        let remote = u32::from(frame.is_remote());
        match frame.id() {
            Id::Standard(id) => {
                writer.standard(id, remote);
                writer.field(0, 1);
            }
            Id::Extended(id) => {
                writer.extended(id, remote);
                writer.field(0, 2);
            }
        }
        writer.content(frame);
        let crc = writer.crc;
        writer.field(crc.value(), crc.width);
        writer.stuff();
        writer.finish()
    }

    fn flexible(frame: &Frame, flexible: Flexible) -> BitSequence {
        let is_long = frame.length() > CRC17_BYTES_MAX;
        let mut writer = Writer::new(if is_long { Crc::CRC21 } else { Crc::CRC17 });
        writer.covers_stuff_bits = true;
        match frame.id() {
            Id::Standard(id) => writer.standard(id, 0),
            Id::Extended(id) => writer.extended(id, 0),
        }
        let format = writer.field(1, 1);
        writer.field(0, 1);
        let switch = writer.field(u32::from(flexible.bit_rate_switch), 1);
        writer.sequence.flexible = Some(FlexibleBits {
            format,
            switch: flexible.bit_rate_switch.then_some(switch),
        });
        writer.field(u32::from(flexible.error_state_indicator), 1);
        writer.content(frame);
        writer.fixed_stuffed_crc();
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

    /// From start of frame to end of frame.
    pub fn span(&self) -> Span {
        Span {
            bits: self.length(),
            fast: self.fast(self.stuffed_length()),
        }
    }

    /// At the data rate up to a bit, if it comes so far: the CRC delimiter, or where an error is seen.
    pub(super) fn fast(&self, last: u32) -> Option<Fast> {
        let first = self.flexible?.switch?;
        let last = last.min(self.stuffed_length());
        (first < last).then_some(Fast { first, last })
    }

    /// FDF of a CAN FD frame.
    pub(super) fn format_bit(&self) -> Option<u32> {
        self.flexible.map(|bits| bits.format)
    }

    pub fn levels(&self) -> &[Level] {
        self.levels.get(..self.length).unwrap_or(&[])
    }
}

/// Stuffs and adds to the CRC as bits come.
struct Writer {
    sequence: BitSequence,
    crc: Crc,
    /// Those that the bits demand, as in CAN FD.
    covers_stuff_bits: bool,
    last: Option<Level>,
    run: u32,
}

impl Writer {
    fn new(crc: Crc) -> Writer {
        let sequence = BitSequence {
            levels: [Level::Recessive; BITS_MAX],
            length: 0,
            stuffed: 0,
            stuff_bits: 0,
            flexible: None,
        };
        Writer {
            sequence,
            crc,
            covers_stuff_bits: false,
            last: None,
            run: 0,
        }
    }

    /// From start of frame to IDE.
    fn standard(&mut self, id: u16, remote: u32) {
        self.field(0, 1);
        self.field(u32::from(id), 11);
        self.field(remote, 1);
        self.field(0, 1);
    }

    /// From start of frame to RTR or RRS.
    fn extended(&mut self, id: u32, remote: u32) {
        self.field(0, 1);
        self.field(id >> 18, 11);
        self.field(0b11, 2);
        self.field(id & 0x3_ffff, 18);
        self.field(remote, 1);
    }

    fn content(&mut self, frame: &Frame) {
        self.field(u32::from(frame.length_code()), 4);
        for byte in frame.bytes() {
            self.field(u32::from(*byte), 8);
        }
    }

    /// Gives the place of its first bit.
    fn field(&mut self, value: u32, bits: u32) -> u32 {
        let mut first = None;
        for position in (0..bits).rev() {
            self.stuff();
            first.get_or_insert(self.sequence.length as u32);
            let level = Level::of(value >> position & 1 == 1);
            self.crc.add(level);
            self.push(level);
        }
        first.unwrap_or(self.sequence.length as u32)
    }

    /// Five equal bits are followed by another one.
    fn stuff(&mut self) {
        if let (5, Some(last)) = (self.run, self.last) {
            self.sequence.stuff_bits += 1;
            if self.covers_stuff_bits {
                self.crc.add(last.opposite());
            }
            self.push(last.opposite());
        }
    }

    /// Stuff count and CRC. A fixed stuff bit stands before every four of them, unlike the bit before
    /// it; it also takes the place of a stuff bit that five equal bits at the end of the data demand.
    fn fixed_stuffed_crc(&mut self) {
        let count = stuff_count(self.sequence.stuff_bits);
        for position in (0..4).rev() {
            self.crc.add(Level::of(count >> position & 1 == 1));
        }
        let field = count << self.crc.width | self.crc.value();
        for (number, position) in (0..4 + self.crc.width).rev().enumerate() {
            if let (0, Some(last)) = (number % 4, self.last) {
                self.push(last.opposite());
            }
            self.push(Level::of(field >> position & 1 == 1));
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

impl Level {
    fn of(is_one: bool) -> Level {
        match is_one {
            true => Level::Recessive,
            false => Level::Dominant,
        }
    }

    pub fn opposite(self) -> Level {
        match self {
            Level::Dominant => Level::Recessive,
            Level::Recessive => Level::Dominant,
        }
    }
}

#[cfg(test)]
#[path = "bits_tests.rs"]
pub(super) mod tests;
