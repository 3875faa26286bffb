//! A folder that keeps the non-volatile blocks of all ECUs between runs: `ECU/PARTITION/BLOCK.nv`,
//! in the form of a Linux ECU, so that what a vehicle has stored can be simulated. Knows no types.

use deployment::{Block, System};
use runner::nv_file::{self, Stored, Unsound};
use simulator::{NvContent, NvView};
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

/// Why blocks cannot be taken from a folder, or be kept there.
#[derive(Debug, thiserror::Error)]
pub enum NvError {
    #[error("cannot read `{path}`: {source}; check the folder of non-volatile blocks")]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write `{path}`: {source}; it holds what it held before the run")]
    Write { path: PathBuf, source: io::Error },
    #[error("`{path}` is no file of a non-volatile block; move it away, or name another folder")]
    Foreign { path: PathBuf },
    #[error(
        "`{path}` has form {version} of non-volatile blocks, which this program does not know; use the program that wrote it, or move the file away"
    )]
    Version { path: PathBuf, version: u8 },
    #[error(
        "`{path}` is damaged: its checksum is another; take a copy of it, or delete it, and the block begins with its first content"
    )]
    Damaged { path: PathBuf },
    #[error(
        "`{path}` holds {bytes} bytes, and the block has {size_bytes}; enlarge the block, or move the file away"
    )]
    TooLong {
        path: PathBuf,
        bytes: usize,
        size_bytes: u32,
    },
}

/// What a folder holds for a system.
#[derive(Debug, Default)]
pub struct NvFolder {
    pub contents: Vec<NvContent>,
    /// Files of blocks that the system does not have; they stay as they are.
    pub others: Vec<PathBuf>,
}

/// What was kept of the blocks of this system; a folder that is not there holds nothing.
pub fn read_nv(folder: &Path, system: &System) -> Result<NvFolder, NvError> {
    let mut found = NvFolder::default();
    let mut known = BTreeSet::new();
    for block in &system.blocks {
        let path = path(folder, &block.ecu, &block.partition, &block.name);
        if let Some(stored) = read(&path, block)? {
            found.contents.push(NvContent {
                ecu: block.ecu.clone(),
                partition: block.partition.clone(),
                block: block.name.clone(),
                content: match stored {
                    Stored::Content(content) => Some(content),
                    Stored::Invalidated => None,
                },
            });
        }
        known.insert(path);
    }
    let files = below(folder, 3).map_err(|source| read_error(folder, source))?;
    let is_other = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == nv_file::SUFFIX) && !known.contains(path)
    };
    found.others = files.into_iter().filter(is_other).collect();
    Ok(found)
}

/// Keeps what the run has changed; what it has not written stays as it is.
pub fn keep_nv<'a>(folder: &Path, blocks: impl Iterator<Item = NvView<'a>>) -> Result<(), NvError> {
    for block in blocks.filter(|block| block.changed_ns.is_some()) {
        let path = path(folder, block.ecu, block.partition, block.block);
        let stored = match block.content {
            Some(content) => Stored::Content(content.to_vec()),
            None => Stored::Invalidated,
        };
        nv_file::replace(&path, &stored).map_err(|source| NvError::Write { path, source })?;
    }
    Ok(())
}

fn path(folder: &Path, ecu: &str, partition: &str, block: &str) -> PathBuf {
    nv_file::path(&folder.join(ecu), partition, block)
}

fn read(path: &Path, block: &Block) -> Result<Option<Stored>, NvError> {
    let stored = nv_file::read(path).map_err(|source| read_error(path, source))?;
    let path = path.to_owned();
    match stored {
        None => Ok(None),
        Some(Ok(Stored::Content(content))) if content.len() > block.size_bytes as usize => {
            Err(NvError::TooLong {
                path,
                bytes: content.len(),
                size_bytes: block.size_bytes,
            })
        }
        Some(Ok(stored)) => Ok(Some(stored)),
        Some(Err(Unsound::Foreign)) => Err(NvError::Foreign { path }),
        Some(Err(Unsound::Version(version))) => Err(NvError::Version { path, version }),
        Some(Err(Unsound::Damaged)) => Err(NvError::Damaged { path }),
    }
}

