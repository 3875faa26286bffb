//! What the loop asks of the operating system beyond files and sockets: its scheduling class,
//! memory that stays in RAM, the clock, the signal that ends it, and who waits for its news. What is
//! not permitted is told and left out. One file a system.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod heap;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

#[cfg(target_os = "linux")]
pub use heap::Heap;
#[cfg(feature = "zenoh")]
pub(crate) use system::enter_below;
pub use system::monotonic_ns;
pub(crate) use system::{Held, Manager, enter, hold_end, leave, manager};
