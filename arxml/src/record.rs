//! What was imported, as a file of the project: a newer description is held against it, and UUIDs and
//! paths go out again as they came in. Knows no files.

use crate::Model;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The record's file in its folder, which is that of the WIT packages.
pub const RECORD: &str = "imported.json";
const FORMAT: u32 = 1;

/// A record that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error(
        "{file}: this is no record of an import: {reason}; take the file from version control, or import the description anew"
    )]
    Broken { file: String, reason: String },
    #[error(
        "{file}: the record of the import has format {format}, this program reads {FORMAT}; use the newer program"
    )]
    Newer { file: String, format: u32 },
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

#[derive(Serialize, Deserialize)]
struct Record {
    format: u32,
    model: Model,
}

/// The record of a model: what it says of the vehicle, without what was found wrong.
pub fn write_record(model: &Model) -> Vec<u8> {
    let model = Model {
        unmapped: Vec::new(),
        defects: Vec::new(),
        ..model.clone()
    };
    let record = Record {
        format: FORMAT,
        model,
    };
    serde_json::to_vec(&record)
        .unwrap_or_else(|error| unreachable!("a model is plain data, this is a bug: {error}"))
}

/// The model of a record; `file` stands in the error.
pub fn read_record(bytes: &[u8], file: &str) -> Result<Model, RecordError> {
    let broken = |error: serde_json::Error| RecordError::Broken {
        file: file.to_owned(),
        reason: error.to_string(),
    };
    let version: Version = serde_json::from_slice(bytes).map_err(broken)?;
    if version.format > FORMAT {
        return Err(RecordError::Newer {
            file: file.to_owned(),
            format: version.format,
        });
    }
    let record: Record = serde_json::from_slice(bytes).map_err(broken)?;
    Ok(record.model)
}

/// A name for what a record goes with: the same for the same record only.
pub fn name_record(record: &[u8]) -> String {
    let hash = Sha256::digest(record);
    hash.iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
