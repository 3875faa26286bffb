//! What the loop has counted, as it stood at one instant; the loop publishes, others read.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crate::protocol::EcuReport;

/// A loop that was silent for longer is not healthy.
const SILENT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) made: Instant,
    pub(crate) uptime_ns: u64,
    pub(crate) report: EcuReport,
    /// Names of partitions that run no more.
    pub(crate) stopped: Vec<String>,
}

impl Snapshot {
    /// Why the ECU is not healthy, in words; none where it is.
    pub(crate) fn complaint(&self, now: Instant) -> Option<String> {
        if let Some(name) = self.stopped.first() {
            return Some(format!("partition `{name}` has stopped"));
        }
        let silent = now.saturating_duration_since(self.made);
        (silent > SILENT).then(|| format!("the loop was silent for {} s", silent.as_secs()))
    }
}

/// The last snapshot; none before the first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Published(Arc<Mutex<Option<Arc<Snapshot>>>>);

impl Published {
    pub(crate) fn put(&self, snapshot: Snapshot) {
        let snapshot = Some(Arc::new(snapshot));
        if let Ok(mut place) = self.0.lock() {
            *place = snapshot;
        }
    }

    pub(crate) fn get(&self) -> Option<Arc<Snapshot>> {
        self.0.lock().ok()?.clone()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{NetworkReport, PartitionReport, TaskReport};

    pub(crate) fn snapshot() -> Snapshot {
        let task = TaskReport {
            name: "step".into(),
            activations: 100,
            late: 2,
            lost: 1,
            worst_response_ns: 1_500_000,
            busy_ns: 2_000_000_000,
        };
        let partition = PartitionReport {
            name: "main".into(),
            traps: 3,
            restarts: 3,
            frames_lost: 4,
            frames_refused: 5,
            values_lost: 6,
            values_refused: 7,
            tasks: vec![task],
        };
        let network = NetworkReport {
            name: "eth0".into(),
            sent: 11,
            received: 13,
            refused: 16,
            lost: 17,
            repeated: 18,
            dropped: 19,
            peers: 2,
        };
        Snapshot {
            made: Instant::now(),
            uptime_ns: 12_500_000_000,
            report: EcuReport {
                ecu: "climate".into(),
                partitions: vec![partition],
                networks: vec![network],
            },
            stopped: vec![],
        }
    }

    #[test]
    fn stopped_partitions_and_silence_are_complaints() {
        let mut snapshot = snapshot();
        let now = snapshot.made;
        assert_eq!(snapshot.complaint(now), None);
        assert_eq!(snapshot.complaint(now + SILENT), None);
        let late = now + SILENT + Duration::from_secs(1);
        assert_eq!(
            snapshot.complaint(late).unwrap(),
            "the loop was silent for 6 s"
        );
        snapshot.stopped = vec!["main".into()];
        let words = snapshot.complaint(now).unwrap();
        assert_eq!(words, "partition `main` has stopped");
    }
}
