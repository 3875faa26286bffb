//! What a guest without an operating system needs: a fixed arena instead of a heap that grows, a
//! panic handler that traps, and a place for its state. Knows nothing of any component.
//!
//! No guest built with it contains `memory.grow`, so a microcontroller knows its need beforehand.
#![no_std]

mod arena;
#[cfg(target_arch = "wasm32")]
mod state;

pub use arena::Arena;
#[cfg(target_arch = "wasm32")]
pub use state::State;

/// Makes a crate a guest: an arena of that many bytes, and a trap for every panic.
///
/// Only on wasm32: for the host, a guest is an ordinary library whose logic is tested there.
#[macro_export]
macro_rules! guest {
    (arena_bytes: $bytes:expr) => {
        #[cfg(target_arch = "wasm32")]
        #[global_allocator]
        static ARENA: $crate::Arena<{ $bytes }> = $crate::Arena::new();

        #[cfg(target_arch = "wasm32")]
        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo) -> ! {
            core::arch::wasm32::unreachable()
        }
    };
}
