//! Non-volatile blocks in files. A thread of its own writes: the ECU never waits for the disk. A
//! block is written beside its place, made safe (fsync), and moved there in one step, so that a loss
//! of power at any instant leaves the old content or the new one. Knows no ECU.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel},
    thread::{self, JoinHandle},
};

use ecu_host::board::{NvBlock, NvError, NvStatus};
use sha2::{Digest, Sha256};

/// Blocks of an ECU at most.
const BLOCKS: usize = 1_024;
/// Requests that wait for the disk at most; one more is refused.
const WAITING: usize = 64;
const MAGIC: [u8; 4] = *b"WLNV";
/// Of the form: magic, this number, three zeroes, length (u32, little endian), SHA-256, content.
const VERSION: u8 = 1;
const HEAD_BYTES: usize = 44;
const SUFFIX: &str = "nv";

type Name = (String, String);

/// All blocks of an ECU.
pub(crate) struct NvStore {
    folder: PathBuf,
    blocks: BTreeMap<Name, Block>,
    jobs: Option<SyncSender<Job>>,
    done: Receiver<Done>,
    writer: Option<JoinHandle<()>>,
}

struct Block {
    content: Result<Vec<u8>, NvError>,
    status: NvStatus,
    /// Number of the last request; an older one that is done says nothing any more.
    request: u64,
}

struct Job {
    name: Name,
    request: u64,
    path: PathBuf,
    /// None: the block is invalidated.
    content: Option<Vec<u8>>,
}

struct Done {
    name: Name,
    request: u64,
    is_safe: bool,
}

impl NvStore {
    /// Reads what is there; a damaged block is known as damaged.
    pub(crate) fn open(folder: &Path) -> io::Result<NvStore> {
        fs::create_dir_all(folder)?;
        let blocks = read_all(folder)?;
        let (jobs, to_do) = sync_channel(WAITING);
        let (tell, done) = channel();
        let writer = thread::Builder::new()
            .name("NV writer".to_owned())
            .spawn(move || write_all(&to_do, &tell))?;
        Ok(NvStore {
            folder: folder.to_owned(),
            blocks,
            jobs: Some(jobs),
            done,
            writer: Some(writer),
        })
    }

    pub(crate) fn read(&self, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        match self.blocks.get(&name(block)) {
            Some(known) => known.content.clone(),
            None => Err(NvError::NvInvalidated),
        }
    }

    pub(crate) fn write(&mut self, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        self.ask(block, Some(data.to_vec()))
    }

    pub(crate) fn invalidate(&mut self, block: NvBlock<'_>) -> Result<(), NvError> {
        self.ask(block, None)
    }

    pub(crate) fn status(&mut self, block: NvBlock<'_>) -> NvStatus {
        while let Ok(done) = self.done.try_recv() {
            self.settle(&done);
        }
        match self.blocks.get(&name(block)) {
            Some(known) => known.status,
            None => NvStatus::Failed(NvError::NvInvalidated),
        }
    }

    fn settle(&mut self, done: &Done) {
        let Some(block) = self.blocks.get_mut(&done.name) else {
            return;
        };
        if block.request == done.request {
            block.status = match (done.is_safe, &block.content) {
                (false, _) => NvStatus::Failed(NvError::NotOk),
                (true, Ok(_)) => NvStatus::Ok,
                (true, Err(error)) => NvStatus::Failed(*error),
            };
        }
    }

    fn ask(&mut self, block: NvBlock<'_>, content: Option<Vec<u8>>) -> Result<(), NvError> {
        let name = name(block);
        let known = self.blocks.get(&name);
        if known.is_none() && self.blocks.len() >= BLOCKS {
            return Err(NvError::Full);
        }
        let request = known.map_or(0, |known| known.request) + 1;
        let path = path_of(&self.folder, &name);
        let job = Job {
            name: name.clone(),
            request,
            path,
            content: content.clone(),
        };
        let jobs = self.jobs.as_ref().ok_or(NvError::NotOk)?;
        // A disk that does not keep up is told, and never waited for.
        jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => NvError::NotOk,
        })?;
        let entry = Block {
            content: content.ok_or(NvError::NvInvalidated),
            status: NvStatus::Pending,
            request,
        };
        self.blocks.insert(name, entry);
        Ok(())
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
        let made = match &job.content {
            Some(content) => replace(&job.path, content),
            None => remove(&job.path),
        };
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
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        sync(folder.parent().unwrap_or(folder))?;
    }
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(&framed(content))?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync(folder)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => path.parent().map_or(Ok(()), sync),
    }
}

/// The entries of a folder survive only when the folder itself is made safe.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn framed(content: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend([VERSION, 0, 0, 0]);
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(Sha256::digest(content));
    bytes.extend(content);
    bytes
}

