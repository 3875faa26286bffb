//! The 256 bytes before the body. Knows their places and nothing of whether they are right: that
//! is `verify`.

use core::fmt;

use crate::{
    Blake3, Hash, KeyId, Label, Refusal,
    bytes::{array, put, u16_at, u32_at},
};

/// First bytes of a payload.
pub const MAGIC: [u8; 8] = *b"WIRELOOM";
/// Version of header and body; a reader refuses another one.
pub const FORMAT: u16 = 2;
/// Bytes of the header; the body follows.
pub const HEADER_BYTES: usize = 256;
/// Bytes of the header that the signature covers.
pub const SIGNED_BYTES: usize = 192;

/// Places of the fields.
mod at {
    pub(super) const FORMAT: usize = 8;
    pub(super) const ENGINE: usize = 10;
    pub(super) const BOARD: usize = 16;
    pub(super) const CONFIG: usize = 48;
    pub(super) const WORLD: usize = 80;
    pub(super) const COUNTER: usize = 112;
    pub(super) const RAM: usize = 116;
    pub(super) const BODY_BYTES: usize = 120;
    pub(super) const KEY_ID: usize = 124;
    pub(super) const BODY_BLAKE3: usize = 132;
    // 164 to 192: zero
    pub(super) const SIGNATURE: usize = super::SIGNED_BYTES;
}

/// What stands before the body.
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 8 | magic `WIRELOOM` |
/// | 8 | 2 | format version |
/// | 10 | 6 | version of wasmtime: three numbers |
/// | 16 | 32 | board class, ASCII |
/// | 48 | 32 | hash of the engine's configuration |
/// | 80 | 32 | hash of the WIT world |
/// | 112 | 4 | anti-rollback counter |
/// | 116 | 4 | RAM that it needs, in bytes |
/// | 120 | 4 | length of the body in bytes |
/// | 124 | 8 | id of the signing key |
/// | 132 | 32 | BLAKE3 of the body |
/// | 164 | 28 | zero |
/// | 192 | 64 | ed25519 signature over bytes 0 to 191 |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub engine: EngineVersion,
    pub board: Label,
    pub config: Hash,
    pub world: Hash,
    pub counter: u32,
    pub ram_bytes: u32,
    pub body_bytes: u32,
    /// Says which key signed; a hint, since only the signature proves it.
    pub key_id: KeyId,
    /// What a device compares with the body that lies in its slot.
    pub body_blake3: Blake3,
    pub signature: [u8; 64],
}

impl Header {
    /// Reads a header. What it says is not to be believed before [`crate::verify`] has been asked.
    pub fn read(slot: &[u8]) -> Result<Header, Refusal> {
        let missing = Refusal::Truncated {
            needed_bytes: HEADER_BYTES as u32,
            slot_bytes: slot.len() as u32,
        };
        let header: &[u8; HEADER_BYTES] = slot.first_chunk().ok_or(missing.clone())?;
        let magic: [u8; 8] = array(header, 0).ok_or(missing.clone())?;
        let signature: [u8; 64] = array(header, at::SIGNATURE).ok_or(missing.clone())?;
        match magic {
            MAGIC => {}
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] | [0, 0, 0, 0, 0, 0, 0, 0] => {
                return Err(Refusal::Empty);
            }
            found => return Err(Refusal::NotAPayload { found }),
        }
        // Flash that was erased and not written reads as ones.
        if signature.iter().all(|byte| *byte == 0xff) {
            return Err(Refusal::Torn);
        }
        match u16_at(header, at::FORMAT) {
            Some(FORMAT) => fields(header, signature).ok_or(missing),
            found => Err(Refusal::Format {
                found: found.unwrap_or_default(),
            }),
        }
    }

    /// The bytes that are signed.
    pub(crate) fn signed(&self) -> [u8; SIGNED_BYTES] {
        let mut bytes = [0; SIGNED_BYTES];
        let EngineVersion(engine) = self.engine;
        put(&mut bytes, 0, &MAGIC);
        put(&mut bytes, at::FORMAT, &FORMAT.to_le_bytes());
        for (position, number) in engine.iter().enumerate() {
            put(&mut bytes, at::ENGINE + 2 * position, &number.to_le_bytes());
        }
        put(&mut bytes, at::BOARD, self.board.bytes());
        put(&mut bytes, at::CONFIG, &self.config.0);
        put(&mut bytes, at::WORLD, &self.world.0);
        put(&mut bytes, at::COUNTER, &self.counter.to_le_bytes());
        put(&mut bytes, at::RAM, &self.ram_bytes.to_le_bytes());
        put(&mut bytes, at::BODY_BYTES, &self.body_bytes.to_le_bytes());
        put(&mut bytes, at::KEY_ID, &self.key_id.0);
        put(&mut bytes, at::BODY_BLAKE3, &self.body_blake3.0);
        bytes
    }
}

fn fields(header: &[u8; HEADER_BYTES], signature: [u8; 64]) -> Option<Header> {
    Some(Header {
        engine: EngineVersion([
            u16_at(header, at::ENGINE)?,
            u16_at(header, at::ENGINE + 2)?,
            u16_at(header, at::ENGINE + 4)?,
        ]),
        board: Label::from_bytes(array(header, at::BOARD)?),
        config: Hash(array(header, at::CONFIG)?),
        world: Hash(array(header, at::WORLD)?),
        counter: u32_at(header, at::COUNTER)?,
        ram_bytes: u32_at(header, at::RAM)?,
        body_bytes: u32_at(header, at::BODY_BYTES)?,
        key_id: KeyId(array(header, at::KEY_ID)?),
        body_blake3: Blake3(array(header, at::BODY_BLAKE3)?),
        signature,
    })
}

/// A version of wasmtime: major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineVersion(pub [u16; 3]);

impl EngineVersion {
    /// Of `48.0.8`; none for anything else.
    pub const fn parse(text: &str) -> Option<EngineVersion> {
        let mut numbers = [0_u16; 3];
        let [major, minor, patch] = &mut numbers;
        let mut rest = text.as_bytes();
        let (Some(a), Some(b), Some(c)) = (
            number(&mut rest, Some(b'.')),
            number(&mut rest, Some(b'.')),
            number(&mut rest, None),
        ) else {
            return None;
        };
        (*major, *minor, *patch) = (a, b, c);
        Some(EngineVersion(numbers))
    }
}

/// Takes a number and what ends it off the front.
const fn number(rest: &mut &[u8], end: Option<u8>) -> Option<u16> {
    let mut value: Option<u16> = None;
    while let [digit @ b'0'..=b'9', after @ ..] = *rest {
        let so_far = match value {
            None => 0,
            Some(value) => value,
        };
        let Some(shifted) = so_far.checked_mul(10) else {
            return None;
        };
        value = shifted.checked_add((*digit - b'0') as u16);
        *rest = after;
    }
    match (end, *rest) {
        (None, []) => value,
        (Some(end), [found, after @ ..]) if *found == end => {
            *rest = after;
            value
        }
        _ => None,
    }
}

impl fmt::Display for EngineVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn versions_of_the_engine_are_three_numbers() {
        const VERSION: Option<EngineVersion> = EngineVersion::parse("48.0.8");
        assert_eq!(VERSION, Some(EngineVersion([48, 0, 8])));
        assert_eq!(VERSION.unwrap().to_string(), "48.0.8");
        for wrong in [
            "",
            "48",
            "48.0",
            "48.0.",
            "48.0.8.1",
            "48.0.x",
            "65536.0.0",
            "48.0.8-rc",
        ] {
            assert_eq!(EngineVersion::parse(wrong), None, "{wrong}");
        }
    }
}
