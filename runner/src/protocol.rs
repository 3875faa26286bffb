//! The messages between an ECU process and the hub. The library's page says how a run goes.

use std::{
    io::{self, Read, Write},
    num::NonZeroU32,
};

use ecu_host::{
    Transmission,
    board::{
        BusTime, CanFlexible, CanFrame, GpioError, I2cError, I2cOperation, I2cTransfer, Level,
        PinWatch, SpiConfig, SpiError, SpiOperation, SpiTransfer,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::ReadError;

/// Version of the protocol; the hub refuses others.
pub const PROTOCOL: u32 = 5;
/// A message is not longer.
pub const MESSAGE_BYTES: usize = 1 << 20;

/// From an ECU process to the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(missing_docs, reason = "each variant says what its fields are")]
pub enum ToHub {
    /// First: the version of the protocol and the ECU's name.
    Hello { protocol: u32, ecu: String },
    /// All partitions are loaded and instantiated.
    Ready,
    /// A frame for a bus; [`ToEcu::Confirmed`] says what became of this request.
    Frame { request: u64, frame: WireFrame },
    /// A frame shall not go on the bus any more. It is confirmed either way.
    Abort { bus: String, request: u64 },
    /// A value for the other ECUs on an Ethernet network, packed.
    Value {
        network: String,
        key: String,
        value: Vec<u8>,
    },
    /// One I2C transaction; the ECU waits for [`ToEcu::I2c`].
    I2c {
        at_ns: u64,
        bus: String,
        address: u16,
        operations: Vec<WireOperation>,
    },
    /// One SPI transaction; the ECU waits for [`ToEcu::Spi`].
    Spi {
        at_ns: u64,
        device: String,
        operations: Vec<SpiOperation>,
    },
    /// From the next transaction on the device is spoken to this way; the ECU waits for
    /// [`ToEcu::SpiConfigured`].
    SpiConfigure {
        at_ns: u64,
        device: String,
        config: SpiConfig,
    },
    /// Something at a pin; the ECU waits for [`ToEcu::Pin`].
    Pin {
        at_ns: u64,
        pin: String,
        request: PinRequest,
    },
    /// Standard output or error of a guest.
    Printed {
        at_ns: u64,
        partition: String,
        instance: Option<u32>,
        is_error: bool,
        text: Vec<u8>,
    },
    /// A guest misbehaved; the text names it.
    Trapped {
        at_ns: u64,
        partition: String,
        text: String,
        backtrace: Vec<String>,
    },
    /// Last: nothing runs any more.
    Finished { report: EcuReport },
}

/// From the hub to an ECU process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(missing_docs, reason = "each variant says what its fields are")]
pub enum ToEcu {
    /// This is time zero; the ECU ends by itself at `run_for_ns`. One nanosecond of its clock passes
    /// in `slower` real ones.
    Start {
        run_for_ns: Option<u64>,
        slower: NonZeroU32,
    },
    /// A frame from a bus.
    Frame { frame: WireFrame },
    /// What became of [`ToHub::Frame`].
    Confirmed { request: u64, outcome: WireOutcome },
    /// A value of another ECU from an Ethernet network, packed.
    Value {
        network: String,
        key: String,
        value: Vec<u8>,
    },
    /// The answer to [`ToHub::I2c`].
    I2c {
        bus_ns: u64,
        result: Result<Vec<WireOperation>, WireError>,
    },
    /// The answer to [`ToHub::Spi`]: reads and transfers are filled.
    Spi {
        bus_ns: u64,
        result: Result<Vec<SpiOperation>, SpiError>,
    },
    /// The answer to [`ToHub::SpiConfigure`].
    SpiConfigured { result: Result<(), SpiError> },
    /// The answer to [`ToHub::Pin`].
    Pin {
        result: Result<PinAnswer, GpioError>,
    },
    /// End the run and report.
    Stop,
    /// The hub does not want this ECU, and why.
    Refused { reason: String },
}

/// A frame of CAN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireFrame {
    /// Name of the bus in the system.
    pub bus: String,
    /// 11 or 29 bits.
    pub id: u32,
    /// Whether `id` has 29 bits.
    pub extended: bool,
    /// Whether this is a remote frame.
    pub remote: bool,
    /// 0 to 8 bytes; up to 64 of CAN FD.
    pub data: Vec<u8>,
    /// Of a frame of CAN FD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flexible: Option<CanFlexible>,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireOutcome {
    /// It has passed the bus.
    Sent,
    /// It was withdrawn, or not taken.
    Aborted,
}

/// One part of an I2C transaction; a read carries zeroes on its way there and bytes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "I2C's own words")]
pub enum WireOperation {
    Read(Vec<u8>),
    Write(Vec<u8>),
}

/// What an ECU asks of a pin; see the calls of [`ecu_host::board::Board`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the board's own words")]
pub enum PinRequest {
    DigitalRead,
    DigitalWrite(Level),
    AnalogRead,
    AnalogWrite(u32),
    Ready { watch: PinWatch, since_ns: u64 },
}

/// What a pin answers, each by the request of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinAnswer {
    /// What was read of a digital pin.
    Level(Level),
    /// What was read of an analog pin.
    Number(u32),
    /// It is driven.
    Driven,
    /// When the condition holds first; none while nobody knows.
    Ready(Option<u64>),
}

