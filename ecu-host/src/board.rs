//! What a host gives to `ecu-host`: one trait that the simulator, the Linux runner and the
//! firmware implement. Knows nothing of who that is.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

mod frame;
mod gpio;
mod nv;
mod spi;

pub use frame::CanFrame;
#[cfg(feature = "can-fd")]
pub use frame::{CanFlexible, CanFlexibleRates};
pub use gpio::{
    ActiveLevel, GpioError, Level, PinConfig, PinDirection, PinKind, PinWatch, Pull, WatchedPin,
};
pub use nv::{NV_BLOCK_BYTES, NV_NAME_BYTES, NvBlock, NvError, NvStatus};
pub use spi::{BitOrder, SpiConfig, SpiError, SpiMode, SpiOperation, SpiTransfer};

/// The platform under one ECU. Every call carries `at_ns`, the ECU's time at which it happens:
/// start of the activation plus its cost so far.
pub trait Board {
    /// The ECU's time when the model says `modelled_ns` (start plus cost so far). In virtual time
    /// that is the time; a host in real time answers with its clock, and this is the only place
    /// where a clock is read. An answer below `modelled_ns` of the activation's start is ignored.
    fn now_ns(&mut self, modelled_ns: u64) -> u64 {
        modelled_ns
    }

    /// The caller waits for a clock from `from_ns` until `until_ns`, both times of the ECU. In
    /// virtual time nothing is to be done: the model's time goes on by itself. A board in real time
    /// comes back when its clock shows `until_ns`, or after as long where its clock does not go yet.
    /// Waiting for a bus is not of it: a transfer comes back when it has ended.
    fn wait(&mut self, _from_ns: u64, _until_ns: u64) {}

    /// A frame leaves: a PDU, or what a driver sends through `autosar:can`. `request` is unique on
    /// the ECU; a board that knows what became of it says so by [`crate::Ecu::confirm`].
    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError>;

    /// As [`Board::transmit`], but with one attempt: a frame that loses arbitration or meets an
    /// error is not sent again, and the confirmation says which it was.
    fn transmit_once(
        &mut self,
        _at_ns: u64,
        _request: u64,
        _frame: &CanFrame,
    ) -> Result<(), CanError> {
        Err(CanError::Unsupported)
    }

    /// A request shall not go on the bus any more. Whether that came in time is told by
    /// [`crate::Ecu::confirm`]: withdrawn, or sent after all.
    fn abort(&mut self, _at_ns: u64, _bus: &str, _request: u64) -> Result<(), CanError> {
        Err(CanError::Unsupported)
    }

    /// Bit rate of a CAN bus that is attached; none where the board does not know.
    fn can_bit_rate_hz(&self, _bus: &str) -> Option<u32> {
        None
    }

    /// What a CAN bus has besides that carries frames of CAN FD; none of a classic one.
    #[cfg(feature = "can-fd")]
    fn can_flexible_rates(&self, _bus: &str) -> Option<CanFlexibleRates> {
        None
    }

    /// Fault confinement of the controller at a CAN bus; none where the board does not know.
    fn can_status(&self, _at_ns: u64, _bus: &str) -> Option<CanStatus> {
        None
    }

    /// Whether a CAN bus of that name is attached to the ECU.
    fn has_can(&self, bus: &str) -> bool;

    /// Whether an I2C bus of that name is attached to the ECU.
    fn has_i2c(&self, bus: &str) -> bool;

    /// One I2C transaction, from START to STOP with repeated STARTs between the operations. Reads
    /// are filled in place; after an error their content is not used.
    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer;

    /// Whether an SPI device (a bus with its chip select) of that name is attached to the ECU.
    fn has_spi(&self, _device: &str) -> bool {
        false
    }

    /// All SPI devices that are attached, by name.
    fn spi_devices(&self) -> Vec<String> {
        Vec::new()
    }

    /// From the next transaction on the device is spoken to this way. A board whose devices are
    /// set up once and for all refuses.
    fn spi_configure(
        &mut self,
        _at_ns: u64,
        _device: &str,
        _config: SpiConfig,
    ) -> Result<(), SpiError> {
        Err(SpiError::Other("the ECU sets this device up".into()))
    }

    /// One SPI transaction with chip select asserted all the while. Reads and transfers are filled
    /// in place; after an error their content is not used.
    fn spi(&mut self, _at_ns: u64, _device: &str, _operations: &mut [SpiOperation]) -> SpiTransfer {
        SpiTransfer::failed(SpiError::Other("the ECU has no SPI".into()))
    }

    /// How the pin of that name is wired; none where the ECU has no such pin.
    fn pin(&self, _name: &str) -> Option<PinConfig> {
        None
    }

    /// The level at a digital pin; of an output the one that it drives.
    fn digital_read(&mut self, _at_ns: u64, _pin: &str) -> Result<Level, GpioError> {
        Err(GpioError::OperationNotSupported)
    }

    /// A digital output drives that level from now on.
    fn digital_write(&mut self, _at_ns: u64, _pin: &str, _level: Level) -> Result<(), GpioError> {
        Err(GpioError::OperationNotSupported)
    }

    /// The number at an analog pin, 0 to its full scale.
    fn analog_read(&mut self, _at_ns: u64, _pin: &str) -> Result<u32, GpioError> {
        Err(GpioError::OperationNotSupported)
    }

    /// An analog output gives that number from now on, 0 to its full scale.
    fn analog_write(&mut self, _at_ns: u64, _pin: &str, _value: u32) -> Result<(), GpioError> {
        Err(GpioError::OperationNotSupported)
    }

    /// When a condition holds first at or after `since_ns`: before `at_ns`, or later where the board
    /// knows already what will be; none while nobody knows. A board that does not watch refuses.
    fn pin_ready(
        &mut self,
        _at_ns: u64,
        _pin: &str,
        _watch: PinWatch,
        _since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        Err(GpioError::OperationNotSupported)
    }

