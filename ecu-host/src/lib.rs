//! Loads partitions and runs their tasks: the same code in the simulator, on Linux and on a
//! microcontroller. Knows nothing of virtual or real devices, files, windows.
//!
//! An [`Ecu`] is a polled state machine. The caller owns time:
//!
//! ```text
//! loop {
//!     ecu.next_activation()  →  what runs next, and when at the earliest
//!     ecu.receive(..), ecu.deliver(..)  what arrives before that instant
//!     ecu.run(now_ns)        →  what it did: cost, outcome
//! }
//! ```
//!
//! # Order
//! One activation runs to its end at a time (fixed priority without preemption). Of all that is
//! released at the instant in which the ECU is idle, this order decides: starts of partitions by
//! name; initial tasks; all other tasks. Within the last two: higher priority first, then the
//! task's name, then the partition's name. What arrives at that very instant counts if the caller
//! hands it over before `run`.
//!
//! # Time of an activation
//! Cost = `activation_ns` + users' fuel × `fuel_ps` + time waited for buses and clocks. The
//! constant passes first, so that `clock.now`, frames and bus transfers are at start + cost so far
//! and published elements at the end. A trapped activation hands no element on; frames that it has
//! sent are gone.
//!
//! # `no_std`
//! Proof: `cargo check -p ecu-host --target thumbv7em-none-eabihf`. The final image of a target
//! without `std` supplies `wasmtime_tls_get` and `wasmtime_tls_set` when it is linked.
//! Feature `compile` brings the engine's compiler (and `std`). Feature `component` takes partitions
//! as components; without it they are flattened (`exporter::flattened`), which is what firmware
//! runs. Feature `concurrency` takes partitions whose components wait for each other. The other
//! features are interfaces: firmware leaves out those that its board does not serve.
#![no_std]
#![cfg_attr(
    not(all(
        feature = "can",
        feature = "gpio",
        feature = "i2c",
        feature = "spi",
        feature = "wasi"
    )),
    allow(dead_code, reason = "what is left out has users")
)]

extern crate alloc;

mod absent;
mod binding;
pub mod board;
#[cfg(feature = "component")]
mod component;
#[cfg(feature = "concurrency")]
mod concurrent;
mod controller;
mod ecu;
mod error;
mod explain;
mod flattened;
mod handles;
pub mod hexadecimal;
mod host;
mod interfaces;
mod limits;
mod mailbox;
mod meter;
pub mod microcontroller;
mod misuse;
mod outcome;
mod partition;
mod receive;
mod schedule;
mod section;
mod served;
mod settings;
mod verify;
mod wasi;
mod wit;

pub use binding::Code;
pub use ecu::Ecu;
pub use error::{DeliverError, LoadError, SectionError};
pub use flattened::import;
pub use outcome::{
    Activation, Cause, Completion, Confirmation, Consequence, Outcome, PartitionCounters,
    PartitionId, PartitionState, TaskCounters, Transmission, Trapped, Work,
};
pub use section::{deployment_of, needs_concurrency};
#[cfg(all(feature = "compile", feature = "concurrency"))]
pub use settings::concurrent_engine_config;
pub use settings::{
    CALL_BYTES, ENGINE_SETTINGS, EcuSettings, HANDLES, I2C_TRANSFER_BYTES, RestartLimit,
    SPI_TRANSFER_BYTES, engine_config,
};
