//! The bit timing that CNF1 to CNF3 give an MCP2515 by its oscillator, and whether it fits a bus.
//!
//! Source: DS20001801, section 5.0; the tolerance of two oscillators is ISO 11898-1's.

/// Time quanta of one bit, and how many of the oscillator's periods one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BitTiming {
    /// Periods of the oscillator in a time quantum: 2 to 128.
    pub(super) divider: u32,
    pub(super) propagation: u32,
    pub(super) phase_1: u32,
    pub(super) phase_2: u32,
    pub(super) jump_width: u32,
}

impl BitTiming {
    /// Registers 5-1 to 5-3.
    pub(super) fn of(cnf1: u8, cnf2: u8, cnf3: u8) -> BitTiming {
        let field = |register: u8, shift: u32| u32::from(register >> shift & 7) + 1;
        let phase_1 = field(cnf2, 3);
        BitTiming {
            divider: 2 * (u32::from(cnf1 & 0x3f) + 1),
            propagation: field(cnf2, 0),
            phase_1,
            // Without BTLMODE it is as long as phase 1, but not below the information processing time.
            phase_2: match cnf2 & 0x80 {
                0 => phase_1.max(2),
                _ => field(cnf3, 0),
            },
            jump_width: u32::from(cnf1 >> 6) + 1,
        }
    }

    /// Of one bit, with the synchronisation segment.
    pub(super) fn quanta(&self) -> u32 {
        1 + self.propagation + self.phase_1 + self.phase_2
    }

    /// Rounded to the nearest.
    pub(super) fn bitrate_bps(&self, oscillator_hz: f64) -> u32 {
        // `as` saturates, and NaN is 0.
        (oscillator_hz / f64::from(self.divider * self.quanta())).round() as u32
    }

    /// Section 5.4 (programming time segments), of what is not so.
    pub(super) fn broken_rule(&self) -> Option<&'static str> {
        if self.propagation + self.phase_1 < self.phase_2 {
            return Some("PropSeg + PS1 is below PS2");
        }
        if self.phase_2 <= self.jump_width {
            return Some("PS2 is not above SJW");
        }
        (self.phase_2 < 2).then_some("PS2 is below 2 time quanta")
    }

    /// Whether a controller with bits so timed keeps step with one of the bus's rate: each of both
    /// may be off by the tolerance.
    pub(super) fn keeps_step(&self, own_bps: u32, bus_bps: u32) -> bool {
        let quanta = f64::from(self.quanta());
        let phase = f64::from(self.phase_1.min(self.phase_2));
        let within_error = phase / (2.0 * (13.0 * quanta - f64::from(self.phase_2)));
        let within_jump = f64::from(self.jump_width) / (20.0 * quanta);
        let off = (f64::from(own_bps) / f64::from(bus_bps.max(1)) - 1.0).abs();
        off <= 2.0 * within_error.min(within_jump)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 5.4.1: 20 MHz and BRP = 4 give a quantum of 500 ns; 125 kbit/s are 16 of them, of
    /// which PropSeg has 2 and PS1 7, so that PS2 has 6.
    #[test]
    fn the_worked_example() {
        let timing = BitTiming::of(0x04, 0x80 | 6 << 3 | 1, 5);
        assert_eq!(timing.divider * 1_000 / 20, 500, "ns");
        assert_eq!(
            (timing.propagation, timing.phase_1, timing.phase_2),
            (2, 7, 6)
        );
        assert_eq!(timing.quanta(), 16);
        assert_eq!(timing.bitrate_bps(20e6), 125_000);
        assert_eq!(timing.broken_rule(), None);
    }

    #[test]
    fn a_quantum_is_2_to_128_periods() {
        assert_eq!(BitTiming::of(0, 0, 0).divider, 2);
        assert_eq!(BitTiming::of(0x3f, 0, 0).divider, 128);
        assert_eq!(BitTiming::of(0xc0, 0, 0).jump_width, 4);
    }

    #[test]
    fn without_its_mode_bit_phase_2_follows_phase_1() {
        assert_eq!(BitTiming::of(0, 4 << 3, 0).phase_2, 5);
        assert_eq!(BitTiming::of(0, 0, 7).phase_2, 2);
    }

    #[test]
    fn rules_of_the_segments() {
        let rule = |cnf1, cnf2, cnf3| BitTiming::of(cnf1, cnf2, cnf3).broken_rule();
        assert_eq!(rule(0, 0x80, 4), Some("PropSeg + PS1 is below PS2"));
        assert_eq!(
            rule(0xc0, 0x80 | 3 << 3 | 3, 3),
            Some("PS2 is not above SJW")
        );
        assert_eq!(rule(0, 0x80 | 3 << 3, 0), Some("PS2 is not above SJW"));
    }

    #[test]
    fn a_tolerance_of_the_segments() {
        // 16 quanta, phases of 7 and 6, a jump of one: 1 in 320 for each of both.
        let timing = BitTiming::of(0x04, 0x80 | 6 << 3 | 1, 5);
        let keeps = |own_bps| timing.keeps_step(own_bps, 125_000);
        assert!(keeps(125_000) && keeps(125_700) && keeps(124_300));
        assert!(!keeps(126_000) && !keeps(124_000) && !keeps(250_000));
    }
}