    /// The caller waits at `at_ns` until one of these conditions holds or has held, at the latest
    /// until `until_ns`. Gives the time at which it comes back; none of a board that does not wait,
    /// since it knows what will be or never learns of it.
    fn wait_for_pins(
        &mut self,
        _at_ns: u64,
        _watched: &[WatchedPin<'_>],
        _until_ns: u64,
    ) -> Option<u64> {
        None
    }

    /// The content of a non-volatile block: what was written last, safe or not.
    fn nv_read(&mut self, _at_ns: u64, _block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        Err(NvError::NotServed)
    }

    /// Takes a new content, at most [`NV_BLOCK_BYTES`], without waiting until it is safe:
    /// [`Board::nv_status`] tells that.
    fn nv_write(&mut self, _at_ns: u64, _block: NvBlock<'_>, _data: &[u8]) -> Result<(), NvError> {
        Err(NvError::NotServed)
    }

    /// The block has no content any more.
    fn nv_invalidate(&mut self, _at_ns: u64, _block: NvBlock<'_>) -> Result<(), NvError> {
        Err(NvError::NotServed)
    }

    /// What became of the last request for a block.
    fn nv_status(&mut self, _at_ns: u64, _block: NvBlock<'_>) -> NvStatus {
        NvStatus::Failed(NvError::NotServed)
    }

    /// What the activation that has just ended has published of an element that
    /// [`crate::Ecu::connect_out`] names: for boards that carry values to other ECUs. What an
    /// activation publishes that ends in a trap goes nowhere.
    fn publish(
        &mut self,
        _at_ns: u64,
        _partition: crate::PartitionId,
        _element: u32,
        _value: &[u8],
    ) {
    }

    /// What happened inside the activation, for traces: borrowed, to be copied if it is kept.
    fn record(&mut self, at_ns: u64, record: Record<'_>);

    /// Eight random bytes: from the seed in the simulation, from the system on a target.
    fn random(&mut self) -> u64;
}

/// What became of one I2C transaction, and how long the bus was busy with it (also after an error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct I2cTransfer {
    /// The caller has waited as long when the call comes back: in real time really, in virtual
    /// time by the model.
    pub bus_time: BusTime,
    /// Whether every byte was acknowledged.
    pub result: Result<(), I2cError>,
}

/// Time that a transfer kept the bus (and the caller waiting) in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusTime(pub u64);

/// One part of an I2C transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum I2cOperation {
    /// To be filled; its length is the number of bytes to read.
    Read(#[serde(with = "crate::hexadecimal")] Vec<u8>),
    /// Sent as it is.
    Write(#[serde(with = "crate::hexadecimal")] Vec<u8>),
}

/// The error codes of `wasi:i2c@0.2.0-draft`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum I2cError {
    /// A line is stuck or a START came at a wrong time.
    Bus,
    /// Another controller won.
    ArbitrationLoss,
    /// No device answers at the address.
    NoAcknowledgeAddress,
    /// The device refused a byte.
    NoAcknowledgeData,
    /// Refused, and the controller can not tell what.
    NoAcknowledgeUnknown,
    /// Data came faster than they were taken.
    Overrun,
    /// Anything else, also an address or length that no bus can carry.
    Other,
}

/// Why a frame was not taken for transmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanError {
    /// No bus of that name is attached to the ECU.
    NoBus,
    /// The controller's transmit queue is full.
    QueueFull,
    /// The controller does not take part in the bus.
    BusOff,
    /// The controller can not do that.
    Unsupported,
}

/// Fault confinement of a CAN controller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanStatus {
    /// What follows from the counters.
    pub state: CanErrorState,
    /// TEC.
    pub transmit_errors: u16,
    /// REC.
    pub receive_errors: u16,
}

/// State of fault confinement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the standard's own words")]
pub enum CanErrorState {
    #[default]
    ErrorActive,
    ErrorPassive,
    BusOff,
}

/// An error on a CAN bus, as a controller names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the standard's own words")]
pub enum CanBusError {
    Bit,
    Stuff,
    Form,
    Crc,
    Acknowledge,
}

/// What a CAN controller met; told by [`crate::Ecu::can_event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanEvent {
    /// The state of fault confinement has changed to this one.
    ErrorState(CanErrorState),
    /// A frame was ended by an error.
    BusError(CanBusError),
    /// The bit, counted from SOF without stuff bits, in which a transmission lost that goes on.
    ArbitrationLost(u8),
    /// A queue of received frames was full.
    Overrun,
}

/// Something that a partition did or met.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "fields are the numbers of the deployment; each variant says the rest"
)]
pub enum Record<'a> {
    /// An element was written; packed.
    Published {
        partition: &'a str,
        element: u32,
        value: &'a [u8],
    },
    /// A value above its bound was dropped.
    Refused { partition: &'a str, element: u32 },
    /// A call on a direct connector that carries a probe begins; arguments packed.
    Called {
        partition: &'a str,
        probe: u32,
        function: u32,
        arguments: &'a [u8],
    },
    /// That call has ended; its outcome packed.
    Returned {
        partition: &'a str,
        probe: u32,
        function: u32,
        outcome: &'a [u8],
    },
    /// A runnable begins.
    Entered { partition: &'a str, runnable: u32 },
    /// A runnable has ended and cost this much of users' fuel.
    Left {
        partition: &'a str,
        runnable: u32,
        fuel: u64,
    },
    /// Standard output or error; of the instance whose runnable runs, if one does.
    Printed {
        partition: &'a str,
        instance: Option<u32>,
        is_error: bool,
        text: &'a [u8],
    },
}
