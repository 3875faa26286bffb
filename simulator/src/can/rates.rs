//! Bit rates of a bus, and how long stretches of a frame take. Knows nothing of what the bits say.
//!
//! Source: ISO 11898-1, "Bit rate switching": the data rate holds from the sample point of BRS to
//! the sample point of the CRC delimiter, or of the bit in which an error is seen.

/// Bits of one bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BitRates {
    /// 0 counts as 1.
    pub bitrate_bps: u32,
    /// `None`: the bus is classic.
    pub flexible: Option<FlexibleRates>,
}

/// What a CAN FD bus has besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlexibleRates {
    /// Of a bit of the nominal rate, from its start.
    pub sample_point_permille: u16,
    /// 0 counts as 1.
    pub data_bitrate_bps: u32,
    pub data_sample_point_permille: u16,
}

/// So many bits from start of frame on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub bits: u32,
    pub fast: Option<Fast>,
}

/// The bits at whose sample points the data rate begins and ends; 0 is start of frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fast {
    pub first: u32,
    pub last: u32,
}

impl Span {
    pub fn nominal(bits: u32) -> Span {
        Span { bits, fast: None }
    }

    pub fn and(self, bits: u32) -> Span {
        Span {
            bits: self.bits + bits,
            ..self
        }
    }
}

impl BitRates {
    pub const fn classic(bitrate_bps: u32) -> BitRates {
        BitRates {
            bitrate_bps,
            flexible: None,
        }
    }

    /// In nanoseconds, rounded half up.
    pub fn duration_ns(&self, span: Span) -> u64 {
        let (nominal, data) = self.thousandths(span);
        let nominal_bps = u128::from(self.bitrate_bps.max(1));
        let data_bps = self.flexible.map_or(nominal_bps, |rates| {
            u128::from(rates.data_bitrate_bps.max(1))
        });
        // A thousandth of a bit takes 10⁶ ns / rate.
        let over = nominal_bps * data_bps;
        let time = (u128::from(nominal) * data_bps + u128::from(data) * nominal_bps) * 1_000_000;
        u64::try_from((time + over / 2) / over).unwrap_or(u64::MAX)
    }

    /// Of a bit, at the nominal and at the data rate.
    fn thousandths(&self, span: Span) -> (u64, u64) {
        let whole = u64::from(span.bits) * 1000;
        let (Some(fast), Some(rates)) = (span.fast, self.flexible) else {
            return (whole, 0);
        };
        let sample = u64::from(rates.sample_point_permille.min(1000));
        let data_sample = u64::from(rates.data_sample_point_permille.min(1000));
        // The rest of the bit in which a rate begins has that rate too.
        let before = |bit: u32| u64::from(bit) * 1000;
        if span.bits <= fast.first || fast.last <= fast.first {
            return (whole, 0);
        }
        let nominal = before(fast.first) + sample;
        let rest = 1000 - data_sample;
        if span.bits <= fast.last {
            return (nominal, rest + before(span.bits - fast.first - 1));
        }
        let data = rest + before(fast.last - fast.first - 1) + data_sample;
        (
            nominal + (1000 - sample) + before(span.bits - fast.last - 1),
            data,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: BitRates = BitRates {
        bitrate_bps: 500_000,
        flexible: Some(FlexibleRates {
            sample_point_permille: 800,
            data_bitrate_bps: 2_000_000,
            data_sample_point_permille: 700,
        }),
    };

    #[test]
    fn rates_switch_at_sample_points() {
        let fast = Some(Fast { first: 2, last: 5 });
        let ns = |bits| RATES.duration_ns(Span { bits, fast });
        // Bits of 2000 and 500 ns. BRS is 0.8 of the one and 0.3 of the other; the last fast bit is
        // 0.7 of a fast and 0.2 of a slow one.
        let ends = [0, 2000, 4000, 5750, 6250, 6750, 7500, 9500];
        assert_eq!((0..8).map(ns).collect::<Vec<_>>(), ends);
        assert_eq!(RATES.duration_ns(Span::nominal(7)), 14_000);
    }

    #[test]
    fn sample_points_are_seen_within_a_frame_and_not_at_its_end() {
        let other = BitRates {
            flexible: RATES.flexible.map(|rates| FlexibleRates {
                sample_point_permille: 500,
                data_sample_point_permille: 500,
                ..rates
            }),
            ..RATES
        };
        let span = |bits| Span {
            bits,
            fast: Some(Fast { first: 2, last: 5 }),
        };
        assert_ne!(RATES.duration_ns(span(4)), other.duration_ns(span(4)));
        assert_eq!(RATES.duration_ns(span(6)), other.duration_ns(span(6)));
    }

    #[test]
    fn a_classic_bus_has_one_rate() {
        let fast = Some(Fast { first: 2, last: 5 });
        let classic = BitRates::classic(83_333);
        assert_eq!(classic.duration_ns(Span { bits: 1, fast }), 12_000);
        let nothing = BitRates::classic(0);
        assert_eq!(nothing.duration_ns(Span::nominal(1)), 1_000_000_000);
    }
}
