//! Opens a project: the document, and the library of what it refers to.

use super::{
    FilesError,
    component::{self, WitShelf},
    save,
};
use autosar_wit::dbc::Database;
use graph_core::{
    document::{BusKind, ComponentSource, Document},
    library::{Entry, Library},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A project as read.
#[derive(Debug)]
pub struct Project {
    /// The project file.
    pub path: PathBuf,
    pub document: Document,
    pub library: Library,
    /// Files that could not be read, or have defects: the checks say which elements suffer.
    pub warnings: Vec<String>,
}

impl Project {
    /// What runs: the project without compositions.
    pub fn flattened(self) -> Project {
        let flat = graph_core::hierarchy::flattened(&self.document);
        Project {
            document: flat.document.into_owned(),
            ..self
        }
    }
}

/// Opens the project at a file or folder.
pub fn open_project(path: &Path) -> Result<Project, FilesError> {
    let path = project_file(path)?;
    let name = path.to_string_lossy();
    let mut document = graph_core::file::read(&read_project_text(&path)?, &name)?;
    let layout_path = save::layout_path(&path);
    if layout_path.exists() {
        let text = read_project_text(&layout_path)?;
        document.layout =
            graph_core::file::read_layout(&text, &layout_path.to_string_lossy(), &document)?;
    }
    let (library, warnings) = read_library(&document, &path);
    Ok(Project {
        path,
        document,
        library,
        warnings,
    })
}

/// The document alone, of a file or folder, without what it refers to. An empty file is an empty
/// project: that is how version control shows one that is not there.
pub fn read_document(path: &Path) -> Result<Document, FilesError> {
    let path = project_file(path)?;
    let text = read_project_text(&path)?;
    match text.trim().is_empty() {
        true => Ok(Document::default()),
        false => Ok(graph_core::file::read(&text, &path.to_string_lossy())?),
    }
}

/// The `.wireloom` file at a path: itself, or the only one in the folder.
pub fn project_file(path: &Path) -> Result<PathBuf, FilesError> {
    let metadata = std::fs::metadata(path).map_err(|source| FilesError::read(path, source))?;
    if !metadata.is_dir() {
        return Ok(path.to_path_buf());
    }
    let entries = std::fs::read_dir(path).map_err(|source| FilesError::read(path, source))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wireloom")
        })
        .collect();
    found.sort();
    match found.as_slice() {
        [] => Err(FilesError::NoProject {
            folder: path.to_path_buf(),
        }),
        [only] => Ok(only.clone()),
        several => Err(FilesError::SeveralProjects {
            folder: path.to_path_buf(),
            names: several
                .iter()
                .filter_map(|path| Some(format!("`{}`", path.file_name()?.to_string_lossy())))
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

/// Reads every file that the document refers to; what fails stands in the library as missing.
pub fn read_library(document: &Document, project: &Path) -> (Library, Vec<String>) {
    let folder = project.parent().unwrap_or(Path::new("."));
    let mut library = Library::default();
    let mut shelf = WitShelf::default();
    let mut warnings = Vec::new();
    for (id, component) in &document.components {
        let Some(file) = component.source.file() else {
            continue;
        };
        let (path, name) = (folder.join(file), &component.name);
        let entry = entry(&mut shelf, &path, name, &component.source);
        if let Entry::Missing { reason } = &entry {
            warnings.push(reason.clone());
        }
        library.components.insert(*id, entry);
    }
    if let Some(place) = &document.imported {
        // A record is as long as what was imported.
        match read_bytes(&folder.join(place).join(arxml::RECORD)) {
            Ok(record) => drop(library.imports.insert(place.clone(), record.into())),
            Err(error) => warnings.push(error.to_string()),
        }
    }
    for (id, bus) in &document.buses {
        let BusKind::Can {
            description: Some(file),
            ..
        } = &bus.kind
        else {
            continue;
        };
        let (database, defects) = read_description(&folder.join(file));
        warnings.extend(defects);
        if let Some(database) = database {
            library.descriptions.insert(*id, database);
        }
    }
    (library, warnings)
}

/// A DBC file, as far as it can be read, and what is wrong with it.
pub fn read_description(path: &Path) -> (Option<Arc<Database>>, Vec<String>) {
    let bytes = match component::read_limited(path) {
        Ok(bytes) => bytes,
        Err(error) => return (None, vec![error.to_string()]),
    };
    let loaded = autosar_wit::dbc::read(&bytes);
    let text = |defect: &autosar_wit::dbc::Defect| {
        format!("{}:{}: {}", path.display(), defect.line, defect.message)
    };
    let warnings = loaded.defects.iter().map(text).collect();
    (Some(Arc::new(loaded.database)), warnings)
}

/// The component at a path, read as its source says: a binary, or WIT with a stub in its place.
pub fn read_entry(path: &Path, name: &str, source: &ComponentSource) -> Entry {
    entry(&mut WitShelf::default(), path, name, source)
}

fn entry(shelf: &mut WitShelf, path: &Path, name: &str, source: &ComponentSource) -> Entry {
    let read = match source {
        ComponentSource::File(_) => component::read_component(path),
        ComponentSource::Stub { world, .. } => {
            component::read_stub(shelf, path, world.as_deref(), name)
        }
        ComponentSource::Composition => {
            return Entry::Missing {
                reason: format!("`{name}` is a composition of the project and has no file"),
            };
        }
    };
    match read {
        Ok((component_type, bytes)) => Entry::Loaded {
            component_type: Arc::new(component_type),
            bytes: bytes.into(),
        },
        Err(error) => Entry::Missing {
            reason: error.to_string(),
        },
    }
}

/// Whether a file of another folder is here too, or is missing there: then nothing else is meant. Of
/// folders, such as WIT packages, the name counts.
pub fn is_same(here: &Path, there: &Path) -> bool {
    match (std::fs::metadata(here), std::fs::metadata(there)) {
        (_, Err(_)) => true,
        (Err(_), Ok(_)) => false,
        (Ok(one), Ok(other)) if one.is_file() && other.is_file() => {
            let read = component::read_limited;
            one.len() == other.len()
                && matches!((read(here), read(there)), (Ok(one), Ok(other)) if one == other)
        }
        (Ok(one), Ok(other)) => one.is_dir() == other.is_dir(),
    }
}

/// A text file as UTF-8, however long: logs are.
pub fn read_text(path: &Path) -> Result<String, FilesError> {
    text(path, read_bytes(path)?)
}

/// A file as it is.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, FilesError> {
    std::fs::read(path).map_err(|source| FilesError::read(path, source))
}

/// Bytes as UTF-8.
pub(super) fn text(path: &Path, bytes: Vec<u8>) -> Result<String, FilesError> {
    String::from_utf8(bytes).map_err(|_| FilesError::NotText {
        path: path.to_path_buf(),
    })
}

/// A project's or layout's text; what is wrong with it is told with its line.
pub fn read_project_text(path: &Path) -> Result<String, FilesError> {
    let bytes = component::read_limited(path)?;
    Ok(graph_core::file::decode(&bytes, &path.to_string_lossy())?.to_owned())
}
