//! What a board's crate provides: one trait. Knows nothing of payloads and partitions.

use alloc::vec::Vec;

use ecu_host::{
    Transmission,
    board::{
        CanError, CanEvent, CanStatus, GpioError, Level, NvBlock, NvError, NvStatus, PinConfig,
        SpiConfig, SpiError, SpiOperation,
    },
};
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

    /// Takes part in a bus from now on; called once for each that the system has, before anything
    /// else of it. Gives what is wrong, in words for the log.
    fn can_start(&mut self, _bus: usize, _bit_rate_hz: u32) -> Result<(), &'static str> {
        Ok(())
    }

    /// Takes a frame for a bus. The number of the request comes back with what became of it.
    fn can_transmit(
        &mut self,
        bus: usize,
        request: u64,
        frame: &Frame,
    ) -> Result<CanTaken, CanError>;

    /// Asks for a frame not to be sent any more; [`Hardware::can_told`] tells whether it was.
    fn can_abort(&mut self, _bus: usize, _request: u64) -> Result<(), CanError> {
        Err(CanError::Unsupported)
    }

    /// The next thing that a controller has to tell.
    fn can_told(&mut self, _bus: usize) -> Option<CanTold> {
        None
    }

    /// Fault confinement of a controller; none where there is none.
    fn can_status(&self, _bus: usize) -> Option<CanStatus> {
        None
    }

    /// The next frame that a bus has received.
    fn can_receive(&mut self, bus: usize) -> Option<Frame>;

    /// A controller of I2C, set to this clock rate.
    fn i2c(&mut self, controller: usize, clock_hz: u32) -> Option<&mut Self::I2c>;

    /// How many I2C controllers there are.
    fn i2c_controllers(&self) -> usize;

    /// How many chip selects its controller of SPI has.
    fn spi_selects(&self) -> usize {
        0
    }

    /// One transaction with that chip select asserted all the while.
    fn spi(
        &mut self,
        _select: usize,
        _config: &SpiConfig,
        _operations: &mut [SpiOperation],
    ) -> Result<(), SpiError> {
        Err(SpiError::ChipSelectFault)
    }

    /// Sets a pin up, by its number among the board's pins of that kind.
    fn pin_set_up(&mut self, _pin: usize, _config: &PinConfig) -> Result<(), GpioError> {
        Err(GpioError::UndefinedPinLabel)
    }

    /// The level at a digital pin.
    fn digital_read(&mut self, _pin: usize) -> Result<Level, GpioError> {
        Err(GpioError::UndefinedPinLabel)
    }

    /// A digital pin drives that level from now on.
    fn digital_write(&mut self, _pin: usize, _level: Level) -> Result<(), GpioError> {
        Err(GpioError::UndefinedPinLabel)
    }

    /// The number at an analog input, 0 to this full scale.
    fn analog_read(&mut self, _pin: usize, _full_scale: u32) -> Result<u32, GpioError> {
        Err(GpioError::UndefinedPinLabel)
    }

    /// The next byte that came in on the log's line.
    fn command(&mut self) -> Option<u8>;

    /// The next byte that came in on the verification link.
    fn link_receive(&mut self) -> Option<u8>;

    /// Sends bytes over the verification link.
    fn link_send(&mut self, bytes: &[u8]);

    /// The loop has come round once more: feeds a watchdog, which the first call starts, and does a
    /// step of what goes on beside the tasks. Without this for some seconds the device is reset; so
    /// [`Hardware::set_alarm`] wakes the loop in time.
    fn alive(&mut self) {}

    /// Whether something waits that came in: looked at with interrupts off, before sleeping.
    fn has_input(&self) -> bool;

    /// A random number, as good as the board has it.
    fn random(&mut self) -> u64;

    /// The content of a non-volatile block: what was written last, safe or not.
    fn nv_read(&mut self, _block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        Err(NvError::NotServed)
    }

    /// Takes a new content, without waiting until it is safe.
    fn nv_write(&mut self, _block: NvBlock<'_>, _data: &[u8]) -> Result<(), NvError> {
        Err(NvError::NotServed)
    }

    /// The block has no content any more.
    fn nv_invalidate(&mut self, _block: NvBlock<'_>) -> Result<(), NvError> {
        Err(NvError::NotServed)
    }

    /// What became of the last request for a block.
    fn nv_status(&mut self, _block: NvBlock<'_>) -> NvStatus {
        NvStatus::Failed(NvError::NotServed)
    }

    /// Erases a part of the region of the state (offsets in bytes).
    fn erase_state(&mut self, bytes: core::ops::Range<usize>) -> Result<(), StateError>;

    /// Writes into an erased part of the region of the state.
    fn write_state(&mut self, offset: usize, bytes: &[u8]) -> Result<(), StateError>;
}

/// What became of a frame that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanTaken {
    /// It has left.
    Sent,
    /// [`CanTold::Done`] will tell.
    Waits,
}

/// What a CAN controller tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanTold {
    /// What became of the frame of a request.
    Done(u64, Transmission),
    /// What the controller met.
    Met(CanEvent),
}

/// The state could not be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateError {
    /// The board has no flash that it can write.
    NoFlash,
    /// The flash reports an error.
    Flash,
}