/// The content, where nothing is damaged.
fn content(bytes: &[u8]) -> Option<Vec<u8>> {
    let (head, content) = bytes.split_at_checked(HEAD_BYTES)?;
    (framed(content).get(..HEAD_BYTES)? == head).then(|| content.to_vec())
}

fn read_all(folder: &Path) -> io::Result<BTreeMap<Name, Block>> {
    let mut blocks = BTreeMap::new();
    for partition in fs::read_dir(folder)? {
        let partition = partition?;
        if !partition.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(partition.path())? {
            let path = file?.path();
            let (Some(stem), true) = (path.file_stem(), is_block(&path)) else {
                continue;
            };
            let text = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
            let name = (text(&partition.file_name()), text(stem));
            blocks.insert(name, read_block(&path));
        }
    }
    Ok(blocks)
}

fn is_block(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == SUFFIX)
}

fn read_block(path: &Path) -> Block {
    let content = match fs::read(path).map(|bytes| content(&bytes)) {
        Ok(Some(content)) => Ok(content),
        Ok(None) => Err(NvError::IntegrityFailed),
        Err(_) => Err(NvError::NotOk),
    };
    let status = match &content {
        Ok(_) => NvStatus::Ok,
        Err(error) => NvStatus::Failed(*error),
    };
    Block {
        content,
        status,
        request: 0,
    }
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

    /// Waits for the writer by ending the store.
    fn reopened(store: NvStore, folder: &Path) -> NvStore {
        drop(store);
        NvStore::open(folder).unwrap()
    }

    #[test]
    fn a_block_survives_the_end_of_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = NvStore::open(folder.path()).unwrap();
        assert_eq!(store.read(ODOMETER), Err(NvError::NvInvalidated));
        assert_eq!(
            store.status(ODOMETER),
            NvStatus::Failed(NvError::NvInvalidated)
        );
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
        let mut store = NvStore::open(folder.path()).unwrap();
        for number in 0..50_u8 {
            store.write(ODOMETER, &[number]).unwrap();
        }
        let store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Ok(vec![49]));
    }

    #[test]
    fn partitions_do_not_share_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = NvStore::open(folder.path()).unwrap();
        let other = NvBlock {
            partition: "other",
            ..ODOMETER
        };
        store.write(ODOMETER, &[1]).unwrap();
        store.write(other, &[2]).unwrap();
        let store = reopened(store, folder.path());
        assert_eq!(store.read(ODOMETER), Ok(vec![1]));
        assert_eq!(store.read(other), Ok(vec![2]));
    }

    #[test]
    fn any_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = NvStore::open(folder.path()).unwrap();
        store.write(ODOMETER, &[1, 2, 3]).unwrap();
        drop(store);
        let path = folder.path().join("main/odometer.nv");
        let good = fs::read(&path).unwrap();
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 0x10;
            fs::write(&path, bad).unwrap();
            let mut store = NvStore::open(folder.path()).unwrap();
            let failed = NvError::IntegrityFailed;
            assert_eq!(store.read(ODOMETER), Err(failed), "{place}");
            assert_eq!(store.status(ODOMETER), NvStatus::Failed(failed));
        }
        fs::write(&path, &good[..good.len() - 1]).unwrap();
        let store = NvStore::open(folder.path()).unwrap();
        assert_eq!(store.read(ODOMETER), Err(NvError::IntegrityFailed));
    }

    #[test]
    fn a_disk_that_takes_nothing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = NvStore::open(folder.path()).unwrap();
        // A file where the partition's folder would be.
        fs::write(folder.path().join("main"), b"").unwrap();
        store.write(ODOMETER, &[1]).unwrap();
        let mut status = store.status(ODOMETER);
        while status == NvStatus::Pending {
            thread::yield_now();
            status = store.status(ODOMETER);
        }
        assert_eq!(status, NvStatus::Failed(NvError::NotOk));
    }

    #[test]
    fn blocks_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = NvStore::open(folder.path()).unwrap();
        for number in 0..BLOCKS {
            let name = (String::from("main"), format!("b{number}"));
            let block = Block {
                content: Ok(vec![]),
                status: NvStatus::Ok,
                request: 0,
            };
            store.blocks.insert(name, block);
        }
        assert_eq!(store.write(ODOMETER, &[1]), Err(NvError::Full));
    }

    const CHILD: &str = "WIRELOOM_NV_TEST_FOLDER";

    /// Not a test of its own: what is killed by the next one. Writes rising numbers, and prints
    /// each that is safe.
    #[test]
    fn child_that_writes_until_it_is_killed() {
        let Ok(folder) = std::env::var(CHILD) else {
            return;
        };
        let mut store = NvStore::open(Path::new(&folder)).unwrap();
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
            let store = NvStore::open(folder.path()).unwrap();
            let content = store.read(ODOMETER).unwrap();
            let found = number(&content);
            assert!(found >= last_safe, "{found} after {last_safe} was safe");
            assert_eq!(content, [found.to_le_bytes(); 64].concat());
        }
    }
}
