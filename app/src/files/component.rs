//! Component files, WIT files and folders, the shelf of built-in components.

use super::FilesError;
use crate::session::ShelfEntry;
use autosar_wit::{
    component::ComponentType,
    metadata::{self, Metadata},
    read::{self, Loaded, WitPackage},
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Larger files are refused unread.
const LIMIT_BYTES: u64 = read::LARGEST_BYTES;
const ARXML_LIMIT_BYTES: u64 = 2_000_000_000;

/// A component `.wasm`.
pub fn read_component(path: &Path) -> Result<(ComponentType, Vec<u8>), FilesError> {
    let bytes = read_limited(path)?;
    let component_type =
        read::component(&bytes, &file_name(path)).map_err(|source| FilesError::Component {
            path: path.to_path_buf(),
            source: Box::new(source),
        })?;
    Ok((component_type, bytes))
}

/// The headers and C sources in the folder of a header, by name.
pub fn read_c_folder(header: &Path) -> Result<BTreeMap<String, Vec<u8>>, FilesError> {
    let mut found = BTreeMap::from([(file_name(header), read_limited(header)?)]);
    let folder = match header.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let failed = |source| FilesError::read(folder, source);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_file() && matches!(ending, Some("c" | "h")) {
            found.insert(file_name(&path), read_limited(&path)?);
        }
    }
    Ok(found)
}

/// WIT folders and files that were read already: those of a whole vehicle hold hundreds of worlds.
#[derive(Default)]
pub(super) struct WitShelf(BTreeMap<PathBuf, Arc<[WitPackage]>>);

impl WitShelf {
    fn packages(&mut self, path: &Path) -> Result<Arc<[WitPackage]>, FilesError> {
        if let Some(known) = self.0.get(path) {
            return Ok(known.clone());
        }
        let texts = read_wit_texts(path)?;
        let texts: Vec<(&str, &str)> = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let packages = read::wit_packages(&texts).map_err(|source| FilesError::Component {
            path: path.to_path_buf(),
            source: Box::new(source),
        })?;
        let packages: Arc<[WitPackage]> = packages.into();
        self.0.insert(path.to_path_buf(), packages.clone());
        Ok(packages)
    }
}

/// A component from its WIT alone, with a generated stub as its binary, and the metadata that lie
/// beside the WIT.
pub(super) fn read_stub(
    shelf: &mut WitShelf,
    path: &Path,
    world: Option<&str>,
    name: &str,
) -> Result<(ComponentType, Vec<u8>), FilesError> {
    let mut component_type = match is_wit_text(path) {
        true => read::world(&shelf.packages(path)?, &file_name(path), world).map_err(|source| {
            FilesError::Component {
                path: path.to_path_buf(),
                source: Box::new(source),
            }
        })?,
        false => read_wit(path, world)?,
    };
    if let Some(metadata) = read_metadata(path, &component_type.name)? {
        component_type = read::with_metadata(component_type, metadata);
    }
    component_type.name = name.to_string();
    let bytes = rte::stub(&component_type).map_err(|source| FilesError::Stub {
        path: path.to_path_buf(),
        source: Box::new(source),
    })?;
    Ok((component_type, bytes))
}

/// Metadata of a world beside its WIT, if there are any.
fn read_metadata(path: &Path, world: &str) -> Result<Option<Metadata>, FilesError> {
    let file = path.join(metadata::beside(world));
    if !file.is_file() {
        return Ok(None);
    }
    let read = metadata::read(&read_limited(&file)?);
    read.map(Some).map_err(|source| FilesError::Metadata {
        path: file,
        source: Box::new(source),
    })
}

/// Whatever it is: a component, an encoded WIT package, WIT text, a folder of it.
pub fn read_any(path: &Path, world: Option<&str>) -> Result<ComponentType, FilesError> {
    if is_wit_text(path) {
        return read_wit(path, world);
    }
    let bytes = read_limited(path)?;
    let read = match read::file(&bytes, &file_name(path)) {
        Ok(Loaded::Component(component_type)) => Ok(component_type),
        Ok(Loaded::Package(_)) => read::wit_bytes(&bytes, &file_name(path), world),
        Err(error) => Err(error),
    };
    read.map_err(|source| FilesError::Component {
        path: path.to_path_buf(),
        source: Box::new(source),
    })
}

