//! What the firmware of a microcontroller writes to its log (docs/firmware.md), as far as a run has
//! to understand it. Pure.

use runner::{EcuReport, PartitionReport, TaskReport};

/// Asks for the status.
pub(super) const QUESTION: u8 = b's';

/// Nothing runs on this board any more, or it begins anew.
pub(super) fn has_stopped(line: &str) -> bool {
    ["STOPPED: ", "PANIC", "HARD FAULT"]
        .iter()
        .any(|words| line.starts_with(words))
}

/// The partition that has trapped, and the line's words about it.
pub(super) fn trap(line: &str) -> Option<(String, String)> {
    let (partition, text) = line
        .strip_prefix("partition ")?
        .split_once(" trapped in ")?;
    Some((partition.to_owned(), format!("trapped in {text}")))
}

/// The answer to [`QUESTION`], line by line. What the firmware does not count stays 0.
pub(super) struct Status {
    pub(super) report: EcuReport,
}

impl Status {
    pub(super) fn new(ecu: &str) -> Status {
        Status {
            report: EcuReport {
                ecu: ecu.to_owned(),
                partitions: Vec::new(),
                // A board has no Ethernet.
                networks: Vec::new(),
            },
        }
    }

    /// Whether this was the last line.
    pub(super) fn take(&mut self, line: &str) -> bool {
        let mut words = line.split_ascii_whitespace();
        if words.next() != Some("status") {
            return false;
        }
        match (words.next(), words.next()) {
            (Some("end"), _) => return true,
            (Some("partition"), Some(name)) => {
                let count = |name| counted(line, name);
                self.report.partitions.push(PartitionReport {
                    name: name.to_owned(),
                    traps: count("traps"),
                    restarts: count("restarts"),
                    frames_lost: count("frames_lost"),
                    frames_refused: 0,
                    values_lost: 0,
                    values_refused: 0,
                    tasks: Vec::new(),
                });
            }
            (Some("task"), Some(name)) => self.take_task(line, name),
            _ => {}
        }
        false
    }

    fn take_task(&mut self, line: &str, name: &str) {
        let count = |name| counted(line, name);
        // The tasks of a partition stand behind it.
        let Some(partition) = self.report.partitions.last_mut() else {
            return;
        };
        let name = name.split_once('/').map_or(name, |(_, task)| task);
        partition.tasks.push(TaskReport {
            name: name.to_owned(),
            activations: count("activations"),
            late: count("late"),
            lost: count("lost"),
            worst_response_ns: count("worst_response_us").saturating_mul(1_000),
            busy_ns: count("busy_us").saturating_mul(1_000),
        });
    }
}

/// The number behind that name.
fn counted(line: &str, name: &str) -> u64 {
    let mut words = line
        .split_ascii_whitespace()
        .skip_while(|word| *word != name);
    words
        .nth(1)
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_that_has_stopped_says_so() {
        for line in [
            "STOPPED: no payload runs",
            "PANIC: out of memory",
            "HARD FAULT at 0x00000000",
        ] {
            assert!(has_stopped(line), "{line}");
        }
        assert!(!has_stopped("slot A runs: counter 0"));
    }

    #[test]
    fn a_trap_names_its_partition() {
        let line =
            "partition main trapped in step at 1200 us: `fan` failed in `step`; it starts anew";
        let (partition, text) = trap(line).unwrap();
        assert_eq!(partition, "main");
        assert!(text.starts_with("trapped in step at 1200 us: "), "{text}");
        assert_eq!(trap("main: partition"), None);
    }

    #[test]
    fn a_status_becomes_the_report_of_an_ecu() {
        let mut status = Status::new("climate");
        let lines = [
            "status at_us 3000123",
            "a line of a guest",
            "status heap_bytes 53370",
            "status partition main traps 2 restarts 1 frames_lost 4",
            "status task main/step activations 30 late 3 lost 5 worst_response_us 900 busy_us 12000",
            "status partition other traps 0 restarts 0 frames_lost 0",
        ];
        assert!(lines.iter().all(|line| !status.take(line)));
        assert!(status.take("status end"));
        let EcuReport {
            ecu, partitions, ..
        } = status.report;
        assert_eq!((ecu.as_str(), partitions.len()), ("climate", 2));
        let main = &partitions[0];
        assert_eq!((main.traps, main.restarts, main.frames_lost), (2, 1, 4));
        let task = &main.tasks[0];
        assert_eq!(task.name, "step");
        assert_eq!((task.activations, task.late, task.lost), (30, 3, 5));
        assert_eq!(
            (task.worst_response_ns, task.busy_ns),
            (900_000, 12_000_000)
        );
        assert!(partitions[1].tasks.is_empty());
    }
}
