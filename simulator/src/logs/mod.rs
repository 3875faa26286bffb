//! Logs of CAN frames in the formats of the field's tools, one a file: read for replays, written
//! from traces. Knows nothing of files and of buses that run.

mod asc;
mod blf;
mod csv;
mod pcapng;

use crate::{
    can::log::{Entry, Log, LogError},
    trace::{Kind, Trace},
};
use std::path::Path;

/// A format, by the end of a file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Vector ASC.
    Asc,
    /// Vector BLF.
    Blf,
    /// `candump -l`; every other name.
    Candump,
    /// The columns of python-can. Written only.
    Csv,
    /// pcapng with SocketCAN's link type. Written only.
    Pcapng,
}

/// Why a log could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("it is not UTF-8 text; a binary log of Vector's tools is named `.blf`")]
    Text,
    #[error("it is no BLF file: {what}")]
    Blf { what: &'static str },
    #[error("logs of this kind are written, not read; convert it to ASC, BLF or candump's format")]
    WrittenOnly,
}

impl Format {
    pub fn of(path: &Path) -> Format {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("asc") => Format::Asc,
            Some("blf") => Format::Blf,
            Some("csv") => Format::Csv,
            Some("pcapng") => Format::Pcapng,
            _ => Format::Candump,
        }
    }
}

/// Reads a log; what is no frame is listed, and the rest is read all the same.
pub fn read(format: Format, bytes: &[u8]) -> Result<Log, ReadError> {
    let text = || std::str::from_utf8(bytes).map_err(|_| ReadError::Text);
    match format {
        Format::Asc => Ok(asc::read(text()?)?),
        Format::Blf => blf::read(bytes),
        Format::Candump => Ok(Log::parse(text()?)?),
        Format::Csv | Format::Pcapng => Err(ReadError::WrittenOnly),
    }
}

/// Writes frames, in the order of time.
pub fn write(format: Format, entries: &[Entry]) -> Vec<u8> {
    match format {
        Format::Asc => asc::write(entries).into_bytes(),
        Format::Blf => blf::write(entries),
        Format::Candump => entries
            .iter()
            .map(|entry| format!("{entry}\n"))
            .collect::<String>()
            .into_bytes(),
        Format::Csv => csv::write(entries).into_bytes(),
        Format::Pcapng => pcapng::write(entries),
    }
}

/// The frames of a trace whose rows are kept, each at its end of frame.
pub fn frames(trace: &Trace) -> Vec<Entry> {
    let rows = trace.rows_from(trace.begin());
    rows.filter(|row| row.kind == Kind::Frame)
        .filter_map(|row| {
            Some(Entry {
                time_ns: row.time_ns,
                bus: row.subject.to_owned(),
                frame: row.frame()?,
            })
        })
        .collect()
}

/// Buses in the order of their names: the channels of formats that number them, from 0.
fn channels(entries: &[Entry]) -> Vec<&str> {
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.bus.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
