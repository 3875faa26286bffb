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

/// A place that is no frame; the rest of the log is read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    pub place: Place,
    pub error: LineError,
}

/// Where something stands in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From 1.
    Line(usize),
    /// Of what a binary log contains, from 0, unpacked.
    Byte(u64),
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
    #[error("`{text}` is no {what}")]
    Field { what: &'static str, text: String },
    #[error("an object of {length} bytes does not end within the file")]
    Cut { length: u32 },
}

/// A text without a single frame is no log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    #[error("the log has no frame; give one that a CAN tool wrote")]
    Empty,
    #[error("nothing in the log is a frame; the first defect, {first}")]
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
                        place: Place::Line(index + 1),
                        error,
                    }),
                },
            }
        }
        log.unless_empty()
    }

    /// A log has a frame.
    pub(crate) fn unless_empty(self) -> Result<Log, LogError> {
        match self.defects.first() {
            _ if !self.entries.is_empty() => Ok(self),
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

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Byte(byte) => write!(f, "byte {byte}"),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.error)
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
            "the log has no frame; give one that a CAN tool wrote"
        );
        assert_eq!(
            refusal("PNG\n"),
            "nothing in the log is a frame; the first defect, line 1: the line needs `(seconds.fraction) bus frame`"
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
