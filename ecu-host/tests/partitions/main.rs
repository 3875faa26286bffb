//! Partitions made by hand from WAT and WIT, run on a board that writes everything down: as components
//! by the package `ecu-host`, and flattened, as firmware takes them, by `ecu-host-flattened`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that can not go on panics"
)]

mod buses;
mod can;
#[cfg(feature = "can-fd")]
mod can_fd;
mod clock;
mod load;
mod nv;
mod order;
mod pins;
mod spi;
mod support;
mod traps;
mod wasi;
