//! What a simulation is made of: the system and its partitions, as bytes that somebody else has
//! read. Knows nothing of the engine and of files.

use deployment::System;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A system and the bytes of its partitions by file name.
#[derive(Debug, Clone)]
pub struct SystemFiles {
    pub system: System,
    pub partitions: BTreeMap<String, Vec<u8>>,
}

/// SHA-256 in hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| {
        DIGITS
            .get(usize::from(nibble))
            .map_or('?', |digit| char::from(*digit))
    };
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
