//! From a checked document to the files of an export: composes, describes, simulates for the
//! report, and lets the exporter make the bytes. Writes nothing.

pub mod arxml;

use crate::{packing, report, session::Target};
use autosar_wit::component::ComponentType;
use exporter::{About, Component, Files, MadeBy, Partition, Product};
use graph_core::{
    compose::{ComposeError, Composed, ComposedPartition},
    document::{Document, InstanceId},
    library::{Entry, Library},
};
use semver::Version;
use std::collections::BTreeMap;

/// Virtual time that the report shows.
pub const REPORT_NS: u64 = 10_000_000_000;
/// The report's file.
pub const REPORT_FILE: &str = "report.html";

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the project has {errors} errors, the first: {first}; `wireloom check` shows them all")]
    Diagnosed { errors: usize, first: String },
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error(transparent)]
    Arxml(#[from] ::arxml::WriteError),
    #[error("`{file}` cannot be described: {source}")]
    Describe {
        file: String,
        source: autosar_wit::read::ReadError,
    },
    #[error(transparent)]
    Export(#[from] exporter::ExportError),
    #[error(transparent)]
    Report(#[from] report::ReportError),
    #[error("the project has no ECU `{ecu}` with partitions; choose one of `{known}`")]
    NoEcu { ecu: String, known: String },
    #[error("{0}")]
    Frames(String),
    #[error("ECU `{ecu}` does not fit board `{board}`:\n  {}", reasons.join("\n  "))]
    Unfit {
        ecu: String,
        board: String,
        reasons: Vec<String>,
    },
    #[error(transparent)]
    Image(#[from] exporter::microcontroller::MicrocontrollerError),
    #[error(transparent)]
    Native(#[from] exporter::native::NativeError),
}

impl ExportError {
    pub(crate) fn lower(file: &str, source: exporter::lower::LowerError) -> ExportError {
        let file = file.to_owned();
        ExportError::Image(exporter::microcontroller::MicrocontrollerError::Lower { file, source })
    }
}

/// Each partition closed into a command that calls its tasks for so much time under stock
/// `wasmtime run` and prints its frames; by file, with the reason where it cannot be one.
pub fn commands(
    document: &Document,
    library: &Library,
    until_ns: u64,
) -> Result<BTreeMap<String, Result<Vec<u8>, ComposeError>>, ExportError> {
    let composed = graph_core::compose::compose(document, library)?;
    let commands = composed.partitions.iter().map(|partition| {
        let stem = partition.file_name.trim_end_matches(".wasm");
        let file = format!("{stem}.command.wasm");
        (file, graph_core::compose::closed(partition, until_ns))
    });
    Ok(commands.collect())
}

/// The files of an export by path, the report among them where the target has room for it.
pub fn contents(
    document: &Document,
    library: &Library,
    target: Target,
) -> Result<Files, ExportError> {
    match target {
        Target::Wac => return documents(document, library),
        // What leads from one ECU to another without a network is an error until it is packed.
        Target::Dbc => return packing::files(document, library).map_err(ExportError::Frames),
        Target::Arxml => return Ok(arxml::files(document, library)?),
        Target::Wasm | Target::OciLayout => {}
    }
    refuse_errors(document, library)?;
    let composed = graph_core::compose::compose(document, library)?;
    let product = product(document, library, &composed)?;
    match target {
        Target::Wasm => {
            let page = report::page(document, library, &composed, REPORT_NS)?;
            let report = Files::from([(REPORT_FILE.to_owned(), page.into_bytes())]);
            Ok(exporter::wasm::export_with(&product, report)?)
        }
        // A layout folder holds what the image specification names, and nothing else.
        _ => Ok(exporter::oci::layout(&product)?),
    }
}

/// Each partition as a document for stock `wac`, and the components that they take.
pub fn documents(document: &Document, library: &Library) -> Result<Files, ExportError> {
    refuse_errors(document, library)?;
    let mut files = Files::new();
    for one in graph_core::compose::documents(document, library)? {
        files.insert(one.file_name, one.text.into_bytes());
        let packages = one.packages.into_iter();
        files.extend(packages.map(|(path, bytes)| (format!("deps/{path}"), bytes)));
    }
    Ok(files)
}

/// The composed project as an export describes it.
pub fn checked_product(document: &Document, library: &Library) -> Result<Product, ExportError> {
    refuse_errors(document, library)?;
    let composed = graph_core::compose::compose(document, library)?;
    product(document, library, &composed)
}

/// The images of a project's partitions, each with its tag; the version is that of the product
/// where none is given.
pub fn images(
    document: &Document,
    library: &Library,
    version: Option<Version>,
) -> Result<Vec<(String, exporter::oci::Image)>, ExportError> {
    refuse_errors(document, library)?;
    let composed = graph_core::compose::compose(document, library)?;
    let mut product = product(document, library, &composed)?;
    product.about.version = version.unwrap_or(product.about.version);
    Ok(exporter::oci::images(&product)?)
}

pub(crate) fn refuse_errors(document: &Document, library: &Library) -> Result<(), ExportError> {
    let mut errors = graph_core::check::check(document, library);
    errors.retain(|diagnostic| diagnostic.severity == graph_core::diagnostic::Severity::Error);
    match errors.first() {
        None => Ok(()),
        Some(first) => Err(ExportError::Diagnosed {
            errors: errors.len(),
            first: first.message.clone(),
        }),
    }
}

pub(crate) fn product(
    document: &Document,
    library: &Library,
    composed: &Composed,
) -> Result<Product, ExportError> {
    let partitions = composed
        .partitions
        .iter()
        .map(|partition| described(document, library, partition));
    Ok(Product {
        system: composed.system.clone(),
        partitions: partitions.collect::<Result<_, _>>()?,
        about: About {
            version: Version::new(0, 1, 0),
            description: Some(format!("Vehicle system `{}`", document.name)),
            authors: None,
            licenses: None,
            source: None,
            url: None,
        },
        made_by: MadeBy {
            wireloom: env!("CARGO_PKG_VERSION").to_string(),
            wasmtime: simulator::WASMTIME_VERSION.to_string(),
        },
        project_sha256: simulator::sha256_hex(graph_core::file::write(document).as_bytes()),
        created: exporter::EPOCH.to_string(),
    })
}

fn described(
    document: &Document,
    library: &Library,
    partition: &ComposedPartition,
) -> Result<Partition, ExportError> {
    let outside =
        autosar_wit::read::component(&partition.bytes, &partition.file_name).map_err(|source| {
            ExportError::Describe {
                file: partition.file_name.clone(),
                source,
            }
        })?;
    Ok(Partition {
        ecu: partition.ecu.clone(),
        name: partition.name.clone(),
        file_name: partition.file_name.clone(),
        bytes: partition.bytes.clone(),
        wit: autosar_wit::print::world(&outside),
        components: components(document, library, &partition.deployment.instances),
    })
}

/// The users' components behind these instances, by name.
fn components(document: &Document, library: &Library, instances: &[String]) -> Vec<Component> {
    let mut found: BTreeMap<String, Component> = BTreeMap::new();
    for name in instances {
        let Some((component, component_type, bytes)) =
            loaded(document, library, document.instance_named(name))
        else {
            continue;
        };
        let entry = found
            .entry(component.to_string())
            .or_insert_with(|| Component {
                name: component.to_string(),
                instances: Vec::new(),
                sha256: simulator::sha256_hex(bytes),
                size_bytes: bytes.len() as u64,
                licenses: None,
                producers: component_type.producers.clone(),
            });
        entry.instances.push(name.clone());
    }
    found.into_values().collect()
}

pub(crate) fn loaded<'a>(
    document: &'a Document,
    library: &'a Library,
    instance: Option<InstanceId>,
) -> Option<(&'a str, &'a ComponentType, &'a [u8])> {
    let component = document.instances.get(&instance?)?.component;
    let name = &document.components.get(&component)?.name;
    match library.components.get(&component)? {
        Entry::Loaded {
            component_type,
            bytes,
        } => Some((name, component_type, bytes)),
        Entry::Missing { .. } => None,
    }
}
