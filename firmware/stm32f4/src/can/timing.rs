//! Bit timing from the clock: which prescaler and segments give a bit rate exactly. Knows no
//! registers but the one that holds it.

/// One bit is `1 + segment_1 + segment_2` time quanta of `prescaler` clocks; the level is sampled
/// behind segment 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BitTiming {
    /// 1 to 1024.
    pub prescaler: u16,
    /// 1 to 16.
    pub segment_1: u8,
    /// 1 to 8.
    pub segment_2: u8,
    /// 1 to 4, and at most `segment_2`.
    pub jump_width: u8,
}

const LEAST_QUANTA: u32 = 8;
/// With fewer a resynchronisation of one quantum is coarse; taken where nothing else is exact.
const GOOD_QUANTA: u32 = 10;
const MOST_QUANTA: u32 = 25;
const MOST_PRESCALER: u32 = 1_024;
/// Where a bit is sampled at best (CiA 601: 87.5 %), in thousandths.
const SAMPLE_POINT: u32 = 875;

impl BitTiming {
    /// The timing that gives the rate exactly, with ten quanta or more where there is one, then the
    /// sample point nearest to 87.5 %, then the finest quanta. None where no prescaler gives it exactly: a rate that
    /// is nearly right is a bus that fails now and then.
    pub fn for_rate(clock_hz: u32, bit_rate_hz: u32) -> Option<BitTiming> {
        (LEAST_QUANTA..=MOST_QUANTA)
            .rev()
            .filter_map(|quanta| BitTiming::of_quanta(clock_hz, bit_rate_hz, quanta))
            .min_by_key(|timing| {
                let off = timing.sample_point_per_mille().abs_diff(SAMPLE_POINT);
                (timing.quanta() < GOOD_QUANTA, off)
            })
    }

    fn of_quanta(clock_hz: u32, bit_rate_hz: u32, quanta: u32) -> Option<BitTiming> {
        let quantum_hz = bit_rate_hz.checked_mul(quanta).filter(|hz| *hz > 0)?;
        let prescaler = clock_hz / quantum_hz;
        if !clock_hz.is_multiple_of(quantum_hz) || !(1..=MOST_PRESCALER).contains(&prescaler) {
            return None;
        }
        let sampled = (quanta * SAMPLE_POINT + 500) / 1_000;
        let segment_1 = (sampled - 1).clamp(1, 16);
        let segment_2 = (quanta - 1 - segment_1).clamp(1, 8);
        let whole = 1 + segment_1 + segment_2 == quanta;
        whole.then_some(BitTiming {
            prescaler: prescaler as u16,
            segment_1: segment_1 as u8,
            segment_2: segment_2 as u8,
            jump_width: segment_2.min(4) as u8,
        })
    }

    /// Time quanta of one bit.
    pub fn quanta(self) -> u32 {
        1 + u32::from(self.segment_1) + u32::from(self.segment_2)
    }

    /// The rate that it gives from that clock.
    pub fn bit_rate_hz(self, clock_hz: u32) -> u32 {
        clock_hz / (u32::from(self.prescaler).max(1) * self.quanta())
    }

    /// In thousandths of a bit.
    pub fn sample_point_per_mille(self) -> u32 {
        (1 + u32::from(self.segment_1)) * 1_000 / self.quanta()
    }

    /// CAN_BTR: prescaler in bits 9 to 0, segment 1 in 19 to 16, segment 2 in 22 to 20, jump width
    /// in 25 and 24, each less one.
    pub fn register(self) -> u32 {
        let less_one = |value: u8| u32::from(value.saturating_sub(1));
        u32::from(self.prescaler.saturating_sub(1)) & 0x3ff
            | (less_one(self.segment_1) & 15) << 16
            | (less_one(self.segment_2) & 7) << 20
            | (less_one(self.jump_width) & 3) << 24
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;

    /// APB1 of the board.
    const CLOCK_HZ: u32 = 45_000_000;

    #[test]
    fn the_usual_rates_come_exactly_from_the_boards_clock() {
        // Prescaler, segments. python-can 4.6.1 chooses the same for all but the last:
        // can.BitTiming.from_sample_point(f_clock=45_000_000, bitrate=…, sample_point=87.5).
        for (bit_rate_hz, prescaler) in [
            (1_000_000, 3),
            (500_000, 6),
            (250_000, 12),
            (125_000, 24),
            (100_000, 30),
            (50_000, 60),
        ] {
            let timing = BitTiming::for_rate(CLOCK_HZ, bit_rate_hz).unwrap();
            let expected = BitTiming {
                prescaler,
                segment_1: 12,
                segment_2: 2,
                jump_width: 2,
            };
            assert_eq!(timing, expected, "{bit_rate_hz}");
            assert_eq!(timing.sample_point_per_mille(), 866);
        }
    }

    /// Values of CAN_BTR that are published for 8 MHz and widely used (bit-timing calculators, the
    /// examples of stm32f4xx-hal), but for the jump width, which they have at its least.
    #[test]
    fn the_register_is_that_of_published_values() {
        for (clock_hz, bit_rate_hz, register) in [
            (8_000_000, 500_000, 0x001c_0000),
            (8_000_000, 250_000, 0x001c_0001),
            (8_000_000, 125_000, 0x001c_0003),
            (16_000_000, 500_000, 0x001c_0001),
            (48_000_000, 500_000, 0x001c_0005),
            (48_000_000, 1_000_000, 0x001c_0002),
        ] {
            let timing = BitTiming::for_rate(clock_hz, bit_rate_hz).unwrap();
            let narrow = BitTiming {
                jump_width: 1,
                ..timing
            };
            assert_eq!(narrow.register(), register, "{clock_hz} {bit_rate_hz}");
            assert_eq!(timing.jump_width, 2);
        }
    }

    /// RM0386, figure "Bit timing": t(bit) = (1 + t(BS1) + t(BS2)) quanta, a quantum is
    /// (BRP + 1) clocks, t(BS1) = (TS1 + 1) quanta, t(BS2) = (TS2 + 1) quanta.
    #[test]
    fn the_registers_fields_give_the_rate_by_the_manuals_formula() {
        for clock_hz in [8_000_000, 16_000_000, 42_000_000, CLOCK_HZ] {
            for bit_rate_hz in [
                10_000, 20_000, 33_333, 83_333, 125_000, 250_000, 500_000, 1_000_000,
            ] {
                let Some(timing) = BitTiming::for_rate(clock_hz, bit_rate_hz) else {
                    continue;
                };
                let register = timing.register();
                let field = |shift: u32, bits: u32| (register >> shift & ((1 << bits) - 1)) + 1;
                let quanta = 1 + field(16, 4) + field(20, 3);
                assert_eq!(clock_hz, bit_rate_hz * quanta * field(0, 10), "{timing:?}");
                assert_eq!(timing.bit_rate_hz(clock_hz), bit_rate_hz);
                // ISO 11898-1: a resynchronisation never moves the sample point out of the bit.
                assert!(field(24, 2) <= field(20, 3), "{timing:?}");
                assert!(
                    (750..=900).contains(&timing.sample_point_per_mille()),
                    "{timing:?}"
                );
            }
        }
    }

    #[test]
    fn a_rate_that_no_prescaler_gives_is_refused() {
        for bit_rate_hz in [0, 33_333, 999_999, 6_000_000, u32::MAX] {
            assert_eq!(
                BitTiming::for_rate(CLOCK_HZ, bit_rate_hz),
                None,
                "{bit_rate_hz}"
            );
        }
        assert_eq!(BitTiming::for_rate(0, 500_000), None);
    }
}
