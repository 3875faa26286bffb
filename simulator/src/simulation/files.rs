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

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one partition `partition.wasm`, and a system that names `file` with that hash.
    fn folder(file: &str, sha256: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let entry = deployment::PartitionFile {
            name: "app".into(),
            file: file.into(),
            sha256: sha256.into(),
        };
        let ecu = deployment::Ecu {
            name: "climate".into(),
            fuel_ps: 1,
            activation_ns: 1,
            partitions: vec![entry],
        };
        let system = System {
            format: deployment::FORMAT,
            name: "test".into(),
            ecus: vec![ecu],
            buses: vec![],
            routes: vec![],
        };
        std::fs::write(folder.path().join(SYSTEM_FILE), system.to_text()).unwrap();
        std::fs::write(folder.path().join("partition.wasm"), b"bytes").unwrap();
        folder
    }

    fn refusal(folder: &Path) -> String {
        let error = SystemFiles::read(folder).unwrap_err().to_string();
        error
            .replace(&folder.display().to_string(), "FOLDER")
            .replace('\\', "/")
    }

    #[test]
    fn reads_what_composition_wrote() {
        let folder = folder("partition.wasm", &sha256_hex(b"bytes"));
        let files = SystemFiles::read(folder.path()).unwrap();
        assert_eq!(files.partitions["partition.wasm"], b"bytes");
        assert_eq!(files.system.ecus[0].name, "climate");
    }

    #[test]
    fn refuses_other_bytes_other_folders_and_other_text() {
        let changed = folder("partition.wasm", &sha256_hex(b"other"));
        assert_eq!(
            refusal(changed.path()),
            "`FOLDER/partition.wasm` is not the file that `system.json` describes (another SHA-256); compose the project again"
        );
        let outside = folder("../partition.wasm", "");
        assert_eq!(
            refusal(outside.path()),
            "`FOLDER/system.json` names partition file `../partition.wasm`, which is no plain file name; compose the project again"
        );
        let missing = folder("missing.wasm", "");
        assert!(refusal(missing.path()).starts_with("`FOLDER/missing.wasm` cannot be read: "));
        std::fs::write(missing.path().join(SYSTEM_FILE), "{").unwrap();
        assert!(
            refusal(missing.path())
                .starts_with("`FOLDER/system.json`: the deployment is not readable")
        );
    }
}
