//! The native path held against the engine and run in QEMU: the flattened module does what the
//! component does, and the image on the virtual board sends what the simulation sends.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod agree;
mod asked;
mod chains;
mod composed;
mod drivers;
mod faults;
mod host;
mod image;
mod io;
mod machine;
mod qemu;
mod replayed;
mod samples;
mod simulated;
mod types;
mod values;
mod wasi;
mod watches;
mod written;
