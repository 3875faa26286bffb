//! Fixed-size values in headers: numbers, hashes, short names. Knows nothing of what they mean.

use core::fmt;

use sha2_const_stable::Sha256;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        // Keys and records are short; a faster implementation takes a device 7 KB of flash.
        Hash(Sha256::new().update(bytes).finalize())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A BLAKE3 of 32 bytes, unkeyed: what `b3sum` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blake3(pub [u8; 32]);

impl Blake3 {
    /// BLAKE3 of some bytes.
    pub fn of(bytes: &[u8]) -> Blake3 {
        Blake3(blake3::hash(bytes).into())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A short name in 32 bytes of ASCII, filled up with zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label([u8; 32]);

impl Label {
    /// None for a name of more than 32 bytes, or with bytes that are not printable ASCII.
    pub const fn new(name: &str) -> Option<Label> {
        let name = name.as_bytes();
        if name.len() > 32 {
            return None;
        }
        let mut label = [0; 32];
        let (filled, _) = label.split_at_mut(name.len());
        filled.copy_from_slice(name);
        let label = Label(label);
        if label.as_str().len() == name.len() {
            Some(label)
        } else {
            None
        }
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Label {
        Label(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name, up to the first byte that is not printable ASCII.
    pub const fn as_str(&self) -> &str {
        let mut rest: &[u8] = &self.0;
        let mut length = 0;
        while let [first, after @ ..] = rest {
            if !first.is_ascii_graphic() {
                break;
            }
            length += 1;
            rest = after;
        }
        let (name, _) = self.0.split_at(length);
        match core::str::from_utf8(name) {
            Ok(name) => name,
            Err(_) => "",
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// `N` bytes at `at`; none past the end.
pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

/// Puts `part` into `bytes` at `at`; for layouts that are constants. A part that does not fit is
/// left out, which the layout's tests would show.
pub(crate) const fn put(bytes: &mut [u8], at: usize, part: &[u8]) {
    if at + part.len() > bytes.len() {
        return;
    }
    let (_, tail) = bytes.split_at_mut(at);
    let (place, _) = tail.split_at_mut(part.len());
    place.copy_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};

    #[test]
    fn labels_are_short_printable_ascii() {
        let label = Label::new("qemu-mps2-an385").unwrap();
        assert_eq!(label.to_string(), "qemu-mps2-an385");
        assert!(Label::new("x".repeat(32).as_str()).is_some());
        for wrong in ["x".repeat(33).as_str(), "two words", "ü", "a\0b"] {
            assert!(Label::new(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn hashes_are_hexadecimal() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Hash::of(b"").to_string(), empty);
    }

    /// Of the algorithm's published test vectors (input bytes count 0 to 250 and begin again), of
    /// a part of a block, a chunk, and a tree of chunks.
    #[test]
    fn blake3_is_the_published_one() {
        let expected = [
            (
                0,
                "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
            ),
            (
                1,
                "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
            ),
            (
                1024,
                "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
            ),
            (
                1025,
                "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
            ),
            (
                31744,
                "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47",
            ),
        ];
        for (length, hexadecimal) in expected {
            let input: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let Blake3(found) = Blake3::of(&input);
            assert_eq!(Hash(found).to_string(), hexadecimal, "{length}");
        }
    }
}
