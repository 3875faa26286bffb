//! Where a user's settings are kept: one file in the folder that the system has for such.

use super::{FilesError, write_atomically};
use crate::session::Settings;
use std::path::PathBuf;

/// `wireloom/settings.json` in the system's folder for settings; `None`: the system names none.
pub fn settings_path() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = || std::env::home_dir();
    let folder = if cfg!(windows) {
        variable("APPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        // XDG base directory specification 0.8: a relative path there is to be ignored.
        variable("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| home().map(|home| home.join(".config")))
    };
    folder.map(|folder| folder.join("wireloom").join("settings.json"))
}

/// The settings as they were kept. A file that cannot be understood is put aside under another
/// name, so that nothing in it is lost; the text says so.
pub fn read_settings() -> (Settings, Option<String>) {
    let Some(path) = settings_path() else {
        return (Settings::default(), None);
    };
    let read = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return (Settings::default(), None);
        }
        Err(error) => Err(error.to_string()),
        Ok(text) => Settings::from_text(&text),
    };
    match read {
        Ok(settings) => (settings, None),
        Err(reason) => {
            let aside = path.with_extension("unreadable.json");
            let kept = match std::fs::rename(&path, &aside) {
                Ok(()) => format!("it is kept as {}", aside.display()),
                Err(error) => format!("it could not be put aside: {error}"),
            };
            let text = format!(
                "the settings in {} cannot be read: {reason}; {kept}, and everything is as at the first start",
                path.display()
            );
            (Settings::default(), Some(text))
        }
    }
}

/// Replaces the kept settings.
pub fn keep_settings(text: &str) -> Result<(), FilesError> {
    match settings_path() {
        Some(path) => write_atomically(&path, text.as_bytes()),
        None => Ok(()),
    }
}
