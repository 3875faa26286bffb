//! What probes on direct connectors tell: calls by function, how long they took, and the last arguments
//! and result in WAVE. Knows no window.

use super::Meaning;
use serde::Serialize;
use simulator::trace::{Kind, Row};
use std::collections::BTreeMap;

/// A function that is called over a probed connector.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ProbedFunction {
    /// `provider.port -> requirer.port`, as the project writes both ends.
    pub connector: String,
    pub function: String,
    /// `ecu/partition`
    pub partition: String,
    pub calls: u64,
    /// Fewer than calls where one has trapped or still runs.
    pub returned: u64,
    /// Virtual time from call to return; 0 while none has returned.
    pub min_ns: u64,
    pub mean_ns: u64,
    pub max_ns: u64,
    /// Of the last call, in WAVE.
    pub arguments: String,
    /// Of the last return, in WAVE; `returned` where there is none to tell.
    pub result: String,
    #[serde(skip)]
    total_ns: u64,
}

/// Follows a trace row by row.
#[derive(Debug, Clone, Default)]
pub struct ProbeFollower {
    /// By their names in the trace.
    pub known: BTreeMap<String, ProbedFunction>,
    /// Calls that have not returned: when they were made.
    open: BTreeMap<String, u64>,
}

impl ProbeFollower {
    /// Takes in a row; the name of the function that it told of.
    pub fn follow<'r>(&mut self, meaning: &Meaning, row: &Row<'r>) -> Option<&'r str> {
        if !matches!(row.kind, Kind::Called | Kind::Returned) {
            return None;
        }
        let words = meaning.observe(row).row.decoded;
        let known = self.known.entry(row.subject.to_owned());
        let known = known.or_insert_with(|| ProbedFunction::named(row.subject));
        if row.kind == Kind::Called {
            known.calls += 1;
            known.arguments = words;
            self.open.insert(row.subject.to_owned(), row.time_ns);
        } else {
            known.result = words;
            let began_ns = self.open.remove(row.subject).unwrap_or(row.time_ns);
            known.take(row.time_ns.saturating_sub(began_ns));
        }
        Some(row.subject)
    }
}

impl ProbedFunction {
    /// `ecu/partition/provider.port -> requirer.port/function`; a port's name has slashes, too.
    fn named(subject: &str) -> ProbedFunction {
        let (way, function) = subject.rsplit_once('/').unwrap_or((subject, ""));
        let mut parts = way.splitn(3, '/');
        let mut part = || parts.next().unwrap_or_default();
        let (ecu, partition, connector) = (part(), part(), part());
        ProbedFunction {
            connector: connector.to_owned(),
            function: function.to_owned(),
            partition: format!("{ecu}/{partition}"),
            ..ProbedFunction::default()
        }
    }

    fn take(&mut self, took_ns: u64) {
        self.min_ns = match self.returned {
            0 => took_ns,
            _ => self.min_ns.min(took_ns),
        };
        self.max_ns = self.max_ns.max(took_ns);
        self.returned += 1;
        self.total_ns += took_ns;
        self.mean_ns = self.total_ns / self.returned;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: &str = "climate/main/sensor.w:a/t@0.1.0 -> fan.w:a/t@0.1.0/get";

    #[test]
    fn calls_are_counted_and_timed_by_function() {
        let meaning = Meaning::default();
        let mut follower = ProbeFollower::default();
        for (time_ns, kind) in [
            (10, Kind::Called),
            (14, Kind::Returned),
            (20, Kind::Called),
            (30, Kind::Returned),
            (40, Kind::Called),
        ] {
            let row = Row {
                number: 0,
                time_ns,
                kind,
                subject: SUBJECT,
                detail: "",
            };
            assert_eq!(follower.follow(&meaning, &row), Some(SUBJECT));
        }
        let found = &follower.known[SUBJECT];
        assert_eq!(found.connector, "sensor.w:a/t@0.1.0 -> fan.w:a/t@0.1.0");
        assert_eq!(
            (found.function.as_str(), found.partition.as_str()),
            ("get", "climate/main")
        );
        assert_eq!(
            (found.calls, found.returned),
            (3, 2),
            "the last one still runs"
        );
        assert_eq!((found.min_ns, found.mean_ns, found.max_ns), (4, 7, 10));
    }
}
