//! The body: the ECU's part of the system and its partitions. Knows nothing of signatures; only
//! `verify` hands it out.
//!
//! ```text
//! 0   magic "WLBODY\r\n"
//! 8   u32 number of partitions
//! 12  u32 length of the system
//! 16  per partition: u32 length of its table, u32 length of its code, u32 offset of its code
//!     then, each from a multiple of ALIGN: the system, all tables one behind the other, each code
//! ```
//! System and tables are `deployment`'s types in postcard; offsets count from the body's start.

use deployment::{Partition, System};

use crate::{ALIGN, Refusal, bytes::u32_at};

pub(crate) const MAGIC: [u8; 8] = *b"WLBODY\r\n";
pub(crate) const ENTRIES_AT: usize = 16;
pub(crate) const ENTRY_BYTES: usize = 12;

/// One partition of a verified payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionImage<'s> {
    table: &'s [u8],
    /// The component compiled ahead of time; begins at a multiple of [`ALIGN`] bytes from the
    /// slot's start.
    pub code: &'s [u8],
}

impl PartitionImage<'_> {
    /// The partition's table.
    pub fn table(&self) -> Result<Partition, Refusal> {
        let table: Partition =
            postcard::from_bytes(self.table).map_err(|_| Refusal::Malformed {
                what: "a partition's table",
            })?;
        match table.format {
            deployment::FORMAT => Ok(table),
            _ => Err(Refusal::Malformed {
                what: "the format of a partition's table",
            }),
        }
    }
}

/// A body whose places were checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Body<'s> {
    bytes: &'s [u8],
    count: usize,
    system: &'s [u8],
    tables: usize,
}

impl<'s> Body<'s> {
    /// Reads the places of system and partitions and checks that they lie inside.
    pub(crate) fn read(bytes: &'s [u8]) -> Result<Body<'s>, Refusal> {
        let malformed = |what| Refusal::Malformed { what };
        if !bytes.starts_with(&MAGIC) {
            return Err(malformed("the body's first bytes"));
        }
        let number = |at| u32_at(bytes, at).map(|number| number as usize);
        let sizes = number(8).zip(number(12));
        let (count, system_bytes) = sizes.ok_or(malformed("the body's table"))?;
        let system_at = entries_end(count).ok_or(malformed("the number of partitions"))?;
        let system = system_at
            .checked_add(system_bytes)
            .and_then(|end| bytes.get(system_at..end));
        let system = system.ok_or(malformed("the place of the system"))?;
        let tables = aligned(system_at + system_bytes);
        let body = Body {
            bytes,
            count,
            system,
            tables,
        };
        let whole = body.partitions().count() == count;
        whole
            .then_some(body)
            .ok_or(malformed("the place of a partition"))
    }

    pub(crate) fn system(&self) -> Result<System, Refusal> {
        let system: System = postcard::from_bytes(self.system)
            .map_err(|_| Refusal::Malformed { what: "the system" })?;
        match (system.format, system.ecus.len()) {
            (deployment::FORMAT, 1) => Ok(system),
            (deployment::FORMAT, _) => Err(Refusal::Malformed {
                what: "the number of ECUs in the system",
            }),
            _ => Err(Refusal::Malformed {
                what: "the format of the system",
            }),
        }
    }

    pub(crate) fn partitions(&self) -> Partitions<'s> {
        Partitions {
            body: *self,
            next: 0,
            table_at: self.tables,
        }
    }
}

/// The partitions of a verified payload, in the order of the system's file.
#[derive(Debug, Clone)]
pub struct Partitions<'s> {
    body: Body<'s>,
    next: usize,
    table_at: usize,
}

impl<'s> Iterator for Partitions<'s> {
    type Item = PartitionImage<'s>;

    fn next(&mut self) -> Option<PartitionImage<'s>> {
        if self.next >= self.body.count {
            return None;
        }
        let bytes = self.body.bytes;
        let entry = ENTRIES_AT + self.next * ENTRY_BYTES;
        let number = |at| Some(u32_at(bytes, at)? as usize);
        let table_end = self.table_at.checked_add(number(entry)?)?;
        let table = bytes.get(self.table_at..table_end)?;
        let code_at = number(entry + 8)?;
        let code_end = code_at.checked_add(number(entry + 4)?)?;
        let code = bytes.get(code_at..code_end)?;
        if !code_at.is_multiple_of(ALIGN) {
            return None;
        }
        self.table_at = table_end;
        self.next += 1;
        Some(PartitionImage { table, code })
    }
}

/// Where the system begins, behind `count` entries.
pub(crate) fn entries_end(count: usize) -> Option<usize> {
    let entries = count.checked_mul(ENTRY_BYTES)?.checked_add(ENTRIES_AT)?;
    entries.checked_next_multiple_of(ALIGN)
}

/// The next multiple of [`ALIGN`].
pub(crate) fn aligned(at: usize) -> usize {
    at.next_multiple_of(ALIGN)
}
