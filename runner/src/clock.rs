//! The time of one ECU: nanoseconds since its time zero. It stands still before.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

/// Real time, or a fraction of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// None: time zero is still to come.
    zero: Option<Instant>,
    slower: NonZeroU32,
}

impl Clock {
    /// Stands at zero: what happens before the start happens at time zero.
    pub(crate) fn standing() -> Clock {
        Clock {
            zero: None,
            slower: NonZeroU32::MIN,
        }
    }

    /// Now is time zero; from now on one nanosecond passes in so many real ones.
    pub(crate) fn start(slower: NonZeroU32) -> Clock {
        Clock {
            zero: Some(Instant::now()),
            slower,
        }
    }

    pub(crate) fn now_ns(&self) -> u64 {
        let elapsed = self.zero.map(|zero| zero.elapsed()).unwrap_or_default();
        let ns = elapsed.as_nanos() / u128::from(self.slower.get());
        u64::try_from(ns).unwrap_or(u64::MAX)
    }

    /// How long until that time, in real time; zero when it has passed.
    pub(crate) fn until(&self, at_ns: u64) -> Duration {
        let ns = at_ns.saturating_sub(self.now_ns());
        Duration::from_nanos(ns.saturating_mul(u64::from(self.slower.get())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_shows_zero() {
        let clock = Clock::standing();
        assert_eq!(clock.now_ns(), 0);
        assert_eq!(clock.until(7), Duration::from_nanos(7));
    }

    #[test]
    fn a_slower_clock_shows_a_fraction_and_waits_longer() {
        let zero = Instant::now().checked_sub(Duration::from_secs(10));
        let clock = |slower: u32| Clock {
            zero,
            slower: NonZeroU32::new(slower).unwrap(),
        };
        let later = zero.unwrap().elapsed().as_nanos() as u64;
        assert!(clock(1).now_ns() >= later);
        let slow = clock(1_000);
        assert!(slow.now_ns() >= later / 1_000 && slow.now_ns() < later);
        let second_ns = 1_000_000_000;
        assert!(slow.until(second_ns) > Duration::from_secs(100));
        assert_eq!(slow.until(1), Duration::ZERO);
    }
}
