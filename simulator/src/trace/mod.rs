//! The canonical trace: what happened, in order of time, as text that is hashed while it grows.
//! Knows nothing of who records and of files.
//!
//! # Form
//! UTF-8, one line an event, four fields with a tab between: time in nanoseconds, kind, subject,
//! detail. Lines are sorted by time; at one instant they stand in the order in which they were
//! recorded (see [`crate::simulation`]). The hash is SHA-256 over all lines with their line feeds.
//!
//! | kind | subject | detail |
//! | --- | --- | --- |
//! | `frame` | bus | frame, senders (`+` between), start of frame in ns; the line's time is the end of frame |
//! | `error` | bus | `bit` or `acknowledge`, frame, senders, start of frame in ns; or `flag - -` and the start of an error flag on the idle bus |
//! | `lost` | bus/controller | frame, why the controller did not take it |
//! | `state` | bus/controller | `error-active`, `error-passive`, `bus-off` |
//! | `carry` | network | key, receiving ECU, bytes on the link, start on the link in ns, packed value, or `invalid`; the line's time is when it is there |
//! | `begin` | ecu/partition/task | when it was due in ns |
//! | `end` | ecu/partition/task | cost in ns, users' fuel |
//! | `run` | ecu/partition/instance.function | start in ns, fuel; the line's time is the end |
//! | `publish` | ecu/partition/element | packed value, hexadecimal, or `invalid` where the sender has none |
//! | `refuse` | ecu/partition/element | – |
//! | `call`, `return` | ecu/partition/probe/function | packed arguments or outcome, hexadecimal |
//! | `print` | ecu/partition/instance | `out` or `err`, text with escapes |
//! | `i2c` | bus | ecu, address, operations (`w` or `r` and bytes), `ok` or the error, start in ns; the line's time is the STOP |
//! | `spi` | bus | ecu, device, operations (`w` or `r` and bytes, `t`, bytes out, `>`, bytes in, `d` and ns of a delay), start in ns; the line's time is the end, when chip select rises |
//! | `pin` | pin | who drives it (ecu, or `world`), `low`, `high` or a number; a line a change |
//! | `nv` | ecu/partition/block | `read`, `write` or `invalidate`, bytes, and `safe` with the time from which they are, or the error; `set` and bytes, or `erase`, by who runs the simulation |
//! | `stimulus` | device.stimulus | value |
//! | `parameter` | ECU/partition/element | the packed value that it was given |
//! | `fault` | where | `begin` or `end` and its line, or what it does: `lose`, `duplicate` and the frame, `delay` and the frame and ns, `corrupt` and the frame and the bit, `error frame` |
//! | `misuse` | device | what the guest did wrong |
//! | `incident` | ecu/partition | reaction, message with escapes |
//!
//! What is noted beside the rows (see `notes`) is in no line.
//!
//! # Memory
//! Rows are kept for display, the oldest dropped above a bound; the hash counts them all the same.
//! A row takes 24 bytes and its detail (10 to 60 bytes); subjects are kept once.

mod candump;
mod notes;
mod rows;

pub use candump::CandumpWriter;
pub use notes::PinRead;
pub(crate) use rows::bytes_of;
pub use rows::{Kind, Row, Rows};

use crate::simulation::hex;
use indexmap::IndexSet;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

/// Stands for a value that its sender does not have.
pub const INVALID: &str = "invalid";

/// Position of a subject in the trace's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubjectId(u32);

/// See the file's head.
#[derive(Debug)]
pub struct Trace {
    subjects: IndexSet<String>,
    hasher: Sha256,
    rows: Rows,
    /// Recorded for later than now: an activation runs at its start and says what it will do.
    pending: BTreeMap<(u64, u64), (Kind, SubjectId, String)>,
    sequence: u64,
    now_ns: u64,
    line: String,
    /// The last of each published element and each probed call.
    latest: BTreeMap<SubjectId, (u64, String)>,
    notes: notes::Notes,
}

/// The last value of an element, or the last outcome of a probed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    pub time_ns: u64,
    /// Packed as in `wireloom:ecu/elements`.
    pub bytes: Vec<u8>,
}

