//! Lines of `candump -l` (`(1436509052.249713) vcan0 044#2A366C2BBA`), read and written.
//! Knows nothing of files and buses that run.
//!
//! Source: can-utils, `candump -l` and `log2asc`.

use super::frame::{Frame, FrameError};
use std::fmt;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As the log says it: since 1970, or since the start of a run.
    pub time_ns: u64,
    pub bus: String,
    pub frame: Frame,
}

/// A log as read: what could be read, and what could not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    pub entries: Vec<Entry>,
    pub defects: Vec<Defect>,
}

/// A line that is no frame of this bus; the rest of the log is read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// From 1.
    pub line: usize,
    pub error: LineError,
}

/// Why a line is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    #[error("the line needs `(seconds.fraction) bus frame`")]
    Form,
    #[error("time `{text}` needs seconds and up to 9 digits of a fraction in brackets")]
    Time { text: String },
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// A text without a single frame is no log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    #[error("the log is empty; give one that `candump -l` wrote")]
    Empty,
    #[error("no line of the log is a frame; the first one, {first}")]
    NoFrame { first: Defect },
}

impl Log {
    /// Reads a log; empty lines are passed over.
    pub fn parse(text: &str) -> Result<Log, LogError> {
        let mut log = Log::default();
        for (index, line) in text.lines().enumerate() {
            match line.trim() {
                "" => {}
                line => match parse_line(line) {
                    Ok(entry) => log.entries.push(entry),
                    Err(error) => log.defects.push(Defect {
                        line: index + 1,
                        error,
                    }),
                },
            }
        }
        match log.defects.first() {
            _ if !log.entries.is_empty() => Ok(log),
            Some(first) => Err(LogError::NoFrame {
                first: first.clone(),
            }),
            None => Err(LogError::Empty),
        }
    }
}

fn parse_line(line: &str) -> Result<Entry, LineError> {
    let mut words = line.split_ascii_whitespace();
    let (Some(time), Some(bus), Some(frame)) = (words.next(), words.next(), words.next()) else {
        return Err(LineError::Form);
    };
    // `candump -x` adds the direction.
    match (words.next(), words.next()) {
        (None | Some("R" | "T"), None) => {}
        _ => return Err(LineError::Form),
    }
    Ok(Entry {
        time_ns: parse_time(time)?,
        bus: bus.to_owned(),
        frame: frame.parse()?,
    })
}

pub(super) fn parse_time(text: &str) -> Result<u64, LineError> {
    let wrong = || LineError::Time {
        text: text.to_owned(),
    };
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
        .ok_or_else(wrong)?;
    let (seconds, fraction) = inner.split_once('.').unwrap_or((inner, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(seconds) || !is_number(fraction) || fraction.len() > 9 {
        return Err(wrong());
    }
    let seconds: u64 = seconds.parse().map_err(|_| wrong())?;
    let fraction: u64 = format!("{fraction:0<9}").parse().map_err(|_| wrong())?;
    seconds
        .checked_mul(1_000_000_000)
        .and_then(|seconds_ns| seconds_ns.checked_add(fraction))
        .ok_or_else(wrong)
}

impl fmt::Display for Entry {
    /// The line without its line feed; the time is cut to microseconds, as candump has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, self.time_ns, &self.bus, &self.frame)
    }
}

/// Writes one line without its line feed.
pub fn write_line(
    out: &mut impl fmt::Write,
    time_ns: u64,
    bus: &str,
    frame: &Frame,
) -> fmt::Result {
    let (seconds, micros) = (time_ns / 1_000_000_000, time_ns % 1_000_000_000 / 1_000);
    write!(out, "({seconds}.{micros:06}) {bus} {frame}")
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defects(text: &str) -> Vec<String> {
        Log::parse(&format!("{text}\n(0) can0 123#"))
            .unwrap()
            .defects
            .iter()
            .map(Defect::to_string)
            .collect()
    }

    #[test]
    fn reads_and_writes_lines() {
        let text = "(1436509052.249713) vcan0 044#2A366C2BBA\n(0.000001) can1 18DAF110#R4\n(0.000002) can1 123##1A0B0\n";
        let log = Log::parse(text).unwrap();
        assert_eq!(log.defects, []);
        assert_eq!(log.entries[0].time_ns, 1_436_509_052_249_713_000);
        let written: String = log
            .entries
            .iter()
            .map(|entry| format!("{entry}\n"))
            .collect();
        assert_eq!(written, text);
    }

    #[test]
    fn accepts_direction_and_empty_lines() {
        let log = Log::parse("\n(1.5) can0 123#00 R\r\n\n(2) can0 123#00 T\n").unwrap();
        let times: Vec<u64> = log.entries.iter().map(|entry| entry.time_ns).collect();
        assert_eq!(
            (times, log.defects.len()),
            (vec![1_500_000_000, 2_000_000_000], 0)
        );
    }

    #[test]
    fn lists_every_defect_with_its_line_and_reads_on() {
        let text = "nonsense\n(1.0) can0 123#00\n(x.0) can0 123#00\n(1.0) can0 123#0\n(1.0) can0 123##x11\n(1.0) can0 123#00 Q";
        assert_eq!(
            defects(text),
            [
                "line 1: the line needs `(seconds.fraction) bus frame`",
                "line 3: time `(x.0)` needs seconds and up to 9 digits of a fraction in brackets",
                "line 4: data `0` needs pairs of hexadecimal digits, or `R` and a length from 0 to 8",
                "line 5: `x11` needs a digit of flags (1: bit rate switch, 2: sender error passive) and pairs of hexadecimal digits after `##`",
                "line 6: the line needs `(seconds.fraction) bus frame`",
            ]
        );
        assert_eq!(Log::parse(text).unwrap().entries.len(), 1);
    }

    #[test]
    fn a_text_without_frames_is_no_log() {
        let refusal = |text: &str| Log::parse(text).unwrap_err().to_string();
        assert_eq!(
            refusal(" \n"),
            "the log is empty; give one that `candump -l` wrote"
        );
        assert_eq!(
            refusal("PNG\n"),
            "no line of the log is a frame; the first one, line 1: the line needs `(seconds.fraction) bus frame`"
        );
    }

    #[test]
    fn times_out_of_range_are_defects() {
        for time in [
            "(99999999999999999999.0)",
            "(18446744073.9)",
            "(1.0000000000)",
            "(1.)",
            "()",
            "1.0",
            "(-1.0)",
        ] {
            assert_eq!(defects(&format!("{time} can0 123#")).len(), 1, "{time}");
        }
    }
}
