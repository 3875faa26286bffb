//! Non-volatile memory of all ECUs: blocks with a size, an initial content, and a time that passes
//! until what was written is safe. Outlives the restart of a partition; what a run before has left
//! is given to it. Knows nothing of ECUs, of traces and of files.
//!
//! Time: a page of 32 bytes takes 5 ms, as a serial EEPROM says of its write cycle (Microchip
//! AT25640B, DS20005986: page size, t_WC). A request that comes meanwhile is taken, and its pages
//! follow.

use deployment::Block;
use ecu_host::board::{NvBlock, NvError, NvStatus};
use std::collections::BTreeMap;

const PAGE_BYTES: u64 = 32;
const PAGE_NS: u64 = 5_000_000;

/// See the file's head.
#[derive(Debug, Default)]
pub struct Memory {
    cells: BTreeMap<Place, Cell>,
}

/// ECU, partition and name.
type Place = (String, String, String);

#[derive(Debug)]
struct Cell {
    size_bytes: usize,
    /// `None`: never written, or invalidated.
    content: Option<Vec<u8>>,
    /// When the last request is safe.
    safe_ns: u64,
    /// Of the last request of the ECU, or of who changed the block from outside.
    changed_ns: Option<u64>,
    /// Requests of the ECU that were taken.
    writes: u64,
}

/// What a block is given: what a run before has left, or what a user wants it to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NvContent {
    pub ecu: String,
    pub partition: String,
    pub block: String,
    /// `None`: it was invalidated.
    pub content: Option<Vec<u8>>,
}

/// A block as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NvView<'a> {
    pub ecu: &'a str,
    pub partition: &'a str,
    pub block: &'a str,
    pub size_bytes: usize,
    /// `None`: never written, or invalidated.
    pub content: Option<&'a [u8]>,
    /// When it got it in this run; `None`: it is as it was at the start.
    pub changed_ns: Option<u64>,
    /// How often the ECU has written or invalidated it in this run.
    pub writes: u64,
}

/// Why a block does not get a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    Unknown,
    TooLong { size_bytes: usize },
}

impl Memory {
    pub fn new(blocks: &[Block]) -> Memory {
        let cell = |block: &Block| {
            let place = (
                block.ecu.clone(),
                block.partition.clone(),
                block.name.clone(),
            );
            let cell = Cell {
                size_bytes: block.size_bytes as usize,
                content: block.initial.clone(),
                safe_ns: 0,
                changed_ns: None,
                writes: 0,
            };
            (place, cell)
        };
        Memory {
            cells: blocks.iter().map(cell).collect(),
        }
    }

    /// From outside: the block holds this, and safely.
    pub fn give(&mut self, given: &NvContent, changed_ns: Option<u64>) -> Result<(), Refused> {
        let place = (
            given.ecu.clone(),
            given.partition.clone(),
            given.block.clone(),
        );
        let cell = self.cells.get_mut(&place).ok_or(Refused::Unknown)?;
        let length = given.content.as_ref().map_or(0, Vec::len);
        if length > cell.size_bytes {
            let size_bytes = cell.size_bytes;
            return Err(Refused::TooLong { size_bytes });
        }
        cell.content.clone_from(&given.content);
        cell.safe_ns = changed_ns.unwrap_or_default();
        cell.changed_ns = changed_ns;
        Ok(())
    }

    /// All blocks, by ECU, partition and name.
    pub fn views(&self) -> impl Iterator<Item = NvView<'_>> {
        let cells = self.cells.iter();
        cells.map(|((ecu, partition, block), cell)| NvView {
            ecu,
            partition,
            block,
            size_bytes: cell.size_bytes,
            content: cell.content.as_deref(),
            changed_ns: cell.changed_ns,
            writes: cell.writes,
        })
    }

    /// What was written last, safe or not.
    pub fn read(&self, ecu: &str, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        let cell = self.cells.get(&place(ecu, block));
        let cell = cell.ok_or(NvError::WrongBlock)?;
        cell.content.clone().ok_or(NvError::NvInvalidated)
    }

    /// Takes a new content and says when it is safe.
    pub fn write(
        &mut self,
        at_ns: u64,
        ecu: &str,
        block: NvBlock<'_>,
        data: &[u8],
    ) -> Result<u64, NvError> {
        let cell = self.cell(ecu, block)?;
        if data.len() > cell.size_bytes {
            return Err(NvError::WrongBlock);
        }
        cell.content = Some(data.to_vec());
        Ok(cell.request(at_ns, data.len()))
    }

    /// The block has no content any more; says when that is safe.
    pub fn invalidate(
        &mut self,
        at_ns: u64,
        ecu: &str,
        block: NvBlock<'_>,
    ) -> Result<u64, NvError> {
        let cell = self.cell(ecu, block)?;
        cell.content = None;
        Ok(cell.request(at_ns, 0))
    }

    /// What became of the last request.
    pub fn status(&self, at_ns: u64, ecu: &str, block: NvBlock<'_>) -> NvStatus {
        match self.cells.get(&place(ecu, block)) {
            None => NvStatus::Failed(NvError::WrongBlock),
            Some(cell) if at_ns < cell.safe_ns => NvStatus::Pending,
            Some(_) => NvStatus::Ok,
        }
    }

    fn cell(&mut self, ecu: &str, block: NvBlock<'_>) -> Result<&mut Cell, NvError> {
        let cell = self.cells.get_mut(&place(ecu, block));
        cell.ok_or(NvError::WrongBlock)
    }
}

