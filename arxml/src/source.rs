//! A look at the bytes before they are parsed: encoding, root, namespace, release, depth. What the
//! parser would answer with a word, or with the end of its stack, is told here with its line.

use crate::error::ArxmlError;

/// The parser calls itself for each level; real descriptions have some forty.
const DEEPEST: usize = 200;

const R4: &str = "http://autosar.org/schema/r4.0";

/// The text, if it begins as an AUTOSAR 4 description does.
pub(crate) fn checked<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, ArxmlError> {
    let file = || file.to_owned();
    if matches!(
        bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..]
    ) {
        return Err(ArxmlError::Utf16 { file: file() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (before, after) = bytes.split_at(error.valid_up_to());
        ArxmlError::NotUtf8 {
            file: file(),
            line: line_after(before),
            byte: after.first().copied().unwrap_or_default(),
        }
    })?;
    let root = root(text).ok_or_else(|| ArxmlError::NoElement { file: file() })?;
    let line = line_after(text.get(..root.at).unwrap_or_default().as_bytes());
    if root.name != "AUTOSAR" {
        return Err(ArxmlError::WrongRoot {
            file: file(),
            line,
            found: root.name.to_owned(),
        });
    }
    let namespace = attribute(root.attributes, "xmlns").unwrap_or_default();
    if let Some(found) = old_release(namespace) {
        return Err(ArxmlError::OldRelease {
            file: file(),
            line,
            found,
        });
    }
    if namespace != R4 {
        return Err(ArxmlError::WrongNamespace {
            file: file(),
            line,
            found: namespace.to_owned(),
        });
    }
    let (depth, at) = deepest(text);
    if depth > DEEPEST {
        return Err(ArxmlError::TooDeep {
            file: file(),
            line: line_after(text.get(..at).unwrap_or_default().as_bytes()),
            depth,
            deepest: DEEPEST,
        });
    }
    Ok(text)
}

/// The line, from 1, of what follows these bytes.
pub(crate) fn line_after(before: &[u8]) -> usize {
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

struct Root<'a> {
    at: usize,
    name: &'a str,
    attributes: &'a str,
}

/// The first element behind declaration, comments and processing instructions.
fn root(text: &str) -> Option<Root<'_>> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('<')?;
        let rest = text.get(at + 1..)?;
        let skip = match rest {
            _ if rest.starts_with("!--") => rest.find("-->")?,
            _ if rest.starts_with(['?', '!']) => rest.find('>')?,
            _ => {
                let inside = rest.split('>').next()?;
                let (name, attributes) = inside
                    .split_once(|letter: char| letter.is_ascii_whitespace())
                    .unwrap_or((inside.trim_end_matches('/'), ""));
                return Some(Root {
                    at,
                    name,
                    attributes,
                });
            }
        };
        at += skip + 1;
    }
}

/// `xmlns="…"`, with either quote.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, further) = after.get(1..)?.split_once(quote)?;
        if key.trim() == name {
            return Some(value);
        }
        rest = further;
    }
}

/// `http://autosar.org/3.2.1`, `http://autosar.org/2.1.4`.
fn old_release(namespace: &str) -> Option<String> {
    let release = namespace.strip_prefix("http://autosar.org/")?;
    release
        .starts_with(['1', '2', '3'])
        .then(|| release.to_owned())
}

/// Most elements open at once, and where that is. Comments and text may hold anything but `<`.
fn deepest(text: &str) -> (usize, usize) {
    let bytes = text.as_bytes();
    let (mut depth, mut most, mut at, mut place) = (0_usize, 0, 0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('<')) {
        at += found + 1;
        let rest = text.get(at..).unwrap_or_default();
        match rest.as_bytes().first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!') if rest.starts_with("!--") => {
                at += rest.find("-->").unwrap_or(rest.len());
            }
            Some(b'?' | b'!') => {}
            _ => {
                let end = rest.find('>').unwrap_or(rest.len());
                let closed = end > 0 && bytes.get(at + end - 1) == Some(&b'/');
                depth += usize::from(!closed);
                if depth > most {
                    (most, place) = (depth, at);
                }
                at += end;
            }
        }
    }
    (most, place)
}
