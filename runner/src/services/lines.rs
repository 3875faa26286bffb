//! Lines of the log: what guests print and what the program has to say. They go to standard error,
//! where the journal takes them, and to OTLP.

use std::{
    collections::VecDeque,
    io::{Write, stderr},
    sync::{Arc, Mutex, mpsc::Receiver},
    thread::{self, JoinHandle},
    time::{SystemTime, UNIX_EPOCH},
};

use super::otlp::Export;
use crate::os;

/// Lines that wait for OTLP at most; older ones are dropped.
const WAITING: usize = 1_000;

/// By OpenTelemetry's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Info = 9,
    Warning = 13,
    Error = 17,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) unix_ns: u64,
    pub(crate) severity: Severity,
    /// None: the program itself.
    pub(crate) partition: Option<String>,
    pub(crate) text: String,
}

impl Line {
    pub(crate) fn new(severity: Severity, partition: Option<&str>, text: String) -> Line {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let unix_ns = since.map_or(0, |since| since.as_nanos());
        Line {
            unix_ns: u64::try_from(unix_ns).unwrap_or(u64::MAX),
            severity,
            partition: partition.map(str::to_owned),
            text,
        }
    }

    pub(crate) fn printed(partition: &str, is_error: bool, text: &[u8]) -> Line {
        let severity = match is_error {
            true => Severity::Warning,
            false => Severity::Info,
        };
        let text = String::from_utf8_lossy(text).trim_end().to_owned();
        Line::new(severity, Some(partition), text)
    }

    /// For the journal, which reads `<4>` as a warning (sd-daemon(3)).
    fn journal(&self) -> String {
        let level = match self.severity {
            Severity::Info => 6,
            Severity::Warning => 4,
            Severity::Error => 3,
        };
        let whose = self.partition.as_deref().unwrap_or("wireloom-ecu");
        format!("<{level}>{whose}: {}", self.text)
    }
}

/// Lines for OTLP.
pub(crate) type Kept = Arc<Mutex<VecDeque<Line>>>;

/// Writes a line by one call: several ECUs share the stream where `wireloom run` has started them,
/// and what is written in pieces is read in pieces, between those of another.
pub fn write_whole(line: &str) {
    // Standard error that nobody reads must end neither the program nor the log for OTLP.
    let _written = stderr().write_all(format!("{line}\n").as_bytes());
}

/// What writes lines, on a thread of its own once it is started, and what exports them.
pub(crate) struct Log {
    unstarted: Option<Writer>,
    thread: Option<JoinHandle<()>>,
    export: Option<Export>,
}

/// Writes lines as long as somebody can send them, and keeps them for OTLP where that is asked for.
struct Writer {
    lines: Receiver<Line>,
    kept: Option<Kept>,
}

impl Writer {
    fn write_all(self) {
        for line in self.lines {
            write_whole(&line.journal());
            if let Some(kept) = &self.kept {
                keep(kept, line);
            }
        }
    }
}

impl Log {
    pub(crate) fn new(lines: Receiver<Line>, export: Option<Export>) -> Log {
        let kept = export.as_ref().map(Export::kept);
        Log {
            unstarted: Some(Writer { lines, kept }),
            thread: None,
            export,
        }
    }

    /// From now on lines are written when they come.
    pub(crate) fn start(&mut self) -> std::io::Result<()> {
        if let Some(writer) = self.unstarted.take() {
            let write_all = move || {
                os::leave();
                writer.write_all();
            };
            let named = thread::Builder::new().name("log".to_owned());
            self.thread = Some(named.spawn(write_all)?);
        }
        Ok(())
    }

    /// Comes back when every line is written, and sent where a collector takes it. All senders of
    /// lines have to be gone: this waits for them.
    pub(crate) fn finish(self) {
        if let Some(writer) = self.unstarted {
            writer.write_all();
        }
        // A panic of the writer was told by its thread.
        let _ended = self.thread.map(JoinHandle::join);
        if let Some(export) = self.export {
            export.finish();
        }
    }
}

fn keep(kept: &Kept, line: Line) {
    if let Ok(mut kept) = kept.lock() {
        if kept.len() >= WAITING {
            kept.pop_front();
        }
        kept.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_reads_the_level() {
        let line = Line::printed("main", true, b"hot\n");
        assert_eq!(line.journal(), "<4>main: hot");
        let line = Line::new(Severity::Error, None, "partition `main` stopped".to_owned());
        assert_eq!(line.journal(), "<3>wireloom-ecu: partition `main` stopped");
        assert_eq!(Line::printed("main", false, b"on").journal(), "<6>main: on");
    }
}
