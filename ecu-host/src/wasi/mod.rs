//! WASI 0.2 without an operating system, one interface a file: time is the ECU's, randomness is
//! the board's, output is captured, input is at its end, there are no files and no network.

#[cfg(feature = "wasi")]
pub(crate) mod environment;
#[cfg(feature = "wasi")]
pub(crate) mod error;
#[cfg(feature = "wasi")]
pub(crate) mod exit;
#[cfg(feature = "wasi")]
pub(crate) mod monotonic_clock;
#[cfg(any(feature = "gpio", feature = "wasi"))]
pub(crate) mod poll;
#[cfg(feature = "wasi")]
pub(crate) mod preopens;
#[cfg(feature = "wasi")]
pub(crate) mod random;
#[cfg(feature = "wasi")]
pub(crate) mod stdio;
#[cfg(feature = "wasi")]
pub(crate) mod streams;
#[cfg(feature = "wasi")]
pub(crate) mod terminal;
#[cfg(feature = "wasi")]
pub(crate) mod wall_clock;
