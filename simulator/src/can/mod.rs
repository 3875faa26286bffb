//! Classic CAN: frames and their text, bits on the wire, logs, and a bus with its controllers.
//! Knows nothing of ECUs and what the data mean.

pub mod bits;
pub mod frame;
pub mod log;

pub use frame::{Frame, FrameError, Id};
