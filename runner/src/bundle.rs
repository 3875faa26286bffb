//! A bundle's folder: reads what belongs to the ECU and refuses what was changed or made for
//! another engine, before any of it is used. Knows no device.

use std::{fs, path::Path};

use deployment::{BUNDLE_FILE, Bundle, NativeEngine, Partition, SYSTEM_FILE, System};
use sha2::{Digest, Sha256};

use crate::{
    BundleError,
    files::{hexadecimal, plain},
    native,
};

/// A bundle that fits this program.
#[derive(Debug, Clone)]
pub struct Loadable {
    pub system: System,
    pub ecu: String,
    /// In the bundle's order.
    pub partitions: Vec<LoadablePartition>,
}

/// A partition with checked native code.
#[derive(Debug, Clone)]
pub struct LoadablePartition {
    pub name: String,
    pub table: Partition,
    pub code: Vec<u8>,
}

/// Reads and checks a bundle for this machine.
pub fn read_bundle(folder: &Path) -> Result<Loadable, BundleError> {
    let path = folder.join(BUNDLE_FILE);
    let bundle = Bundle::from_bytes(&read(&path)?)
        .map_err(|error| BundleError::Malformed { path, error })?;
    fits(&bundle.engine)?;
    let system_bytes = checked(folder, SYSTEM_FILE, &bundle.system_sha256)?;
    let path = folder.join(SYSTEM_FILE);
    let system = System::from_bytes(&system_bytes)
        .map_err(|error| BundleError::Malformed { path, error })?;
    let mut partitions = Vec::new();
    for partition in &bundle.partitions {
        let table = checked(folder, &partition.table, &partition.table_sha256)?;
        let path = folder.join(&partition.table);
        partitions.push(LoadablePartition {
            name: partition.name.clone(),
            table: Partition::from_bytes(&table)
                .map_err(|error| BundleError::Malformed { path, error })?,
            code: checked(folder, &partition.code, &partition.code_sha256)?,
        });
    }
    Ok(Loadable {
        system,
        ecu: bundle.ecu,
        partitions,
    })
}

/// Version and settings first: a bundle for another engine is told as that.
fn fits(engine: &NativeEngine) -> Result<(), BundleError> {
    let ours = native::engine_for(std::env::consts::ARCH);
    let compared = [
        ("processor", &engine.architecture, &ours.architecture),
        ("wasmtime", &engine.wasmtime, &ours.wasmtime),
        (
            "engine settings",
            &engine.settings_sha256,
            &ours.settings_sha256,
        ),
    ];
    match compared.into_iter().find(|(_, made, ours)| made != ours) {
        None => Ok(()),
        Some((what, made_for, ours)) => Err(BundleError::OtherEngine {
            what,
            made_for: made_for.clone(),
            ours: ours.clone(),
        }),
    }
}

fn checked(folder: &Path, file: &str, sha256: &str) -> Result<Vec<u8>, BundleError> {
    let (inner, name) = file.split_once('/').unwrap_or(("", file));
    let inner = match inner {
        "" => folder.to_owned(),
        inner => folder.join(plain(inner)?),
    };
    let path = inner.join(plain(name)?);
    let bytes = read(&path)?;
    match hexadecimal(&Sha256::digest(&bytes)) == sha256 {
        true => Ok(bytes),
        false => Err(BundleError::Changed { path }),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    fs::read(path).map_err(|error| BundleError::Read {
        path: path.to_owned(),
        error,
    })
}
