//! Reads other versions of a project, to be compared and merged.

use crate::{
    files,
    session::{Event, Version, VersionPurpose},
};
use std::path::{Path, PathBuf};

/// All of them, or why one of them cannot be read. What they refer to may be missing: that is told
/// where it matters, by the checks.
pub(super) fn read(
    project: Option<PathBuf>,
    paths: &[PathBuf],
    purpose: VersionPurpose,
) -> Vec<Event> {
    let version = |path: &PathBuf| {
        let project = files::open_project(path)?;
        Ok::<_, files::FilesError>(Version {
            path: project.path,
            document: project.document,
            library: project.library,
        })
    };
    match paths.iter().map(version).collect::<Result<Vec<_>, _>>() {
        Ok(mut versions) => {
            lead_there(&mut versions, project.as_deref());
            vec![Event::VersionsRead {
                project,
                versions,
                purpose,
            }]
        }
        Err(error) => vec![Event::Failed(error.to_string())],
    }
}

/// What is taken over from a version in another folder has to be found from the project's folder.
/// Files that are the same in both keep their relative paths: a copy of a project is the project.
fn lead_there(versions: &mut [Version], project: Option<&Path>) {
    let folder = |path: &Path| {
        std::path::absolute(path)
            .ok()?
            .parent()
            .map(Path::to_path_buf)
    };
    let home = project.and_then(folder);
    // The version that a merge starts from only says what changed: its paths become those of the
    // version that comes in, or every file would have changed.
    let Some(there) = versions.last().and_then(|version| folder(&version.path)) else {
        return;
    };
    if home.as_ref() == Some(&there) {
        return;
    }
    let lead = |file: &str| {
        let theirs = there.join(file);
        let is_here = |home: &PathBuf| files::is_same(&home.join(file), &theirs);
        match home.as_ref().is_some_and(is_here) {
            true => file.to_owned(),
            false => theirs.to_string_lossy().into_owned(),
        }
    };
    for version in versions {
        version.document.map_files(lead);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graph_core::document::{BusKind, Document};
    use std::fs;

    fn sources(document: &Document) -> Vec<&str> {
        let components = document.components.values();
        let components = components.filter_map(|one| one.source.file());
        let descriptions = document.buses.values().filter_map(|bus| match &bus.kind {
            BusKind::Can { description, .. } => description.as_deref(),
            _ => None,
        });
        components.chain(descriptions).collect()
    }

    #[test]
    fn the_files_of_a_version_elsewhere_are_found_from_here() {
        let root = tempfile::tempdir().unwrap();
        let text = r#"format = 1
name = "car"
components.new = { file = "new.wasm" }
components.other = { file = "other.wasm" }
components.same = { file = "same.wasm" }
buses.can0 = { kind = "can", bitrate_bps = 500000, description = "can0.dbc" }
"#;
        for (folder, bytes) in [("here", "old"), ("there", "built")] {
            let folder = root.path().join(folder);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("car.wireloom"), text).unwrap();
            fs::write(folder.join("same.wasm"), "same").unwrap();
            fs::write(folder.join("other.wasm"), bytes).unwrap();
        }
        let [here, there] = ["here", "there"].map(|folder| root.path().join(folder));
        fs::write(there.join("new.wasm"), "new").unwrap();
        fs::write(there.join("can0.dbc"), "VERSION \"\"\n").unwrap();
        let read = |project: &Path, path: &Path| {
            let paths = [path.join("car.wireloom")];
            let project = Some(project.join("car.wireloom"));
            let mut events = read(project, &paths, VersionPurpose::Compare);
            match events.pop() {
                Some(Event::VersionsRead { mut versions, .. }) => versions.remove(0).document,
                other => panic!("{other:?}"),
            }
        };
        let version = read(&here, &there);
        let at = |file: &str| there.join(file).to_string_lossy().into_owned();
        let led = [
            at("new.wasm"),
            at("other.wasm"),
            "same.wasm".into(),
            at("can0.dbc"),
        ];
        assert_eq!(sources(&version), led);
        let own = read(&there, &there);
        let plain = ["new.wasm", "other.wasm", "same.wasm", "can0.dbc"];
        assert_eq!(sources(&own), plain);
    }
}
