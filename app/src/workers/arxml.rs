//! Reads AUTOSAR descriptions for a project that was made of older ones, and writes what they become.

use crate::{
    files,
    import::arxml::{namespace, update},
    session::Event,
};
use ::arxml::Source;
use graph_core::{document::Document, library::Library};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What they would change, or why they cannot be read.
pub(super) fn read(
    project: Option<PathBuf>,
    paths: &[PathBuf],
    document: &Document,
    library: &Library,
) -> Vec<Event> {
    let name = paths.first().and_then(|path| path.file_name());
    let name = name.unwrap_or_default().to_string_lossy().into_owned();
    vec![match brought(paths, document, library) {
        Ok(update) => Event::ArxmlRead {
            project,
            name,
            update: Box::new(update),
        },
        Err(reason) => Event::Failed(reason),
    }]
}

fn brought(
    paths: &[PathBuf],
    document: &Document,
    library: &Library,
) -> Result<crate::import::arxml::Update, String> {
    let mut contents = Vec::new();
    for path in paths {
        let bytes = files::read_arxml(path).map_err(|error| error.to_string())?;
        contents.push((path.display().to_string(), bytes));
    }
    let sources = contents.iter().map(|(name, bytes)| Source { name, bytes });
    let sources: Vec<Source<'_>> = sources.collect();
    let namespace = namespace(document, library).map_err(|error| error.to_string())?;
    let model = ::arxml::read(&sources, &namespace).map_err(|error| error.to_string())?;
    update(document, library, &model).map_err(|error| error.to_string())
}

/// The files of an update; their names say what they hold, so that nothing else is overwritten.
pub(super) fn write(project: PathBuf, contents: &BTreeMap<String, Vec<u8>>) -> Vec<Event> {
    let folder = project.parent().unwrap_or(Path::new("."));
    vec![match files::write_all(folder, contents) {
        Ok(()) => Event::ImportedWritten { project },
        Err(error) => Event::Failed(error.to_string()),
    }]
}
