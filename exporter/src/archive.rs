//! Files as one tar archive (POSIX ustar); the same files give the same bytes: no owner, no time,
//! sorted paths. Knows nothing of what the files are.

use crate::{ExportError, Files};

/// The archive of these files.
pub fn tar(files: &Files) -> Result<Vec<u8>, ExportError> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let failed = |error: std::io::Error| ExportError::Archive {
            file: path.clone(),
            reason: error.to_string(),
        };
        let mut header = tar::Header::new_ustar();
        header.set_path(path).map_err(failed)?;
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_cksum();
        archive.append(&header, bytes.as_slice()).map_err(failed)?;
    }
    archive.into_inner().map_err(|error| ExportError::Archive {
        file: "the end".to_owned(),
        reason: error.to_string(),
    })
}
