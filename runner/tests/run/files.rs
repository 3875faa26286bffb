//! Reading a composed folder.

use std::fs;

use runner::{FilesError, read_folder};
use sha2::{Digest, Sha256};

use crate::support::*;

fn folder(sha256: Option<&str>, file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"component";
    let digest: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut system = system(&["climate"]);
    system.ecus[0].partitions[0].sha256 = sha256.map_or(digest, str::to_owned);
    system.ecus[0].partitions[0].file = file.to_owned();
    fs::write(folder.path().join("system.json"), system.to_text()).unwrap();
    fs::write(folder.path().join("climate-main.wasm"), bytes).unwrap();
    folder
}

#[test]
fn a_composed_folder_is_read() {
    let folder = folder(None, "climate-main.wasm");
    let (system, partitions) = read_folder(folder.path(), "climate").unwrap();
    assert_eq!(system.ecus.len(), 1);
    assert_eq!(partitions[0].name, "main");
    assert_eq!(partitions[0].component, b"component");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let changed = folder(Some("00"), "climate-main.wasm");
    let error = read_folder(changed.path(), "climate").unwrap_err();
    assert!(matches!(error, FilesError::Changed { .. }));
    assert!(
        error
            .to_string()
            .contains("climate-main.wasm` is not the file that the system was composed with")
    );
    let error = read_folder(changed.path(), "toaster")
        .unwrap_err()
        .to_string();
    assert_eq!(error, "the system has no ECU `toaster`; it has `climate`");
    for name in ["../climate-main.wasm", "/etc/passwd", "a/b", ""] {
        let error = read_folder(folder(None, name).path(), "climate")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("which is not a plain file name"),
            "{name}: {error}"
        );
    }
    let error = read_folder(folder(None, "other.wasm").path(), "climate")
        .unwrap_err()
        .to_string();
    assert!(error.contains("other.wasm` can not be read: "), "{error}");
}

#[test]
fn a_system_file_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let read = || {
        read_folder(folder.path(), "climate")
            .unwrap_err()
            .to_string()
    };
    assert!(read().contains("system.json` can not be read: "));
    fs::write(folder.path().join("system.json"), "{}").unwrap();
    assert!(
        read().contains("the deployment is not readable"),
        "{}",
        read()
    );
}
