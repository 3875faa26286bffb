//! Rows of the trace in memory: compact, found by number and by time. Knows nothing of the hash.

use crate::can::Frame;
use std::{collections::VecDeque, fmt};

/// Rows of one chunk; whole chunks are dropped.
const CHUNK_ROWS: usize = 4096;

/// What a row tells, see [`super`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Frame,
    Error,
    Lost,
    State,
    Carried,
    Began,
    Ended,
    Ran,
    Published,
    Refused,
    Called,
    Returned,
    Printed,
    I2c,
    Spi,
    Pin,
    Nv,
    Stimulus,
    Parameter,
    Fault,
    Misuse,
    Incident,
}

/// One line of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// From 0, in the order of the trace.
    pub number: u64,
    pub time_ns: u64,
    pub kind: Kind,
    pub subject: &'a str,
    pub detail: &'a str,
}

/// The rows that are kept.
#[derive(Debug)]
pub struct Rows {
    chunks: VecDeque<Chunk>,
    /// Rows in front of the first chunk.
    dropped: u64,
    bytes_max: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Chunk {
    rows: Vec<Raw>,
    text: String,
}

#[derive(Debug, Clone, Copy)]
struct Raw {
    time_ns: u64,
    subject: u32,
    /// Of its detail in the chunk's text.
    text_end: u32,
    kind: Kind,
}

/// A row with its subject as a number.
pub(super) struct RawRow<'a> {
    pub(super) time_ns: u64,
    pub(super) kind: Kind,
    pub(super) subject: u32,
    pub(super) detail: &'a str,
}

/// All kinds: to read what [`Kind::word`] writes.
const KINDS: [Kind; 22] = [
    Kind::Frame,
    Kind::Error,
    Kind::Lost,
    Kind::State,
    Kind::Carried,
    Kind::Began,
    Kind::Ended,
    Kind::Ran,
    Kind::Published,
    Kind::Refused,
    Kind::Called,
    Kind::Returned,
    Kind::Printed,
    Kind::I2c,
    Kind::Spi,
    Kind::Pin,
    Kind::Nv,
    Kind::Stimulus,
    Kind::Parameter,
    Kind::Fault,
    Kind::Misuse,
    Kind::Incident,
];

impl Kind {
    /// As the trace writes it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Frame => "frame",
            Kind::Error => "error",
            Kind::Lost => "lost",
            Kind::State => "state",
            Kind::Carried => "carry",
            Kind::Began => "begin",
            Kind::Ended => "end",
            Kind::Ran => "run",
            Kind::Published => "publish",
            Kind::Refused => "refuse",
            Kind::Called => "call",
            Kind::Returned => "return",
            Kind::Printed => "print",
            Kind::I2c => "i2c",
            Kind::Spi => "spi",
            Kind::Pin => "pin",
            Kind::Nv => "nv",
            Kind::Stimulus => "stimulus",
            Kind::Parameter => "parameter",
            Kind::Fault => "fault",
            Kind::Misuse => "misuse",
            Kind::Incident => "incident",
        }
    }
}

impl<'a> Row<'a> {
    /// Reads a canonical line, without its line feed.
    pub fn parse(number: u64, line: &'a str) -> Option<Row<'a>> {
        let mut fields = line.splitn(4, '\t');
        let time_ns = fields.next()?.parse().ok()?;
        let word = fields.next()?;
        Some(Row {
            number,
            time_ns,
            kind: KINDS.into_iter().find(|kind| kind.word() == word)?,
            subject: fields.next()?,
            detail: fields.next()?,
        })
    }
}

impl Row<'_> {
    /// The frame of a row that has one.
    pub fn frame(&self) -> Option<Frame> {
        let mut words = self.detail.split(' ');
        match self.kind {
            Kind::Frame | Kind::Lost => words.next()?.parse().ok(),
            Kind::Error => words.nth(1)?.parse().ok(),
            _ => None,
        }
    }

    /// The packed value of a row that has one.
    pub fn value(&self) -> Option<Vec<u8>> {
        match self.kind {
            Kind::Published | Kind::Called | Kind::Returned | Kind::Parameter => {
                bytes_of(self.detail)
            }
            Kind::Carried => bytes_of(self.detail.split(' ').nth(4)?),
            _ => None,
        }
    }
}

/// Bytes of hexadecimal digits.
pub(crate) fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? << 4 | digit(*low)?) as u8);
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

impl Rows {
    pub(super) fn new(bytes_max: usize) -> Rows {
        Rows {
            chunks: VecDeque::new(),
            dropped: 0,
            bytes_max,
            bytes: 0,
        }
    }