impl Trace {
    /// An empty trace that keeps rows up to that many bytes.
    pub(crate) fn new(rows_bytes_max: usize) -> Trace {
        Trace {
            subjects: IndexSet::new(),
            hasher: Sha256::new(),
            rows: Rows::new(rows_bytes_max),
            pending: BTreeMap::new(),
            sequence: 0,
            now_ns: 0,
            line: String::new(),
            latest: BTreeMap::new(),
            notes: notes::Notes::default(),
        }
    }

    pub(crate) fn subject(&mut self, text: &str) -> SubjectId {
        if let Some(position) = self.subjects.get_index_of(text) {
            return SubjectId(position as u32);
        }
        let (position, _) = self.subjects.insert_full(text.to_owned());
        SubjectId(position as u32)
    }

    /// Time goes on: what was recorded for up to `now_ns` takes its place.
    pub(crate) fn advance(&mut self, now_ns: u64) {
        self.now_ns = self.now_ns.max(now_ns);
        while let Some(entry) = self.pending.first_entry() {
            let (time_ns, _) = *entry.key();
            if time_ns > self.now_ns {
                return;
            }
            let (kind, subject, detail) = entry.remove();
            self.write(time_ns, kind, subject, &detail);
        }
    }

    /// When the next row is that was recorded for later than now.
    pub(crate) fn next_row_ns(&self) -> Option<u64> {
        self.pending.first_key_value().map(|((at_ns, _), _)| *at_ns)
    }

    pub(crate) fn record(
        &mut self,
        time_ns: u64,
        kind: Kind,
        subject: SubjectId,
        detail: fmt::Arguments<'_>,
    ) {
        let detail = match detail.as_str() {
            Some(text) => text.to_owned(),
            None => detail.to_string(),
        };
        match time_ns > self.now_ns {
            true => {
                self.pending
                    .insert((time_ns, self.sequence), (kind, subject, detail));
                self.sequence += 1;
            }
            false => self.write(self.now_ns, kind, subject, &detail),
        }
    }

    pub(crate) fn record_bytes(
        &mut self,
        time_ns: u64,
        kind: Kind,
        subject: SubjectId,
        bytes: &[u8],
    ) {
        self.record(time_ns, kind, subject, format_args!("{}", hex(bytes)));
    }

    /// A frame, and when each of its senders asked for it; `None`: no ECU did.
    pub(crate) fn record_frame(
        &mut self,
        time_ns: u64,
        subject: SubjectId,
        detail: fmt::Arguments<'_>,
        asked_ns: &[Option<u64>],
    ) {
        let row = self.end();
        self.record(time_ns, Kind::Frame, subject, detail);
        if self.end() > row {
            self.notes.asked(row, self.rows.begin(), asked_ns);
        }
    }

    pub(crate) fn note_pin_read(&mut self, time_ns: u64, ecu: &str, pin: &str, value: u32) {
        let (ecu, pin) = (self.subject(ecu), self.subject(pin));
        self.notes.read(notes::Read {
            time_ns,
            ecu,
            pin,
            value,
        });
    }

    fn write(&mut self, time_ns: u64, kind: Kind, subject: SubjectId, detail: &str) {
        let name = self
            .subjects
            .get_index(subject.0 as usize)
            .map_or("", String::as_str);
        self.line.clear();
        // Writing to a string does not fail.
        let _ = writeln!(self.line, "{time_ns}\t{}\t{name}\t{detail}", kind.word());
        self.hasher.update(self.line.as_bytes());
        self.rows.push(time_ns, kind, subject.0, detail);
        if matches!(kind, Kind::Published | Kind::Returned) {
            let (latest_ns, latest) = self.latest.entry(subject).or_default();
            *latest_ns = time_ns;
            detail.clone_into(latest);
        }
    }

    /// SHA-256 of all lines so far, hexadecimal.
    pub fn hash(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }

    /// Rows that have been written, those dropped since included.
    pub fn end(&self) -> u64 {
        self.rows.end()
    }

    /// Number of the first row that is kept.
    pub fn begin(&self) -> u64 {
        self.rows.begin()
    }

