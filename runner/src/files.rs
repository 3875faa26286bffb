//! A composed system in a folder: the system file and the partitions of one ECU beside it.

use std::{
    fmt::Write as _,
    fs,
    path::{Component, Path, PathBuf},
};

use deployment::{Ecu, SYSTEM_FILE, System};
use sha2::{Digest, Sha256};

use crate::FilesError;

/// One partition as it was composed.
#[derive(Debug, Clone)]
pub struct PartitionBytes {
    /// As in the system file.
    pub name: String,
    /// The component.
    pub component: Vec<u8>,
}

/// Reads the system file of a folder and the partitions of one ECU; a partition that was changed
/// since is refused.
pub fn read_folder(folder: &Path, ecu: &str) -> Result<(System, Vec<PartitionBytes>), FilesError> {
    let path = folder.join(SYSTEM_FILE);
    let system =
        System::from_bytes(&read(&path)?).map_err(|error| FilesError::System { path, error })?;
    let entry = ecu_named(&system, ecu)?;
    let mut partitions = Vec::new();
    for partition in &entry.partitions {
        let path = folder.join(plain(&partition.file)?);
        let component = read(&path)?;
        if hexadecimal(&Sha256::digest(&component)) != partition.sha256 {
            return Err(FilesError::Changed { path });
        }
        partitions.push(PartitionBytes {
            name: partition.name.clone(),
            component,
        });
    }
    Ok((system, partitions))
}

/// The ECU of that name.
pub(crate) fn ecu_named<'a>(system: &'a System, ecu: &str) -> Result<&'a Ecu, FilesError> {
    let known = || {
        system
            .ecus
            .iter()
            .map(|ecu| format!("`{}`", ecu.name))
            .collect::<Vec<_>>()
    };
    system
        .ecus
        .iter()
        .find(|entry| entry.name == ecu)
        .ok_or_else(|| FilesError::NoEcu {
            ecu: ecu.to_owned(),
            known: known().join(", "),
        })
}

fn read(path: &Path) -> Result<Vec<u8>, FilesError> {
    fs::read(path).map_err(|error| FilesError::Read {
        path: path.to_owned(),
        error,
    })
}

pub(crate) fn plain(file: &str) -> Result<PathBuf, FilesError> {
    let path = PathBuf::from(file);
    let mut parts = path.components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(_)), None) => Ok(path),
        _ => Err(FilesError::Name {
            file: file.to_owned(),
        }),
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _always_fits = write!(text, "{byte:02x}");
        text
    })
}
