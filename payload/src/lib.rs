//! What is written into a slot of a microcontroller's flash: a signed header, the ECU's part of the
//! system, and its partitions compiled ahead of time. The exporter writes it, the firmware checks it
//! and chooses a slot; both use this crate, so they cannot disagree. Knows nothing of the engine,
//! of flash drivers, files, the graph.
//!
//! # Layout (all numbers little-endian)
//! ```text
//! 0x000  header          256 bytes, see [`Header`]
//! 0x100  body            `body_bytes` long, see [`Verified`]
//!        end mark        [`END_MARK`], written last: without it the write was torn
//! ```
//! The signature (ed25519, RFC 8032) covers the first 192 bytes of the header, which hold the
//! BLAKE3 of the body: so it covers header and body, and a device hashes the body once. BLAKE3 takes
//! a Cortex-M less than half the instructions of SHA-256, and hashing is the longest part of a start.
//!
//! # Order of the checks
//! Magic, format, length, end mark, key, signature, digest of the body: only then is anything that
//! the payload says believed, and only then do its bytes reach the engine, which trusts compiled
//! code blindly. Counter, board, engine, configuration, interfaces and memory follow.
//! There is no way to a [`Verified`] but [`verify`].
//!
//! # Anti-rollback
//! `counter` rises when older payloads must not run any more. The device keeps the highest counter
//! that was confirmed ([`State`]) and refuses less. Which of two slots is tried first is the
//! state's [`State::preferred`], so that two payloads may carry the same counter.
//!
//! # Sizes
//! A slot starts at a multiple of [`ALIGN`] bytes; then each partition's code does too and runs
//! where it lies.
#![no_std]
#![allow(
    missing_docs,
    reason = "fields and cases whose names say it all carry no sentence"
)]

extern crate alloc;

mod body;
mod bytes;
mod firmware;
mod header;
mod key;
mod refusal;
mod slots;
mod state;
mod verify;
mod write;

pub use body::{PartitionImage, Partitions};
pub use bytes::{Blake3, Hash, Label};
pub use firmware::{FIRMWARE_SECTION, FirmwareInfo, Region};
pub use header::{EngineVersion, FORMAT, HEADER_BYTES, Header, MAGIC, SIGNED_BYTES};
pub use key::{DEVELOPMENT_MARK, KeyError, KeyId, PublicKey, SigningKey};
pub use refusal::Refusal;
pub use slots::{Choice, NoPayload, Slot, choose};
pub use state::{Append, RECORD_BYTES, State, StateLog, TRIAL_BOOTS, Trial};
pub use verify::{Device, Verified, verify};
pub use write::{Content, WriteError, part_of_ecu, write};

/// Where a slot and each partition's code start: a multiple of this many bytes.
pub const ALIGN: usize = 16;
/// Behind the body; written last.
pub const END_MARK: [u8; 8] = *b"WL-END\r\n";
