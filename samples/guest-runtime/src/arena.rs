//! A fixed arena: bump allocation that starts anew whenever nothing is allocated any more, which
//! for a guest is at the end of every call. Knows nothing of who allocates.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::{Cell, UnsafeCell},
    ptr::null_mut,
};

/// `BYTES` bytes for everything that is allocated at one time.
#[repr(C, align(16))]
pub struct Arena<const BYTES: usize> {
    memory: UnsafeCell<[u8; BYTES]>,
    /// Bytes given away, from the start.
    used: Cell<usize>,
    /// Allocations that have not been freed.
    live: Cell<usize>,
}

// Sound: wasm32 guests have one thread. On the host an arena is never a global allocator, and the
// tests use each from one thread.
unsafe impl<const BYTES: usize> Sync for Arena<BYTES> {}

impl<const BYTES: usize> Arena<BYTES> {
    pub const fn new() -> Self {
        Self {
            memory: UnsafeCell::new([0; BYTES]),
            used: Cell::new(0),
            live: Cell::new(0),
        }
    }

    /// Offset of a pointer into the arena.
    fn offset(&self, pointer: *mut u8) -> usize {
        pointer as usize - self.memory.get() as usize
    }
}

impl<const BYTES: usize> Default for Arena<BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

unsafe impl<const BYTES: usize> GlobalAlloc for Arena<BYTES> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.memory.get() as usize;
        let Some(unaligned) = (base + self.used.get()).checked_add(layout.align() - 1) else {
            return null_mut();
        };
        let start = (unaligned & !(layout.align() - 1)) - base;
        match start.checked_add(layout.size()) {
            Some(end) if end <= BYTES => {
                self.used.set(end);
                self.live.set(self.live.get() + 1);
                // In bounds: start <= end <= BYTES.
                unsafe { self.memory.get().cast::<u8>().add(start) }
            }
            _ => null_mut(),
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.live.set(self.live.get().saturating_sub(1));
        let start = self.offset(pointer);
        if self.live.get() == 0 {
            self.used.set(0);
        } else if start + layout.size() == self.used.get() {
            self.used.set(start);
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let start = self.offset(pointer);
        let is_last = start + layout.size() == self.used.get();
        if is_last && new_size <= BYTES - start {
            self.used.set(start + new_size);
            return pointer;
        }
        if new_size <= layout.size() {
            return pointer;
        }
        // The caller promises a valid layout for the new size too.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let target = unsafe { self.alloc(new_layout) };
        if !target.is_null() {
            unsafe { core::ptr::copy_nonoverlapping(pointer, target, layout.size()) };
            unsafe { self.dealloc(pointer, layout) };
        }
        target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EIGHT: Layout = match Layout::from_size_align(8, 4) {
        Ok(layout) => layout,
        Err(_) => panic!("8 bytes aligned to 4 is a layout"),
    };

    #[test]
    fn starts_anew_when_all_is_freed() {
        let arena = Arena::<32>::new();
        let first = unsafe { arena.alloc(EIGHT) };
        let second = unsafe { arena.alloc(EIGHT) };
        assert_ne!(first, second);
        unsafe { arena.dealloc(first, EIGHT) };
        unsafe { arena.dealloc(second, EIGHT) };
        assert_eq!(unsafe { arena.alloc(EIGHT) }, first);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let arena = Arena::<32>::new();
        let huge = Layout::from_size_align(33, 1).unwrap();
        assert!(unsafe { arena.alloc(huge) }.is_null());
        for _ in 0..4 {
            assert!(!unsafe { arena.alloc(EIGHT) }.is_null());
        }
        assert!(unsafe { arena.alloc(EIGHT) }.is_null());
    }

    #[test]
    fn grows_the_last_in_place_and_moves_others() {
        let arena = Arena::<64>::new();
        let first = unsafe { arena.alloc(EIGHT) };
        unsafe { first.write(7) };
        let grown = unsafe { arena.realloc(first, EIGHT, 16) };
        assert_eq!(grown, first);
        let sixteen = Layout::from_size_align(16, 4).unwrap();
        let _second = unsafe { arena.alloc(EIGHT) };
        let moved = unsafe { arena.realloc(grown, sixteen, 24) };
        assert_ne!(moved, grown);
        assert_eq!(unsafe { moved.read() }, 7);
        let rest = Layout::from_size_align(24, 4).unwrap();
        assert!(unsafe { arena.realloc(moved, rest, 65) }.is_null());
    }

    #[test]
    fn aligns() {
        let arena = Arena::<64>::new();
        let byte = Layout::from_size_align(1, 1).unwrap();
        let wide = Layout::from_size_align(8, 16).unwrap();
        unsafe { arena.alloc(byte) };
        assert_eq!(unsafe { arena.alloc(wide) } as usize % 16, 0);
    }
}
