//! What can go wrong with files, in the user's words.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("cannot read `{path}`: {source}; check the path")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot write `{path}`: {source}; what was there before is unchanged")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "there is no `.wireloom` file in `{folder}`; name a project file, or a folder that holds one"
    )]
    NoProject { folder: PathBuf },
    #[error("`{folder}` holds several projects ({names}); name one of the files")]
    SeveralProjects { folder: PathBuf, names: String },
    #[error(
        "`{path}` has {size_bytes} bytes; more than {limit_bytes} are not read, choose the right file"
    )]
    TooLarge {
        path: PathBuf,
        size_bytes: u64,
        limit_bytes: u64,
    },
    #[error("`{path}` is not UTF-8 text; is this the right file?")]
    NotText { path: PathBuf },
    #[error(transparent)]
    Project(Box<graph_core::file::FileError>),
    #[error(transparent)]
    Reopen(Box<graph_core::reopen::ReopenError>),
    #[error(
        "`{path}` is there already and is another file than the project's; save the project into another folder"
    )]
    PartThere { path: PathBuf },
    #[error("`{path}`: {source}")]
    Component {
        path: PathBuf,
        source: Box<autosar_wit::read::ReadError>,
    },
    #[error(
        "there is no firmware for board `{board}` (`{board}.elf` in {folders}); choose another board, or build it with `scripts/build-firmware`"
    )]
    NoFirmware { board: String, folders: String },
    #[error("`{path}`: {source}")]
    Wrap {
        path: PathBuf,
        source: crate::scaffold::ScaffoldError,
    },
    #[error("`{path}`: {source}")]
    Key {
        path: PathBuf,
        source: payload::KeyError,
    },
    #[error(
        "`{path}` is there already, and a key that signs for devices must not get lost; choose another file"
    )]
    KeyThere { path: PathBuf },
    #[error("the system gives no random numbers: {reason}; a key needs them, try again")]
    Random { reason: String },
    #[error("`{path}`: {source}")]
    Metadata {
        path: PathBuf,
        source: Box<autosar_wit::metadata::MetadataError>,
    },
    #[error("`{path}`: no stub can be made of it: {source}")]
    Stub {
        path: PathBuf,
        source: Box<rte::GenerateError>,
    },
}

impl FilesError {
    pub(super) fn read(path: &Path, source: std::io::Error) -> FilesError {
        FilesError::Read {
            path: path.to_path_buf(),
            source,
        }
    }

    pub(super) fn write(path: &Path, source: std::io::Error) -> FilesError {
        FilesError::Write {
            path: path.to_path_buf(),
            source,
        }
    }
}

impl From<graph_core::file::FileError> for FilesError {
    fn from(source: graph_core::file::FileError) -> FilesError {
        FilesError::Project(Box::new(source))
    }
}
