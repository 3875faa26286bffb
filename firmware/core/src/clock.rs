//! Nanoseconds since the start from a counter that wraps. Knows no timer.

const NS_PER_SECOND: u64 = 1_000_000_000;

/// A clock that must be read at least once while its counter runs round: the loop sees to it,
/// since it never sleeps longer than [`LONGEST_SLEEP`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    hz: u64,
    last: u32,
    ticks: u64,
}

/// Ticks of the longest sleep: a quarter of the counter's round.
pub(crate) const LONGEST_SLEEP: u32 = 1 << 30;

impl Clock {
    /// It is zero now.
    pub(crate) fn new(hz: u32, counter: u32) -> Clock {
        Clock {
            hz: u64::from(hz.max(1)),
            last: counter,
            ticks: 0,
        }
    }

    /// The time at which the counter shows this.
    pub(crate) fn now_ns(&mut self, counter: u32) -> u64 {
        self.ticks += u64::from(counter.wrapping_sub(self.last));
        self.last = counter;
        let (seconds, rest) = (self.ticks / self.hz, self.ticks % self.hz);
        seconds * NS_PER_SECOND + rest * NS_PER_SECOND / self.hz
    }

    /// Ticks of a span, rounded up so that an alarm never comes early.
    pub(crate) fn ticks_of(&self, span_ns: u64) -> u32 {
        let (seconds, rest) = (span_ns / NS_PER_SECOND, span_ns % NS_PER_SECOND);
        let ticks = seconds
            .saturating_mul(self.hz)
            .saturating_add((rest * self.hz).div_ceil(NS_PER_SECOND));
        ticks.min(u64::from(LONGEST_SLEEP)) as u32
    }
}
