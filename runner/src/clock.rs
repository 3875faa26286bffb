//! The time of one ECU: nanoseconds since its time zero. It stands still before.

use std::{
    hint,
    num::NonZeroU32,
    thread,
    time::{Duration, Instant},
};

/// How long the kernel takes to wake a thread: 50 µs of timer slack under the ordinary scheduler
/// (prctl(2), PR_SET_TIMERSLACK) and some for the switch. The last of each wait is not slept, so
/// that the microseconds that a sensor asks for are not a multiple of them.
const WAKING: Duration = Duration::from_micros(80);

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
        self.at(Instant::now())
    }

    /// The time of the ECU at an instant; zero for one before time zero.
    pub(crate) fn at(&self, instant: Instant) -> u64 {
        let since = self
            .zero
            .map(|zero| instant.saturating_duration_since(zero));
        self.scaled(since.unwrap_or_default())
    }

    fn scaled(&self, real: Duration) -> u64 {
        let ns = real.as_nanos() / u128::from(self.slower.get());
        u64::try_from(ns).unwrap_or(u64::MAX)
    }

    /// How long until that time, in real time; zero when it has passed.
    pub(crate) fn until(&self, at_ns: u64) -> Duration {
        let ns = at_ns.saturating_sub(self.now_ns());
        Duration::from_nanos(ns.saturating_mul(u64::from(self.slower.get())))
    }

    /// How long somebody has to wait who wants to from `from_ns` until `until_ns`: while the clock
    /// stands still, all of it.
    pub(crate) fn between(&self, from_ns: u64, until_ns: u64) -> Duration {
        match self.zero {
            Some(_) => self.until(until_ns),
            None => Duration::from_nanos(until_ns.saturating_sub(from_ns)),
        }
    }

    /// Comes back when the clock shows `until_ns`; while it stands still, after as long as it is
    /// from `from_ns` to there. Never earlier, and as little later as the machine permits.
    pub(crate) fn wait(&self, from_ns: u64, until_ns: u64) {
        let begun = Instant::now();
        let long = self.between(from_ns, until_ns);
        loop {
            let left = long.saturating_sub(begun.elapsed());
            match left.checked_sub(WAKING) {
                _ if left.is_zero() => return,
                Some(asleep) if !asleep.is_zero() => thread::sleep(asleep),
                _ => hint::spin_loop(),
            }
        }
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
    fn a_wait_ends_when_the_clock_shows_its_end() {
        let clock = Clock::start(NonZeroU32::MIN);
        for wait_ns in [0, 1_000, 3_000_000] {
            let until_ns = clock.now_ns() + wait_ns;
            clock.wait(0, until_ns);
            assert!(clock.now_ns() >= until_ns);
        }
        // What has passed already is not waited for.
        clock.wait(0, 1);
        let slow = Clock::start(NonZeroU32::new(5).unwrap());
        let begun = Instant::now();
        slow.wait(0, 1_000_000);
        assert!(slow.now_ns() >= 1_000_000);
        assert!(begun.elapsed() >= Duration::from_millis(5));
    }

    #[test]
    fn a_wait_before_time_zero_takes_its_length() {
        let begun = Instant::now();
        // The second of two: the time before it was waited for already.
        Clock::standing().wait(3_600_000_000_000, 3_600_002_000_000);
        assert!(begun.elapsed() >= Duration::from_millis(2));
        assert!(begun.elapsed() < Duration::from_secs(3_600));
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
