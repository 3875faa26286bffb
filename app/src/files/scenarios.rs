//! Scenario files: those of a project lie in `scenarios/` beside it, what they name beside them.

use super::FilesError;
use std::path::{Path, PathBuf};

/// A scenario as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFile {
    /// Of the file, without its ending.
    pub name: String,
    pub path: PathBuf,
    pub text: String,
}

const FOLDER: &str = "scenarios";
const ENDING: &str = "scenario";

/// Those of the project at a file, by name.
pub fn scenarios(project: &Path) -> Result<Vec<ScenarioFile>, FilesError> {
    let folder = project.parent().unwrap_or(Path::new(".")).join(FOLDER);
    let mut found = Vec::new();
    if folder.is_dir() {
        let entries = std::fs::read_dir(&folder);
        for entry in entries.map_err(|source| FilesError::read(&folder, source))? {
            let path = entry
                .map_err(|source| FilesError::read(&folder, source))?
                .path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                found.push(scenario(&path)?);
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The scenario in a file.
pub fn scenario(path: &Path) -> Result<ScenarioFile, FilesError> {
    let name = path
        .file_stem()
        .map(|name| name.to_string_lossy().into_owned());
    Ok(ScenarioFile {
        name: name.unwrap_or_default(),
        path: path.to_owned(),
        text: super::read_text(path)?,
    })
}

/// What lies beside a scenario under that name.
pub fn read_beside(scenario: &Path, file: &str) -> Result<Vec<u8>, String> {
    let path = scenario.parent().unwrap_or(Path::new(".")).join(file);
    super::read_bytes(&path).map_err(|error| error.to_string())
}