    pub(super) fn push(&mut self, time_ns: u64, kind: Kind, subject: u32, detail: &str) {
        if self
            .chunks
            .back()
            .is_none_or(|chunk| chunk.rows.len() == CHUNK_ROWS)
        {
            self.drop_oldest();
            self.chunks.push_back(Chunk::default());
        }
        if let Some(chunk) = self.chunks.back_mut() {
            chunk.text.push_str(detail);
            let text_end = chunk.text.len() as u32;
            chunk.rows.push(Raw {
                time_ns,
                subject,
                text_end,
                kind,
            });
            self.bytes += size_of::<Raw>() + detail.len();
        }
    }

    fn drop_oldest(&mut self) {
        while self.bytes > self.bytes_max {
            let Some(chunk) = self.chunks.pop_front() else {
                return;
            };
            self.dropped += chunk.rows.len() as u64;
            self.bytes -= chunk.rows.len() * size_of::<Raw>() + chunk.text.len();
        }
    }

    pub(super) fn begin(&self) -> u64 {
        self.dropped
    }

    pub(super) fn end(&self) -> u64 {
        let full = self.chunks.len().saturating_sub(1) * CHUNK_ROWS;
        let last = self.chunks.back().map_or(0, |chunk| chunk.rows.len());
        self.dropped + (full + last) as u64
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&self, number: u64) -> Option<RawRow<'_>> {
        let kept = usize::try_from(number.checked_sub(self.dropped)?).ok()?;
        let chunk = self.chunks.get(kept / CHUNK_ROWS)?;
        let position = kept % CHUNK_ROWS;
        let raw = chunk.rows.get(position)?;
        let before = position
            .checked_sub(1)
            .and_then(|position| chunk.rows.get(position));
        let text_start = before.map_or(0, |before| before.text_end);
        let detail = chunk.text.get(text_start as usize..raw.text_end as usize)?;
        Some(RawRow {
            time_ns: raw.time_ns,
            kind: raw.kind,
            subject: raw.subject,
            detail,
        })
    }

    pub(super) fn number_at(&self, time_ns: u64) -> u64 {
        let is_before = |chunk: &Chunk| chunk.rows.last().is_some_and(|row| row.time_ns < time_ns);
        let whole = self.chunks.partition_point(is_before);
        let inside = self.chunks.get(whole).map_or(0, |chunk| {
            chunk.rows.partition_point(|row| row.time_ns < time_ns)
        });
        (self.dropped + (whole * CHUNK_ROWS + inside) as u64).min(self.end())
    }
}

impl fmt::Display for Row<'_> {
    /// The canonical line without its line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\t{}\t{}\t{}",
            self.time_ns,
            self.kind.word(),
            self.subject,
            self.detail
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_number_and_time() {
        let mut rows = Rows::new(usize::MAX);
        for number in 0..10_000u64 {
            rows.push(number / 2 * 10, Kind::Printed, 0, &format!("{number}"));
        }
        assert_eq!(rows.get(9_999).unwrap().detail, "9999");
        assert_eq!(rows.get(4_096).unwrap().detail, "4096");
        assert!(rows.get(10_000).is_none());
        assert_eq!(
            [0, 1, 10, 49_990, 49_991].map(|time| rows.number_at(time)),
            [0, 2, 2, 9_998, 10_000]
        );
    }

    #[test]
    fn lines_are_read_back() {
        for kind in KINDS {
            let row = Row {
                number: 7,
                time_ns: 12,
                kind,
                subject: "climate/app/fan",
                detail: "out a\tb",
            };
            assert_eq!(Row::parse(7, &row.to_string()), Some(row));
        }
        assert_eq!(Kind::Incident as usize + 1, KINDS.len());
        for wrong in ["", "1\tframe\tcan0", "x\tframe\tcan0\t", "1\tfram\tcan0\t"] {
            assert_eq!(Row::parse(0, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_row_takes_24_bytes_and_its_detail() {
        assert_eq!(size_of::<Raw>(), 24);
    }

    #[test]
    fn frames_and_values_are_read_back() {
        let row = |kind, detail| Row {
            number: 0,
            time_ns: 0,
            kind,
            subject: "",
            detail,
        };
        assert_eq!(
            row(Kind::Frame, "123#00FF a 7").frame(),
            "123#00FF".parse().ok()
        );
        assert_eq!(
            row(Kind::Error, "bit 123#00FF a 7").frame(),
            "123#00FF".parse().ok()
        );
        assert_eq!(row(Kind::Printed, "123#00FF").frame(), None);
        assert_eq!(row(Kind::Published, "00ff").value(), Some(vec![0, 255]));
        assert_eq!(row(Kind::Published, "00f").value(), None);
        assert_eq!(
            row(Kind::Carried, "k ecu 130 7 00ff").value(),
            Some(vec![0, 255])
        );
        assert_eq!(row(Kind::Carried, "k ecu 130").value(), None);
        assert_eq!(row(Kind::Published, "zz").value(), None);
        assert_eq!(row(Kind::Ended, "00").value(), None);
    }
}
