//! Which bits of a frame are taken. Knows nothing of what lies in them.

use autosar_wit::dbc::FLEXIBLE_BYTES;

/// The bits of the longest frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits([bool; FLEXIBLE_BYTES as usize * 8]);

impl Bits {
    pub(super) fn none() -> Bits {
        Bits([false; FLEXIBLE_BYTES as usize * 8])
    }

    /// Takes so many from `start`; says whether all of them were free. What lies behind the longest
    /// frame is taken by nobody.
    pub(super) fn take(&mut self, start: u32, bits: u32) -> bool {
        let mut were_free = true;
        for bit in self.0.iter_mut().skip(start as usize).take(bits as usize) {
            were_free &= !std::mem::replace(bit, true);
        }
        were_free
    }

    /// The first place for so many bits in a frame of that length: whole bytes begin with a byte, less
    /// than one stays inside one.
    pub(super) fn room(&self, bits: u32, frame_bytes: u32) -> Option<u32> {
        let mut starts = 0..=(frame_bytes * 8).checked_sub(bits)?;
        starts.find(|start| {
            let is_aligned = start % 8 == 0;
            let fits = match bits % 8 {
                0 => is_aligned,
                _ => start / 8 == (start + bits - 1) / 8 || is_aligned,
            };
            fits && self.are_free(*start, bits)
        })
    }

    fn are_free(&self, start: u32, bits: u32) -> bool {
        let mut bits = self.0.iter().skip(start as usize).take(bits as usize);
        bits.all(|taken| !taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(start: u32, bits: u32) -> Bits {
        let mut all = Bits::none();
        assert!(all.take(start, bits));
        all
    }

    #[test]
    fn room_is_found_without_sharing_bits() {
        assert_eq!(Bits::none().room(64, 8), Some(0));
        assert_eq!(with(0, 32).room(32, 8), Some(32));
        assert_eq!(with(0, 32).room(16, 8), Some(32));
        assert_eq!(with(0, 1).room(8, 8), Some(8));
        assert_eq!(with(0, 7).room(2, 8), Some(8), "two bits stay in one byte");
        assert_eq!(with(0, 6).room(2, 8), Some(6));
        assert_eq!(with(1, 63).room(2, 8), None);
        assert_eq!(with(1, 63).room(2, 64), Some(64));
        assert_eq!(Bits::none().room(65, 8), None);
        assert_eq!(with(0, 448).room(64, 64), Some(448));
        assert_eq!(with(0, 449).room(64, 64), None);
    }

    #[test]
    fn bits_that_are_taken_twice_are_told() {
        let mut bits = with(8, 8);
        assert!(bits.take(0, 8));
        assert!(!bits.take(15, 2));
        assert!(!bits.take(16, 1));
    }
}
