//! The name of a block as it stands in flash: whose it is, and which. Knows no flash.

use alloc::string::{String, ToString};

use sequential_storage::map::{Key, SerializationError};

/// Bytes of a partition's name and of a block's at most.
const PART_BYTES: usize = 64;

/// A partition's block.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    partition: String,
    block: String,
}

impl Name {
    /// Bytes of the longest name in flash.
    pub(crate) const MOST_STORED_BYTES: usize = 2 * (1 + PART_BYTES);

    /// None where a part is longer than 64 bytes.
    pub fn new(partition: &str, block: &str) -> Option<Name> {
        let fits = partition.len() <= PART_BYTES && block.len() <= PART_BYTES;
        fits.then(|| Name {
            partition: partition.to_string(),
            block: block.to_string(),
        })
    }

    pub(crate) fn stored_bytes(&self) -> usize {
        2 + self.partition.len() + self.block.len()
    }
}

/// Two texts, each behind its length.
impl Key for Name {
    fn serialize_into(&self, buffer: &mut [u8]) -> Result<usize, SerializationError> {
        let mut at = 0;
        for part in [&self.partition, &self.block] {
            let place = buffer.get_mut(at..at + 1 + part.len());
            let place = place.ok_or(SerializationError::BufferTooSmall)?;
            let (length, text) = place
                .split_first_mut()
                .ok_or(SerializationError::BufferTooSmall)?;
            *length = part.len() as u8;
            text.copy_from_slice(part.as_bytes());
            at += 1 + part.len();
        }
        Ok(at)
    }

    fn deserialize_from(buffer: &[u8]) -> Result<(Name, usize), SerializationError> {
        let (partition, rest) = text(buffer)?;
        let (block, _) = text(rest)?;
        let name = Name::new(partition, block).ok_or(SerializationError::InvalidFormat)?;
        let bytes = name.stored_bytes();
        Ok((name, bytes))
    }
}

fn text(buffer: &[u8]) -> Result<(&str, &[u8]), SerializationError> {
    let (length, rest) = buffer
        .split_first()
        .ok_or(SerializationError::BufferTooSmall)?;
    let (text, rest) = rest
        .split_at_checked(usize::from(*length))
        .ok_or(SerializationError::InvalidFormat)?;
    let text = core::str::from_utf8(text).map_err(|_| SerializationError::InvalidFormat)?;
    Ok((text, rest))
}
