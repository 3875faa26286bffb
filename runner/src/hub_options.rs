//! What whoever runs the hub gives to it and hears from it: options, devices, events. Data and one
//! trait; knows nothing of connections.

use std::{
    num::NonZeroU32,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use deployment::Bus;
use ecu_host::board::{
    CanFrame, GpioError, I2cOperation, I2cTransfer, SpiConfig, SpiError, SpiOperation, SpiTransfer,
};

use crate::protocol::{EcuReport, PinAnswer, PinRequest};

/// The devices behind the virtual buses, and the world at the virtual pins. Times are those of the
/// ECUs, since the start; those of different ECUs come in any order.
pub trait Devices {
    /// One I2C transaction; reads are filled in place.
    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer;

    /// One SPI transaction; reads and transfers are filled in place.
    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer;

    /// From the next transaction on the device is spoken to this way.
    fn spi_configure(
        &mut self,
        at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError>;

    /// What an ECU asks of a pin.
    fn pin(
        &mut self,
        at_ns: u64,
        ecu: &str,
        pin: &str,
        request: PinRequest,
    ) -> Result<PinAnswer, GpioError>;

    /// When nodes that are not there send their next frame; none: they do not.
    fn next_frame_ns(&self) -> Option<u64> {
        None
    }

    /// The frames of nodes that are not there which are due by now.
    fn frames(&mut self, _now_ns: u64) -> Vec<CanFrame> {
        Vec::new()
    }
}

/// What a run is.
#[derive(Debug, Clone)]
pub struct HubOptions {
    /// Names of the ECUs; all of them must be ready before time zero.
    pub ecus: Vec<String>,
    /// The buses of the system.
    pub buses: Vec<Bus>,
    /// How long the ECUs run by their clocks; none: until `stop`.
    pub run_for: Option<Duration>,
    /// One nanosecond of ECUs and buses passes in so many real ones: for processors that are
    /// emulated, and machines that are busy with other things.
    pub slower: NonZeroU32,
    /// How long to wait until all are ready.
    pub ready_within: Duration,
    /// Set it from another thread to end the run.
    pub stop: Arc<AtomicBool>,
}

/// What happens in a run, for whoever runs the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant says what its fields are")]
pub enum HubEvent {
    /// An ECU is ready.
    Ready { ecu: String },
    /// All are ready: time zero.
    Started,
    /// A frame has passed a bus.
    Frame(LoggedFrame),
    /// A value has passed an Ethernet network.
    Value(LoggedValue),
    /// A value for no network of the system, not from its sender, or one too many.
    ValueDropped {
        ecu: String,
        network: String,
        key: String,
    },
    /// A frame for no bus of the system, one that no bus can carry, or one too many.
    Dropped { ecu: String, bus: String, id: u32 },
    /// Standard output or error of a guest.
    Printed {
        at_ns: u64,
        ecu: String,
        partition: String,
        is_error: bool,
        text: Vec<u8>,
    },
    /// A guest misbehaved; the text names it.
    Trapped {
        at_ns: u64,
        ecu: String,
        partition: String,
        text: String,
        backtrace: Vec<String>,
    },
    /// An ECU has ended as it should.
    Finished(EcuReport),
    /// Somebody connected who is no ECU of this run.
    Stranger { reason: String },
}

/// A frame and the end of its last bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedFrame {
    /// Since time zero.
    pub at_ns: u64,
    /// The sender; empty for a node that is not there.
    pub ecu: String,
    /// As it was sent.
    pub frame: CanFrame,
}

/// A value and when it was at its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedValue {
    /// Since time zero.
    pub at_ns: u64,
    pub network: String,
    pub key: String,
    /// The sender.
    pub from: String,
    /// The receiver.
    pub to: String,
    /// Packed.
    pub value: Vec<u8>,
}
