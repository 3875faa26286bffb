//! Composed partitions under an engine in its default configuration: connectors of both kinds,
//! signals, partitions, and what composition refuses.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod adapted;
mod buffered;
mod closed;
mod direct;
mod export;
mod guests;
mod host;
mod project;
mod protected;
mod refused;
mod reopen;
mod samples;
mod signals;
mod stand_in;
mod stock_engine;
mod wac;
