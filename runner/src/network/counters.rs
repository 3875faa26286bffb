//! What is counted of a network. Knows nothing of who reads it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::protocol::NetworkReport;

/// Written by the loop and, where the network has threads of its own, by these.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) lost: AtomicU64,
    pub(crate) repeated: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) peers: AtomicU64,
}

/// So many more.
pub(super) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Relaxed);
}

impl Counters {
    pub(crate) fn report(&self, name: &str) -> NetworkReport {
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        NetworkReport {
            name: name.to_owned(),
            sent: count(&self.sent),
            received: count(&self.received),
            refused: count(&self.refused),
            lost: count(&self.lost),
            repeated: count(&self.repeated),
            dropped: count(&self.dropped),
            peers: count(&self.peers),
        }
    }
}
