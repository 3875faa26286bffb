//! A pedal at a potentiometer: numbers of its converter to percent of its way, and the calibration
//! that says where the way begins and ends.
//! Knows nothing of buses and of where the calibration is kept.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 512);

/// Largest number of the converter.
pub const CODE_MAX: u16 = 1023;
/// Below and above, a wire is broken or shorted: the potentiometer never gives that.
const CODES: core::ops::RangeInclusive<u16> = 20..=1003;
/// A shorter way is no calibration.
const WAY_MIN: u16 = 100;

/// The converter's numbers at both ends of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calibration {
    rest: u16,
    full: u16,
}

impl Calibration {
    /// Of a pedal that was never calibrated: a tenth to nine tenths of the supply.
    pub const DEFAULT: Calibration = Calibration {
        rest: 102,
        full: 921,
    };

    /// What was kept; none if that is no calibration.
    pub fn read(bytes: &[u8]) -> Option<Calibration> {
        let &[a, b, c, d] = bytes else { return None };
        let (rest, full) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        Calibration { rest, full }.checked()
    }

    /// As it is kept.
    pub fn to_bytes(self) -> [u8; 4] {
        let ([a, b], [c, d]) = (self.rest.to_le_bytes(), self.full.to_le_bytes());
        [a, b, c, d]
    }

    /// With the present position as the rest one; none if that leaves no way.
    pub fn learned(self, code: u16) -> Option<Calibration> {
        Calibration { rest: code, ..self }.checked()
    }

    fn checked(self) -> Option<Calibration> {
        let way = self.full.checked_sub(self.rest)?;
        let fits = way >= WAY_MIN && CODES.contains(&self.rest) && CODES.contains(&self.full);
        fits.then_some(self)
    }

    /// Percent of the way; none of a number that the pedal cannot give.
    pub fn percent(self, code: u16) -> Option<f32> {
        if !CODES.contains(&code) {
            return None;
        }
        let way = f32::from(self.full - self.rest);
        let gone = f32::from(code) - f32::from(self.rest);
        Some((gone / way * 100.0).clamp(0.0, 100.0))
    }
}

/// The command for one reading of a single-ended input (MCP3008, figure 6-1).
pub fn command(input: u8) -> [u8; 3] {
    [1, 0x80 | (input & 7) << 4, 0]
}

/// The number in the answer; none without the null bit before it, which only a converter that
/// listens gives.
pub fn code(answer: &[u8]) -> Option<u16> {
    let &[_, high, low] = answer else { return None };
    (high & 4 == 0).then(|| u16::from(high & 3) << 8 | u16::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_of_the_way() {
        let calibration = Calibration::DEFAULT;
        let table = [(102, 0.0), (921, 100.0), (90, 0.0), (1000, 100.0)];
        for (code, percent) in table {
            assert_eq!(calibration.percent(code), Some(percent), "{code}");
        }
        let half = calibration.percent(512).unwrap();
        assert!((half - 50.06).abs() < 0.01, "{half}");
    }

    #[test]
    fn a_broken_wire_is_no_position() {
        for code in [0, 19, 1004, CODE_MAX] {
            assert_eq!(Calibration::DEFAULT.percent(code), None, "{code}");
        }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let learned = Calibration::DEFAULT.learned(150).unwrap();
        assert_eq!(Calibration::read(&learned.to_bytes()), Some(learned));
        assert_eq!(learned.percent(150), Some(0.0));
    }

    #[test]
    fn what_is_no_calibration_is_refused() {
        for bytes in [
            &[][..],
            &[1, 2, 3],
            &[0x66, 0, 0x99, 3, 0],
            // The other way round, too short, at a broken wire.
            &[0x99, 3, 0x66, 0],
            &[0x66, 0, 0x80, 0],
            &[0, 0, 0x99, 3],
        ] {
            assert_eq!(Calibration::read(bytes), None, "{bytes:?}");
        }
        assert_eq!(Calibration::DEFAULT.learned(900), None);
    }

    #[test]
    fn the_answer_begins_with_a_null_bit() {
        assert_eq!(command(0), [1, 0x80, 0]);
        assert_eq!(command(5), [1, 0xd0, 0]);
        assert_eq!(code(&[0xff, 0xfa, 0x01]), Some(513));
        for answer in [&[0xff; 3][..], &[0, 0], &[]] {
            assert_eq!(code(answer), None);
        }
    }
}
