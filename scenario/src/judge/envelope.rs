//! When a value that holds leaves limits that move: exact to the nanosecond.

use crate::plan::Envelope;

/// The limits at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    pub(crate) lower: Option<f64>,
    pub(crate) upper: Option<f64>,
}

impl Limits {
    fn has(self, value: f64) -> bool {
        self.lower.is_none_or(|lower| value >= lower)
            && self.upper.is_none_or(|upper| value <= upper)
    }
}

impl Envelope {
    /// Between two points that both have it; none outside of its times.
    pub(crate) fn at(&self, at: u64) -> Limits {
        let behind = self.times.partition_point(|time| time.0 < at);
        let next = behind.clamp(1, self.times.len().max(2) - 1);
        self.on(next, at)
    }

    /// On the piece that ends with that point.
    fn on(&self, next: usize, at: u64) -> Limits {
        let before = next.saturating_sub(1);
        let place = self.times.get(before).zip(self.times.get(next));
        let place = place.filter(|(from, to)| (from.0..=to.0).contains(&at));
        let limit = |side: &[Option<f64>]| {
            let (from, to) = place?;
            let (first, last) = (side.get(before).copied()??, side.get(next).copied()??);
            let part = (at - from.0) as f64 / (to.0 - from.0) as f64;
            Some(first + (last - first) * part)
        };
        Limits {
            lower: limit(&self.lower),
            upper: limit(&self.upper),
        }
    }

    /// The first instant from `from` and before `until` at which the value is outside; and whether
    /// there was a limit at all.
    pub(super) fn leaves(&self, value: f64, from: u64, until: u64) -> (Option<u64>, bool) {
        let mut is_limited = false;
        for next in 1..self.times.len() {
            let (Some(start), Some(end)) = (self.times.get(next - 1), self.times.get(next)) else {
                continue;
            };
            let (low, high) = (start.0.max(from), end.0.min(until.saturating_sub(1)));
            if low > high {
                continue;
            }
            let limits = self.on(next, low);
            is_limited |= limits.lower.is_some() || limits.upper.is_some();
            if !limits.has(value) {
                return (Some(low), true);
            }
            if !self.on(next, high).has(value) {
                return (Some(self.crossing(next, value, (low, high))), true);
            }
        }
        (None, is_limited)
    }

    /// Each limit is a straight line there, so what is inside at first and outside at last has left
    /// once.
    fn crossing(&self, next: usize, value: f64, (mut inside, mut outside): (u64, u64)) -> u64 {
        while outside - inside > 1 {
            let middle = inside + (outside - inside) / 2;
            match self.on(next, middle).has(value) {
                true => inside = middle,
                false => outside = middle,
            }
        }
        outside
    }
}
