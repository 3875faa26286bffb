//! Bytes in serialised data: hexadecimal digits where people read, bytes elsewhere. For
//! `#[serde(with = "…")]`; knows nothing of formats.

use alloc::{string::String, vec::Vec};
use core::fmt::Write;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Lower-case digits, or a sequence of bytes.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    if !serializer.is_human_readable() {
        return bytes.serialize(serializer);
    }
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string does not fail.
        let _written = write!(digits, "{byte:02x}");
    }
    serializer.serialize_str(&digits)
}

/// The bytes; an odd number of digits, and what is no digit, is an error.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    if !deserializer.is_human_readable() {
        return Vec::deserialize(deserializer);
    }
    let digits = String::deserialize(deserializer)?;
    bytes_of(&digits)
        .ok_or_else(|| D::Error::custom("bytes are written as pairs of hexadecimal digits"))
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    };
    pairs.map(byte).collect()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_in_pairs() {
        assert_eq!(bytes_of("00fFa0"), Some([0, 0xff, 0xa0].into()));
        assert_eq!(bytes_of(""), Some(Vec::new()));
        for wrong in ["0", "0g", "é0", "+1"] {
            assert_eq!(bytes_of(wrong), None, "{wrong}");
        }
    }
}
