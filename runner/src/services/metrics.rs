//! Names, units and values of what is counted: one list for the text form and for OTLP.
//! `docs/linux-ecu.md` explains each. Knows no connection.

use std::fmt::Write;

use super::Snapshot;
use crate::{NetworkReport, PartitionReport, TaskReport};

/// Whether a value only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
}

/// One thing that is counted.
pub(crate) struct Metric<T> {
    /// OpenTelemetry's form: `wireloom.task.activations`.
    pub(crate) name: &'static str,
    /// By UCUM.
    pub(crate) unit: &'static str,
    pub(crate) kind: Kind,
    pub(crate) value: fn(&T) -> u64,
}

macro_rules! metric {
    ($name:literal, $unit:literal, $kind:ident, $value:expr) => {
        Metric {
            name: $name,
            unit: $unit,
            kind: Kind::$kind,
            value: $value,
        }
    };
}

pub(crate) const PARTITION: [Metric<PartitionReport>; 6] = [
    metric!("wireloom.partition.frames_lost", "{frame}", Counter, |of| {
        of.frames_lost
    }),
    metric!(
        "wireloom.partition.frames_refused",
        "{frame}",
        Counter,
        |of| of.frames_refused
    ),
    metric!("wireloom.partition.restarts", "{restart}", Counter, |of| of
        .restarts),
    metric!("wireloom.partition.traps", "{trap}", Counter, |of| of.traps),
    metric!("wireloom.partition.values_lost", "{value}", Counter, |of| {
        of.values_lost
    }),
    metric!(
        "wireloom.partition.values_refused",
        "{value}",
        Counter,
        |of| of.values_refused
    ),
];

pub(crate) const NETWORK: [Metric<NetworkReport>; 7] = [
    metric!("wireloom.network.dropped", "{value}", Counter, |of| of
        .dropped),
    metric!("wireloom.network.lost", "{value}", Counter, |of| of.lost),
    metric!("wireloom.network.peers", "{peer}", Gauge, |of| of.peers),
    metric!("wireloom.network.received", "{value}", Counter, |of| of
        .received),
    metric!("wireloom.network.refused", "{value}", Counter, |of| of
        .refused),
    metric!("wireloom.network.repeated", "{value}", Counter, |of| of
        .repeated),
    metric!("wireloom.network.sent", "{value}", Counter, |of| of.sent),
];

pub(crate) const TASK: [Metric<TaskReport>; 5] = [
    metric!("wireloom.task.activations", "{activation}", Counter, |of| {
        of.activations
    }),
    metric!("wireloom.task.busy", "ns", Counter, |of| of.busy_ns),
    metric!("wireloom.task.late", "{activation}", Counter, |of| of.late),
    metric!("wireloom.task.lost", "{activation}", Counter, |of| of.lost),
    metric!("wireloom.task.worst_response", "ns", Gauge, |of| of
        .worst_response_ns),
];

/// The text form that Prometheus reads: `_` for `.`, counters end in `_total`.
pub(crate) fn text(snapshot: &Snapshot) -> String {
    let mut text = String::new();
    let report = &snapshot.report;
    head(&mut text, "wireloom.ecu.uptime", Kind::Gauge);
    let name = plain("wireloom.ecu.uptime", Kind::Gauge);
    let _ = writeln!(
        text,
        "{name}{{ecu=\"{}\"}} {}",
        report.ecu, snapshot.uptime_ns
    );
    for metric in &PARTITION {
        head(&mut text, metric.name, metric.kind);
        let name = plain(metric.name, metric.kind);
        for partition in &report.partitions {
            let value = (metric.value)(partition);
            let labels = format!("ecu=\"{}\",partition=\"{}\"", report.ecu, partition.name);
            let _ = writeln!(text, "{name}{{{labels}}} {value}");
        }
    }
    for metric in NETWORK.iter().filter(|_| !report.networks.is_empty()) {
        head(&mut text, metric.name, metric.kind);
        let name = plain(metric.name, metric.kind);
        for network in &report.networks {
            let value = (metric.value)(network);
            let labels = format!("ecu=\"{}\",network=\"{}\"", report.ecu, network.name);
            let _ = writeln!(text, "{name}{{{labels}}} {value}");
        }
    }
    for metric in &TASK {
        head(&mut text, metric.name, metric.kind);
        let name = plain(metric.name, metric.kind);
        for partition in &report.partitions {
            for task in &partition.tasks {
                let value = (metric.value)(task);
                let labels = format!(
                    "ecu=\"{}\",partition=\"{}\",task=\"{}\"",
                    report.ecu, partition.name, task.name
                );
                let _ = writeln!(text, "{name}{{{labels}}} {value}");
            }
        }
    }
    text
}

fn head(text: &mut String, name: &str, kind: Kind) {
    let word = match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
    };
    let _ = writeln!(text, "# TYPE {} {word}", plain(name, kind));
}

fn plain(name: &str, kind: Kind) -> String {
    let end = match kind {
        Kind::Counter => "_total",
        Kind::Gauge => "",
    };
    name.replace('.', "_") + end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::snapshot::tests::snapshot;

    #[test]
    fn every_count_has_a_line() {
        let text = text(&snapshot());
        for line in [
            "# TYPE wireloom_task_late_total counter",
            "wireloom_ecu_uptime{ecu=\"climate\"} 12500000000",
            "wireloom_network_dropped_total{ecu=\"climate\",network=\"eth0\"} 19",
            "wireloom_network_lost_total{ecu=\"climate\",network=\"eth0\"} 17",
            "wireloom_network_peers{ecu=\"climate\",network=\"eth0\"} 2",
            "wireloom_network_repeated_total{ecu=\"climate\",network=\"eth0\"} 18",
            "wireloom_network_received_total{ecu=\"climate\",network=\"eth0\"} 13",
            "wireloom_network_refused_total{ecu=\"climate\",network=\"eth0\"} 16",
            "wireloom_network_sent_total{ecu=\"climate\",network=\"eth0\"} 11",
            "wireloom_partition_frames_lost_total{ecu=\"climate\",partition=\"main\"} 4",
            "wireloom_partition_frames_refused_total{ecu=\"climate\",partition=\"main\"} 5",
            "wireloom_partition_restarts_total{ecu=\"climate\",partition=\"main\"} 3",
            "wireloom_partition_traps_total{ecu=\"climate\",partition=\"main\"} 3",
            "wireloom_partition_values_lost_total{ecu=\"climate\",partition=\"main\"} 6",
            "wireloom_partition_values_refused_total{ecu=\"climate\",partition=\"main\"} 7",
            "wireloom_task_activations_total{ecu=\"climate\",partition=\"main\",task=\"step\"} 100",
            "wireloom_task_busy_total{ecu=\"climate\",partition=\"main\",task=\"step\"} 2000000000",
            "wireloom_task_late_total{ecu=\"climate\",partition=\"main\",task=\"step\"} 2",
            "wireloom_task_lost_total{ecu=\"climate\",partition=\"main\",task=\"step\"} 1",
            "wireloom_task_worst_response{ecu=\"climate\",partition=\"main\",task=\"step\"} 1500000",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        let values = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(values, 1 + PARTITION.len() + NETWORK.len() + TASK.len());
    }

    #[test]
    fn an_ecu_without_networks_says_nothing_of_them() {
        let mut snapshot = snapshot();
        snapshot.report.networks.clear();
        assert!(!text(&snapshot).contains("network"));
    }
}
