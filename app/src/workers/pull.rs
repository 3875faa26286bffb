//! Fetches from a registry into the project's folder. What is there already stays as it is.

use super::jobs::Handle;
use crate::{
    files,
    remote::{self, Access, Pulled, RemoteError},
    session::Event,
};
use registry::{Environment, RegistryError};
use std::path::{Path, PathBuf};

pub(super) fn pull(reference: &str, folder: &Path, job: &Handle) -> Vec<Event> {
    let access = Access {
        environment: Environment::of_process(),
        ..Access::default()
    };
    let pulled = remote::pull(reference, &access, &mut |done, of| {
        let [done, of] = [done, of].map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        job.progress(done, of);
        !job.is_cancelled()
    });
    let kept = match pulled {
        // Who cancels knows.
        Err(RemoteError::Registry(RegistryError::Cancelled)) => return Vec::new(),
        Err(error) => Err(error.to_string()),
        Ok(_) if job.is_cancelled() => return Vec::new(),
        Ok(pulled) => keep(&pulled, folder),
    };
    let file = match kept {
        Ok(file) => file,
        Err(reason) => return vec![Event::Failed(reason)],
    };
    let (entries, failures) = files::read_shelf(std::slice::from_ref(&file));
    let mut events = vec![
        Event::Pulled {
            reference: reference.to_owned(),
            file,
        },
        Event::ComponentsRead(entries.into_iter().collect()),
    ];
    events.extend(failures.into_iter().map(Event::Failed));
    events
}

/// Writes what came unless it is there; another file of that name is not overwritten, since
/// instances may stand on it.
fn keep(pulled: &Pulled, folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join(&pulled.file_name);
    if path.exists() {
        let there = files::read_limited(&path).map_err(|error| error.to_string())?;
        return match there == pulled.bytes {
            true => Ok(path),
            false => Err(format!(
                "`{}` is there already and is another one than `{}`; rename it or take it away, then pull again",
                path.display(),
                pulled.reference
            )),
        };
    }
    let written = files::write_atomically(&path, &pulled.bytes);
    written.map_err(|error| error.to_string())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use exporter::oci::Kind;

    fn pulled(bytes: &[u8]) -> Pulled {
        Pulled {
            reference: "r.example/fan:1.0.0".to_owned(),
            digest: String::new(),
            file_name: "fan.wasm".to_owned(),
            version: None,
            kind: Kind::Component,
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = keep(&pulled(b"one"), &folder.path().join("components")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(
            keep(&pulled(b"one"), path.parent().unwrap()),
            Ok(path.clone())
        );
        assert_eq!(
            keep(&pulled(b"two"), path.parent().unwrap()),
            Err(format!(
                "`{}` is there already and is another one than `r.example/fan:1.0.0`; rename it or take it away, then pull again",
                path.display()
            ))
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
    }
}
