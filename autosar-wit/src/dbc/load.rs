//! A DBC file's bytes to a database and the list of its defects. Total: what cannot be read is a
//! defect.

use super::{Defect, Loaded, build, statements};
use can_dbc::Dbc;
use std::borrow::Cow;

/// Larger files are not looked into.
const LARGEST_BYTES: usize = 64_000_000;

/// Reads a DBC file, UTF-8 or Windows-1252. Never fails: everything that is wrong is a defect.
pub fn read(bytes: &[u8]) -> Loaded {
    if bytes.len() > LARGEST_BYTES {
        let megabytes = bytes.len() / 1_000_000;
        let message =
            format!("the file has {megabytes} MB, more than any DBC; choose another file");
        return nothing(message);
    }
    let text = text(bytes);
    let statements = statements::split(&text);
    if statements.is_empty() {
        return nothing("the file has no DBC statement; choose a `.dbc` file".to_owned());
    }
    let mut defects = Vec::new();
    let dbc = match Dbc::try_from(&*text) {
        Ok(dbc) => Some(dbc),
        Err(_) => statements::salvage(&statements, &mut defects),
    };
    let database = match dbc {
        Some(dbc) => build::database(&dbc, &statements, &mut defects),
        None => return nothing("the file cannot be read as DBC; choose another file".to_owned()),
    };
    defects.sort();
    defects.dedup();
    Loaded { database, defects }
}

fn nothing(message: String) -> Loaded {
    Loaded {
        defects: vec![Defect { line: 1, message }],
        ..Loaded::default()
    }
}

/// Lines end with `\n`; the parser wants the last one ended too.
fn text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => can_dbc::decode_cp1252(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes)),
    };
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.push('\n');
    text
}
