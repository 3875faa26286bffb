//! Blocks survive what can happen to a file.

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