fn read_wit(path: &Path, world: Option<&str>) -> Result<ComponentType, FilesError> {
    let fail = |source| FilesError::Component {
        path: path.to_path_buf(),
        source: Box::new(source),
    };
    if !is_wit_text(path) {
        return read::wit_bytes(&read_limited(path)?, &file_name(path), world).map_err(fail);
    }
    let texts = read_wit_texts(path)?;
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    read::wit_files(&texts, world).map_err(fail)
}

fn is_wit_text(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|extension| extension == "wit")
}

/// The WIT texts of a file or folder (with its `deps`), by path from there, in order.
pub fn read_wit_texts(path: &Path) -> Result<Vec<(String, String)>, FilesError> {
    let mut texts = Vec::new();
    match path.is_dir() {
        true => collect_wit(path, "", &mut texts)?,
        false => texts.push((file_name(path), read_wit_text(path)?)),
    }
    Ok(texts)
}

fn collect_wit(
    folder: &Path,
    prefix: &str,
    texts: &mut Vec<(String, String)>,
) -> Result<(), FilesError> {
    let entries = std::fs::read_dir(folder).map_err(|source| FilesError::read(folder, source))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        let name = format!("{prefix}{}", file_name(&path));
        if path.is_dir() {
            collect_wit(&path, &format!("{name}/"), texts)?;
        } else if is_wit_text(&path) {
            texts.push((name, read_wit_text(&path)?));
        }
    }
    Ok(())
}

fn read_wit_text(path: &Path) -> Result<String, FilesError> {
    super::project::text(path, read_limited(path)?)
}

/// Folders with built-in components: beside the program, and in the source tree.
pub fn shelf_folders() -> Vec<PathBuf> {
    asset_folders("components")
}

/// Folders of that name in `assets` beside the program, and in the source tree that it was built from.
pub(super) fn asset_folders(name: &str) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(program) = std::env::current_exe()
        && let Some(folder) = program.parent()
    {
        folders.push(folder.join("assets").join(name));
    }
    #[cfg(not(feature = "packaged"))]
    folders.push(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../assets")
            .join(name),
    );
    folders.retain(|folder| folder.is_dir());
    folders
}

/// The components among these files and folders, by name, and what is wrong with the others.
pub fn read_shelf(paths: &[PathBuf]) -> (BTreeMap<String, ShelfEntry>, Vec<String>) {
    let mut entries = BTreeMap::new();
    let mut failures = Vec::new();
    for path in paths.iter().flat_map(|path| wasm_files(path)) {
        match read_component(&path) {
            Ok((component_type, bytes)) => {
                let entry = ShelfEntry {
                    path: path.clone(),
                    component_type: Arc::new(component_type),
                    bytes: bytes.into(),
                };
                entries.insert(stem(&path), entry);
            }
            Err(error) => failures.push(error.to_string()),
        }
    }
    (entries, failures)
}

fn wasm_files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![path.to_path_buf()];
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .collect();
    files.sort();
    files
}

/// An AUTOSAR description; those of whole vehicles are larger than components.
pub fn read_arxml(path: &Path) -> Result<Vec<u8>, FilesError> {
    read_up_to(path, ARXML_LIMIT_BYTES)
}

/// At most so many bytes, also of what does not tell its size beforehand (a device file).
pub fn read_limited(path: &Path) -> Result<Vec<u8>, FilesError> {
    read_up_to(path, LIMIT_BYTES)
}

fn read_up_to(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, FilesError> {
    let fail = |source| FilesError::read(path, source);
    let file = File::open(path).map_err(fail)?;
    let too_large = |size_bytes| FilesError::TooLarge {
        path: path.to_path_buf(),
        size_bytes,
        limit_bytes,
    };
    let size_bytes = file.metadata().map_err(fail)?.len();
    if size_bytes > limit_bytes {
        return Err(too_large(size_bytes));
    }
    let mut bytes = Vec::new();
    file.take(limit_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(fail)?;
    match bytes.len() as u64 {
        size_bytes if size_bytes > limit_bytes => Err(too_large(size_bytes)),
        _ => Ok(bytes),
    }
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
