//! Virtual time as people write it, exact to the nanosecond: no floating point on the way.

use std::fmt;

/// Nanoseconds since the start of the run, or so many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time(pub u64);

/// Names of the units, the longest first, and their nanoseconds.
const UNITS: [(&str, u64); 6] = [
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
];

impl Time {
    /// `2.5` and `ms`; `None`: no number, no unit of time, or too long.
    pub fn of(number: &str, unit: &str) -> Option<Time> {
        let (_, unit_ns) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let unit_ns = u128::from(*unit_ns);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |digits: &str| {
            (1..=18).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
        };
        if !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let scale = 10u128.pow(fraction.len() as u32);
        let (whole, fraction): (u128, u128) = (whole.parse().ok()?, fraction.parse().ok()?);
        u64::try_from(whole * unit_ns + fraction * unit_ns / scale)
            .ok()
            .map(Time)
    }

    /// Seconds, for pictures.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl fmt::Display for Time {
    /// In the longest unit of which it is at least one, without a loss.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(name, unit_ns): &&(&str, u64)| *name != "min" && self.0 >= *unit_ns;
        let (name, unit_ns) = UNITS.iter().find(fits).unwrap_or(&("s", 1_000_000_000));
        let (whole, rest) = (self.0 / unit_ns, self.0 % unit_ns);
        if rest == 0 {
            return write!(f, "{whole} {name}");
        }
        let width = unit_ns.ilog10() as usize;
        let fraction = format!("{rest:0width$}");
        write!(f, "{whole}.{} {name}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_exactly_and_written_short() {
        let cases = [
            ("0", "s", 0, "0 s"),
            ("2.5", "ms", 2_500_000, "2.5 ms"),
            ("0.1", "s", 100_000_000, "100 ms"),
            ("90", "s", 90_000_000_000, "90 s"),
            ("1", "min", 60_000_000_000, "60 s"),
            ("1", "µs", 1_000, "1 us"),
            ("1.000000001", "s", 1_000_000_001, "1.000000001 s"),
        ];
        for (number, unit, ns, text) in cases {
            assert_eq!(Time::of(number, unit), Some(Time(ns)), "{number} {unit}");
            assert_eq!(Time(ns).to_string(), text);
        }
        let wrong = [
            ("1", "h"),
            ("", "s"),
            ("-1", "s"),
            ("1.", "s"),
            ("1e3", "s"),
        ];
        for (number, unit) in wrong {
            assert_eq!(Time::of(number, unit), None, "{number} {unit}");
        }
        assert_eq!(Time::of("600000000000", "s"), None, "too long");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(ns in any::<u64>()) {
            let text = Time(ns).to_string();
            let (number, unit) = text.split_once(' ').unwrap();
            prop_assert_eq!(Time::of(number, unit), Some(Time(ns)));
        }
    }
}