fn read_error(path: &Path, source: io::Error) -> NvError {
    NvError::Read {
        path: path.to_owned(),
        source,
    }
}

/// All files that lie so many names below a folder, in order.
fn below(folder: &Path, depth: usize) -> io::Result<Vec<PathBuf>> {
    let mut all = match std::fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    all.sort();
    if depth <= 1 {
        all.retain(|path| path.is_file());
        return Ok(all);
    }
    let folders = all.into_iter().filter(|path| path.is_dir());
    let inner = folders.map(|folder| below(&folder, depth - 1));
    Ok(inner.collect::<io::Result<Vec<_>>>()?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system() -> System {
        let block = |name: &str| Block {
            ecu: "pedals".into(),
            partition: "main".into(),
            name: name.into(),
            size_bytes: 4,
            initial: Some(vec![1]),
        };
        System {
            blocks: vec![block("rest"), block("trips")],
            format: deployment::FORMAT,
            name: "pedals".into(),
            ecus: Vec::new(),
            buses: Vec::new(),
            routes: Vec::new(),
        }
    }

    fn view<'a>(block: &'a str, content: Option<&'a [u8]>, changed_ns: Option<u64>) -> NvView<'a> {
        NvView {
            ecu: "pedals",
            partition: "main",
            block,
            size_bytes: 4,
            content,
            changed_ns,
            writes: 0,
        }
    }

    #[test]
    fn what_a_run_has_changed_is_there_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let folder = &folder.path().join("kept");
        assert_eq!(read_nv(folder, &system()).unwrap().contents, []);
        let unchanged = view("trips", Some(&[1]), None);
        let blocks = [view("rest", Some(&[7, 8]), Some(5)), unchanged];
        keep_nv(folder, blocks.into_iter()).unwrap();
        let content = |block: &str, content| NvContent {
            ecu: "pedals".into(),
            partition: "main".into(),
            block: block.into(),
            content,
        };
        let kept = read_nv(folder, &system()).unwrap();
        assert_eq!(kept.contents, [content("rest", Some(vec![7, 8]))]);
        assert_eq!(kept.others, [] as [PathBuf; 0]);
        keep_nv(folder, [view("rest", None, Some(9))].into_iter()).unwrap();
        let kept = read_nv(folder, &system()).unwrap();
        assert_eq!(kept.contents, [content("rest", None)]);
        let mut smaller = system();
        smaller.blocks.remove(0);
        let kept = read_nv(folder, &smaller).unwrap();
        assert_eq!(kept.others, [folder.join("pedals/main/rest.nv")]);
    }

    #[test]
    fn what_is_no_block_is_refused_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let blocks = || [view("rest", Some(&[7, 8]), Some(5))].into_iter();
        keep_nv(folder, blocks()).unwrap();
        let file = folder.join("pedals/main/rest.nv");
        let good = std::fs::read(&file).unwrap();
        let refusal = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            let error = read_nv(folder, &system()).unwrap_err().to_string();
            error.replace(&folder.display().to_string(), "DIR")
        };
        assert_eq!(
            refusal(b"[settings]\n"),
            "`DIR/pedals/main/rest.nv` is no file of a non-volatile block; move it away, or name another folder"
        );
        assert!(refusal(b"").contains("is no file of a non-volatile block"));
        let newer = [&good[..4], &[2], &good[5..]].concat();
        assert!(refusal(&newer).contains("has form 2 of non-volatile blocks"));
        assert!(refusal(&good[..good.len() - 1]).contains("is damaged: its checksum is another"));
        let mut small = system();
        small.blocks[0].size_bytes = 1;
        std::fs::write(&file, &good).unwrap();
        let error = read_nv(folder, &small).unwrap_err().to_string();
        assert!(
            error.contains("holds 2 bytes, and the block has 1"),
            "{error}"
        );
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kept");
        std::fs::write(&file, "").unwrap();
        let error = read_nv(&file, &system()).unwrap_err();
        assert!(matches!(error, NvError::Read { .. }), "{error}");
        let blocks = [view("rest", Some(&[7]), Some(5))].into_iter();
        let error = keep_nv(&file, blocks).unwrap_err();
        assert!(matches!(error, NvError::Write { .. }), "{error}");
    }
}
