//! Strings of SOME/IP: byte order mark, text, terminating zero. Knows nothing of length fields.

use super::layout::{Layout, StringEncoding};
use super::{Problem, SomeIpError};

/// Mark, encoded text, zero, as the layout says.
pub(super) fn encode(layout: &Layout, text: &str) -> Result<Vec<u8>, SomeIpError> {
    if layout.is_null_termination_active && text.contains('\0') {
        return Err(SomeIpError::new(Problem::ZeroInside));
    }
    let mut bytes = Vec::with_capacity(text.len() + 4);
    if layout.is_bom_active {
        bytes.extend(mark(layout.string_encoding));
    }
    match layout.string_encoding {
        StringEncoding::Utf8 => bytes.extend_from_slice(text.as_bytes()),
        StringEncoding::Utf16Be => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        StringEncoding::Utf16Le => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
    }
    if layout.is_null_termination_active {
        bytes.resize(bytes.len() + unit(layout), 0);
    }
    Ok(bytes)
}

/// [`encode`], filled up with zeros to `room` bytes.
pub(super) fn encode_fixed(
    layout: &Layout,
    text: &str,
    room: usize,
) -> Result<Vec<u8>, SomeIpError> {
    // What is filled up ends at its first zero, whether or not one is asked for.
    if text.contains('\0') {
        return Err(SomeIpError::new(Problem::ZeroInside));
    }
    let mut bytes = encode(layout, text)?;
    let needed = bytes.len();
    if needed > room {
        return Err(SomeIpError::new(Problem::FixedString { needed, room }));
    }
    bytes.resize(room, 0);
    Ok(bytes)
}

/// The text of a dynamic string; `offset` is that of its first byte.
pub(super) fn decode(layout: &Layout, bytes: &[u8], offset: usize) -> Result<String, SomeIpError> {
    let (bytes, offset) = unmarked(layout, bytes, offset)?;
    let bytes = whole_units(layout, bytes);
    let bytes = match layout.is_null_termination_active {
        false => bytes,
        true => {
            let end = bytes.len().checked_sub(unit(layout));
            match end.and_then(|end| bytes.split_at_checked(end)) {
                Some((text, zero)) if zero.iter().all(|byte| *byte == 0) => text,
                _ => return Err(SomeIpError::at_byte(offset, Problem::Unterminated)),
            }
        }
    };
    decoded(layout, bytes, offset)
}

/// The text of a string of fixed length: up to its first zero.
pub(super) fn decode_fixed(
    layout: &Layout,
    bytes: &[u8],
    offset: usize,
) -> Result<String, SomeIpError> {
    let (bytes, offset) = unmarked(layout, bytes, offset)?;
    let bytes = whole_units(layout, bytes);
    let zero = bytes
        .chunks(unit(layout))
        .position(|unit| unit.iter().all(|byte| *byte == 0));
    let text = match zero {
        Some(units) => bytes.get(..units * unit(layout)).unwrap_or_default(),
        None if layout.is_null_termination_active => {
            return Err(SomeIpError::at_byte(offset, Problem::Unterminated));
        }
        None => bytes,
    };
    decoded(layout, text, offset)
}

fn unmarked<'a>(
    layout: &Layout,
    bytes: &'a [u8],
    offset: usize,
) -> Result<(&'a [u8], usize), SomeIpError> {
    if !layout.is_bom_active {
        return Ok((bytes, offset));
    }
    let (known, name) = (mark(layout.string_encoding), mark_name(layout));
    match bytes.strip_prefix(known) {
        Some(text) => Ok((text, offset + known.len())),
        None => Err(SomeIpError::at_byte(offset, Problem::Mark { mark: name })),
    }
}

/// An odd byte at the end of UTF-16 is passed over without a word (PRS_SOMEIPProtocol, "Strings").
fn whole_units<'a>(layout: &Layout, bytes: &'a [u8]) -> &'a [u8] {
    let whole = bytes.len() - bytes.len() % unit(layout);
    bytes.get(..whole).unwrap_or_default()
}

fn decoded(layout: &Layout, bytes: &[u8], offset: usize) -> Result<String, SomeIpError> {
    let units = |number: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2);
        let units: Vec<u16> = pairs
            .map(|pair| {
                number([
                    pair.first().copied().unwrap_or(0),
                    pair.last().copied().unwrap_or(0),
                ])
            })
            .collect();
        String::from_utf16(&units).ok()
    };
    let (text, encoding) = match layout.string_encoding {
        StringEncoding::Utf8 => (String::from_utf8(bytes.to_vec()).ok(), "UTF-8"),
        StringEncoding::Utf16Be => (units(u16::from_be_bytes), "UTF-16BE"),
        StringEncoding::Utf16Le => (units(u16::from_le_bytes), "UTF-16LE"),
    };
    text.ok_or_else(|| SomeIpError::at_byte(offset, Problem::Encoding { encoding }))
}

fn unit(layout: &Layout) -> usize {
    match layout.string_encoding {
        StringEncoding::Utf8 => 1,
        StringEncoding::Utf16Be | StringEncoding::Utf16Le => 2,
    }
}

fn mark(encoding: StringEncoding) -> &'static [u8] {
    match encoding {
        StringEncoding::Utf8 => &[0xEF, 0xBB, 0xBF],
        StringEncoding::Utf16Be => &[0xFE, 0xFF],
        StringEncoding::Utf16Le => &[0xFF, 0xFE],
    }
}

fn mark_name(layout: &Layout) -> &'static str {
    match layout.string_encoding {
        StringEncoding::Utf8 => "EF BB BF",
        StringEncoding::Utf16Be => "FE FF",
        StringEncoding::Utf16Le => "FF FE",
    }
}
