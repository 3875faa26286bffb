//! Core modules where components were meant: recognised, and wrapped beside themselves.

use super::{FilesError, read_limited, write_atomically};
use crate::scaffold;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// The folder beside a core module in which its component is written, under the same name: a component
/// is called like its file.
const FOLDER: &str = "wrapped";

pub fn is_core_module(path: &Path) -> bool {
    let mut start = [0; 8];
    File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok())
        && scaffold::is_core_module(&start)
}

/// Writes the component of a core module; the file.
///
/// # Errors
/// A module without a world, which nobody can know the types of; a file that cannot be written.
pub fn wrap_core_module(path: &Path) -> Result<PathBuf, FilesError> {
    let component = scaffold::pack(&read_limited(path)?).map_err(|source| FilesError::Wrap {
        path: path.to_path_buf(),
        source,
    })?;
    let folder = path.with_file_name(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|source| FilesError::write(&folder, source))?;
    let file = folder.join(path.file_name().unwrap_or_default());
    write_atomically(&file, &component)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_wrapped_beside_itself_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let core = folder.path().join("old.wasm");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/preview1.wasm");
        std::fs::copy(source, &core).unwrap();
        assert!(is_core_module(&core));
        let file = wrap_core_module(&core).unwrap();
        assert_eq!(file, folder.path().join("wrapped/old.wasm"));
        assert!(!is_core_module(&file));
        assert!(is_core_module(&core), "what was chosen stays");
        let (component_type, _) = super::super::read_component(&file).unwrap();
        let exports = component_type
            .ports
            .iter()
            .filter(|port| port.direction == autosar_wit::component::Direction::Provided);
        assert_eq!(exports.count(), 2);
    }

    #[test]
    fn a_module_without_a_world_says_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let core = folder.path().join("bare.wasm");
        std::fs::write(&core, b"\0asm\x01\0\0\0").unwrap();
        insta::assert_snapshot!(
            wrap_core_module(&core)
                .unwrap_err()
                .to_string()
                .replace(&core.display().to_string(), "bare.wasm")
        );
        assert!(!folder.path().join("wrapped").exists());
    }

    #[test]
    fn what_is_short_or_not_there_is_no_module() {
        let folder = tempfile::tempdir().unwrap();
        let short = folder.path().join("short.wasm");
        std::fs::write(&short, b"\0asm").unwrap();
        assert!(!is_core_module(&short));
        assert!(!is_core_module(&folder.path().join("none.wasm")));
    }
}
