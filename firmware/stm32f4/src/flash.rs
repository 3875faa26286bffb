//! The flash of 2 MB in two banks (RM0386, "Embedded Flash memory interface"): where sectors lie,
//! how one is erased and a word written. While one bank is erased or written, code runs from the
//! other. Knows nothing of what is stored.

use core::ops::Range;

use stm32f4::stm32f469::flash::RegisterBlock;

use crate::wait;

/// Where it begins.
pub const ADDRESS: u32 = 0x0800_0000;
/// All of it.
pub const BYTES: u32 = 2 << 20;
/// Sectors of both banks.
pub const SECTORS: u8 = 24;
const OF_BANK: u8 = 12;
const BANK_BYTES: u32 = BYTES / 2;

/// What is erased at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sector {
    /// 0 to 23.
    pub number: u8,
    pub address: u32,
    pub bytes: u32,
}

/// A sector by its number: in each bank four of 16 KB, one of 64 KB, seven of 128 KB.
pub const fn sector(number: u8) -> Option<Sector> {
    if number >= SECTORS {
        return None;
    }
    let bank = ADDRESS + BANK_BYTES * (number / OF_BANK) as u32;
    let in_bank = (number % OF_BANK) as u32;
    let (offset, bytes) = match in_bank {
        0..4 => (in_bank * 0x4000, 0x4000),
        4 => (0x1_0000, 0x1_0000),
        _ => ((in_bank - 4) * 0x2_0000, 0x2_0000),
    };
    Some(Sector {
        number,
        address: bank + offset,
        bytes,
    })
}

/// The sectors that are this range and nothing else; none where a border is inside of a sector.
pub fn whole_sectors(range: Range<u32>) -> Option<Range<u8>> {
    let starts_at = |address: u32| {
        let mut numbers = 0..SECTORS;
        numbers.find(|number| sector(*number).is_some_and(|sector| sector.address == address))
    };
    let first = starts_at(range.start)?;
    let end = match range.end {
        end if end == ADDRESS + BYTES => SECTORS,
        end => starts_at(end)?,
    };
    (first < end).then_some(first..end)
}

/// FLASH_CR.SNB: the sectors of the second bank have bit 4.
fn register_number(number: u8) -> u8 {
    match number {
        number if number < OF_BANK => number,
        number => 0x10 | (number - OF_BANK),
    }
}

/// What FLASH_SR says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashError {
    /// It does not open.
    Locked,
    /// It is still busy where it must be through.
    Busy,
    /// Write protected, misaligned, or in a wrong order.
    Refused,
}

const KEYS: [u32; 2] = [0x4567_0123, 0xcdef_89ab];
/// OPERR, WRPERR, PGAERR, PGPERR, PGSERR, RDERR: cleared by writing them.
const ERRORS: u32 = 0x1f2;
const END: u32 = 1 << 0;

/// Polls until a word must be written (data sheet: at most 100 µs) and a sector of 16 KB be erased
/// (at most 500 ms); a poll takes 50 ns at least.
const WORD_WITHIN: u32 = 4_000;
const ERASE_WITHIN: u32 = 40_000_000;

/// Lets it be changed.
pub fn unlock(flash: &RegisterBlock) -> Result<(), FlashError> {
    if flash.cr().read().lock().bit_is_set() {
        for key in KEYS {
            flash.keyr().write(|keyr| keyr.key().set(key));
        }
    }
    match flash.cr().read().lock().bit_is_set() {
        true => Err(FlashError::Locked),
        false => Ok(()),
    }
}

/// Does not let it be changed any more.
pub fn lock(flash: &RegisterBlock) {
    flash.cr().write(|cr| cr.lock().set_bit());
}

/// Who is told that a sector is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    Nobody,
    /// By the flash's interrupt.
    Interrupt,
}

