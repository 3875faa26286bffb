//! A bundle (an export that is not an image layout) read back: the product from its portable parts
//! alone, each held against its hash, so that every export can be made again without the project.
//! Knows no disk: files come as a map, as they left.

use crate::{
    Component, ExportError, Files, MadeBy, MadeFor, Partition, Product, digest::sha256, manifest,
    recipe, sbom,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a bundle cannot be rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RebuildError {
    #[error("there is no `{file}`; a bundle is a folder that `wireloom export` wrote")]
    Missing { file: String },
    #[error("`{file}` is not readable: {reason}; take the bundle from where it was kept")]
    Unreadable { file: String, reason: String },
    #[error("`{file}` has format {format}, known is {known}; rebuild with a newer Wireloom")]
    Format {
        file: String,
        format: u32,
        known: u32,
    },
    #[error(
        "`{file}` is not what the manifest lists (SHA-256 {actual}, not {expected}); take the bundle from where it was kept"
    )]
    Changed {
        file: String,
        expected: String,
        actual: String,
    },
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// A bundle's product and what else was in it.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Made by who rebuilds.
    pub product: Product,
    /// Who made the bundle.
    pub before: MadeBy,
    /// What is not made from the partitions: the report.
    pub further: Files,
    /// The board that the bundle was made for, where it was made for one.
    pub made_for: Option<MadeFor>,
}

#[derive(Deserialize)]
struct Manifest {
    format: u32,
    created: String,
    project_sha256: String,
    made_by: Versions,
    made_for: Option<MadeFor>,
    partitions: Vec<PartitionEntry>,
    files: Vec<FileEntry>,
}

#[derive(Deserialize)]
struct Versions {
    wireloom: String,
    wasmtime: String,
}

#[derive(Deserialize)]
struct PartitionEntry {
    ecu: String,
    name: String,
    file: String,
    components: Vec<ComponentEntry>,
}

#[derive(Deserialize)]
struct ComponentEntry {
    name: String,
    instances: Vec<String>,
    sha256: String,
    size_bytes: u64,
}

#[derive(Deserialize)]
struct FileEntry {
    path: String,
    sha256: String,
}

/// Paths that the manifest of a bundle lists, to be read with it; none leads out of the folder.
pub fn listed(manifest: &[u8]) -> Result<Vec<String>, RebuildError> {
    let manifest = parse::<Manifest>(manifest::FILE, manifest)?;
    let paths: Vec<String> = manifest.files.into_iter().map(|file| file.path).collect();
    match paths.iter().find(|path| !is_inside(path)) {
        Some(path) => Err(RebuildError::Unreadable {
            file: manifest::FILE.to_owned(),
            reason: format!("`{path}` leads out of the bundle"),
        }),
        None => Ok(paths),
    }
}

/// Name of the file that lists all others.
pub const MANIFEST: &str = manifest::FILE;

/// Reads a bundle.
pub fn bundle(files: &Files, made_by: MadeBy) -> Result<Bundle, RebuildError> {
    let manifest: Manifest = parse(manifest::FILE, get(files, manifest::FILE)?)?;
    check_format(manifest::FILE, manifest.format, manifest::FORMAT)?;
    for file in &manifest.files {
        let actual = sha256(get(files, &file.path)?);
        if actual != file.sha256 {
            return Err(RebuildError::Changed {
                file: file.path.clone(),
                expected: file.sha256.clone(),
                actual,
            });
        }
    }
    let known: recipe::Known = parse(recipe::FILE, get(files, recipe::FILE)?)?;
    check_format(recipe::FILE, known.format, recipe::FORMAT)?;
    let system = get(files, deployment::SYSTEM_FILE)?;
    let system = deployment::System::from_bytes(system)
        .map_err(|error| unreadable(deployment::SYSTEM_FILE, error.to_string()))?;
    let partitions = manifest
        .partitions
        .iter()
        .map(|entry| partition(entry, files, &known.components))
        .collect::<Result<Vec<_>, _>>()?;
    let product = Product {
        system,
        partitions,
        about: known.about,
        made_by,
        project_sha256: manifest.project_sha256,
        created: manifest.created,
    };
    product.check()?;
    Ok(Bundle {
        further: match manifest.made_for {
            None => further(&manifest.files, files, &product),
            // A board's files are made anew.
            Some(_) => Files::new(),
        },
        made_for: manifest.made_for,
        product,
        before: MadeBy {
            wireloom: manifest.made_by.wireloom,
            wasmtime: manifest.made_by.wasmtime,
        },
    })
}

fn partition(
    entry: &PartitionEntry,
    files: &Files,
    ingredients: &BTreeMap<String, recipe::Ingredient>,
) -> Result<Partition, RebuildError> {
    let bytes = get(files, &entry.file)?;
    let outside = autosar_wit::read::component(bytes, &entry.file)
        .map_err(|error| unreadable(&entry.file, error.to_string()))?;
    let component = |component: &ComponentEntry| {
        let ingredient = ingredients.get(&component.name);
        Component {
            name: component.name.clone(),
            instances: component.instances.clone(),
            sha256: component.sha256.clone(),
            size_bytes: component.size_bytes,
            licenses: ingredient.and_then(|ingredient| ingredient.licenses.clone()),
            producers: ingredient.map_or_else(Vec::new, |one| one.producers.clone()),
        }
    };
    Ok(Partition {
        ecu: entry.ecu.clone(),
        name: entry.name.clone(),
        file_name: entry.file.clone(),
        bytes: bytes.to_vec(),
        wit: autosar_wit::print::world(&outside),
        components: entry.components.iter().map(component).collect(),
    })
}

/// What the manifest lists and an export does not make of the product.
fn further(listed: &[FileEntry], files: &Files, product: &Product) -> Files {
    let made = [deployment::SYSTEM_FILE, recipe::FILE, sbom::FILE];
    let is_made = |path: &str| {
        made.contains(&path)
            || path.starts_with("wit/")
            || product
                .partitions
                .iter()
                .any(|partition| partition.file_name == path)
    };
    listed
        .iter()
        .filter(|file| !is_made(&file.path))
        .filter_map(|file| Some((file.path.clone(), files.get(&file.path)?.clone())))
        .collect()
}

fn get<'a>(files: &'a Files, path: &str) -> Result<&'a [u8], RebuildError> {
    let found = files.get(path).map(Vec::as_slice);
    found.ok_or_else(|| RebuildError::Missing {
        file: path.to_owned(),
    })
}

fn parse<'a, T: Deserialize<'a>>(file: &str, bytes: &'a [u8]) -> Result<T, RebuildError> {
    serde_json::from_slice(bytes).map_err(|error| unreadable(file, error.to_string()))
}

fn check_format(file: &str, format: u32, known: u32) -> Result<(), RebuildError> {
    match format == known {
        true => Ok(()),
        false => Err(RebuildError::Format {
            file: file.to_owned(),
            format,
            known,
        }),
    }
}

fn unreadable(file: &str, reason: String) -> RebuildError {
    RebuildError::Unreadable {
        file: file.to_owned(),
        reason,
    }
}

/// A relative path of plain parts.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| {
            !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0'])
        })
}