    /// The row of that number, if it is kept.
    pub fn row(&self, number: u64) -> Option<Row<'_>> {
        let raw = self.rows.get(number)?;
        let subject = self.subjects.get_index(raw.subject as usize)?;
        Some(Row {
            number,
            time_ns: raw.time_ns,
            kind: raw.kind,
            subject,
            detail: raw.detail,
        })
    }

    /// All kept rows from that number on.
    pub fn rows_from(&self, number: u64) -> impl Iterator<Item = Row<'_>> {
        (number.max(self.begin())..self.end()).filter_map(|number| self.row(number))
    }

    /// Number of the first kept row at or after `time_ns`.
    pub fn number_at(&self, time_ns: u64) -> u64 {
        self.rows.number_at(time_ns)
    }

    /// The last value of `ecu/partition/element`, or the last outcome of
    /// `ecu/partition/probe/function`.
    pub fn latest(&self, subject: &str) -> Option<Latest> {
        let position = self.subjects.get_index_of(subject)?;
        let (time_ns, digits) = self.latest.get(&SubjectId(position as u32))?;
        Some(Latest {
            time_ns: *time_ns,
            bytes: rows::bytes_of(digits)?,
        })
    }

    /// When the senders of the frame of that row asked for it, in the order of the row; `None`: it
    /// was replayed or sent by hand.
    pub fn asked_ns(&self, row: u64) -> Vec<Option<u64>> {
        self.notes.asked_for(row).collect()
    }

    /// The pins that an ECU has read in that time, ends included.
    pub fn pin_reads(&self, ecu: &str, from_ns: u64, to_ns: u64) -> Vec<PinRead<'_>> {
        let name = |id: SubjectId| {
            let name = self.subjects.get_index(id.0 as usize);
            name.map_or("", String::as_str)
        };
        let all = self.notes.reads().map(|read| PinRead {
            time_ns: read.time_ns,
            ecu: name(read.ecu),
            pin: name(read.pin),
            value: read.value,
        });
        all.filter(|read| read.ecu == ecu && (from_ns..=to_ns).contains(&read.time_ns))
            .collect()
    }

    /// Bytes that the kept rows take.
    pub fn rows_bytes(&self) -> usize {
        self.rows.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(trace: &Trace) -> Vec<String> {
        trace.rows_from(0).map(|row| row.to_string()).collect()
    }

    #[test]
    fn rows_stand_in_order_of_time_then_of_recording() {
        let mut trace = Trace::new(1 << 20);
        let subject = trace.subject("climate/app/fan");
        trace.record(5, Kind::Printed, subject, format_args!("out b"));
        trace.record(0, Kind::Began, subject, format_args!("0"));
        trace.record_bytes(5, Kind::Published, subject, &[0, 0xab]);
        trace.advance(4);
        trace.record(4, Kind::Printed, subject, format_args!("out a"));
        assert_eq!(trace.latest("climate/app/fan"), None);
        trace.advance(5);
        assert_eq!(
            lines(&trace),
            [
                "0\tbegin\tclimate/app/fan\t0",
                "4\tprint\tclimate/app/fan\tout a",
                "5\tprint\tclimate/app/fan\tout b",
                "5\tpublish\tclimate/app/fan\t00ab",
            ]
        );
        assert_eq!(
            trace.latest("climate/app/fan").unwrap(),
            Latest {
                time_ns: 5,
                bytes: vec![0, 0xab]
            }
        );
        assert_eq!(trace.latest("nobody"), None);
        let whole: String = lines(&trace)
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(
            trace.hash(),
            crate::simulation::sha256_hex(whole.as_bytes())
        );
    }

    #[test]
    fn what_is_still_to_come_is_not_hashed() {
        let (mut one, mut other) = (Trace::new(1 << 20), Trace::new(1 << 20));
        let subject = one.subject("x");
        other.subject("x");
        one.record(9, Kind::Printed, subject, format_args!("later"));
        one.advance(8);
        other.advance(8);
        assert_eq!(one.hash(), other.hash());
        one.advance(9);
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn dropped_rows_change_no_hash() {
        let (mut small, mut large) = (Trace::new(0), Trace::new(1 << 30));
        for trace in [&mut small, &mut large] {
            let subject = trace.subject("x");
            for time_ns in 0..20_000 {
                trace.advance(time_ns);
                trace.record(time_ns, Kind::Printed, subject, format_args!("{time_ns}"));
            }
        }
        assert_eq!(small.hash(), large.hash());
        assert!(small.begin() > 0 && small.rows_bytes() < large.rows_bytes());
        assert_eq!((small.end(), large.begin()), (20_000, 0));
        assert_eq!(small.row(19_999).map(|row| row.time_ns), Some(19_999));
        assert!(small.row(0).is_none());
    }
}
