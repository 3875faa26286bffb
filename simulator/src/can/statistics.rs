//! Load of a CAN bus, in all and by identifier. Knows nothing of controllers.

use super::frame::Id;
use std::collections::BTreeMap;

/// Counted since the bus began.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    frames: u64,
    error_frames: u64,
    /// Up to `busy_until_ns`.
    busy_ns: u64,
    busy_until_ns: u64,
    ids: BTreeMap<Id, IdStatistics>,
}

/// Of one identifier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IdStatistics {
    pub frames: u64,
    /// Interframe spaces included, error frames not.
    pub busy_ns: u64,
}

impl Statistics {
    pub(super) fn add_frame(&mut self, id: Id, start_ns: u64, idle_ns: u64) {
        self.frames += 1;
        self.add_busy(start_ns, idle_ns);
        let entry = self.ids.entry(id).or_default();
        entry.frames += 1;
        entry.busy_ns += idle_ns - start_ns;
    }

    pub(super) fn add_error(&mut self, start_ns: u64, idle_ns: u64) {
        self.error_frames += 1;
        self.add_busy(start_ns, idle_ns);
    }

    fn add_busy(&mut self, start_ns: u64, idle_ns: u64) {
        self.busy_ns += idle_ns - start_ns;
        self.busy_until_ns = idle_ns;
    }

    /// Frames that reached their end.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    pub fn error_frames(&self) -> u64 {
        self.error_frames
    }

    /// Part of the time up to `now_ns` in which the bus was not idle, 0 to 1; a frame counts when
    /// it has ended.
    pub fn load(&self, now_ns: u64) -> f64 {
        let ahead_ns = self.busy_until_ns.saturating_sub(now_ns);
        share(self.busy_ns.saturating_sub(ahead_ns), now_ns)
    }

    /// By identifier, standard ones first.
    pub fn ids(&self) -> impl Iterator<Item = (Id, IdStatistics)> {
        self.ids.iter().map(|(id, statistics)| (*id, *statistics))
    }
}

/// `part / whole`; 0 of nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
