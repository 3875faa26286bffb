//! The heap, and how much of heap and stack was used at most. Knows nothing of who uses them.
#![allow(
    unsafe_code,
    reason = "an allocator is an unsafe trait, and the linker's symbols are addresses"
)]

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    ptr::addr_of,
};

use critical_section::Mutex;
use embedded_alloc::TlsfHeap;

use crate::log::log;

#[global_allocator]
static HEAP: Counted = Counted {
    heap: TlsfHeap::empty(),
    use_bytes: Mutex::new(Cell::new(Use { now: 0, peak: 0 })),
};

/// A heap that counts.
struct Counted {
    heap: TlsfHeap,
    use_bytes: Mutex<Cell<Use>>,
}

/// Bytes of the heap that are handed out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    pub(crate) now: usize,
    pub(crate) peak: usize,
}

impl Counted {
    fn count(&self, change: impl Fn(usize) -> usize) {
        critical_section::with(|section| {
            let cell = self.use_bytes.borrow(section);
            let now = change(cell.get().now);
            let peak = cell.get().peak.max(now);
            cell.set(Use { now, peak });
        });
    }
}

// SAFETY: every call goes to a heap that keeps the contract.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the heap's.
        let place = unsafe { self.heap.alloc(layout) };
        match place.is_null() {
            false => self.count(|now| now + layout.size()),
            true => log!("the heap has no {} bytes left", layout.size()),
        }
        place
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the heap's.
        unsafe { self.heap.dealloc(place, layout) }
        self.count(|now| now - layout.size());
    }
}

unsafe extern "C" {
    static mut __sheap: u32;
    static _stack_start: u32;
    static _stack_end: u32;
}

/// Word that `cortex-m-rt` paints the unused stack with.
const PAINT: u32 = 0xcccc_cccc;

/// Makes the heap; call it once, before anything is allocated.
pub(crate) fn make_heap(bytes: u32) {
    // SAFETY: the linker script keeps these bytes behind the statics free, and asserts that they
    // are there; `start` takes the hardware by value and so runs once.
    unsafe { HEAP.heap.init(&raw mut __sheap as usize, bytes as usize) };
}

/// How much of the heap is used.
pub(crate) fn heap() -> Use {
    critical_section::with(|section| HEAP.use_bytes.borrow(section).get())
}

/// Bytes of the stack that were used at most: below them the paint of the start is untouched, which
/// the linker script begins at the stack's end.
pub(crate) fn stack_peak_bytes() -> usize {
    let top = addr_of!(_stack_start) as usize;
    let bottom = addr_of!(_stack_end) as usize;
    let words = (bottom..top).step_by(4);
    // SAFETY: all addresses between the stack's ends are RAM.
    let painted = |address: &usize| unsafe { (*address as *const u32).read_volatile() } == PAINT;
    top - bottom - 4 * words.take_while(painted).count()
}
