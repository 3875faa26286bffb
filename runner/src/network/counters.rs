//! What is counted of a network. Knows nothing of who reads it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::protocol::NetworkReport;

/// Written by the loop.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) refused: AtomicU64,
}

impl Counters {
    pub(crate) fn report(&self, name: &str) -> NetworkReport {
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        NetworkReport {
            name: name.to_owned(),
            sent: count(&self.sent),
            received: count(&self.received),
            refused: count(&self.refused),
        }
    }
}
