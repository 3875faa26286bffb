//! Why a file cannot be read at all. What can be read and is wrong is a [`crate::Defect`].

/// A file that is no AUTOSAR description that this program reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArxmlError {
    #[error("{file}:{line}: byte {byte:#04x} is no UTF-8; save the file as UTF-8")]
    NotUtf8 { file: String, line: usize, byte: u8 },
    #[error("{file} is UTF-16; save it as UTF-8")]
    Utf16 { file: String },
    #[error("{file} holds no XML element; give an AUTOSAR description (`<AUTOSAR …>`)")]
    NoElement { file: String },
    #[error(
        "{file}:{line}: the root element is `{found}`; an AUTOSAR description begins with `<AUTOSAR xmlns=\"http://autosar.org/schema/r4.0\" …>`"
    )]
    WrongRoot {
        file: String,
        line: usize,
        found: String,
    },
    #[error(
        "{file}:{line}: namespace `{found}`; AUTOSAR 4 has `http://autosar.org/schema/r4.0`: export it from its tool for AUTOSAR 4"
    )]
    WrongNamespace {
        file: String,
        line: usize,
        found: String,
    },
    #[error(
        "{file}:{line}: this is AUTOSAR {found}; only AUTOSAR 4 is read: open it in the tool that wrote it (or in ARTOP's migration) and save it for schema 4.x, e.g. AUTOSAR_00051.xsd"
    )]
    OldRelease {
        file: String,
        line: usize,
        found: String,
    },
    #[error(
        "{file}:{line}: elements are nested {depth} levels deep, {deepest} are allowed; no AUTOSAR description needs as many: check what wrote the file"
    )]
    TooDeep {
        file: String,
        line: usize,
        depth: usize,
        deepest: usize,
    },
    #[error("{file}:{line}: {message}; correct the file, or write it again with its tool")]
    Malformed {
        file: String,
        line: usize,
        message: String,
    },
    #[error(
        "{file}: {message}; the files describe the same thing differently, give one of them only"
    )]
    Conflict { file: String, message: String },
    #[error("{file} is given twice; name each file once")]
    Repeated { file: String },
    #[error(
        "{file} cannot be read: its reader gave up; check the file with the tool that wrote it"
    )]
    GaveUp { file: String },
    #[error("no file is given; name at least one `.arxml`")]
    NoFile,
}
