//! End-to-end protection as a component: the crate `protection` behind an interface, so that the same
//! code runs in the simulation, on Linux and on boards. Knows nothing of profiles.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

// A configuration and the longest frame, twice.
guest_runtime::guest!(arena_bytes: 512);
