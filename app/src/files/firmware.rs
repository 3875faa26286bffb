//! Prebuilt firmware of boards, and the keys that sign what is linked with it.

use super::{FilesError, component::asset_folders, read_limited, read_text};
use payload::SigningKey;
use std::path::Path;

/// The ELF file of a board's firmware.
pub fn read_firmware(board: &str) -> Result<Vec<u8>, FilesError> {
    let folders = asset_folders("firmware");
    let mut paths = folders
        .iter()
        .map(|folder| folder.join(format!("{board}.elf")));
    match paths.find(|path| path.is_file()) {
        Some(path) => read_limited(&path),
        None => Err(FilesError::NoFirmware {
            board: board.to_owned(),
            folders: match folders.is_empty() {
                true => "no folder `firmware` beside the program".to_owned(),
                false => folders
                    .iter()
                    .map(|folder| format!("`{}`", folder.display()))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
        }),
    }
}

/// A private key in PEM.
pub fn read_signing_key(path: &Path) -> Result<SigningKey, FilesError> {
    let text = read_text(path)?;
    SigningKey::from_pem(&text).map_err(|source| FilesError::Key {
        path: path.to_path_buf(),
        source,
    })
}
