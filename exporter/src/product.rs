//! What is exported: the system, its partitions, and what is known about them.
//! Knows nothing of formats.

use crate::{ExportError, digest::sha256};
use deployment::System;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A composed project.
#[derive(Debug, Clone)]
pub struct Product {
    pub system: System,
    /// One for each that the system names.
    pub partitions: Vec<Partition>,
    pub about: About,
    pub made_by: MadeBy,
    /// SHA-256 of the project's file, hexadecimal.
    pub project_sha256: String,
    /// When, in RFC 3339; the epoch where the same input has to give the same bytes.
    pub created: String,
}

/// The default of [`Product::created`].
pub const EPOCH: &str = "1970-01-01T00:00:00Z";

/// One composed component.
#[derive(Debug, Clone)]
pub struct Partition {
    pub ecu: String,
    pub name: String,
    /// As the system names it: `<ecu>-<partition>.wasm`.
    pub file_name: String,
    pub bytes: Vec<u8>,
    /// Its world in WIT.
    pub wit: String,
    /// The users' components in it.
    pub components: Vec<Component>,
}

impl Partition {
    /// The table that the component carries; none of what was not composed here.
    pub fn table(&self) -> Option<deployment::Partition> {
        ecu_host::deployment_of(&self.bytes).ok()
    }
}

/// A component that a partition was composed of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub name: String,
    /// Names of its instances in the partition.
    pub instances: Vec<String>,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    pub size_bytes: u64,
    /// SPDX licence expression.
    pub licenses: Option<String>,
    /// Field (`language`, `processed-by`, `sdk`), name, version.
    pub producers: Vec<(String, String, String)>,
}

/// What people are told about the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub version: Version,
    pub description: Option<String>,
    pub authors: Option<String>,
    /// SPDX licence expression.
    pub licenses: Option<String>,
    /// URL of its source.
    pub source: Option<String>,
    /// URL of its home page.
    pub url: Option<String>,
}

/// Versions of what made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeBy {
    pub wireloom: String,
    pub wasmtime: String,
}

impl Product {
    /// Refuses a product that contradicts itself: partitions and system must name the same files
    /// with the same hashes.
    pub(crate) fn check(&self) -> Result<(), ExportError> {
        if self.partitions.is_empty() {
            return Err(ExportError::Empty {
                system: self.system.name.clone(),
            });
        }
        let mut seen = BTreeSet::new();
        for partition in &self.partitions {
            let file = partition.file_name.clone();
            if !is_file_name(&file) {
                return Err(ExportError::FileName { file });
            }
            if !seen.insert(&partition.file_name) {
                return Err(ExportError::Twice { file });
            }
            let named = self
                .system
                .ecus
                .iter()
                .find(|ecu| ecu.name == partition.ecu)
                .and_then(|ecu| {
                    ecu.partitions
                        .iter()
                        .find(|candidate| candidate.name == partition.name)
                });
            let named = named.ok_or_else(|| ExportError::NotInSystem { file: file.clone() })?;
            if named.file != partition.file_name || named.sha256 != sha256(&partition.bytes) {
                return Err(ExportError::Stale { file });
            }
        }
        let expected = self.system.ecus.iter().flat_map(|ecu| &ecu.partitions);
        match expected.into_iter().find(|file| !seen.contains(&file.file)) {
            Some(absent) => Err(ExportError::Absent {
                file: absent.file.clone(),
            }),
            None => Ok(()),
        }
    }
}

/// A plain name: nothing that leads out of the folder.
fn is_file_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain)
}
