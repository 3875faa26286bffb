//! A DBC file's bytes to a database and the list of its defects. Total: what cannot be read is a
//! defect.

use super::{Defect, Loaded, build, defects::Defects, parse};
use std::borrow::Cow;

/// Larger files are not looked into.
const LARGEST_BYTES: usize = 64_000_000;

/// Reads a DBC file, UTF-8 or Windows-1252. Never fails: everything that is wrong is a defect.
pub fn read(bytes: &[u8]) -> Loaded {
    if bytes.len() > LARGEST_BYTES {
        let megabytes = bytes.len() / 1_000_000;
        return nothing(format!(
            "the file has {megabytes} MB, more than any DBC; choose another file"
        ));
    }
    let text = text(bytes);
    let mut defects = Defects::default();
    let parsed = parse::parse(&text, &mut defects);
    if parsed.statements == 0 {
        return nothing("the file has no DBC statement; choose a `.dbc` file".to_owned());
    }
    let database = build::database(parsed, &mut defects);
    Loaded {
        database,
        defects: defects.done(),
    }
}

fn nothing(message: String) -> Loaded {
    Loaded {
        defects: vec![Defect { line: 1, message }],
        ..Loaded::default()
    }
}

/// Lines end with `\n`.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
    };
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => text,
    }
}

/// Source: WHATWG, Encoding Standard, "index windows-1252".
fn windows_1252(byte: u8) -> char {
    const FROM_0X80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let at = usize::from(byte.wrapping_sub(0x80));
    FROM_0X80.get(at).copied().unwrap_or(char::from(byte))
}
