//! The project file: a document as TOML text that diffs by line, and back; the layout likewise, in
//! a file of its own. Reads and writes no files: texts come in and go out. See docs/project-file.md.

mod error;
mod layout;
mod read;
mod v1;
mod write;

pub use error::{FileError, Problem};
pub use layout::{read_layout, write_layout};
pub use read::{decode, read};
pub use write::write;

/// How the name of a project file ends, after the dot.
pub const EXTENSION: &str = "wireloom";
/// How the name of the layout beside it ends.
pub const LAYOUT_EXTENSION: &str = "layout";
/// The format that is written. Older ones are read.
pub const FORMAT: i64 = 1;
