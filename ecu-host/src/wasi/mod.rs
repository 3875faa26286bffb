//! WASI 0.2 without an operating system, one interface a file: time is the ECU's, randomness is
//! the board's, output is captured, input is at its end, there are no files and no network.

pub(crate) mod environment;
pub(crate) mod error;
pub(crate) mod exit;
pub(crate) mod monotonic_clock;
pub(crate) mod poll;
pub(crate) mod preopens;
pub(crate) mod random;
pub(crate) mod stdio;
pub(crate) mod streams;
pub(crate) mod terminal;
pub(crate) mod wall_clock;
