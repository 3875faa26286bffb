//! Non-volatile blocks in files, with the sizes and first contents of the system file. A thread of
//! its own writes: the ECU never waits for the disk. A block is written beside its place, made safe
//! (fsync), and moved there in one step, so that a loss of power at any instant leaves the old
//! content or the new one. Answers as the simulator's memory does (`simulator/src/nv.rs`), but for
//! the time that passes until a content is safe. Knows no ECU.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel},
    thread::{self, JoinHandle},
};

use deployment::Block;
use ecu_host::board::{NvBlock, NvError, NvStatus};
use sha2::{Digest, Sha256};

/// Requests that wait for the disk at most; one more is refused.
const WAITING: usize = 64;
const MAGIC: [u8; 4] = *b"WLNV";
/// Of the form: magic, this number, one of the two below, two zeroes, length (u32, little endian),
/// SHA-256, content. An invalidated block has none, and the hash is that of [`NO_CONTENT`].
const VERSION: u8 = 1;
const WRITTEN: u8 = 0;
const INVALIDATED: u8 = 1;
const NO_CONTENT: &[u8] = b"invalidated";
const HEAD_BYTES: usize = 44;
const SUFFIX: &str = "nv";

type Name = (String, String);

/// All blocks of an ECU.
pub(crate) struct NvStore {
    folder: PathBuf,
    cells: BTreeMap<Name, Cell>,
    jobs: Option<SyncSender<Job>>,
    done: Receiver<Done>,
    writer: Option<JoinHandle<()>>,
}

/// A block of the system file.
struct Cell {
    size_bytes: usize,
    content: Result<Vec<u8>, NvError>,
    status: NvStatus,
    /// Number of the last request; an older one that is done says nothing any more.
    request: u64,
}

struct Job {
    name: Name,
    request: u64,
    path: PathBuf,
    stored: Stored,
}

/// What the file of a block says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stored {
    Content(Vec<u8>),
    /// So that the first content does not come back with the next start.
    Invalidated,
}

struct Done {
    name: Name,
    request: u64,
    is_safe: bool,
}

impl NvStore {
    /// Reads the files of these blocks; a damaged one is known as damaged. Files of other blocks,
    /// which another version of the bundle may have, stay as they are.
    pub(crate) fn open<'a>(
        folder: &Path,
        blocks: impl IntoIterator<Item = &'a Block>,
    ) -> io::Result<NvStore> {
        fs::create_dir_all(folder)?;
        let cell = |block: &Block| {
            let name = (block.partition.clone(), block.name.clone());
            let cell = Cell::read(&path_of(folder, &name), block);
            (name, cell)
        };
        let cells = blocks.into_iter().map(cell).collect();
        let (jobs, to_do) = sync_channel(WAITING);
        let (tell, done) = channel();
        let writer = thread::Builder::new()
            .name("NV writer".to_owned())
            .spawn(move || write_all(&to_do, &tell))?;
        Ok(NvStore {
            folder: folder.to_owned(),
            cells,
            jobs: Some(jobs),
            done,
            writer: Some(writer),
        })
    }

    /// What was written last, safe or not; the first content of a block that never was.
    pub(crate) fn read(&self, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        let cell = self.cells.get(&name(block));
        cell.ok_or(NvError::WrongBlock)?.content.clone()
    }

    pub(crate) fn write(&mut self, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        self.ask(block, Stored::Content(data.to_vec()))
    }

    pub(crate) fn invalidate(&mut self, block: NvBlock<'_>) -> Result<(), NvError> {
        self.ask(block, Stored::Invalidated)
    }

    /// What became of the last request.
    pub(crate) fn status(&mut self, block: NvBlock<'_>) -> NvStatus {
        while let Ok(done) = self.done.try_recv() {
            self.settle(&done);
        }
        match self.cells.get(&name(block)) {
            Some(cell) => cell.status,
            None => NvStatus::Failed(NvError::WrongBlock),
        }
    }

    fn settle(&mut self, done: &Done) {
        let Some(cell) = self.cells.get_mut(&done.name) else {
            return;
        };
        if cell.request == done.request {
            cell.status = match done.is_safe {
                true => NvStatus::Ok,
                false => NvStatus::Failed(NvError::NotOk),
            };
        }
    }

    fn ask(&mut self, block: NvBlock<'_>, stored: Stored) -> Result<(), NvError> {
        let name = name(block);
        let cell = self.cells.get_mut(&name).ok_or(NvError::WrongBlock)?;
        let content = match &stored {
            Stored::Content(content) if content.len() > cell.size_bytes => {
                return Err(NvError::WrongBlock);
            }
            Stored::Content(content) => Ok(content.clone()),
            Stored::Invalidated => Err(NvError::NvInvalidated),
        };
        let request = cell.request + 1;
        let path = path_of(&self.folder, &name);
        let job = Job {
            name,
            request,
            path,
            stored,
        };
        let jobs = self.jobs.as_ref().ok_or(NvError::NotOk)?;
        // A disk that does not keep up is told, and never waited for.
        jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => NvError::NotOk,
        })?;
        cell.content = content;
        cell.status = NvStatus::Pending;
        cell.request = request;
        Ok(())
    }
}

