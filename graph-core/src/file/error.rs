//! Why a project file could not be read: always with file and line.

use crate::{edit::EditError, end::EndError};

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct FileError {
    pub file: String,
    /// From 1.
    pub line: usize,
    pub problem: Problem,
}

/// What is wrong at that line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("this is not UTF-8 text; a project file is TOML, is this the right file?")]
    NotText,
    #[error("this is not TOML: {reason}; correct the line")]
    NotToml { reason: String },
    #[error("{reason}")]
    Field { reason: String },
    #[error("there is no `format`; the file starts with `format = 1`")]
    NoFormat,
    #[error(
        "the file has format {found}, this build reads up to format {}; open it with a newer one",
        super::FORMAT
    )]
    Format { found: i64 },
    #[error("{entry} needs `{field}`; add it")]
    MissingField { entry: String, field: &'static str },
    #[error("`{field}` does not belong to {entry}; remove it")]
    StrayField { entry: String, field: &'static str },
    #[error("there is no component `{name}`; add it under [components] or correct the name")]
    UnknownComponent { name: String },
    #[error("there is no bus `{name}`; add it under [buses] or correct the name")]
    UnknownBus { name: String },
    #[error("`{bus}` has no device or pin `{part}`; add it there or correct the name")]
    UnknownPart { bus: String, part: String },
    #[error("mode {found} of device `{device}` is none; SPI has modes 0 to 3")]
    SpiMode { device: String, found: u8 },
    #[error("`{text}` is no content of a block; write pairs of hexadecimal digits")]
    Content { text: String },
    #[error("there is no partition `{text}`; write `ecu/partition` with one under [ecus]")]
    UnknownPartition { text: String },
    #[error("`{text}` is no runnable; write `port#function` or the name of a root function")]
    Runnable { text: String },
    #[error(
        "a connector is of kind `delegation` where it joins a port of its composition with a part, and only there"
    )]
    Delegation,
    #[error(transparent)]
    End(#[from] EndError),
    #[error(transparent)]
    Refused(#[from] EditError),
}
