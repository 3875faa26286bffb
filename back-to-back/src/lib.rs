//! Back-to-back test of an ECU (ISO 26262-6, table 7): what was recorded of it in the simulation is
//! held, byte for byte, against what the same partitions do on a target. Knows nothing of the
//! simulation, of targets and of what carries the bytes.
//!
//! # How it works
//! The boundary is [`ecu_host::board::Board`]: an ECU is a polled state machine, so what it does
//! is a function of what is put in (frames, confirmations, events of controllers, the instants at
//! which it runs) and of the answers that its board gives. A [`Recorder`] around a board writes
//! all of that down ([`Entry`]). On the target a [`LinkBoard`] takes the place of the board: each
//! call goes over a serial link to the tester, who has the recording, compares, and answers what
//! was answered then. Time is virtual on both sides, so neither the link's nor the target's speed
//! shows.
//!
//! # On the wire
//! One message each way at a time: the tester puts one [`Input`] in; the ECU tells every call of
//! its board and waits for the answers of those that have one; [`Output::Idle`] ends the turn.
//! A message is its postcard encoding, CRC-16 (IBM-3740, low byte first), COBS, and a zero byte.
//! The first message is [`ToEcu::Begin`], answered by [`FromEcu::Ready`]; both name [`PROTOCOL`].
//!
//! The crate is `no_std`; feature `std` brings the tester's side.
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod board;
#[cfg(test)]
mod board_tests;
#[cfg(feature = "std")]
mod difference;
mod drive;
mod frame;
mod link;
mod message;
mod note;
mod recorder;
#[cfg(feature = "std")]
mod recording;
#[cfg(feature = "std")]
mod replay;
mod serve;
#[cfg(feature = "std")]
mod stream;
#[cfg(feature = "std")]
mod words;

/// The word at the start of a microcontroller's RAM (left there by a debugger, or by QEMU's device
/// `loader`) that makes its firmware serve the link instead of running in real time: `B2B1`.
pub const BOOT_MODE: u32 = u32::from_le_bytes(*b"B2B1");

pub use board::LinkBoard;
#[cfg(feature = "std")]
pub use difference::{Activated, Difference};
pub use drive::{can_event, confirm, deliver, receive, run};
pub use link::{Closed, LinkError, Port};
pub use message::{
    Answer, Block, Call, Ended, Entry, FromEcu, Input, Output, PROTOCOL, ToEcu, Trap,
};
pub use note::Note;
pub use recorder::Recorder;
#[cfg(feature = "std")]
pub use recording::{FORMAT, Head, HeadPartition, Recording, RecordingError};
#[cfg(feature = "std")]
pub use replay::{Verdict, replay};
pub use serve::{Linked, serve};
#[cfg(feature = "std")]
pub use stream::Stream;