impl Cell {
    /// From the block's file. A content that is longer than the block now is, of a version before,
    /// is none that this one could have written.
    fn read(path: &Path, block: &Block) -> Cell {
        let size_bytes = block.size_bytes as usize;
        let damaged = Err(NvError::IntegrityFailed);
        let content = match fs::read(path).map(|bytes| stored(&bytes)) {
            Ok(Some(Stored::Content(content))) if content.len() <= size_bytes => Ok(content),
            Ok(Some(Stored::Content(_)) | None) => damaged,
            Ok(Some(Stored::Invalidated)) => Err(NvError::NvInvalidated),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                block.initial.clone().ok_or(NvError::NvInvalidated)
            }
            Err(_) => Err(NvError::NotOk),
        };
        let status = match &content {
            Ok(_) | Err(NvError::NvInvalidated) => NvStatus::Ok,
            Err(error) => NvStatus::Failed(*error),
        };
        Cell {
            size_bytes,
            content,
            status,
            request: 0,
        }
    }
}

/// What was taken is made safe before the process ends in order.
impl Drop for NvStore {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _ended = writer.join();
        }
    }
}

fn name(block: NvBlock<'_>) -> Name {
    (block.partition.to_owned(), block.name.to_owned())
}

/// Both names are of small letters, digits and `-`: nothing leads out of the folder.
fn path_of(folder: &Path, (partition, block): &Name) -> PathBuf {
    folder.join(partition).join(format!("{block}.{SUFFIX}"))
}

fn write_all(to_do: &Receiver<Job>, tell: &Sender<Done>) {
    while let Ok(job) = to_do.recv() {
        let made = replace(&job.path, &job.stored);
        let done = Done {
            name: job.name,
            request: job.request,
            is_safe: made.is_ok(),
        };
        // Nobody hears it when the ECU ends, and the rest is still written.
        let _heard = tell.send(done);
    }
}

/// The old content or the new one, whenever the power goes.
fn replace(path: &Path, stored: &Stored) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        sync(folder.parent().unwrap_or(folder))?;
    }
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(&framed(stored))?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync(folder)
}

/// The entries of a folder survive only when the folder itself is made safe.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn framed(stored: &Stored) -> Vec<u8> {
    let (kind, content, hashed): (u8, &[u8], &[u8]) = match stored {
        Stored::Content(content) => (WRITTEN, content, content),
        Stored::Invalidated => (INVALIDATED, &[], NO_CONTENT),
    };
    let mut bytes = MAGIC.to_vec();
    bytes.extend([VERSION, kind, 0, 0]);
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(Sha256::digest(hashed));
    bytes.extend(content);
    bytes
}

/// What a file says, where nothing is damaged.
fn stored(bytes: &[u8]) -> Option<Stored> {
    let (_, content) = bytes.split_at_checked(HEAD_BYTES)?;
    let readings = [Stored::Invalidated, Stored::Content(content.to_vec())];
    readings.into_iter().find(|stored| framed(stored) == bytes)
}

#[cfg(test)]
mod tests;
