//! Non-volatile blocks in flash: a log of whole contents over sectors that are erased in turn
//! (`sequential-storage`), so that a loss of power at any instant leaves a block's old content or
//! its new one. Writing goes on in small steps beside everything else: whoever owns the store polls
//! it. Knows no flash controller and no ECU.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod name;

use alloc::{boxed::Box, collections::BTreeMap, vec, vec::Vec};
use core::{
    future::Future,
    ops::Range,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use embedded_storage_async::nor_flash::NorFlash;
use sequential_storage::{
    cache::{Cache, Uncached},
    map::{MapConfig, MapStorage},
};

pub use name::Name;

/// Bytes of one block at most.
pub const BLOCK_BYTES: usize = 4_096;

/// Why a block was not read or not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NvError {
    /// The flash failed.
    Flash,
    /// Never written, or invalidated.
    Invalid,
    /// No room beside the other blocks.
    Full,
    /// A name or a content that no block can have.
    WrongBlock,
}

/// What became of the last request for a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// What was written last is safe.
    Safe,
    /// A loss of power would still lose it.
    Pending,
    Failed(NvError),
}

/// Whether there is something left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Idle,
    Busy,
}

/// What a store has found in flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The blocks, or erased flash.
    Whole,
    /// Something that is no log: it was erased.
    Damaged,
}

type Storage<F> = MapStorage<Name, F, Cache<Uncached, Uncached, Uncached, Name>>;
type Outcome<F> = (Storage<F>, Result<(), NvError>);

/// All blocks; their contents are in RAM too.
pub struct Store<F: NorFlash + 'static> {
    blocks: BTreeMap<Name, Block>,
    /// None while a write goes on.
    storage: Option<Storage<F>>,
    running: Option<Running<F>>,
    page_bytes: usize,
}

struct Block {
    /// None: invalidated.
    content: Option<Vec<u8>>,
    status: Status,
    /// Counts requests: one that is done says nothing of a later one.
    request: u32,
}

struct Running<F: NorFlash> {
    name: Name,
    request: u32,
    write: Pin<Box<dyn Future<Output = Outcome<F>>>>,
}

/// First byte of what is stored.
const INVALID: u8 = 0;
const CONTENT: u8 = 1;
/// Of a page, for its state.
const PAGE_HEAD_BYTES: usize = 16;

