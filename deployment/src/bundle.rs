//! The `bundle` file of a Linux ECU: which native code belongs to which partition, and for which
//! engine it was made. An export writes it, the ECU's program reads it and refuses what does not fit.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// Name of the file.
pub const BUNDLE_FILE: &str = "bundle.json";

/// One ECU's part of a system, compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub format: u32,
    pub ecu: String,
    /// Id of the board: `linux-x86_64`, `raspberry-pi-5`.
    pub board: String,
    pub engine: NativeEngine,
    /// SHA-256 of the `system` file beside it, hexadecimal.
    pub system_sha256: String,
    pub partitions: Vec<NativePartition>,
}

/// What native code was compiled for; code for another engine is never loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativeEngine {
    /// Architecture of the processor: `x86_64`, `aarch64`.
    pub architecture: String,
    /// Version of wasmtime.
    pub wasmtime: String,
    /// SHA-256 of the engine's settings, hexadecimal.
    pub settings_sha256: String,
}

/// Files of a partition, relative to the bundle; hashes are SHA-256, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativePartition {
    pub name: String,
    /// Native code.
    pub code: String,
    pub code_sha256: String,
    /// The table of the partition, as it stands in the section of its component.
    pub table: String,
    pub table_sha256: String,
}
