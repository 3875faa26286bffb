//! The time of one ECU: nanoseconds since its time zero.

use std::time::{Duration, Instant};

/// Begins when the ECU is started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    zero: Instant,
}

impl Clock {
    /// Now is time zero.
    pub(crate) fn start() -> Clock {
        Clock {
            zero: Instant::now(),
        }
    }

    pub(crate) fn now_ns(&self) -> u64 {
        u64::try_from(self.zero.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// How long until that time; zero when it has passed.
    pub(crate) fn until(&self, at_ns: u64) -> Duration {
        Duration::from_nanos(at_ns.saturating_sub(self.now_ns()))
    }
}