/// The error codes of `wasi:i2c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "those of `ecu_host::board::I2cError`")]
pub enum WireError {
    Bus,
    ArbitrationLoss,
    NoAcknowledgeAddress,
    NoAcknowledgeData,
    NoAcknowledgeUnknown,
    Overrun,
    Other,
}

/// What an ECU counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EcuReport {
    /// Its name.
    pub ecu: String,
    /// In the order of the system file.
    pub partitions: Vec<PartitionReport>,
    /// By name.
    pub networks: Vec<NetworkReport>,
}

/// What was counted of an Ethernet network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkReport {
    pub name: String,
    /// Values that went out.
    pub sent: u64,
    /// Values that came in.
    pub received: u64,
    /// Values that no element of this ECU takes, of another type, or longer than a message.
    pub refused: u64,
    /// Over zenoh: values that were sent and did not come.
    pub lost: u64,
    /// Over zenoh: values that came a second time, or behind a later one.
    pub repeated: u64,
    /// Over zenoh: values that found a queue of this ECU full.
    pub dropped: u64,
    /// Over zenoh: peers that are connected now.
    pub peers: u64,
}

/// What was counted of a partition; see [`ecu_host::PartitionCounters`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the counters of `ecu_host::PartitionCounters`")]
pub struct PartitionReport {
    pub name: String,
    pub traps: u64,
    pub restarts: u64,
    pub frames_lost: u64,
    pub frames_refused: u64,
    pub values_lost: u64,
    pub values_refused: u64,
    pub tasks: Vec<TaskReport>,
}

/// What was counted of a task; see [`ecu_host::TaskCounters`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the counters of `ecu_host::TaskCounters`")]
pub struct TaskReport {
    pub name: String,
    pub activations: u64,
    pub late: u64,
    pub lost: u64,
    pub worst_response_ns: u64,
    pub busy_ns: u64,
}

/// Sends one message.
pub fn write_message(stream: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len())
        .ok()
        .filter(|length| *length as usize <= MESSAGE_BYTES);
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(body);
    stream.write_all(&bytes)
}

/// Waits for one message. Nothing is kept of a message that is too long.
pub fn read_message<M: DeserializeOwned>(stream: &mut impl Read) -> Result<M, ReadError> {
    let mut length = [0; 4];
    if stream.read(&mut length[..1])? == 0 {
        return Err(ReadError::Closed);
    }
    stream.read_exact(&mut length[1..])?;
    let (bytes, limit) = (u32::from_be_bytes(length) as usize, MESSAGE_BYTES);
    if bytes > limit {
        return Err(ReadError::TooLong { bytes, limit });
    }
    let mut body = vec![0; bytes];
    stream.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}

