//! End-to-end protection of messages (E2E): counters, identifiers and checksums that a sender adds
//! and a receiver checks, and the state machine that says whether what comes can be trusted.
//! Knows nothing of frames, buses and time; needs no heap.
//!
//! Source: AUTOSAR, E2E Protocol Specification (PRS_E2EProtocol) R20-11.
#![no_std]

mod configuration;
pub mod crc;
mod header;
mod receiver;
mod sender;
mod state_machine;

pub use configuration::{
    CONFIGURATION_BYTES, Configuration, IdMode, LONGEST_WINDOW, Machine, Problem, Profile, Window,
};
pub use receiver::{Checked, Receiver, SLOTS, Status, UNTRUSTED, USABLE};
pub use sender::Sender;
pub use state_machine::{State, StateMachine};
