//! The state of a guest between two calls. Knows nothing of what it holds.

use core::cell::Cell;

/// A value that lives as long as the component instance.
pub struct State<T: Copy>(Cell<T>);

// Sound: a component instance is entered by one call at a time, and this file is only compiled for
// wasm32, where a guest has one thread.
unsafe impl<T: Copy> Sync for State<T> {}

impl<T: Copy> State<T> {
    pub const fn new(value: T) -> Self {
        Self(Cell::new(value))
    }

    pub fn load(&self) -> T {
        self.0.get()
    }

    pub fn store(&self, value: T) {
        self.0.set(value);
    }
}
