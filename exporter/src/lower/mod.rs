//! Lowering: the same partition for a device whose memory is counted in kilobytes. Each core
//! module's memory gets pages of one byte and exactly what the module needs: up to `__heap_base`,
//! or what the module says of itself (`autosar_wit::memory_need`). Nothing else changes, so the
//! lowered partition computes what the other one does, and it is what the simulator runs too.
//! Knows nothing of engines and images.
//!
//! A module whose code asks for memory, or for its size, cannot be lowered: it would find less
//! than it was built for. Generated glue may ask: it does so only for a value above its bound, and
//! traps when it gets nothing.

mod fit;
mod module;
mod pieces;
mod walk;

pub use fit::{Access, Finding, Fit, Unfit, device_imports, fit, unfit, unserved};
pub use pieces::{Piece, Pieces, pieces};

use module::{Module, Need};
use std::borrow::Cow;

/// A lowered component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    pub bytes: Vec<u8>,
    /// Of each core module that has one, in the order of the file.
    pub memories: Vec<Memory>,
    /// What belongs to which component instance at the root.
    pub pieces: Pieces,
}

impl Lowered {
    /// All linear memories together, while the partition runs: a component that stands in it twice
    /// has its memories twice.
    pub fn memory_bytes(&self) -> u64 {
        self.all_pieces().map(|piece| piece.memory_bytes).sum()
    }

    /// Core modules that are instantiated.
    pub fn core_instances(&self) -> u64 {
        self.all_pieces().map(|piece| piece.core_instances).sum()
    }

    fn all_pieces(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.made.iter().chain([&self.pieces.root])
    }
}

/// The linear memory of a core module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// As it was built.
    pub built_bytes: u64,
    /// As it is lowered.
    pub bytes: u64,
}

/// Why a component cannot be lowered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LowerError {
    #[error("the component is not readable: {reason}; compose the project again")]
    Unreadable { reason: String },
    #[error(transparent)]
    Finding(#[from] Finding),
}

impl From<wasmparser::BinaryReaderError> for LowerError {
    fn from(error: wasmparser::BinaryReaderError) -> LowerError {
        LowerError::Unreadable {
            reason: error.message().to_owned(),
        }
    }
}

/// Lowers a component with all that is nested in it.
pub fn lower(component: &[u8]) -> Result<Lowered, LowerError> {
    let mut memories = Vec::new();
    let bytes = component_of(component, &mut memories)?;
    let pieces = pieces::pieces(&bytes)?;
    Ok(Lowered {
        bytes,
        memories,
        pieces,
    })
}

fn component_of(component: &[u8], memories: &mut Vec<Memory>) -> Result<Vec<u8>, LowerError> {
    let mut lowered = component
        .get(..walk::PREAMBLE_BYTES)
        .unwrap_or_default()
        .to_vec();
    for section in walk::sections(component) {
        let section = section?;
        let content = match section.id {
            walk::CORE_MODULE => Cow::Owned(module_of(section.content, memories)?),
            walk::COMPONENT => Cow::Owned(component_of(section.content, memories)?),
            _ => Cow::Borrowed(section.content),
        };
        walk::push_section(&mut lowered, section.id, &content);
    }
    Ok(lowered)
}

/// A lowered component without its custom sections: names and remarks, which the engine would keep
/// on the device and nobody reads there.
pub(crate) fn without_names(component: &[u8]) -> Result<Vec<u8>, LowerError> {
    without_custom(component, |id, content| match id {
        walk::CORE_MODULE => without_custom(content, |_, content| Ok(content.to_vec())),
        walk::COMPONENT => without_names(content),
        _ => Ok(content.to_vec()),
    })
}

/// The sections of a binary that are not custom, each as `kept` gives it.
fn without_custom(
    binary: &[u8],
    kept: impl Fn(u8, &[u8]) -> Result<Vec<u8>, LowerError>,
) -> Result<Vec<u8>, LowerError> {
    let preamble = binary.get(..walk::PREAMBLE_BYTES).unwrap_or_default();
    let mut plain = preamble.to_vec();
    for section in walk::sections(binary) {
        let section = section?;
        if section.id != walk::CUSTOM {
            walk::push_section(&mut plain, section.id, &kept(section.id, section.content)?);
        }
    }
    Ok(plain)
}

fn module_of(bytes: &[u8], memories: &mut Vec<Memory>) -> Result<Vec<u8>, LowerError> {
    let module = Module::read(bytes)?;
    let need_bytes = match module.need()? {
        Need::NoMemory => return Ok(bytes.to_vec()),
        Need::Bytes(need_bytes) => need_bytes,
    };
    memories.push(Memory {
        built_bytes: module.built_bytes(),
        bytes: need_bytes,
    });
    Ok(module.with_memory(bytes, need_bytes)?)
}
