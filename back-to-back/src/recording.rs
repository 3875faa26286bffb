//! A recording and its file: what an ECU did in a simulation, to be held against a target.
//!
//! # The file
//! UTF-8, one JSON value a line. The first is the [`Head`], every other one an [`Entry`], in order:
//! each `input` is followed by what came of it (`call` with its answer, `note`, `ended`) and by
//! `idle`, which says when the ECU is next due. Bytes are hexadecimal digits, times nanoseconds.
//! Unknown fields are an error.

use deployment::Partition;
use serde::{Deserialize, Serialize};
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::Entry;

/// Version of the file.
pub const FORMAT: u32 = 1;

/// One ECU from time 0 on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Of what it is.
    pub head: Head,
    /// In order.
    pub entries: Vec<Entry>,
}

/// Of what a recording is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`FORMAT`].
    pub format: u32,
    /// Name of the ECU.
    pub ecu: String,
    /// Version of the engine: fuel is comparable only within one.
    pub wasmtime: String,
    /// The simulation's.
    pub seed: u64,
    /// Virtual time of the simulation.
    pub until_ns: u64,
    /// By their numbers.
    pub partitions: Vec<HeadPartition>,
}

/// A partition of the ECU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadPartition {
    /// Of the component's bytes, hexadecimal.
    pub sha256: String,
    /// What the numbers in the entries mean.
    pub table: Partition,
}

/// Why a file is no recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum RecordingError {
    /// No line at all.
    #[error("the recording is empty; record it again with `wireloom simulate --record`")]
    Empty,
    /// Another version.
    #[error(
        "the recording has format {found}, this build reads format {FORMAT}; record it again with `wireloom simulate --record`"
    )]
    Format { found: u32 },
    /// A line that is none.
    #[error(
        "line {line} of the recording is not readable: {reason}; record it again with `wireloom simulate --record`"
    )]
    Line { line: usize, reason: String },
}

impl Recording {
    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut push = |line: serde_json::Result<String>| {
            text.push_str(
                &line.unwrap_or_else(|_| unreachable!("plain data is JSON: this is a bug")),
            );
            text.push('\n');
        };
        push(serde_json::to_string(&self.head));
        for entry in &self.entries {
            push(serde_json::to_string(entry));
        }
        text
    }

    /// Reads the file.
    pub fn from_text(text: &str) -> Result<Recording, RecordingError> {
        let mut lines = (1..).zip(text.lines());
        let (_, first) = lines.next().ok_or(RecordingError::Empty)?;
        let version: Version = read(1, first)?;
        if version.format != FORMAT {
            let found = version.format;
            return Err(RecordingError::Format { found });
        }
        let head = read(1, first)?;
        let entries = lines.map(|(line, text)| read(line, text));
        Ok(Recording {
            head,
            entries: entries.collect::<Result<_, _>>()?,
        })
    }

    /// How many activations it has.
    pub fn activations(&self) -> usize {
        let is_end = |entry: &&Entry| matches!(entry, Entry::Ended(_));
        self.entries.iter().filter(is_end).count()
    }

    /// Names of the partitions, by their numbers.
    pub fn partition_names(&self) -> Vec<String> {
        let names = self.head.partitions.iter();
        names
            .map(|partition| partition.table.name.clone())
            .collect()
    }
}

/// What the first line says in any format.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

fn read<'a, T: Deserialize<'a>>(line: usize, text: &'a str) -> Result<T, RecordingError> {
    serde_json::from_str(text).map_err(|error| RecordingError::Line {
        line,
        reason: reason(&error),
    })
}

/// A line is one line: its number within the JSON text is of no use.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => format!(
            "{} (column {})",
            text.get(..end).unwrap_or(&text),
            error.column()
        ),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Call, Ended, Input, Note};
    use ecu_host::{
        PartitionId, Work,
        board::{BusTime, I2cOperation, I2cTransfer},
    };
    use std::vec;

    fn recording() -> Recording {
        let head = Head {
            format: FORMAT,
            ecu: "climate".into(),
            wasmtime: "48.0.8".into(),
            seed: 0,
            until_ns: 1_000,
            partitions: Vec::new(),
        };
        let operations = vec![
            I2cOperation::Write(vec![0]),
            I2cOperation::Read(vec![25, 0]),
        ];
        let call = Call::I2c {
            at_ns: 10,
            bus: "i2c0".into(),
            address: 0x48,
            operations: vec![I2cOperation::Write(vec![0]), I2cOperation::Read(vec![0, 0])],
        };
        let transfer = I2cTransfer {
            bus_time: BusTime(400),
            result: Ok(()),
        };
        let answer = Answer::I2c(transfer, operations);
        let note = Note::Published {
            at_ns: 10,
            partition: "main".into(),
            element: 3,
            value: vec![0xab],
        };
        let ended = Ended {
            partition: PartitionId(0),
            work: Work::Task(2),
            released_ns: 0,
            started_ns: 0,
            cost_ns: 12,
            fuel: 7,
            trap: None,
        };
        let entries = vec![
            Entry::Input(Input::Run { at_ns: 0 }),
            Entry::Call { call, answer },
            Entry::Note(note),
            Entry::Ended(ended),
            Entry::Idle { next_ns: None },
        ];
        Recording { head, entries }
    }

    #[test]
    fn a_file_is_one_line_an_entry() {
        let text = recording().to_text();
        assert_eq!(
            text,
            r#"{"format":1,"ecu":"climate","wasmtime":"48.0.8","seed":0,"until_ns":1000,"partitions":[]}
{"input":{"run":{"at_ns":0}}}
{"call":{"call":{"i2c":{"at_ns":10,"bus":"i2c0","address":72,"operations":[{"write":"00"},{"read":"0000"}]}},"answer":{"i2c":[{"bus_time":400,"result":{"Ok":null}},[{"write":"00"},{"read":"1900"}]]}}}
{"note":{"published":{"at_ns":10,"partition":"main","element":3,"value":"ab"}}}
{"ended":{"partition":0,"work":{"task":2},"released_ns":0,"started_ns":0,"cost_ns":12,"fuel":7,"trap":null}}
{"idle":{"next_ns":null}}
"#
        );
        assert_eq!(Recording::from_text(&text), Ok(recording()));
    }

    #[test]
    fn what_is_no_recording_is_refused_with_its_line() {
        let text = recording().to_text();
        for (wrong, words) in [
            (String::new(), "the recording is empty"),
            (text.replace("\"format\":1", "\"format\":9"), "has format 9"),
            (
                text.replace("\"seed\":0,", ""),
                "line 1 of the recording is not readable: missing field `seed`",
            ),
            (
                text.replace("\"ab\"", "\"abc\""),
                "line 4 of the recording is not readable: bytes are written as pairs",
            ),
            (
                text.replace("\"fuel\"", "\"petrol\""),
                "line 5 of the recording is not readable: unknown field `petrol`",
            ),
            (text.replace("{\"idle\"", "{\"idle"), "line 6"),
        ] {
            let message = Recording::from_text(&wrong).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }
}
