//! Non-volatile blocks in files, with the sizes and first contents of the system file. A thread of
//! its own writes: the ECU never waits for the disk. Answers as the simulator's memory does
//! (`simulator/src/nv.rs`), but for the time that passes until a content is safe. Knows no ECU, and
//! no form of a file.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel},
    thread::{self, JoinHandle},
};

use deployment::Block;
use ecu_host::board::{NvBlock, NvError, NvStatus};

use crate::nv_file::{self, Stored};

/// Requests that wait for the disk at most; one more is refused.
const WAITING: usize = 64;

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
        let content = match nv_file::read(path) {
            Ok(Some(Ok(Stored::Content(content)))) if content.len() <= size_bytes => Ok(content),
            Ok(Some(Ok(Stored::Content(_)) | Err(_))) => damaged,
            Ok(Some(Ok(Stored::Invalidated))) => Err(NvError::NvInvalidated),
            Ok(None) => block.initial.clone().ok_or(NvError::NvInvalidated),
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

fn path_of(folder: &Path, (partition, block): &Name) -> PathBuf {
    nv_file::path(folder, partition, block)
}

fn write_all(to_do: &Receiver<Job>, tell: &Sender<Done>) {
    while let Ok(job) = to_do.recv() {
        let made = nv_file::replace(&job.path, &job.stored);
        let done = Done {
            name: job.name,
            request: job.request,
            is_safe: made.is_ok(),
        };
        // Nobody hears it when the ECU ends, and the rest is still written.
        let _heard = tell.send(done);
    }
}

#[cfg(test)]
mod tests;
