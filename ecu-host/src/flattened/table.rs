//! What the host keeps behind its handles, by number. Knows nothing of guests.

use alloc::{boxed::Box, vec::Vec};
use core::{
    any::{Any, TypeId},
    marker::PhantomData,
};

/// A number that stands for a `T` of the host.
pub(crate) struct Resource<T> {
    rep: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Resource<T> {
    pub(crate) fn new_own(rep: u32) -> Resource<T> {
        Resource {
            rep,
            of: PhantomData,
        }
    }

    pub(crate) fn rep(&self) -> u32 {
        self.rep
    }
}

/// Which `T` a resource of an interface stands for.
pub(crate) struct ResourceType {
    pub(super) kind: TypeId,
}

impl ResourceType {
    pub(crate) fn host<T: 'static>() -> ResourceType {
        ResourceType {
            kind: TypeId::of::<T>(),
        }
    }
}

/// The `T`s.
#[derive(Default)]
pub(crate) struct ResourceTable {
    entries: Vec<Option<Box<dyn Any + Send>>>,
    most: usize,
}

/// Why there is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResourceTableError {
    #[error("resource table has no free keys")]
    Full,
    #[error("resource not present")]
    NotPresent,
}

impl ResourceTable {
    pub(crate) fn new() -> ResourceTable {
        ResourceTable::default()
    }

    pub(crate) fn set_max_capacity(&mut self, most: usize) {
        self.most = most;
    }

    pub(crate) fn push<T: Send + 'static>(
        &mut self,
        entry: T,
    ) -> Result<Resource<T>, ResourceTableError> {
        let free = self.entries.iter().position(Option::is_none);
        let place = free.unwrap_or(self.entries.len());
        if place >= self.most {
            return Err(ResourceTableError::Full);
        }
        if place == self.entries.len() {
            self.entries.push(None);
        }
        if let Some(empty) = self.entries.get_mut(place) {
            *empty = Some(Box::new(entry));
        }
        Ok(Resource::new_own(place as u32))
    }

    pub(crate) fn get<T: 'static>(&self, key: &Resource<T>) -> Result<&T, ResourceTableError> {
        let entry = self.entries.get(key.rep as usize).and_then(Option::as_ref);
        let entry = entry.and_then(|entry| entry.downcast_ref());
        entry.ok_or(ResourceTableError::NotPresent)
    }

    pub(crate) fn delete<T: 'static>(&mut self, key: Resource<T>) -> Result<T, ResourceTableError> {
        self.get(&key)?;
        let entry = self.entries.get_mut(key.rep as usize);
        let entry = entry.and_then(Option::take);
        let entry = entry.and_then(|entry| entry.downcast().ok());
        entry
            .map(|entry| *entry)
            .ok_or(ResourceTableError::NotPresent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_and_go_up_to_the_most() {
        let mut table = ResourceTable::new();
        table.set_max_capacity(2);
        let first = table.push(1_u8).unwrap();
        let second = table.push("two").unwrap();
        assert_eq!(table.push(3_u8).err(), Some(ResourceTableError::Full));
        assert_eq!(table.get(&first), Ok(&1));
        assert_eq!(table.get(&second), Ok(&"two"));
        assert_eq!(table.delete(first), Ok(1));
        assert_eq!(table.push(4_u8).unwrap().rep(), 0);
    }

    #[test]
    fn an_entry_of_another_type_is_none() {
        let mut table = ResourceTable::new();
        table.set_max_capacity(2);
        table.push(1_u8).unwrap();
        let wrong = Resource::<u16>::new_own(0);
        let none = Resource::<u8>::new_own(1);
        assert_eq!(table.get(&wrong), Err(ResourceTableError::NotPresent));
        assert_eq!(table.delete(wrong), Err(ResourceTableError::NotPresent));
        assert_eq!(table.get(&none), Err(ResourceTableError::NotPresent));
    }
}
