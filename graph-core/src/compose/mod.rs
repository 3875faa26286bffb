//! Composition: from the document and its library to one valid component per partition and the
//! `system` file. The only user of wac-graph. Assumes that the checks ran first, and refuses what
//! they would have refused instead of guessing.
//! Knows nothing of files, of the engine, of the window.

mod error;

pub use error::ComposeError;

use crate::{document::Document, library::Library};
use autosar_wit::types::{Function, ValueType};

/// A composed project: what is written to disk, simulated, run and exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// Content of `system.json`; its hashes are those of the partitions' bytes.
    pub system: deployment::System,
    /// By ECU name, then partition name.
    pub partitions: Vec<ComposedPartition>,
}

/// One composed component.
#[derive(Debug, Clone, PartialEq)]
pub struct ComposedPartition {
    /// Name of the ECU.
    pub ecu: String,
    pub name: String,
    /// `<ecu>-<partition>.wasm`.
    pub file_name: String,
    /// The component; the same project gives the same bytes.
    pub bytes: Vec<u8>,
    /// Content of its custom section.
    pub deployment: deployment::Partition,
    /// Types of the values, in the order of `deployment.elements`.
    pub element_types: Vec<ValueType>,
    /// Functions in the order of `deployment.probes` and of their `functions`.
    pub probe_types: Vec<Vec<Function>>,
}

/// Composes every partition that has instances.
pub fn compose(document: &Document, library: &Library) -> Result<Composed, ComposeError> {
    let _ = library;
    Err(ComposeError::NothingDeployed {
        project: document.name.clone(),
    })
}
