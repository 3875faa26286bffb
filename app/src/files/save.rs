//! Saves that are whole or not there: a new file beside the old one, flushed to the disk, then
//! renamed over it. Unsaved work is kept beside the project and survives a kill.

use super::FilesError;
use crate::session::ProjectFiles;
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

/// Replaces the file, or leaves it as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), FilesError> {
    let fail = |source| FilesError::write(path, source);
    let file = written_beside(path, bytes)?;
    if let Ok(before) = std::fs::metadata(path) {
        file.as_file()
            .set_permissions(before.permissions())
            .map_err(fail)?;
    } else {
        make_readable(file.as_file()).map_err(fail)?;
    }
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Writes a file that only its owner reads, where there is none yet.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), FilesError> {
    // A temporary file is its owner's alone, and stays so.
    let file = written_beside(path, bytes)?;
    file.persist_noclobber(path)
        .map_err(|error| FilesError::write(path, error.error))?;
    Ok(())
}

fn written_beside(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, FilesError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let fail = |source| FilesError::write(path, source);
    std::fs::create_dir_all(folder).map_err(fail)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    Ok(file)
}

/// Writes every file below a folder, which is made where it is not there.
pub fn write_all(folder: &Path, contents: &BTreeMap<String, Vec<u8>>) -> Result<(), FilesError> {
    std::fs::create_dir_all(folder).map_err(|source| FilesError::write(folder, source))?;
    for (name, bytes) in contents {
        write_atomically(&folder.join(name), bytes)?;
    }
    Ok(())
}

/// Writes the files of a project that is not there yet, thousands of them, without waiting for the
/// disk at each: what they were made of is still there, and without its project file, which is
/// written last and as a whole, they are no project.
pub fn write_new(
    folder: &Path,
    contents: &BTreeMap<String, Vec<u8>>,
    project: &BTreeMap<String, Vec<u8>>,
) -> Result<(), FilesError> {
    for (name, bytes) in contents {
        let path = folder.join(name);
        let fail = |source| FilesError::write(&path, source);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        std::fs::write(&path, bytes).map_err(fail)?;
    }
    write_all(folder, project)
}

/// Writes a project and its layout, then drops the recovery file.
pub fn save(path: &Path, files: &ProjectFiles) -> Result<(), FilesError> {
    write_atomically(path, files.project.as_bytes())?;
    write_atomically(&layout_path(path), files.layout.as_bytes())?;
    drop_recovery(path)
}

/// Keeps unsaved work beside the project.
pub fn save_recovery(path: &Path, files: &ProjectFiles) -> Result<(), FilesError> {
    write_atomically(&recovery_path(path, "project"), files.project.as_bytes())?;
    write_atomically(&recovery_path(path, "layout"), files.layout.as_bytes())
}

/// Unsaved work of a session that ended too early.
pub fn recovery_files(path: &Path) -> Option<ProjectFiles> {
    let project = std::fs::read_to_string(recovery_path(path, "project")).ok()?;
    let layout = std::fs::read_to_string(recovery_path(path, "layout")).unwrap_or_default();
    Some(ProjectFiles { project, layout })
}

/// The unsaved work is saved, or not wanted.
pub fn drop_recovery(path: &Path) -> Result<(), FilesError> {
    for part in ["project", "layout"] {
        let path = recovery_path(path, part);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(FilesError::write(&path, error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Lets the file be run, where the system asks for that.
pub fn make_executable(path: &Path) -> Result<(), FilesError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
            .map_err(|source| FilesError::write(path, source))?;
    }
    let _ = path;
    Ok(())
}

/// `thermal.layout` beside `thermal.wireloom`.
pub fn layout_path(path: &Path) -> PathBuf {
    path.with_extension("layout")
}

/// `.thermal.wireloom.project.recovery` beside `thermal.wireloom`.
fn recovery_path(path: &Path, part: &str) -> PathBuf {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    path.with_file_name(format!(".{name}.{part}.recovery"))
}

/// A temporary file is its owner's alone; a project is as readable as any new file.
#[cfg(unix)]
fn make_readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> ProjectFiles {
        ProjectFiles {
            project: text.into(),
            layout: String::new(),
        }
    }

    #[test]
    fn a_save_replaces_the_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wireloom");
        save(&path, &files("one")).unwrap();
        save_recovery(&path, &files("two, not saved")).unwrap();
        save(&path, &files("three")).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["a.layout", "a.wireloom"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
    }

    #[test]
    fn unsaved_work_is_there_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wireloom");
        assert_eq!(recovery_files(&path), None);
        save_recovery(&path, &files("kept")).unwrap();
        assert_eq!(recovery_files(&path), Some(files("kept")));
        drop_recovery(&path).unwrap();
        assert_eq!(recovery_files(&path), None);
    }

    #[test]
    fn a_save_that_cannot_be_done_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wireloom");
        save(&path, &files("kept")).unwrap();
        let below_a_file = path.join("b.wireloom");
        let error = save(&below_a_file, &files("lost")).unwrap_err().to_string();
        assert!(error.starts_with("cannot write"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
    }
}
