//! Whole systems of tiny partitions, made by hand, run in virtual time.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests fail by panics; the helpers are this test's own"
)]

mod can_fd;
mod compiler;
mod concurrency;
mod determinism;
mod devices;
mod errors;
mod faults;
mod frames;
mod gateways;
mod hostile;
mod incidents;
mod logs;
mod operators;
mod pins;
mod readers;
mod replay;
mod support;
mod waves;
mod wire_faults;
