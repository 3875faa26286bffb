//! Composition: from the document and its library to one valid component per partition and the
//! `system` file. The only user of wac-graph. Assumes that the checks ran first, and refuses what
//! they would have refused instead of guessing.
//! Knows nothing of files, of the engine, of the window.

mod assemble;
mod buffering;
mod closed;
mod environment;
mod error;
mod flows;
mod link;
mod modes;
mod nv_data;
mod order;
mod parameters;
mod pdus;
mod scaled;
mod scope;
mod seal;
mod strip;
mod system;
mod table;
mod tasks;
mod types;
mod wac;
mod ways;

pub use closed::closed;
pub use error::ComposeError;
pub use wac::{GLUE, WacDocument, documents};

use crate::{diagnostic::Severity, document::Document, hierarchy, library::Library, reopen};
use autosar_wit::{
    concurrency,
    types::{Function, ValueType},
};
use scope::Scope;
use seal::Calls;
use table::Tables;
use ways::Ways;

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
    /// The component instances at the root of `bytes`, in the order in which they are made.
    pub pieces: Vec<PieceName>,
}

/// A component instance of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceName {
    /// By the instance's name in the project.
    Instance(String),
    /// Generated; in words: `the store`.
    Generated(String),
}

/// Composes every partition that has instances. Parts of compositions are instances of their own.
pub fn compose(document: &Document, library: &Library) -> Result<Composed, ComposeError> {
    let flat = hierarchy::flattened(document);
    let mut findings = flat.findings.iter();
    if let Some(found) = findings.find(|found| found.severity == Severity::Error) {
        return Err(ComposeError::Composition {
            finding: found.message.clone(),
            help: found.help.clone().unwrap_or_default(),
        });
    }
    let document = &*flat.document;
    let scopes = scope::scopes(document, library)?;
    let ways = ways::ways(document, &scopes)?;
    let mut tables = all_tables(document, library, &scopes, &ways)?;
    let mut partitions = Vec::with_capacity(scopes.len());
    for (at, (scope, tables)) in scopes.iter().zip(&mut tables).enumerate() {
        partitions.push(partition((document, library), scope, at, &ways, tables)?);
    }
    let system = system::system(document, &scopes, &tables, &partitions)?;
    Ok(Composed { system, partitions })
}

fn all_tables(
    document: &Document,
    library: &Library,
    scopes: &[Scope<'_>],
    ways: &Ways<'_>,
) -> Result<Vec<Tables>, ComposeError> {
    (0..scopes.len())
        .map(|at| table::tables(document, library, scopes, ways, at))
        .collect()
}

fn partition(
    (document, library): (&Document, &Library),
    scope: &Scope<'_>,
    at: usize,
    ways: &Ways<'_>,
    tables: &mut Tables,
) -> Result<ComposedPartition, ComposeError> {
    let assembled = assemble::assemble(document, scope, at, ways, tables)?;
    let deployment = tables.deployment.clone();
    let project = reopen::section(document, library, scope.key, &assembled.pieces);
    Ok(ComposedPartition {
        ecu: scope.ecu.name.clone(),
        name: scope.key.partition.clone(),
        file_name: system::file_name(scope),
        bytes: seal::seal(&assembled.bytes, &deployment, project, calls(scope))?,
        deployment,
        element_types: tables.element_types.clone(),
        probe_types: assembled.probe_types,
        pieces: assembled.pieces,
    })
}

fn calls(scope: &Scope<'_>) -> Calls {
    let waits = |member: &scope::Member<'_>| !concurrency::needs(member.component_type).is_empty();
    match scope.members.iter().any(waits) {
        true => Calls::Concurrent,
        false => Calls::Plain,
    }
}
