//! The project file: a document as TOML text that diffs by line, and back; the layout likewise, in
//! a file of its own. Reads and writes no files: texts come in and go out. See docs/project-file.md.

mod annotations;
mod e2e;
mod error;
mod layout;
mod read;
mod v1;
mod write;

pub use error::{FileError, Problem};
pub use layout::{is_layout, merge_layouts, read_layout, write_layout};
pub use read::{decode, read};
pub use write::write;

/// Lower-case hexadecimal digits of the content of a block, as the file has it.
pub fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The content behind hexadecimal digits; none if they are no pairs of them.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    match rest {
        [] => pairs.iter().map(byte).collect(),
        _ => None,
    }
}

/// A path as the file has it on every system: with `/`, also where it was written with `\`.
fn slashed(path: &str) -> String {
    path.replace('\\', "/")
}

/// How the name of a project file ends, after the dot.
pub const EXTENSION: &str = "wireloom";
/// How the name of the layout beside it ends.
pub const LAYOUT_EXTENSION: &str = "layout";
/// The format that is written. Older ones are read.
pub const FORMAT: i64 = 1;
