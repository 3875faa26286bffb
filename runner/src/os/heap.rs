//! The allocator of a program that starts fast: dlmalloc over memory whose pages are there at once.
//! musl's allocator asks the system for each few pages, and each page is a fault more at its first use.

#![expect(unsafe_code, reason = "an allocator; each block says why it is sound")]

use std::{
    alloc::{GlobalAlloc, Layout},
    ptr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use dlmalloc::{Allocator, Dlmalloc};

/// What is asked of the system at least, in bytes: a start needs three quarters of it.
const GRANULE: usize = 128 << 10;

/// To stand at `#[global_allocator]`. Waits by futex, so a thread of a real-time class that waits for
/// another does not take its processor.
pub struct Heap(Mutex<Dlmalloc<Pages>>);

impl Heap {
    /// Nothing is asked of the system before the first request.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a static needs a const function"
    )]
    pub const fn new() -> Self {
        Self(Mutex::new(Dlmalloc::new_with_allocator(Pages)))
    }

    fn lock(&self) -> MutexGuard<'_, Dlmalloc<Pages>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// SAFETY: dlmalloc gives blocks of that size and alignment which overlap no other, or null; one thread
// at a time is in it, and it never unwinds.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: dlmalloc takes any size and alignment of a layout.
        unsafe { self.lock().malloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's block is of this allocator, with this layout.
        unsafe { self.lock().free(block, layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        unsafe { self.lock().calloc(layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as in `dealloc`.
        unsafe {
            self.lock()
                .realloc(block, layout.size(), layout.align(), size)
        }
    }
}

/// Where dlmalloc takes memory from.
struct Pages;

// SAFETY: what is given is mapped for this alone, readable and writable, zero, and as long as said.
unsafe impl Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        let size = size.max(GRANULE);
        // SAFETY: a new mapping at an address of the kernel's choice touches no other.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_ANON | libc::MAP_PRIVATE | libc::MAP_POPULATE,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            (ptr::null_mut(), 0, 0)
        } else {
            (start.cast(), size, 0)
        }
    }

    fn remap(&self, start: *mut u8, old: usize, new: usize, can_move: bool) -> *mut u8 {
        let flags = if can_move { libc::MREMAP_MAYMOVE } else { 0 };
        // SAFETY: dlmalloc names a mapping of its own, whole.
        let start = unsafe { libc::mremap(start.cast(), old, new, flags) };
        if start == libc::MAP_FAILED {
            ptr::null_mut()
        } else {
            start.cast()
        }
    }

    fn free_part(&self, start: *mut u8, old: usize, new: usize) -> bool {
        // SAFETY: dlmalloc names the end of a mapping of its own that it no more uses.
        unsafe { libc::munmap(start.add(new).cast(), old - new) == 0 }
    }

    fn free(&self, start: *mut u8, size: usize) -> bool {
        // SAFETY: dlmalloc names a mapping of its own that it no more uses.
        unsafe { libc::munmap(start.cast(), size) == 0 }
    }

    fn can_release_part(&self, _flags: u32) -> bool {
        true
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        4096
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of many sizes hold what was written into them, whatever is freed and grown between.
    #[test]
    fn blocks_of_several_threads_keep_their_bytes() {
        static HEAP: Heap = Heap::new();
        let threads: Vec<_> = (1_u8..5)
            .map(|mark| {
                std::thread::spawn(move || {
                    for round in 0..200_usize {
                        let layout = Layout::from_size_align(1 + round * 997, 16).unwrap();
                        let larger = layout.size() * 2;
                        // SAFETY: each block is used within its size and freed once, with its layout.
                        unsafe {
                            let block = HEAP.alloc(layout);
                            ptr::write_bytes(block, mark, layout.size());
                            let block = HEAP.realloc(block, layout, larger);
                            let kept = std::slice::from_raw_parts(block, layout.size());
                            assert!(kept.iter().all(|byte| *byte == mark), "{round}");
                            let layout = Layout::from_size_align(larger, 16).unwrap();
                            HEAP.dealloc(block, layout);
                            let zeros = HEAP.alloc_zeroed(layout);
                            let read = std::slice::from_raw_parts(zeros, larger);
                            assert!(read.iter().all(|byte| *byte == 0), "{round}");
                            HEAP.dealloc(zeros, layout);
                        }
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }

    #[test]
    fn a_block_is_aligned_as_asked() {
        let heap = Heap::new();
        for power in 0..16 {
            let layout = Layout::from_size_align(24, 1 << power).unwrap();
            // SAFETY: freed once, with its layout.
            unsafe {
                let block = heap.alloc(layout);
                assert_eq!(block.addr() % layout.align(), 0);
                heap.dealloc(block, layout);
            }
        }
    }
}