/// Begins to erase a sector; [`is_busy`] until it is through, then [`end_erase`].
pub fn begin_erase(flash: &RegisterBlock, sector: Sector, tells: Tells) {
    clear_errors(flash);
    flash.cr().write(|cr| {
        // SAFETY: the number of a sector.
        unsafe { cr.snb().bits(register_number(sector.number)) };
        cr.eopie().bit(tells == Tells::Interrupt);
        cr.lock().unlocked().psize().psize32().ser().set_bit()
    });
    flash.cr().modify(|_, cr| cr.strt().set_bit());
}

/// What became of it.
pub fn end_erase(flash: &RegisterBlock) -> Result<(), FlashError> {
    let erased = outcome(flash);
    rest(flash);
    forget_cached(flash);
    erased
}

/// For the handler: no further interrupt of what has ended.
pub fn quieten(flash: &RegisterBlock) {
    if flash.sr().read().eop().bit_is_set() {
        // SAFETY: the bit is cleared by writing it.
        flash.sr().write(|sr| unsafe { sr.bits(END) });
    }
}

/// Whether it works on something.
pub fn is_busy(flash: &RegisterBlock) -> bool {
    flash.sr().read().bsy().bit_is_set()
}

/// What became of the last operation, once it is no longer busy.
pub fn outcome(flash: &RegisterBlock) -> Result<(), FlashError> {
    if is_busy(flash) {
        return Err(FlashError::Busy);
    }
    let refused = flash.sr().read().bits() & ERRORS != 0;
    clear_errors(flash);
    match refused {
        true => Err(FlashError::Refused),
        false => Ok(()),
    }
}

/// Waits until it works on nothing, at most as long as a sector of 16 KB takes.
pub fn wait_until_free(flash: &RegisterBlock) -> Result<(), FlashError> {
    match wait(ERASE_WITHIN, || !is_busy(flash)) {
        true => Ok(()),
        false => Err(FlashError::Busy),
    }
}

/// Erases a sector and waits for it.
pub fn erase(flash: &RegisterBlock, sector: Sector) -> Result<(), FlashError> {
    begin_erase(flash, sector, Tells::Nobody);
    wait_until_free(flash)?;
    end_erase(flash)
}

/// Writes words from an address on, and waits for them.
///
/// # Safety
/// The words' place is erased flash that nobody reads meanwhile, and the flash is unlocked.
pub unsafe fn write(
    flash: &RegisterBlock,
    place: *mut u32,
    words: impl Iterator<Item = u32>,
) -> Result<(), FlashError> {
    clear_errors(flash);
    flash
        .cr()
        .write(|cr| cr.lock().unlocked().psize().psize32().pg().set_bit());
    let mut written = Ok(());
    for (number, word) in words.enumerate() {
        // SAFETY: the caller's promise.
        unsafe { place.add(number).write_volatile(word) };
        wait(WORD_WITHIN, || !is_busy(flash));
        written = outcome(flash);
        if written.is_err() {
            break;
        }
    }
    rest(flash);
    forget_cached(flash);
    written
}

/// Open, and at nothing: LOCK is set in the register's reset value.
fn rest(flash: &RegisterBlock) {
    flash
        .cr()
        .write(|cr| cr.lock().unlocked().psize().psize32());
}

/// The caches may hold what stood in flash before (RM0386: they are only flushed when switched off).
fn forget_cached(flash: &RegisterBlock) {
    flash.acr().modify(|_, acr| acr.dcen().clear_bit());
    flash.acr().modify(|_, acr| acr.dcrst().set_bit());
    flash.acr().modify(|_, acr| acr.dcrst().clear_bit());
    flash.acr().modify(|_, acr| acr.dcen().set_bit());
}

