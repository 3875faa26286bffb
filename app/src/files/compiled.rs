//! Compiled code of large partitions in the user's cache, so that an interpreter that was composed once
//! starts at once at the next run.

use super::write_atomically;
use simulator::{CodeStore, Programs, SimulationError};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// Together; what was used least lately goes first.
const LIMIT_BYTES: u64 = 1_000_000_000;

/// What compiles partitions, with the user's cache where the system has a folder for it.
///
/// # Errors
/// If there can be no engine.
pub fn programs() -> Result<Programs, SimulationError> {
    let programs = Programs::new()?;
    Ok(match folder() {
        Some(folder) => programs.with_store(Arc::new(Cache {
            folder,
            limit_bytes: LIMIT_BYTES,
        })),
        None => programs,
    })
}

/// `wireloom/compiled` in the system's folder for caches; `None`: the system names none.
fn folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = || std::env::home_dir();
    let folder = if cfg!(windows) {
        variable("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Caches"))
    } else {
        // XDG base directory specification 0.8: a relative path there is to be ignored.
        variable("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| home().map(|home| home.join(".cache")))
    };
    folder.map(|folder| folder.join("wireloom").join("compiled"))
}

struct Cache {
    folder: PathBuf,
    limit_bytes: u64,
}

impl CodeStore for Cache {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.folder.join(name);
        let bytes = fs::read(&path).ok()?;
        // Used now; a cache that cannot be written is read all the same.
        if let Ok(file) = File::options().append(true).open(&path) {
            let _ = file.set_modified(SystemTime::now());
        }
        Some(bytes)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        // A full disk or a folder of somebody else costs the next run its time, and nobody else.
        if fs::create_dir_all(&self.folder).is_ok()
            && write_atomically(&self.folder.join(name), bytes).is_ok()
        {
            clear(&self.folder, self.limit_bytes);
        }
    }
}

/// Removes what was used least lately until the rest is within the limit.
fn clear(folder: &Path, limit_bytes: u64) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let found = entry.metadata().ok()?;
            Some((found.modified().ok()?, found.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut sum: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, bytes, path) in files {
        if sum <= limit_bytes {
            return;
        }
        if fs::remove_file(path).is_ok() {
            sum -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache {
            folder: folder.path().join("compiled"),
            limit_bytes: 250,
        };
        assert_eq!(cache.get("one"), None);
        for (name, age) in [("one", 20), ("two", 10)] {
            cache.put(name, &[1; 100]);
            let file = File::options()
                .append(true)
                .open(cache.folder.join(name))
                .unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age))
                .unwrap();
        }
        assert_eq!(cache.get("one"), Some(vec![1; 100]));
        cache.put("three", &[3; 100]);
        assert_eq!(cache.get("two"), None);
        assert!(cache.get("one").is_some() && cache.get("three").is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "no folder").unwrap();
        let cache = Cache {
            folder: file.join("compiled"),
            limit_bytes: 250,
        };
        cache.put("one", &[1]);
        assert_eq!(cache.get("one"), None);
    }
}
