//! Bits of a signal in the bytes of a frame.

use super::{ByteOrder, Signal};

/// So many bytes are one number: all of a classic frame.
const FIRST: usize = 8;

/// The data of a frame, for all signals of it.
pub(super) struct Content<'a> {
    data: &'a [u8],
    /// The first bytes as one number, those that are missing as 0.
    intel: u64,
    motorola: u64,
}

impl Content<'_> {
    pub(super) fn of(data: &[u8]) -> Content<'_> {
        let mut first = [0; FIRST];
        for (to, from) in first.iter_mut().zip(data) {
            *to = *from;
        }
        Content {
            data,
            intel: u64::from_le_bytes(first),
            motorola: u64::from_be_bytes(first),
        }
    }
}

/// One to nine neighbouring bytes.
struct Window {
    first_byte: usize,
    count: usize,
    shift: usize,
}

impl Window {
    fn bytes<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        data.get(self.first_byte..self.first_byte + self.count)
    }
}

fn shifted_in(number: u128, byte: &u8) -> u128 {
    number << 8 | u128::from(*byte)
}

impl Signal {
    /// The raw bits, right-aligned; `None` where the data are too short for the signal (or it is
    /// longer than 64 bits).
    pub fn extract(&self, data: &[u8]) -> Option<u64> {
        self.extract_from(&Content::of(data))
    }

    pub(super) fn extract_from(&self, content: &Content) -> Option<u64> {
        let window = self.window()?;
        let bytes = window.bytes(content.data)?;
        let end = window.first_byte + window.count;
        let number = match self.byte_order {
            ByteOrder::Intel if end <= FIRST => {
                content.intel >> (window.first_byte * 8 + window.shift)
            }
            ByteOrder::Motorola if end <= FIRST => {
                content.motorola >> ((FIRST - end) * 8 + window.shift)
            }
            ByteOrder::Intel => (bytes.iter().rev().fold(0, shifted_in) >> window.shift) as u64,
            ByteOrder::Motorola => (bytes.iter().fold(0, shifted_in) >> window.shift) as u64,
        };
        Some(number & self.mask())
    }

    /// Puts the low bits of `bits` where the signal lies; `None`, and nothing changed, where the data
    /// are too short.
    pub fn insert(&self, data: &mut [u8], bits: u64) -> Option<()> {
        let window = self.window()?;
        let mask = u128::from(self.mask()) << window.shift;
        let number = u128::from(bits & self.mask()) << window.shift;
        let bytes = data.get_mut(window.first_byte..window.first_byte + window.count)?;
        let put = |index: usize, byte: &mut u8| {
            let (mask, new) = (mask >> (8 * index), number >> (8 * index));
            *byte = *byte & !(mask as u8) | new as u8;
        };
        match self.byte_order {
            ByteOrder::Intel => {
                let bytes = bytes.iter_mut().enumerate();
                bytes.for_each(|(index, byte)| put(index, byte));
            }
            ByteOrder::Motorola => {
                let bytes = bytes.iter_mut().rev().enumerate();
                bytes.for_each(|(index, byte)| put(index, byte));
            }
        }
        Some(())
    }

    fn mask(&self) -> u64 {
        u64::MAX >> 64_u32.saturating_sub(self.length_bits).min(63)
    }

    /// The bytes that the signal lies in, as one number, and how far its lowest bit is from that
    /// number's.
    fn window(&self) -> Option<Window> {
        if self.length_bits == 0 || self.length_bits > 64 {
            return None;
        }
        let (start, length) = (self.start_bit as usize, self.length_bits as usize);
        let before = match self.byte_order {
            ByteOrder::Intel => start % 8,
            ByteOrder::Motorola => 7 - start % 8,
        };
        let count = (before + length).div_ceil(8);
        let shift = match self.byte_order {
            ByteOrder::Intel => before,
            ByteOrder::Motorola => count * 8 - before - length,
        };
        Some(Window {
            first_byte: start / 8,
            count,
            shift,
        })
    }

    /// Whether every bit lies within so many bytes.
    pub fn fits(&self, length_bytes: u32) -> bool {
        let end = |window: Window| window.first_byte + window.count;
        self.window()
            .is_some_and(|window| end(window) <= length_bytes as usize)
    }

    /// Positions from the most to the least significant bit; a position counts bytes by eight and in
    /// each byte from its low bit, as DBC does.
    pub(super) fn positions(&self) -> Option<impl Iterator<Item = u64>> {
        if self.length_bits == 0 || self.length_bits > 64 {
            return None;
        }
        let (start, length) = (u64::from(self.start_bit), u64::from(self.length_bits));
        let order = self.byte_order;
        // Motorola counts on through a byte from high to low, then goes on in the next byte.
        let linear = start / 8 * 8 + (7 - start % 8);
        Some((0..length).map(move |index| match order {
            ByteOrder::Intel => start + (length - 1 - index),
            ByteOrder::Motorola => {
                let at = linear + index;
                at / 8 * 8 + (7 - at % 8)
            }
        }))
    }
}
