//! ECUs on threads, joined by a hub over the loopback interface. Nothing is timed: what is
//! asserted holds on a machine of any speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that can not go on panics"
)]

mod files;
mod loopback;
mod messages;
mod support;