impl<F: NorFlash + 'static> Store<F> {
    /// Reads what is there; waits for the flash. None where the flash fails, or `range` is no two
    /// sectors of it.
    pub fn open(flash: F, range: Range<u32>) -> Option<(Store<F>, Found)> {
        let config = MapConfig::try_new(range).ok()?;
        let mut storage = MapStorage::new(flash, config, Cache::new_uncached());
        let mut found = Found::Whole;
        let read = match wait_for(read_all(&mut storage)) {
            Ok(read) => read,
            Err(NvError::Flash) => return None,
            Err(_) => {
                wait_for(storage.erase_all()).ok()?;
                found = Found::Damaged;
                BTreeMap::new()
            }
        };
        let blocks = read.into_iter().map(|(name, content)| {
            let block = Block {
                content,
                status: Status::Safe,
                request: 0,
            };
            (name, block)
        });
        let store = Store {
            blocks: blocks.collect(),
            storage: Some(storage),
            running: None,
            page_bytes: F::ERASE_SIZE,
        };
        Some((store, found))
    }

    /// What was written last, safe or not.
    pub fn read(&self, name: &Name) -> Result<Vec<u8>, NvError> {
        let content = self
            .blocks
            .get(name)
            .and_then(|block| block.content.clone());
        content.ok_or(NvError::Invalid)
    }

    /// Takes a new content. [`Store::poll`] makes it safe.
    pub fn write(&mut self, name: Name, content: &[u8]) -> Result<(), NvError> {
        self.ask(name, Some(content.to_vec()))
    }

    /// The block has no content any more.
    pub fn invalidate(&mut self, name: Name) -> Result<(), NvError> {
        self.ask(name, None)
    }

    /// What became of the last request.
    pub fn status(&self, name: &Name) -> Status {
        match self.blocks.get(name) {
            None => Status::Failed(NvError::Invalid),
            Some(block) if block.status == Status::Safe && block.content.is_none() => {
                Status::Failed(NvError::Invalid)
            }
            Some(block) => block.status,
        }
    }

    fn ask(&mut self, name: Name, content: Option<Vec<u8>>) -> Result<(), NvError> {
        let bytes = content.as_ref().map_or(0, Vec::len);
        if bytes > BLOCK_BYTES {
            return Err(NvError::WrongBlock);
        }
        // The sector that is written takes all blocks, one of them twice while it is replaced.
        let others = self.blocks.iter().filter(|(other, _)| **other != name);
        let taken: usize = others
            .map(|(name, block)| item_bytes::<F>(name, block.content.as_ref().map_or(0, Vec::len)))
            .sum();
        let room = self.page_bytes - PAGE_HEAD_BYTES;
        let old = self.blocks.get(&name);
        let old = old
            .and_then(|block| block.content.as_ref())
            .map_or(0, Vec::len);
        if taken + item_bytes::<F>(&name, bytes) + item_bytes::<F>(&name, old.max(bytes)) > room {
            return Err(NvError::Full);
        }
        let block = self.blocks.entry(name).or_insert(Block {
            content: None,
            status: Status::Pending,
            request: 0,
        });
        block.content = content;
        block.status = Status::Pending;
        block.request = block.request.wrapping_add(1);
        Ok(())
    }

    /// Does the next steps, until the flash works by itself or there is nothing left to do.
    pub fn poll(&mut self) -> Progress {
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let Some(running) = &mut self.running else {
                if !self.begin() {
                    return Progress::Idle;
                }
                continue;
            };
            let Poll::Ready((storage, outcome)) = running.write.as_mut().poll(&mut context) else {
                return Progress::Busy;
            };
            if let Some(block) = self.blocks.get_mut(&running.name)
                && block.request == running.request
            {
                block.status = match outcome {
                    Ok(()) => Status::Safe,
                    Err(error) => Status::Failed(error),
                };
            }
            self.storage = Some(storage);
            self.running = None;
        }
    }

    /// Starts to write a block that waits; false where none does.
    fn begin(&mut self) -> bool {
        let mut pending = self.blocks.iter();
        let Some((name, block)) = pending.find(|(_, block)| block.status == Status::Pending) else {
            return false;
        };
        let Some(mut storage) = self.storage.take() else {
            return false;
        };
        let mut bytes = vec![block.content.as_ref().map_or(INVALID, |_| CONTENT)];
        bytes.extend(block.content.iter().flatten());
        let key = name.clone();
        let write = async move {
            let mut buffer = vec![0; buffer_bytes::<F>()];
            let stored = storage
                .store_item(&mut buffer, &key, &bytes.as_slice())
                .await;
            (storage, stored.map_err(nv_error))
        };
        self.running = Some(Running {
            name: name.clone(),
            request: block.request,
            write: Box::pin(write),
        });
        true
    }
}

/// Flash that an item takes at most.
fn item_bytes<F: NorFlash>(name: &Name, content_bytes: usize) -> usize {
    let overhead = Storage::<F>::item_overhead_size() as usize;
    overhead + (name.stored_bytes() + 1 + content_bytes).next_multiple_of(F::WRITE_SIZE)
}

fn buffer_bytes<F: NorFlash>() -> usize {
    (Name::MOST_STORED_BYTES + 1 + BLOCK_BYTES).next_multiple_of(F::WRITE_SIZE)
}

type Contents = BTreeMap<Name, Option<Vec<u8>>>;

async fn read_all<F: NorFlash>(storage: &mut Storage<F>) -> Result<Contents, NvError> {
    let mut buffer = vec![0; buffer_bytes::<F>()];
    let mut all = BTreeMap::new();
    let mut items = storage
        .fetch_all_items(&mut buffer)
        .await
        .map_err(nv_error)?;
    // A later item of a name replaces an earlier one.
    while let Some((name, bytes)) = items.next::<&[u8]>(&mut buffer).await.map_err(nv_error)? {
        let content = match bytes.split_first() {
            Some((&CONTENT, content)) => Some(content.to_vec()),
            _ => None,
        };
        all.insert(name, content);
    }
    Ok(all)
}

fn nv_error<E>(error: sequential_storage::Error<E>) -> NvError {
    match error {
        sequential_storage::Error::FullStorage => NvError::Full,
        sequential_storage::Error::Storage { .. } => NvError::Flash,
        _ => NvError::WrongBlock,
    }
}

/// Polls until it is done.
fn wait_for<T>(work: impl Future<Output = T>) -> T {
    let mut work = core::pin::pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            return done;
        }
    }
}

#[cfg(test)]
mod tests;
