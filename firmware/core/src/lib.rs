//! What every microcontroller image has in common: boot, the choice of a payload, the real-time
//! loop over `ecu-host`, the log, and what happens when something fails. Knows no board: that is
//! [`Hardware`], which a board's crate implements.
//!
//! # Life of an image
//! [`start`] writes the boot log, verifies the payloads in the slots, loads the partitions of the
//! one that runs, and then repeats: take what the buses have received, run the activation that is
//! due, sleep (WFI) until the next one is due or something comes in. A trapped partition is made
//! anew while the others go on; a fault of the firmware itself is logged and resets the device.
//!
//! # Interrupts
//! Handlers only fill [`Ring`]s and note the alarm: the engine never runs in one.
#![no_std]

extern crate alloc;

mod attached;
mod boot;
mod clock;
mod device;
mod ecu_board;
mod engine;
mod fault;
mod hardware;
mod interrupt;
mod link;
mod load;
mod log;
mod memory;
mod mode;
mod realtime;
mod registers;
mod ring;
mod slcan_port;
mod status;

pub use boot::start;
pub use device::firmware_info;
pub use hardware::{CanTaken, CanTold, Hardware, StateError};
pub use interrupt::{Handler, install as install_interrupts};
pub use log::{Write, install as install_log, tell};
pub use registers::Registers;
pub use ring::Ring;
pub use slcan_port::SlcanPort;

pub use firmware_layout::{Layout, Region};
pub use payload;
pub use slcan::Frame;
