//! Non-volatile blocks in the board's flash. Erasing a sector takes a quarter of a second; it goes
//! on by itself in bank 2 while the firmware runs from bank 1, and its end is an interrupt.

use alloc::vec::Vec;
use core::{future::poll_fn, task::Poll};

use ecu_host::board::{NvBlock, NvError, NvStatus};
use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use nv::{Found, Name, Progress, Status, Store};
use stm32f4_drivers::flash::{self, FlashError, Tells};

use crate::{layout::BLOCKS, machine::flash_controller};

/// Bytes written at a time, each word of which takes 16 µs: what is due waits for no more.
const STEP_BYTES: usize = 128;

/// The region of the blocks, by offsets.
struct Region;

/// As [`FlashError`].
#[derive(Debug)]
struct Failed(FlashError);

impl NorFlashError for Failed {
    fn kind(&self) -> NorFlashErrorKind {
        match self.0 {
            FlashError::Refused => NorFlashErrorKind::NotAligned,
            FlashError::Busy | FlashError::Locked => NorFlashErrorKind::Other,
        }
    }
}

impl ErrorType for Region {
    type Error = Failed;
}

impl ReadNorFlash for Region {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Failed> {
        let place = (BLOCKS.address + offset) as *const u8;
        for (number, byte) in bytes.iter_mut().enumerate() {
            // SAFETY: the store asks for no more than the region.
            *byte = unsafe { place.add(number).read_volatile() };
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        BLOCKS.bytes as usize
    }
}

impl NorFlash for Region {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 0x4000;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Failed> {
        let sectors = flash::whole_sectors(BLOCKS.address + from..BLOCKS.address + to);
        let sectors = sectors.ok_or(Failed(FlashError::Refused))?;
        let controller = flash_controller();
        for sector in sectors.filter_map(flash::sector) {
            flash::unlock(controller).map_err(Failed)?;
            flash::begin_erase(controller, sector, Tells::Interrupt);
            poll_fn(|_| match flash::is_busy(controller) {
                true => Poll::Pending,
                false => Poll::Ready(()),
            })
            .await;
            // The state may have been written meanwhile, which has locked the controller behind it.
            flash::unlock(controller).map_err(Failed)?;
            let erased = flash::end_erase(controller);
            flash::lock(controller);
            erased.map_err(Failed)?;
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Failed> {
        let controller = flash_controller();
        let mut place = (BLOCKS.address + offset) as *mut u32;
        for step in bytes.chunks(STEP_BYTES) {
            let (words, _) = step.as_chunks();
            flash::unlock(controller).map_err(Failed)?;
            let values = words.iter().map(|word| u32::from_le_bytes(*word));
            // SAFETY: the store asks for no more than the region, erased, and reads it later.
            let written = unsafe { flash::write(controller, place, values) };
            flash::lock(controller);
            written.map_err(Failed)?;
            // SAFETY: behind what was written, at most the region's end.
            place = unsafe { place.add(words.len()) };
            pause().await;
        }
        Ok(())
    }
}

/// Lets the loop come round once.
async fn pause() {
    let mut paused = false;
    poll_fn(|_| match core::mem::replace(&mut paused, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// All blocks of the ECU.
pub(crate) struct Blocks {
    /// None where the flash failed.
    store: Option<Store<Region>>,
    progress: Progress,
}

impl Blocks {
    /// Reads them.
    pub(crate) fn open() -> Blocks {
        let opened = Store::open(Region, 0..BLOCKS.bytes);
        match &opened {
            None => firmware_core::tell("non-volatile blocks: the flash fails; check it"),
            Some((_, Found::Damaged)) => firmware_core::tell(
                "non-volatile blocks: their flash held something else and was erased",
            ),
            Some((_, Found::Whole)) => {}
        }
        Blocks {
            store: opened.map(|(store, _)| store),
            progress: Progress::Idle,
        }
    }

    /// One step of what is to be written.
    pub(crate) fn go_on(&mut self) {
        if let Some(store) = &mut self.store {
            self.progress = store.poll();
        }
    }

    /// Whether a step would do something; not while a sector is being erased.
    pub(crate) fn can_go_on(&self) -> bool {
        self.progress == Progress::Busy && !flash::is_busy(flash_controller())
    }

    pub(crate) fn read(&mut self, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        let store = self.store.as_ref().ok_or(NvError::NotOk)?;
        store.read(&name(block)?).map_err(nv_error)
    }

    pub(crate) fn write(&mut self, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        let store = self.store.as_mut().ok_or(NvError::NotOk)?;
        store.write(name(block)?, data).map_err(nv_error)?;
        self.progress = Progress::Busy;
        Ok(())
    }

    pub(crate) fn invalidate(&mut self, block: NvBlock<'_>) -> Result<(), NvError> {
        let store = self.store.as_mut().ok_or(NvError::NotOk)?;
        store.invalidate(name(block)?).map_err(nv_error)?;
        self.progress = Progress::Busy;
        Ok(())
    }

    pub(crate) fn status(&self, block: NvBlock<'_>) -> NvStatus {
        let (Some(store), Ok(name)) = (&self.store, name(block)) else {
            return NvStatus::Failed(NvError::NotOk);
        };
        match store.status(&name) {
            Status::Safe => NvStatus::Ok,
            Status::Pending => NvStatus::Pending,
            Status::Failed(error) => NvStatus::Failed(nv_error(error)),
        }
    }
}

fn name(block: NvBlock<'_>) -> Result<Name, NvError> {
    Name::new(block.partition, block.name).ok_or(NvError::WrongBlock)
}

fn nv_error(error: nv::NvError) -> NvError {
    match error {
        nv::NvError::Flash => NvError::NotOk,
        nv::NvError::Invalid => NvError::NvInvalidated,
        nv::NvError::Full => NvError::Full,
        nv::NvError::WrongBlock => NvError::WrongBlock,
    }
}
