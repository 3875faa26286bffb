//! Composed components as projects, and the files that such a project brings along.

use super::{FilesError, component, save};
use crate::{
    canvas::{
        node::Metrics,
        scene::{Scene, Toggled},
    },
    session::Parts,
};
use graph_core::{
    layout,
    reopen::{self, Composition, Reopened},
};
use std::path::{Path, PathBuf};

/// The project of composed components, laid out; partitions of one project are one project again.
pub fn reopen(paths: &[PathBuf]) -> Result<Reopened, FilesError> {
    let mut contents = Vec::with_capacity(paths.len());
    for path in paths {
        contents.push((component::file_name(path), component::read_limited(path)?));
    }
    let compositions: Vec<Composition<'_>> = contents
        .iter()
        .map(|(name, bytes)| Composition { name, bytes })
        .collect();
    let reopened = reopen::reopen(&compositions);
    let mut reopened = reopened.map_err(|error| FilesError::Reopen(Box::new(error)))?;
    let Reopened {
        document, library, ..
    } = &mut reopened;
    let scene = Scene::new(document, library, &Metrics::STANDARD, &Toggled::new());
    document.layout.positions = layout::arrange(document, &scene.shapes());
    Ok(reopened)
}

/// Whether each of these files, and at least one, can be opened as a project.
pub fn are_compositions(paths: &[PathBuf]) -> bool {
    let is_composition = |path: &PathBuf| {
        component::read_limited(path).is_ok_and(|bytes| reopen::is_composition(&bytes))
    };
    !paths.is_empty() && paths.iter().all(is_composition)
}

/// Writes the files below a folder where they are not there yet; another file of the same name
/// stays, and is an error before anything is written.
pub fn write_parts(folder: &Path, parts: &Parts) -> Result<(), FilesError> {
    let mut missing = Vec::new();
    for (name, bytes) in parts {
        let path = folder.join(name);
        match std::fs::read(&path) {
            Ok(known) if known == **bytes => {}
            Ok(_) => return Err(FilesError::PartThere { path }),
            Err(_) => missing.push((path, bytes)),
        }
    }
    for (path, bytes) in missing {
        save::write_atomically(&path, bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn another_file_of_the_same_name_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let parts = |fan: &[u8]| -> Parts {
            let part = |name: &str, bytes: &[u8]| (name.to_owned(), Arc::from(bytes));
            [part("a.dbc", b"bus"), part("components/fan.wasm", fan)].into()
        };
        write_parts(folder.path(), &parts(b"one")).unwrap();
        write_parts(folder.path(), &parts(b"one")).unwrap();
        let error = write_parts(folder.path(), &parts(b"two")).unwrap_err();
        let fan = folder.path().join("components/fan.wasm");
        assert_eq!(
            error.to_string(),
            format!(
                "`{}` is there already and is another file than the project's; save the project into another folder",
                fan.display()
            )
        );
        assert_eq!(std::fs::read(fan).unwrap(), b"one");
    }
}
