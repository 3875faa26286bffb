//! Bytes between an interrupt handler and the loop.

use core::cell::{Cell, RefCell};

use critical_section::Mutex;
use heapless::Deque;

/// At most `N` bytes; what comes when it is full is lost and counted.
pub struct Ring<const N: usize> {
    bytes: Mutex<RefCell<Deque<u8, N>>>,
    lost: Mutex<Cell<u32>>,
}

impl<const N: usize> Ring<N> {
    /// An empty one, for a `static`.
    #[allow(
        clippy::new_without_default,
        reason = "it is made in constants, which a default is not"
    )]
    pub const fn new() -> Ring<N> {
        Ring {
            bytes: Mutex::new(RefCell::new(Deque::new())),
            lost: Mutex::new(Cell::new(0)),
        }
    }

    /// Puts a byte in.
    pub fn put(&self, byte: u8) {
        critical_section::with(|section| {
            let full = self.bytes.borrow_ref_mut(section).push_back(byte).is_err();
            if full {
                let lost = self.lost.borrow(section);
                lost.set(lost.get().wrapping_add(1));
            }
        });
    }

    /// Takes the oldest byte out.
    pub fn take(&self) -> Option<u8> {
        critical_section::with(|section| self.bytes.borrow_ref_mut(section).pop_front())
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        critical_section::with(|section| self.bytes.borrow_ref(section).is_empty())
    }

    /// Bytes that found it full.
    pub fn lost(&self) -> u32 {
        critical_section::with(|section| self.lost.borrow(section).get())
    }
}