impl Cell {
    /// At least one page is written: that the block has a content, or none, is a fact too.
    fn request(&mut self, at_ns: u64, bytes: usize) -> u64 {
        let pages = (bytes as u64).div_ceil(PAGE_BYTES).max(1);
        self.safe_ns = self.safe_ns.max(at_ns) + pages * PAGE_NS;
        self.changed_ns = Some(at_ns);
        self.writes += 1;
        self.safe_ns
    }
}

fn place(ecu: &str, block: NvBlock<'_>) -> Place {
    let (partition, name) = (block.partition.to_owned(), block.name.to_owned());
    (ecu.to_owned(), partition, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;
    const BLOCK: NvBlock<'static> = NvBlock {
        partition: "main",
        name: "calibration",
    };

    fn memory(initial: Option<Vec<u8>>) -> Memory {
        Memory::new(&[Block {
            ecu: "pedals".into(),
            partition: "main".into(),
            name: "calibration".into(),
            size_bytes: 64,
            initial,
        }])
    }

    #[test]
    fn what_was_written_is_read_and_safe_after_its_pages() {
        let mut memory = memory(Some(vec![1, 2]));
        assert_eq!(memory.read("pedals", BLOCK), Ok(vec![1, 2]));
        assert_eq!(memory.status(0, "pedals", BLOCK), NvStatus::Ok);
        assert_eq!(memory.write(MS, "pedals", BLOCK, &[3; 33]), Ok(11 * MS));
        assert_eq!(memory.read("pedals", BLOCK), Ok(vec![3; 33]));
        assert_eq!(
            memory.status(11 * MS - 1, "pedals", BLOCK),
            NvStatus::Pending
        );
        assert_eq!(memory.status(11 * MS, "pedals", BLOCK), NvStatus::Ok);
    }

    #[test]
    fn a_request_during_another_follows_it() {
        let mut memory = memory(None);
        assert_eq!(memory.write(0, "pedals", BLOCK, &[1]), Ok(5 * MS));
        assert_eq!(memory.write(2 * MS, "pedals", BLOCK, &[2]), Ok(10 * MS));
        assert_eq!(memory.invalidate(20 * MS, "pedals", BLOCK), Ok(25 * MS));
        assert_eq!(memory.read("pedals", BLOCK), Err(NvError::NvInvalidated));
    }

    #[test]
    fn a_block_begins_with_what_it_is_given_and_counts_what_its_ecu_writes() {
        let mut memory = memory(Some(vec![1, 2]));
        let given = |content: Option<&[u8]>| NvContent {
            ecu: "pedals".into(),
            partition: "main".into(),
            block: "calibration".into(),
            content: content.map(<[u8]>::to_vec),
        };
        let seen = |memory: &Memory| {
            let view = memory.views().next().unwrap();
            (
                view.content.map(<[u8]>::to_vec),
                view.changed_ns,
                view.writes,
            )
        };
        assert_eq!(seen(&memory), (Some(vec![1, 2]), None, 0));
        assert_eq!(memory.give(&given(Some(&[9])), None), Ok(()));
        assert_eq!(seen(&memory), (Some(vec![9]), None, 0));
        assert_eq!(memory.status(0, "pedals", BLOCK), NvStatus::Ok);
        memory.write(MS, "pedals", BLOCK, &[3]).unwrap();
        memory.invalidate(2 * MS, "pedals", BLOCK).unwrap();
        assert_eq!(seen(&memory), (None, Some(2 * MS), 2));
        assert_eq!(memory.give(&given(Some(&[4])), Some(3 * MS)), Ok(()));
        assert_eq!(seen(&memory), (Some(vec![4]), Some(3 * MS), 2));
        assert_eq!(memory.status(3 * MS, "pedals", BLOCK), NvStatus::Ok);
        let too_long = memory.give(&given(Some(&[0; 65])), None);
        assert_eq!(too_long, Err(Refused::TooLong { size_bytes: 64 }));
        let other = NvContent {
            block: "other".into(),
            ..given(None)
        };
        assert_eq!(memory.give(&other, None), Err(Refused::Unknown));
    }

    #[test]
    fn what_was_never_written_or_is_not_there_says_so() {
        let mut memory = memory(None);
        assert_eq!(memory.read("pedals", BLOCK), Err(NvError::NvInvalidated));
        let too_long = memory.write(0, "pedals", BLOCK, &[0; 65]);
        assert_eq!(too_long, Err(NvError::WrongBlock));
        for (ecu, block) in [
            ("climate", BLOCK),
            (
                "pedals",
                NvBlock {
                    partition: "other",
                    ..BLOCK
                },
            ),
            (
                "pedals",
                NvBlock {
                    name: "other",
                    ..BLOCK
                },
            ),
        ] {
            assert_eq!(memory.read(ecu, block), Err(NvError::WrongBlock));
            assert_eq!(memory.write(0, ecu, block, &[]), Err(NvError::WrongBlock));
            assert_eq!(memory.invalidate(0, ecu, block), Err(NvError::WrongBlock));
            let status = memory.status(0, ecu, block);
            assert_eq!(status, NvStatus::Failed(NvError::WrongBlock));
        }
    }
}
