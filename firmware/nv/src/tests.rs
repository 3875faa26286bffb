//! Against flash in RAM that works in steps and that loses its power at any of them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use super::*;
use embedded_storage_async::nor_flash::{
    ErrorType, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use std::{cell::RefCell, rc::Rc};

const SECTOR: usize = 1 << 14;

/// Two sectors as those of the board; clones are the same flash.
#[derive(Clone)]
struct Ram(Rc<RefCell<Cells>>);

struct Cells {
    bytes: Vec<u8>,
    /// Words and sectors until the power fails.
    steps_left: usize,
    steps: usize,
    /// Sectors.
    erased: usize,
}

#[derive(Debug)]
struct PowerLost;

impl NorFlashError for PowerLost {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl ErrorType for Ram {
    type Error = PowerLost;
}

/// Lets somebody else go on once.
async fn pause() {
    let mut polled = false;
    core::future::poll_fn(move |_| match core::mem::replace(&mut polled, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

impl Ram {
    fn erased() -> Ram {
        Ram(Rc::new(RefCell::new(Cells {
            bytes: vec![0xff; 2 * SECTOR],
            steps_left: usize::MAX,
            steps: 0,
            erased: 0,
        })))
    }

    fn copied(&self, steps_left: usize) -> Ram {
        let bytes = self.0.borrow().bytes.clone();
        Ram(Rc::new(RefCell::new(Cells {
            bytes,
            steps_left,
            steps: 0,
            erased: 0,
        })))
    }

    /// One step of the flash; half of what the last one would have changed is changed.
    fn step(&self, whole: impl Fn(&mut [u8]), half: impl Fn(&mut [u8])) -> Result<(), PowerLost> {
        let mut cells = self.0.borrow_mut();
        let Some(left) = cells.steps_left.checked_sub(1) else {
            return Err(PowerLost);
        };
        cells.steps_left = left;
        cells.steps += 1;
        match left {
            0 => half(&mut cells.bytes),
            _ => whole(&mut cells.bytes),
        }
        if left == 0 { Err(PowerLost) } else { Ok(()) }
    }
}

impl ReadNorFlash for Ram {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), PowerLost> {
        let at = offset as usize;
        bytes.copy_from_slice(&self.0.borrow().bytes[at..at + bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        2 * SECTOR
    }
}

impl NorFlash for Ram {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = SECTOR;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), PowerLost> {
        for at in (from as usize..to as usize).step_by(SECTOR) {
            pause().await;
            self.0.borrow_mut().erased += 1;
            self.step(
                |bytes| bytes[at..at + SECTOR].fill(0xff),
                |bytes| {
                    bytes[at..at + SECTOR]
                        .iter_mut()
                        .step_by(3)
                        .for_each(|byte| *byte = 0xff)
                },
            )?;
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), PowerLost> {
        for (number, word) in bytes.chunks_exact(4).enumerate() {
            let at = offset as usize + 4 * number;
            self.step(
                |bytes| (0..4).for_each(|byte| bytes[at + byte] &= word[byte]),
                |bytes| (0..2).for_each(|byte| bytes[at + byte] &= word[byte]),
            )?;
            pause().await;
        }
        Ok(())
    }
}

fn open(flash: &Ram) -> Store<Ram> {
    let (store, found) = Store::open(flash.clone(), 0..2 * SECTOR as u32).unwrap();
    assert_eq!(found, Found::Whole);
    store
}

fn name(block: &str) -> Name {
    Name::new("main", block).unwrap()
}

fn settle(store: &mut Store<Ram>) {
    while store.poll() == Progress::Busy {}
}

#[test]
fn what_is_safe_is_there_after_a_restart_and_what_waits_is_not() {
    let flash = Ram::erased();
    let mut store = open(&flash);
    assert_eq!(store.read(&name("odometer")), Err(NvError::Invalid));
    assert_eq!(
        store.status(&name("odometer")),
        Status::Failed(NvError::Invalid)
    );
    store.write(name("odometer"), &[1, 2, 3]).unwrap();
    assert_eq!(store.status(&name("odometer")), Status::Pending);
    assert_eq!(store.read(&name("odometer")), Ok(vec![1, 2, 3]));
    assert_eq!(open(&flash).read(&name("odometer")), Err(NvError::Invalid));
    // It goes on beside other work.
    assert_eq!(store.poll(), Progress::Busy);
    settle(&mut store);
    assert_eq!(store.status(&name("odometer")), Status::Safe);
    store.write(name("empty"), &[]).unwrap();
    store.write(name("odometer"), &[9; BLOCK_BYTES]).unwrap();
    settle(&mut store);
    let again = open(&flash);
    assert_eq!(again.read(&name("odometer")), Ok(vec![9; BLOCK_BYTES]));
    assert_eq!(again.read(&name("empty")), Ok(vec![]));
    assert_eq!(again.status(&name("empty")), Status::Safe);
    let other = Name::new("other", "odometer").unwrap();
    assert_eq!(
        again.read(&other),
        Err(NvError::Invalid),
        "no partition reaches another's"
    );
}

#[test]
fn an_invalidated_block_stays_invalid() {
    let flash = Ram::erased();
    let mut store = open(&flash);
    store.write(name("a"), &[1]).unwrap();
    settle(&mut store);
    store.invalidate(name("a")).unwrap();
    assert_eq!(store.read(&name("a")), Err(NvError::Invalid));
    settle(&mut store);
    assert_eq!(store.status(&name("a")), Status::Failed(NvError::Invalid));
    assert_eq!(open(&flash).read(&name("a")), Err(NvError::Invalid));
}

#[test]
fn a_content_that_is_replaced_while_it_is_written_is_not_safe_before_its_own_turn() {
    let mut store = open(&Ram::erased());
    store.write(name("a"), &[1; 100]).unwrap();
    assert_eq!(store.poll(), Progress::Busy);
    store.write(name("a"), &[2; 100]).unwrap();
    while store.poll() == Progress::Busy {
        let first = store
            .running
            .as_ref()
            .is_some_and(|running| running.request == 1);
        assert!(!first || store.status(&name("a")) == Status::Pending);
    }
    assert_eq!(store.status(&name("a")), Status::Safe);
    assert_eq!(store.read(&name("a")), Ok(vec![2; 100]));
}

#[test]
fn what_no_block_can_be_and_what_has_no_room_is_refused() {
    let flash = Ram::erased();
    let mut store = open(&flash);
    assert_eq!(Name::new("main", &"x".repeat(65)), None);
    let long = [0; BLOCK_BYTES + 1];
    assert_eq!(store.write(name("a"), &long), Err(NvError::WrongBlock));
    for (block, expected) in [("a", Ok(())), ("b", Ok(())), ("c", Err(NvError::Full))] {
        assert_eq!(
            store.write(name(block), &[7; BLOCK_BYTES]),
            expected,
            "{block}"
        );
        settle(&mut store);
    }
    // What was taken is written again and again.
    for round in 0..20 {
        store.write(name("a"), &[round; BLOCK_BYTES]).unwrap();
        settle(&mut store);
        assert_eq!(store.status(&name("a")), Status::Safe, "{round}");
        assert_eq!(open(&flash).read(&name("a")), Ok(vec![round; BLOCK_BYTES]));
        assert_eq!(open(&flash).read(&name("b")), Ok(vec![7; BLOCK_BYTES]));
    }
    assert_eq!(store.read(&name("c")), Err(NvError::Invalid));
}

#[test]
fn the_power_fails_at_every_step_and_each_block_is_the_old_one_or_the_new_one() {
    let flash = Ram::erased();
    let mut store = open(&flash);
    // Nearly full, so that the next write goes into the other sector and this one is erased.
    for round in 0..37 {
        store.write(name("a"), &[round; 300]).unwrap();
        store.write(name("b"), &[0xb0; 100]).unwrap();
        settle(&mut store);
    }
    let old = vec![36; 300];
    let new: Vec<u8> = (0..300).map(|number| number as u8).collect();
    let whole = flash.copied(usize::MAX);
    let mut store = open(&whole);
    for _ in 0..2 {
        store.write(name("a"), &new).unwrap();
        settle(&mut store);
    }
    let steps = whole.0.borrow().steps;
    assert!(steps > 200, "{steps}");
    assert!(whole.0.borrow().erased > 0, "no sector is erased");
    let mut seen = [0; 2];
    for step in 0..steps {
        let torn = flash.copied(step);
        let mut store = open(&torn);
        for _ in 0..2 {
            store.write(name("a"), &new).unwrap();
            settle(&mut store);
        }
        let failed = store.status(&name("a"));
        assert_eq!(failed, Status::Failed(NvError::Flash), "{step}");
        let restarted = torn.copied(usize::MAX);
        let mut store = open(&restarted);
        let found = store.read(&name("a")).unwrap();
        assert!(found == old || found == new, "{step}: {found:?}");
        seen[usize::from(found == new)] += 1;
        assert_eq!(store.read(&name("b")), Ok(vec![0xb0; 100]), "{step}");
        // And it goes on from there.
        store.write(name("a"), &[42]).unwrap();
        settle(&mut store);
        assert_eq!(open(&restarted).read(&name("a")), Ok(vec![42]), "{step}");
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
}

#[test]
fn what_is_no_log_is_erased_and_told() {
    let flash = Ram::erased();
    flash.0.borrow_mut().bytes.fill(0);
    let (mut store, found) = Store::open(flash.clone(), 0..2 * SECTOR as u32).unwrap();
    assert_eq!(found, Found::Damaged);
    store.write(name("a"), &[1]).unwrap();
    settle(&mut store);
    assert_eq!(open(&flash).read(&name("a")), Ok(vec![1]));
    assert!(Store::open(Ram::erased(), 0..SECTOR as u32).is_none());
    assert!(Store::open(Ram::erased(), 4..2 * SECTOR as u32).is_none());
}
