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
mod tests {
    use super::*;
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };

    const ODOMETER: NvBlock<'static> = NvBlock {
        partition: "main",
        name: "odometer",
    };

    const OTHER: NvBlock<'static> = NvBlock {
        partition: "other",
        ..ODOMETER
    };

    /// A block `odometer` of two partitions, 512 bytes each; the first has no first content.
    fn blocks() -> Vec<Block> {
        let block = |partition: &str, initial| Block {
            ecu: "cockpit".into(),
            partition: partition.into(),
            name: "odometer".into(),
            size_bytes: 512,
            initial,
        };
        vec![block("main", None), block("other", Some(vec![7, 8]))]
    }

    fn open(folder: &Path) -> NvStore {
        NvStore::open(folder, &blocks()).unwrap()
    }

    /// Waits for the writer by ending the store.
    fn reopened(store: NvStore, folder: &Path) -> NvStore {
        drop(store);
        open(folder)
    }

    fn settled(store: &mut NvStore, block: NvBlock<'_>) -> NvStatus {
        let mut status = store.status(block);
        while status == NvStatus::Pending {
            thread::yield_now();
            status = store.status(block);
        }
        status
    }

    #[test]
    fn a_block_survives_the_end_of_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        assert_eq!(store.read(ODOMETER), Err(NvError::NvInvalidated));
        assert_eq!(store.status(ODOMETER), NvStatus::Ok);
        store.write(ODOMETER, &[1, 2, 3]).unwrap();
        assert_eq!(store.read(ODOMETER), Ok(vec![1, 2, 3]));
        let mut store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Ok(vec![1, 2, 3]));
        assert_eq!(store.status(ODOMETER), NvStatus::Ok);
        store.invalidate(ODOMETER).unwrap();
        let store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Err(NvError::NvInvalidated));
    }

    #[test]
    fn the_last_of_many_contents_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        for number in 0..50_u8 {
            store.write(ODOMETER, &[number]).unwrap();
        }
        let store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Ok(vec![49]));
    }

    #[test]
    fn partitions_do_not_share_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        store.write(ODOMETER, &[1]).unwrap();
        store.write(OTHER, &[2]).unwrap();
        let store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Ok(vec![1]));
        assert_eq!(store.read(OTHER), Ok(vec![2]));
    }

    #[test]
    fn any_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        store.write(ODOMETER, &[1, 2, 3]).unwrap();
        drop(store);
        let path = folder.path().join("main/odometer.nv");
        let good = fs::read(&path).unwrap();
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 0x10;
            fs::write(&path, bad).unwrap();
            let mut store = open(folder.path());
            let failed = NvError::IntegrityFailed;
            assert_eq!(store.read(ODOMETER), Err(failed), "{place}");
            assert_eq!(store.status(ODOMETER), NvStatus::Failed(failed));
        }
        fs::write(&path, &good[..good.len() - 1]).unwrap();
        let store = open(folder.path());
        assert_eq!(store.read(ODOMETER), Err(NvError::IntegrityFailed));
    }

    #[test]
    fn a_disk_that_takes_nothing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        // A file where the partition's folder would be.
        fs::write(folder.path().join("main"), b"").unwrap();
        store.write(ODOMETER, &[1]).unwrap();
        let status = settled(&mut store, ODOMETER);
        assert_eq!(status, NvStatus::Failed(NvError::NotOk));
    }

    #[test]
    fn a_block_that_was_never_written_has_its_first_content() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        assert_eq!(store.read(OTHER), Ok(vec![7, 8]));
        assert_eq!(store.status(OTHER), NvStatus::Ok);
        // Reading writes nothing: a later version may have another first content.
        assert!(!folder.path().join("other").exists());
        store.write(OTHER, &[]).unwrap();
        let mut store = reopened(store, folder.path());
        assert_eq!(store.read(OTHER), Ok(vec![]));
        store.invalidate(OTHER).unwrap();
        assert_eq!(store.read(OTHER), Err(NvError::NvInvalidated));
        assert_eq!(settled(&mut store, OTHER), NvStatus::Ok);
        // Invalid stays invalid.
        let mut store = reopened(store, folder.path());
        assert_eq!(store.read(OTHER), Err(NvError::NvInvalidated));
        assert_eq!(store.status(OTHER), NvStatus::Ok);
    }

    #[test]
    fn what_does_not_fit_the_block_is_refused_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        store.write(ODOMETER, &[1; 512]).unwrap();
        assert_eq!(
            store.write(ODOMETER, &[2; 513]),
            Err(NvError::WrongBlock),
            "one byte too long"
        );
        let store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Ok(vec![1; 512]));
    }

    #[test]
    fn a_block_that_the_system_does_not_have_is_a_wrong_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        for block in [
            NvBlock {
                name: "trip",
                ..ODOMETER
            },
            NvBlock {
                partition: "third",
                ..ODOMETER
            },
        ] {
            let wrong = Err(NvError::WrongBlock);
            assert_eq!(store.read(block).map(drop), wrong);
            assert_eq!(store.write(block, &[]), wrong);
            assert_eq!(store.invalidate(block), wrong);
            let status = store.status(block);
            assert_eq!(status, NvStatus::Failed(NvError::WrongBlock));
        }
    }

    #[test]
    fn a_content_of_a_larger_block_is_damage_and_files_of_other_blocks_stay() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        store.write(ODOMETER, &[1; 512]).unwrap();
        store.write(OTHER, &[2]).unwrap();
        drop(store);
        let mut smaller = blocks();
        smaller[0].size_bytes = 511;
        let mut store = NvStore::open(folder.path(), &smaller[..1]).unwrap();
        let failed = NvError::IntegrityFailed;
        assert_eq!(store.read(ODOMETER), Err(failed));
        assert_eq!(store.status(ODOMETER), NvStatus::Failed(failed));
        let store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Ok(vec![1; 512]));
        assert_eq!(store.read(OTHER), Ok(vec![2]));
    }

    #[test]
    fn damage_to_an_invalidated_block_is_told_too() {
        let good = framed(&Stored::Invalidated);
        assert_eq!(stored(&good), Some(Stored::Invalidated));
        let empty = framed(&Stored::Content(vec![]));
        assert_eq!(stored(&empty), Some(Stored::Content(vec![])));
        for (bytes, place) in [&good, &empty].iter().flat_map(|bytes| {
            let places = 0..bytes.len();
            places.map(move |place| (bytes.to_vec(), place))
        }) {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[place] ^= 1 << bit;
                assert_eq!(stored(&bad), None, "bit {bit} of byte {place}");
            }
        }
    }

    const CHILD: &str = "WIRELOOM_NV_TEST_FOLDER";

    /// Not a test of its own: what is killed by the next one. Writes rising numbers, and prints
    /// each that is safe.
    #[test]
    fn child_that_writes_until_it_is_killed() {
        let Ok(folder) = std::env::var(CHILD) else {
            return;
        };
        let mut store = open(Path::new(&folder));
        let last = store.read(ODOMETER).map_or(0, |bytes| number(&bytes));
        for next in last + 1.. {
            let content = [next.to_le_bytes(); 64].concat();
            store.write(ODOMETER, &content).unwrap();
            while store.status(ODOMETER) == NvStatus::Pending {
                thread::yield_now();
            }
            println!("safe {next}");
        }
    }

    fn number(bytes: &[u8]) -> u64 {
        u64::from_le_bytes(bytes[..8].try_into().unwrap())
    }

    #[test]
    fn a_killed_process_leaves_the_old_content_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let name = "nv::tests::child_that_writes_until_it_is_killed";
        for round in 0..12 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args([name, "--exact", "--nocapture"])
                .env(CHILD, folder.path())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let told = BufReader::new(child.stdout.take().unwrap()).lines();
            let safe = told.map_while(Result::ok).filter_map(|line| {
                let number = line.strip_prefix("safe ")?.parse::<u64>();
                number.ok()
            });
            // SIGKILL at another place of its work each time.
            let last_safe = safe.take(3 + round).last().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            let store = open(folder.path());
            let content = store.read(ODOMETER).unwrap();
            let found = number(&content);
            assert!(found >= last_safe, "{found} after {last_safe} was safe");
            assert_eq!(content, [found.to_le_bytes(); 64].concat());
        }
    }
}
