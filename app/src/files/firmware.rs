//! Prebuilt firmware of boards, and the keys that sign what is linked with it.

use super::{
    FilesError, component::asset_folders, read_limited, read_text, write_atomically, write_secret,
};
use payload::SigningKey;
use std::path::{Path, PathBuf};

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
                true => "no folder `assets/firmware` beside the program".to_owned(),
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

/// Makes a pair of keys: the private one in a file that is not there yet, the public one beside it
/// with `.pub` at its end. Gives the key's id and the public file.
pub fn make_signing_key(private_path: &Path) -> Result<(String, PathBuf), FilesError> {
    if private_path.exists() {
        return Err(FilesError::KeyThere {
            path: private_path.to_path_buf(),
        });
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| FilesError::Random {
        reason: error.to_string(),
    })?;
    let key = SigningKey::from_seed(seed).map_err(|source| FilesError::Key {
        path: private_path.to_path_buf(),
        source,
    })?;
    let mut public_path = private_path.to_path_buf().into_os_string();
    public_path.push(".pub");
    let public_path = PathBuf::from(public_path);
    write_secret(private_path, key.to_pem().as_bytes())?;
    write_atomically(&public_path, key.public().to_pem().as_bytes())?;
    Ok((key.public().id().to_string(), public_path))
}
