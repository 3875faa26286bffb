//! Non-volatile blocks (AUTOSAR: NvM) as `ecu-host` and a board speak of them.
//! Knows no memory: how a block survives the loss of power is the board's.

use serde::{Deserialize, Serialize};

/// Bytes of one block at most.
pub const NV_BLOCK_BYTES: usize = 4_096;
/// Characters of a block's name at most: small letters, digits and `-`.
pub const NV_NAME_BYTES: usize = 48;

/// Why a block was not read or not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NvError {
    /// The memory failed (NVM_REQ_NOT_OK).
    NotOk,
    /// What was stored is damaged (NVM_REQ_INTEGRITY_FAILED).
    IntegrityFailed,
    /// Never written, or invalidated (NVM_REQ_NV_INVALIDATED).
    NvInvalidated,
    /// No room for one more block.
    Full,
    /// The name or the length is none that a block can have.
    WrongBlock,
    /// The ECU has no non-volatile memory.
    NotServed,
}

/// What became of the last request for a block (AUTOSAR: NvM_RequestResultType).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NvStatus {
    /// What was written last is safe (NVM_REQ_OK).
    Ok,
    /// Taken, but a loss of power would still lose it (NVM_REQ_PENDING).
    Pending,
    /// As in [`NvError`].
    Failed(NvError),
}

/// A block of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NvBlock<'a> {
    /// Whose it is: no partition reaches another's blocks.
    pub partition: &'a str,
    /// Checked: 1 to [`NV_NAME_BYTES`] small letters, digits and `-`.
    pub name: &'a str,
}
