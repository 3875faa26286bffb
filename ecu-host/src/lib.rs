//! Loads partitions and runs their tasks: the same code in the simulator, on Linux and on a
//! microcontroller. Knows nothing of virtual or real devices, files, windows.
#![no_std]

extern crate alloc;

pub mod board;
