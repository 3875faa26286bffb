//! Non-volatile memory of all ECUs: blocks with a size, an initial content, and a time that passes
//! until what was written is safe. Outlives the restart of a partition, not that of a run.
//! Knows nothing of ECUs and of traces.
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
    /// By ECU, partition and name.
    cells: BTreeMap<(String, String, String), Cell>,
}

#[derive(Debug)]
struct Cell {
    size_bytes: usize,
    /// `None`: never written, or invalidated.
    content: Option<Vec<u8>>,
    /// When the last request is safe.
    safe_ns: u64,
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
            };
            (place, cell)
        };
        Memory {
            cells: blocks.iter().map(cell).collect(),
        }
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
        self.safe_ns
    }
}

fn place(ecu: &str, block: NvBlock<'_>) -> (String, String, String) {
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
