//! Bits of a signal in the bytes of a frame.

use super::{ByteOrder, Signal};

impl Signal {
    /// The raw bits, right-aligned; `None` where the data are too short for the signal (or it is
    /// longer than 64 bits).
    pub fn extract(&self, data: &[u8]) -> Option<u64> {
        let mut value = 0_u64;
        for position in self.positions()? {
            let byte = data.get((position / 8) as usize)?;
            value = value << 1 | u64::from(byte >> (position % 8) & 1);
        }
        Some(value)
    }

    /// Puts the low bits of `bits` where the signal lies; `None`, and nothing changed, where the data
    /// are too short.
    pub fn insert(&self, data: &mut [u8], bits: u64) -> Option<()> {
        self.extract(data)?;
        for (index, position) in self.positions()?.enumerate() {
            let bit = bits >> (self.length_bits as usize - 1 - index) & 1;
            let byte = data.get_mut((position / 8) as usize)?;
            let mask = 1 << (position % 8);
            match bit {
                0 => *byte &= !mask,
                _ => *byte |= mask,
            }
        }
        Some(())
    }

    /// Whether every bit lies within so many bytes.
    pub fn fits(&self, length_bytes: u32) -> bool {
        let end = u64::from(length_bytes) * 8;
        self.positions()
            .is_some_and(|mut positions| positions.all(|position| position < end))
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