impl From<&CanFrame> for WireFrame {
    fn from(frame: &CanFrame) -> WireFrame {
        let CanFrame {
            bus,
            id,
            extended,
            remote,
            data,
            flexible,
        } = frame.clone();
        WireFrame {
            bus,
            id,
            extended,
            remote,
            data,
            flexible,
        }
    }
}

impl WireFrame {
    /// The frame, where it is one that a bus can carry.
    pub fn checked(self) -> Option<CanFrame> {
        let WireFrame {
            bus,
            id,
            extended,
            remote,
            data,
            flexible,
        } = self;
        let highest = if extended { 0x1fff_ffff } else { 0x7ff };
        let fits = match (flexible, data.len()) {
            (_, 0..=8) => true,
            (Some(_), 12 | 16 | 20 | 24 | 32 | 48 | 64) => !remote,
            _ => false,
        };
        (id <= highest && fits).then_some(CanFrame {
            bus,
            id,
            extended,
            remote,
            data,
            flexible,
        })
    }
}

impl From<WireOutcome> for Transmission {
    fn from(outcome: WireOutcome) -> Transmission {
        match outcome {
            WireOutcome::Sent => Transmission::Sent,
            WireOutcome::Aborted => Transmission::Aborted,
        }
    }
}

impl From<&I2cOperation> for WireOperation {
    fn from(operation: &I2cOperation) -> WireOperation {
        match operation {
            I2cOperation::Read(bytes) => WireOperation::Read(bytes.clone()),
            I2cOperation::Write(bytes) => WireOperation::Write(bytes.clone()),
        }
    }
}

impl From<WireOperation> for I2cOperation {
    fn from(operation: WireOperation) -> I2cOperation {
        match operation {
            WireOperation::Read(bytes) => I2cOperation::Read(bytes),
            WireOperation::Write(bytes) => I2cOperation::Write(bytes),
        }
    }
}

impl ToEcu {
    /// The answer of a device.
    pub(crate) fn answer(done: I2cTransfer, operations: &[I2cOperation]) -> ToEcu {
        let BusTime(bus_ns) = done.bus_time;
        let operations = || operations.iter().map(WireOperation::from).collect();
        ToEcu::I2c {
            bus_ns,
            result: done.result.map(|()| operations()).map_err(WireError::from),
        }
    }

    /// The answer of an SPI device.
    pub(crate) fn spi_answer(done: SpiTransfer, operations: Vec<SpiOperation>) -> ToEcu {
        let BusTime(bus_ns) = done.bus_time;
        ToEcu::Spi {
            bus_ns,
            result: done.result.map(|()| operations),
        }
    }
}

impl From<I2cError> for WireError {
    fn from(error: I2cError) -> WireError {
        match error {
            I2cError::Bus => WireError::Bus,
            I2cError::ArbitrationLoss => WireError::ArbitrationLoss,
            I2cError::NoAcknowledgeAddress => WireError::NoAcknowledgeAddress,
            I2cError::NoAcknowledgeData => WireError::NoAcknowledgeData,
            I2cError::NoAcknowledgeUnknown => WireError::NoAcknowledgeUnknown,
            I2cError::Overrun => WireError::Overrun,
            I2cError::Other => WireError::Other,
        }
    }
}

impl From<WireError> for I2cError {
    fn from(error: WireError) -> I2cError {
        match error {
            WireError::Bus => I2cError::Bus,
            WireError::ArbitrationLoss => I2cError::ArbitrationLoss,
            WireError::NoAcknowledgeAddress => I2cError::NoAcknowledgeAddress,
            WireError::NoAcknowledgeData => I2cError::NoAcknowledgeData,
            WireError::NoAcknowledgeUnknown => I2cError::NoAcknowledgeUnknown,
            WireError::Overrun => I2cError::Overrun,
            WireError::Other => I2cError::Other,
        }
    }
}
