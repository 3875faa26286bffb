//! What a board's crate provides: one trait. Knows nothing of payloads and partitions.

use ecu_host::board::CanError;
use embedded_hal::i2c::I2c;
use firmware_layout::Layout;
use slcan::Frame;

/// One board. Interrupt handlers, the log and the memory map are given apart, since they are
/// needed before and after there is a value of this type.
pub trait Hardware: 'static {
    /// Id of the board, as in `assets/boards`.
    const BOARD: &'static str;
    /// Its memory map.
    const LAYOUT: Layout;
    /// Rate of [`Hardware::ticks`] and of the alarm.
    const CLOCK_HZ: u32;
    /// Controllers of I2C.
    type I2c: I2c;

    /// A counter that runs freely and wraps at 2³².
    fn ticks(&self) -> u32;

    /// An interrupt after so many ticks, in place of the one asked for before.
    fn set_alarm(&mut self, ticks: u32);

    /// How many CAN buses there are.
    fn can_buses(&self) -> usize;

    /// Puts a frame on a bus; it has gone when this returns well.
    fn can_transmit(&mut self, bus: usize, frame: &Frame) -> Result<(), CanError>;

    /// The next frame that a bus has received.
    fn can_receive(&mut self, bus: usize) -> Option<Frame>;

    /// A controller of I2C, set to this clock rate.
    fn i2c(&mut self, controller: usize, clock_hz: u32) -> Option<&mut Self::I2c>;

    /// How many I2C controllers there are.
    fn i2c_controllers(&self) -> usize;

    /// The next byte that came in on the log's line.
    fn command(&mut self) -> Option<u8>;

    /// The next byte that came in on the verification link.
    fn link_receive(&mut self) -> Option<u8>;

    /// Sends bytes over the verification link.
    fn link_send(&mut self, bytes: &[u8]);

    /// Whether something waits that came in: looked at with interrupts off, before sleeping.
    fn has_input(&self) -> bool;

    /// A random number, as good as the board has it.
    fn random(&mut self) -> u64;

    /// Erases a part of the region of the state (offsets in bytes).
    fn erase_state(&mut self, bytes: core::ops::Range<usize>) -> Result<(), StateError>;

    /// Writes into an erased part of the region of the state.
    fn write_state(&mut self, offset: usize, bytes: &[u8]) -> Result<(), StateError>;
}

/// The state could not be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateError {
    /// The board has no flash that it can write.
    NoFlash,
    /// The flash reports an error.
    Flash,
}
