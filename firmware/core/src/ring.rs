//! Bytes, or whole frames, between an interrupt handler and the loop.

use core::cell::{Cell, RefCell};

use critical_section::Mutex;
use heapless::Deque;

/// At most `N` of them; what comes when it is full is lost and counted.
pub struct Ring<const N: usize, T = u8> {
    waiting: Mutex<RefCell<Deque<T, N>>>,
    lost: Mutex<Cell<u32>>,
}

impl<const N: usize, T> Ring<N, T> {
    /// An empty one, for a `static`.
    #[allow(
        clippy::new_without_default,
        reason = "it is made in constants, which a default is not"
    )]
    pub const fn new() -> Ring<N, T> {
        Ring {
            waiting: Mutex::new(RefCell::new(Deque::new())),
            lost: Mutex::new(Cell::new(0)),
        }
    }

    /// Puts one in.
    pub fn put(&self, item: T) {
        critical_section::with(|section| {
            let full = self
                .waiting
                .borrow_ref_mut(section)
                .push_back(item)
                .is_err();
            if full {
                let lost = self.lost.borrow(section);
                lost.set(lost.get().wrapping_add(1));
            }
        });
    }

    /// Takes the oldest one out.
    pub fn take(&self) -> Option<T> {
        critical_section::with(|section| self.waiting.borrow_ref_mut(section).pop_front())
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        critical_section::with(|section| self.waiting.borrow_ref(section).is_empty())
    }

    /// How many found it full.
    pub fn lost(&self) -> u32 {
        critical_section::with(|section| self.lost.borrow(section).get())
    }
}
