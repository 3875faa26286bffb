//! Non-volatile blocks: those that a component names itself, and those of its ports.
//! Knows nothing of what they hold.

use autosar_wit::types::Interface;
use std::collections::BTreeMap;

/// The non-volatile blocks of an instance under the names that its component knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlocksPlan {
    /// `wireloom:ecu/nv`, as far as the component has it.
    pub interface: Interface,
    /// The component's name → the block of the partition.
    pub names: BTreeMap<String, String>,
}

/// A required port of non-volatile data, and where its elements are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NvPort {
    pub instance: String,
    /// The extern name exactly as the component has it.
    pub port: String,
    pub interface: Interface,
    /// By the elements' names.
    pub blocks: BTreeMap<String, NvElement>,
}

/// Where an element is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NvElement {
    /// Of the partition.
    pub block: String,
    /// What a block of this type begins with.
    pub head: [u8; 8],
    /// Packed, for a block that holds another type.
    pub initial: Option<Vec<u8>>,
    /// Of every list (elements) and string (bytes) in the value.
    pub bound: u32,
}
