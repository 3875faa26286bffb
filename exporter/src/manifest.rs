//! `manifest.json`: what is in an export, with hashes, sizes, worlds, versions and budget.
//! Knows nothing of how the files were made.

use crate::{
    ExportError, Files, Product,
    component::outside,
    digest::sha256,
    microcontroller::ImageEntry,
    product::{Component, Partition},
};
use deployment::Reaction;
use serde::{Deserialize, Serialize};

/// Name of the file.
pub(crate) const FILE: &str = "manifest.json";
pub(crate) const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    name: &'a str,
    version: String,
    created: &'a str,
    project_sha256: &'a str,
    made_by: Versions<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_for: Option<MadeFor>,
    partitions: Vec<PartitionEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<ImageEntry>,
    files: Vec<FileEntry<'a>>,
}

/// The board that an export is for, where it is for one: what a rebuild makes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFor {
    /// The board's id.
    pub board: String,
    pub form: MadeForm,
    /// ECUs that got images.
    pub ecus: Vec<String>,
    /// Anti-rollback; 0 where there is none.
    pub counter: u32,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeForm {
    /// Firmware and signed payload.
    Signed,
    /// By way of C.
    Native,
    /// A bundle for Linux.
    Linux,
}

#[derive(Serialize)]
pub(crate) struct Versions<'a> {
    pub(crate) wireloom: &'a str,
    pub(crate) wasmtime: &'a str,
}

#[derive(Serialize)]
struct PartitionEntry<'a> {
    ecu: &'a str,
    name: &'a str,
    file: &'a str,
    sha256: String,
    size_bytes: usize,
    world: World,
    world_sha256: String,
    budget: Option<Budget>,
    components: Vec<ComponentEntry<'a>>,
}

#[derive(Serialize)]
struct World {
    imports: Vec<String>,
    exports: Vec<String>,
}

/// What the partition may use at most.
#[derive(Serialize)]
struct Budget {
    memory_bytes: u64,
    fuel_per_activation: u64,
    instances: usize,
    tasks: usize,
    on_trap: Reaction,
}

#[derive(Serialize)]
struct ComponentEntry<'a> {
    name: &'a str,
    instances: &'a [String],
    sha256: &'a str,
    size_bytes: u64,
}

#[derive(Serialize)]
struct FileEntry<'a> {
    path: &'a str,
    sha256: String,
    size_bytes: usize,
}

/// Adds the manifest of all files that are there.
pub(crate) fn add(product: &Product, files: &mut Files) -> Result<(), ExportError> {
    add_for(product, None, Vec::new(), files)
}

/// The same where a board's files are among them.
pub(crate) fn add_for(
    product: &Product,
    made_for: Option<MadeFor>,
    images: Vec<ImageEntry>,
    files: &mut Files,
) -> Result<(), ExportError> {
    let manifest = Manifest {
        format: FORMAT,
        name: &product.system.name,
        version: product.about.version.to_string(),
        created: &product.created,
        project_sha256: &product.project_sha256,
        made_by: versions(product),
        made_for,
        partitions: product
            .partitions
            .iter()
            .map(partition)
            .collect::<Result<_, _>>()?,
        images,
        files: files
            .iter()
            .map(|(path, bytes)| FileEntry {
                path,
                sha256: sha256(bytes),
                size_bytes: bytes.len(),
            })
            .collect(),
    };
    let text = to_json(&manifest);
    files.insert(FILE.to_owned(), text);
    Ok(())
}

pub(crate) fn versions(product: &Product) -> Versions<'_> {
    Versions {
        wireloom: &product.made_by.wireloom,
        wasmtime: &product.made_by.wasmtime,
    }
}

/// Indented JSON with a line feed at its end.
pub(crate) fn to_json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value)
        .unwrap_or_else(|_| unreachable!("plain data is JSON: this is a bug"));
    text.push(b'\n');
    text
}

fn partition(partition: &Partition) -> Result<PartitionEntry<'_>, ExportError> {
    let outside = outside(&partition.file_name, &partition.bytes)?;
    Ok(PartitionEntry {
        ecu: &partition.ecu,
        name: &partition.name,
        file: &partition.file_name,
        sha256: sha256(&partition.bytes),
        size_bytes: partition.bytes.len(),
        world: World {
            imports: outside.imports,
            exports: outside.exports,
        },
        world_sha256: sha256(partition.wit.as_bytes()),
        budget: budget(partition),
        components: partition.components.iter().map(component).collect(),
    })
}

fn component(component: &Component) -> ComponentEntry<'_> {
    ComponentEntry {
        name: &component.name,
        instances: &component.instances,
        sha256: &component.sha256,
        size_bytes: component.size_bytes,
    }
}

/// From the deployment that the partition carries.
fn budget(partition: &Partition) -> Option<Budget> {
    let payloads = wasmparser::Parser::new(0).parse_all(&partition.bytes);
    let section = payloads.flatten().find_map(|payload| match payload {
        wasmparser::Payload::CustomSection(section) if section.name() == deployment::SECTION => {
            Some(section.data())
        }
        _ => None,
    })?;
    let table = deployment::Partition::from_bytes(section).ok()?;
    Some(Budget {
        memory_bytes: table.limits.memory_bytes,
        fuel_per_activation: table.limits.fuel,
        instances: table.instances.len(),
        tasks: table.tasks.len(),
        on_trap: table.on_trap,
    })
}