fn clear_errors(flash: &RegisterBlock) {
    // SAFETY: these bits are cleared by writing them.
    flash.sr().write(|sr| unsafe { sr.bits(ERRORS | END) });
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;
    use crate::block_of_zeroes;

    #[test]
    fn the_sectors_are_those_of_the_manual_and_lie_side_by_side() {
        // RM0386, table "Flash module - 2 Mbyte dual bank organization".
        for (number, address, bytes) in [
            (0, 0x0800_0000, 16 << 10),
            (3, 0x0800_c000, 16 << 10),
            (4, 0x0801_0000, 64 << 10),
            (5, 0x0802_0000, 128 << 10),
            (11, 0x080e_0000, 128 << 10),
            (12, 0x0810_0000, 16 << 10),
            (15, 0x0810_c000, 16 << 10),
            (16, 0x0811_0000, 64 << 10),
            (17, 0x0812_0000, 128 << 10),
            (23, 0x081e_0000, 128 << 10),
        ] {
            assert_eq!(
                sector(number),
                Some(Sector {
                    number,
                    address,
                    bytes
                })
            );
        }
        let ends = (0..SECTORS).map(|number| sector(number).unwrap());
        let end = ends.fold(ADDRESS, |end, sector| {
            assert_eq!(sector.address, end);
            end + sector.bytes
        });
        assert_eq!(end, ADDRESS + BYTES);
        assert_eq!(sector(SECTORS), None);
    }

    #[test]
    fn a_range_is_whole_sectors_or_none() {
        assert_eq!(whole_sectors(0x0810_0000..0x0810_8000), Some(12..14));
        assert_eq!(whole_sectors(0x0800_0000..0x0820_0000), Some(0..24));
        assert_eq!(whole_sectors(0x081e_0000..0x0820_0000), Some(23..24));
        for none in [
            0x0810_0000..0x0810_0000,
            0x0810_4000..0x0810_0000,
            0x0810_0001..0x0810_8000,
            0x0810_0000..0x0810_7fff,
            0x0811_0000..0x0811_8000,
            0x0000_0000..0x0000_4000,
            0x0810_0000..0x0820_4000,
        ] {
            assert_eq!(whole_sectors(none.clone()), None, "{none:?}");
        }
    }

    /// RM0386, FLASH_CR: PG 0, SER 1, SNB 7 to 3, PSIZE 9 and 8, STRT 16. SNB 01011 is sector 11,
    /// 10000 is sector 12.
    #[test]
    fn an_erasure_is_begun_as_the_manual_says() {
        for (number, snb) in [(0, 0), (11, 0b01011), (12, 0b10000), (23, 0b11011)] {
            let flash = block_of_zeroes::<RegisterBlock>();
            begin_erase(flash, sector(number).unwrap(), Tells::Nobody);
            let expected = 1 << 16 | 0b10 << 8 | snb << 3 | 0b10;
            assert_eq!(flash.cr().read().bits(), expected, "{number}");
            begin_erase(flash, sector(number).unwrap(), Tells::Interrupt);
            // EOPIE is bit 24.
            assert_eq!(flash.cr().read().bits(), expected | 1 << 24, "{number}");
        }
    }

    #[test]
    fn words_are_written_in_order_and_programming_ends() {
        let flash = block_of_zeroes::<RegisterBlock>();
        let mut place = [0xffff_ffff_u32; 3];
        // Memory that was written to clear its errors keeps them: that is what is told.
        let written = unsafe { write(flash, place.as_mut_ptr(), [1, 2].into_iter()) };
        assert_eq!(written, Err(FlashError::Refused));
        assert_eq!(
            place,
            [1, 0xffff_ffff, 0xffff_ffff],
            "it ends with the error"
        );
        assert_eq!(flash.cr().read().bits(), 0b10 << 8);
        assert!(flash.acr().read().dcen().bit_is_set());
    }

    #[test]
    fn a_flash_that_is_locked_or_busy_is_told() {
        let flash = block_of_zeroes::<RegisterBlock>();
        assert_eq!(unlock(flash), Ok(()));
        assert_eq!(outcome(flash), Ok(()));
        lock(flash);
        assert_eq!(
            unlock(flash),
            Err(FlashError::Locked),
            "memory knows no keys"
        );
        flash.sr().write(|sr| unsafe { sr.bits(1 << 16) });
        if is_busy(flash) {
            assert_eq!(outcome(flash), Err(FlashError::Busy));
        }
    }
}
