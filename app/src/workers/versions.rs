//! Reads other versions of a project, to be compared and merged.

use crate::{
    files,
    session::{Event, Version, VersionPurpose},
};
use std::path::PathBuf;

/// All of them, or why one of them cannot be read. What they refer to may be missing: that is told
/// where it matters, by the checks.
pub(super) fn read(paths: &[PathBuf], purpose: VersionPurpose) -> Vec<Event> {
    let version = |path: &PathBuf| {
        let project = files::open_project(path)?;
        Ok::<_, files::FilesError>(Version {
            path: project.path,
            document: project.document,
            library: project.library,
        })
    };
    match paths.iter().map(version).collect() {
        Ok(versions) => vec![Event::VersionsRead { versions, purpose }],
        Err(error) => vec![Event::Failed(error.to_string())],
    }
}
