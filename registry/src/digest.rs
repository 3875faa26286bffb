//! SHA-256 digests as registries write them. Knows nothing of what is hashed.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// `sha256:` and 64 lower-case hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    let sum = Sha256::digest(bytes);
    sum.iter().fold("sha256:".to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
