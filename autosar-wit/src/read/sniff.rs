//! Looks at the first bytes: is this a component at all? Cheap for files of any size.

use super::ReadError;

/// Larger files are refused before they are looked into.
pub const LARGEST_BYTES: u64 = 128_000_000;

const MAGIC: [u8; 4] = *b"\0asm";
/// Layer 1 (component), version 0x0d.
const COMPONENT: u32 = 0x0001_000d;
/// Layer 0 (core module), version 1.
const CORE_MODULE: u32 = 1;

/// How much of a file decides whether it is text.
const SAMPLE_BYTES: usize = 1024;

pub(super) fn check(bytes: &[u8], name: &str) -> Result<(), ReadError> {
    let name = name.to_owned();
    if bytes.is_empty() {
        return Err(ReadError::Empty { name });
    }
    if !bytes.starts_with(&MAGIC) {
        return Err(other(bytes, name));
    }
    let size_bytes = bytes.len() as u64;
    let Some(version) = bytes
        .get(4..8)
        .and_then(|four| four.try_into().ok())
        .map(u32::from_le_bytes)
    else {
        return Err(ReadError::Truncated {
            name,
            offset: size_bytes,
        });
    };
    match version {
        COMPONENT if size_bytes > LARGEST_BYTES => Err(ReadError::TooLarge { name, size_bytes }),
        COMPONENT => Ok(()),
        CORE_MODULE => Err(ReadError::CoreModule { name }),
        version => Err(ReadError::Version { name, version }),
    }
}

fn other(bytes: &[u8], name: String) -> ReadError {
    if MAGIC.starts_with(bytes) {
        return ReadError::Truncated {
            name,
            offset: bytes.len() as u64,
        };
    }
    match text(bytes) {
        Some(text) => match first_word(text) {
            "(component" | "(module" | "(component)" | "(module)" => {
                ReadError::WebAssemblyText { name }
            }
            "package" | "interface" | "world" => ReadError::WitText { name },
            _ => ReadError::Text { name },
        },
        None => {
            let start: Vec<String> = bytes
                .iter()
                .take(4)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            ReadError::NotWebAssembly {
                name,
                start: start.join(" "),
            }
        }
    }
}

/// The first lines, if they are text.
fn text(bytes: &[u8]) -> Option<&str> {
    let sample = bytes.get(..SAMPLE_BYTES.min(bytes.len()))?;
    let text = match std::str::from_utf8(sample) {
        Ok(text) => text,
        // The sample may end inside a letter.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(sample.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_text = |letter: char| !letter.is_control() || letter.is_ascii_whitespace();
    text.trim_start_matches('\u{feff}')
        .chars()
        .all(is_text)
        .then_some(text)
}

/// The first word after blanks and comments of WAT (`;;`) and WIT (`//`).
fn first_word(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with(";;") && !line.starts_with("//"))
        .and_then(|line| line.split_whitespace().next())
        .unwrap_or_default()
}
