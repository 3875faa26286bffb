//! Handles that guests hold. Each component instance has a table for each kind of resource; a
//! number is a handle only in the table that it was made for. Knows nothing of what handles stand
//! for.

use alloc::vec::Vec;
use core::any::TypeId;

use super::error::AbiError;
use crate::HANDLES;

/// The handles of all tables of a partition. A handle is the position and one, so that zero is
/// none.
#[derive(Default)]
pub(crate) struct Handles {
    entries: Vec<Option<Entry>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    table: u32,
    kind: TypeId,
    rep: u32,
    /// The handle that this one was borrowed from.
    lender: Option<u32>,
    /// How many borrows of it there are.
    lent: u32,
}

/// What follows when a handle was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    /// The owner's: what it stands for goes too.
    Own {
        kind: TypeId,
        rep: u32,
    },
    Borrow,
}

impl Handles {
    /// A new handle in a table.
    pub(super) fn make<T: 'static>(&mut self, table: u32, rep: u32) -> Result<u32, AbiError> {
        self.insert(Entry {
            table,
            kind: TypeId::of::<T>(),
            rep,
            lender: None,
            lent: 0,
        })
    }

    fn insert(&mut self, entry: Entry) -> Result<u32, AbiError> {
        let free = self.entries.iter().position(Option::is_none);
        let place = free.unwrap_or(self.entries.len());
        if place >= HANDLES {
            return Err(AbiError::Handles { limit: HANDLES });
        }
        match self.entries.get_mut(place) {
            Some(empty) => *empty = Some(entry),
            None => self.entries.push(Some(entry)),
        }
        Ok(place as u32 + 1)
    }

    /// What a handle of one of these tables stands for.
    pub(super) fn entry<T: 'static>(&self, index: u32, tables: &[u32]) -> Result<u32, AbiError> {
        let entry = index
            .checked_sub(1)
            .and_then(|place| *self.entries.get(place as usize)?)
            .filter(|entry| tables.contains(&entry.table))
            .ok_or(AbiError::UnknownHandle { index })?;
        match entry.kind == TypeId::of::<T>() {
            true => Ok(entry.rep),
            false => Err(AbiError::WrongHandle { index }),
        }
    }

    fn entry_mut(&mut self, index: u32, table: u32) -> Result<&mut Entry, AbiError> {
        index
            .checked_sub(1)
            .and_then(|place| self.entries.get_mut(place as usize)?.as_mut())
            .filter(|entry| entry.table == table)
            .ok_or(AbiError::UnknownHandle { index })
    }

    /// Takes a handle out of its table.
    pub(super) fn remove(&mut self, index: u32, table: u32) -> Result<Dropped, AbiError> {
        let entry = *self.entry_mut(index, table)?;
        if entry.lent > 0 {
            return Err(AbiError::Borrowed);
        }
        if let Some(place) = self.entries.get_mut(index.saturating_sub(1) as usize) {
            *place = None;
        }
        let Some(lender) = entry.lender else {
            let Entry { kind, rep, .. } = entry;
            return Ok(Dropped::Own { kind, rep });
        };
        let lender = self.entries.get_mut(lender.saturating_sub(1) as usize);
        if let Some(lender) = lender.and_then(Option::as_mut) {
            lender.lent = lender.lent.saturating_sub(1);
        }
        Ok(Dropped::Borrow)
    }

    /// Moves an owned handle to another table.
    pub(super) fn hand_over(&mut self, index: u32, from: u32, to: u32) -> Result<u32, AbiError> {
        let entry = self.entry_mut(index, from)?;
        match (entry.lender, entry.lent) {
            (None, 0) => {
                entry.table = to;
                Ok(index)
            }
            (None, _) => Err(AbiError::Borrowed),
            (Some(_), _) => Err(AbiError::NotOwned),
        }
    }

    /// Lends a handle to another table.
    pub(super) fn lend(&mut self, index: u32, from: u32, to: u32) -> Result<u32, AbiError> {
        let borrow = Entry {
            table: to,
            lender: Some(index),
            lent: 0,
            ..*self.entry_mut(index, from)?
        };
        let lent = self.insert(borrow)?;
        self.entry_mut(index, from)?.lent += 1;
        Ok(lent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bus;
    struct Pin;

    #[test]
    fn a_handle_is_one_in_its_table_only() {
        let mut handles = Handles::default();
        let bus = handles.make::<Bus>(3, 7).unwrap();
        assert_eq!(handles.entry::<Bus>(bus, &[2, 3]), Ok(7));
        let unknown = Err(AbiError::UnknownHandle { index: bus });
        assert_eq!(handles.entry::<Bus>(bus, &[2]), unknown);
        assert_eq!(
            handles.entry::<Pin>(bus, &[3]),
            Err(AbiError::WrongHandle { index: bus })
        );
        for index in [0, bus + 1, u32::MAX] {
            let unknown = Err(AbiError::UnknownHandle { index });
            assert_eq!(handles.entry::<Bus>(index, &[3]), unknown);
            assert!(handles.remove(index, 3).is_err());
        }
    }

    #[test]
    fn a_handle_that_was_given_back_is_none() {
        let mut handles = Handles::default();
        let bus = handles.make::<Bus>(3, 7).unwrap();
        assert!(handles.remove(bus, 4).is_err());
        let kind = TypeId::of::<Bus>();
        assert_eq!(handles.remove(bus, 3), Ok(Dropped::Own { kind, rep: 7 }));
        assert!(handles.remove(bus, 3).is_err());
        assert_eq!(handles.make::<Pin>(1, 0), Ok(bus), "its place is free");
    }

    #[test]
    fn nobody_takes_more_than_the_limit() {
        let mut handles = Handles::default();
        let bus = handles.make::<Bus>(3, 7).unwrap();
        let lent = (0..HANDLES).map(|_| handles.lend(bus, 3, 5));
        let limit = AbiError::Handles { limit: HANDLES };
        assert_eq!(lent.last(), Some(Err(limit.clone())));
        assert_eq!(handles.make::<Bus>(3, 8), Err(limit));
    }

    #[test]
    fn what_moves_is_gone_where_it_was() {
        let mut handles = Handles::default();
        let bus = handles.make::<Bus>(3, 7).unwrap();
        let moved = handles.hand_over(bus, 3, 5).unwrap();
        assert_eq!(handles.entry::<Bus>(moved, &[5]), Ok(7));
        assert!(handles.hand_over(moved, 3, 5).is_err());
    }

    #[test]
    fn what_is_lent_stays_until_it_comes_back() {
        let mut handles = Handles::default();
        let bus = handles.make::<Bus>(3, 7).unwrap();
        let lent = handles.lend(bus, 3, 5).unwrap();
        assert_eq!(handles.entry::<Bus>(lent, &[5]), Ok(7));
        assert_eq!(handles.remove(bus, 3), Err(AbiError::Borrowed));
        assert_eq!(handles.hand_over(bus, 3, 5), Err(AbiError::Borrowed));
        assert_eq!(handles.hand_over(lent, 5, 3), Err(AbiError::NotOwned));
        assert_eq!(handles.remove(lent, 5), Ok(Dropped::Borrow));
        assert!(handles.remove(bus, 3).is_ok());
    }
}
