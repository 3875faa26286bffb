//! What a simulation is made of: the `system` file and its partitions, as bytes.
//! Knows nothing of the engine.

use deployment::{DeploymentError, SYSTEM_FILE, System};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A system and the bytes of its partitions by file name.
#[derive(Debug, Clone)]
pub struct SystemFiles {
    pub system: System,
    pub partitions: BTreeMap<String, Vec<u8>>,
}

/// Why the files of a system could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("`{}` cannot be read: {source}; compose the project first", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("`{}`: {source}", path.display())]
    Deployment {
        path: PathBuf,
        source: DeploymentError,
    },
    #[error("`{}` is not the file that `system.json` describes (another SHA-256); compose the project again", path.display())]
    Hash { path: PathBuf },
    #[error("`{}` names partition file `{file}`, which is no plain file name; compose the project again", path.display())]
    Name { path: PathBuf, file: String },
}

impl SystemFiles {
    /// Reads a folder that composition wrote, and holds every partition against its SHA-256.
    pub fn read(folder: &Path) -> Result<SystemFiles, FilesError> {
        let path = folder.join(SYSTEM_FILE);
        let system =
            System::from_bytes(&read(&path)?).map_err(|source| FilesError::Deployment {
                path: path.clone(),
                source,
            })?;
        let mut partitions = BTreeMap::new();
        for partition in system.ecus.iter().flat_map(|ecu| &ecu.partitions) {
            if Path::new(&partition.file).file_name() != Some(partition.file.as_ref()) {
                return Err(FilesError::Name {
                    path,
                    file: partition.file.clone(),
                });
            }
            let file = folder.join(&partition.file);
            let bytes = read(&file)?;
            if sha256_hex(&bytes) != partition.sha256 {
                return Err(FilesError::Hash { path: file });
            }
            partitions.insert(partition.file.clone(), bytes);
        }
        Ok(SystemFiles { system, partitions })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FilesError> {
    std::fs::read(path).map_err(|source| FilesError::Read {
        path: path.to_owned(),
        source,
    })
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
