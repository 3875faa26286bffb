//! The file of a non-volatile block, which is replaced in one step: a loss of power at any instant
//! leaves the old content or the new one. Knows no ECU, and no block's size.
//!
//! # Form
//! `WLNV`, version 1, 0 (written) or 1 (invalidated), two zeroes, length (u32, little endian),
//! SHA-256, content. An invalidated block has none, and the hash is that of `invalidated`.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

const MAGIC: [u8; 4] = *b"WLNV";
const VERSION: u8 = 1;
const WRITTEN: u8 = 0;
const INVALIDATED: u8 = 1;
const NO_CONTENT: &[u8] = b"invalidated";
const HEAD_BYTES: usize = 44;
/// How the name of such a file ends.
pub const SUFFIX: &str = "nv";

/// What the file of a block says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    Content(Vec<u8>),
    /// So that the first content does not come back with the next start.
    Invalidated,
}

/// What keeps a file from being that of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsound {
    /// It does not begin as such a file does.
    Foreign,
    /// Its form is another program's.
    Version(u8),
    /// It is shorter or longer than it says, or the hash is another.
    Damaged,
}

/// The place of a block below the folder of its ECU. Both names are of small letters, digits and
/// `-`: nothing leads out of the folder.
pub fn path(folder: &Path, partition: &str, block: &str) -> PathBuf {
    folder.join(partition).join(format!("{block}.{SUFFIX}"))
}

/// What a file says; `None`: there is none, the block was never written.
pub fn read(path: &Path) -> io::Result<Option<Result<Stored, Unsound>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(stored(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The old content or the new one, whenever the power goes.
pub fn replace(path: &Path, stored: &Stored) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        sync(folder.parent().unwrap_or(folder))?;
    }
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(&framed(stored))?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync(folder)
}

/// The entries of a folder survive only when the folder itself is made safe.
fn sync(folder: &Path) -> io::Result<()> {
    // Windows opens no folder as a file, and its file system keeps a log of renames.
    match cfg!(windows) {
        true => Ok(()),
        false => File::open(folder)?.sync_all(),
    }
}

fn framed(stored: &Stored) -> Vec<u8> {
    let (kind, content, hashed): (u8, &[u8], &[u8]) = match stored {
        Stored::Content(content) => (WRITTEN, content, content),
        Stored::Invalidated => (INVALIDATED, &[], NO_CONTENT),
    };
    let mut bytes = MAGIC.to_vec();
    bytes.extend([VERSION, kind, 0, 0]);
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(Sha256::digest(hashed));
    bytes.extend(content);
    bytes
}

/// What a file says, where nothing is damaged.
fn stored(bytes: &[u8]) -> Result<Stored, Unsound> {
    let Some(rest) = bytes.strip_prefix(&MAGIC) else {
        return Err(Unsound::Foreign);
    };
    if let Some(version) = rest.first().filter(|version| **version != VERSION) {
        return Err(Unsound::Version(*version));
    }
    let split = bytes.split_at_checked(HEAD_BYTES);
    let (_, content) = split.ok_or(Unsound::Damaged)?;
    let readings = [Stored::Invalidated, Stored::Content(content.to_vec())];
    let sound = readings.into_iter().find(|stored| framed(stored) == bytes);
    sound.ok_or(Unsound::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_to_an_invalidated_block_is_told_too() {
        let good = framed(&Stored::Invalidated);
        assert_eq!(stored(&good), Ok(Stored::Invalidated));
        let empty = framed(&Stored::Content(vec![]));
        assert_eq!(stored(&empty), Ok(Stored::Content(vec![])));
        for (bytes, place) in [&good, &empty].iter().flat_map(|bytes| {
            let places = 0..bytes.len();
            places.map(move |place| (bytes.to_vec(), place))
        }) {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[place] ^= 1 << bit;
                assert!(stored(&bad).is_err(), "bit {bit} of byte {place}");
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        let good = framed(&Stored::Content(vec![1, 2]));
        assert_eq!(stored(b"RIFF"), Err(Unsound::Foreign));
        assert_eq!(stored(b""), Err(Unsound::Foreign));
        assert_eq!(stored(b"WLNV\x02"), Err(Unsound::Version(2)));
        assert_eq!(stored(b"WLNV"), Err(Unsound::Damaged));
        assert_eq!(stored(&good[..good.len() - 1]), Err(Unsound::Damaged));
        assert_eq!(stored(&[good, vec![0]].concat()), Err(Unsound::Damaged));
    }
}
