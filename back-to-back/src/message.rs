//! What tester and ECU say to each other, and what a recording keeps of it. Plain data; knows
//! nothing of links and files.

#![expect(
    missing_docs,
    reason = "fields are those of `ecu_host::board` and `Ecu`; each variant says the rest"
)]

use alloc::{boxed::Box, string::String, vec::Vec};

use ecu_host::{
    Cause, Completion, Confirmation, Consequence, Outcome, PartitionId, Work,
    board::{
        CanError, CanEvent, CanFrame, CanStatus, GpioError, I2cOperation, I2cTransfer, Level,
        NvBlock, NvError, NvStatus, PinConfig, PinWatch, SpiConfig, SpiError, SpiOperation,
        SpiTransfer,
    },
};
use serde::{Deserialize, Serialize};

use crate::Note;

/// Version of the messages; either side refuses another one.
pub const PROTOCOL: u32 = 1;

/// From the tester to the ECU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToEcu {
    /// First, and once: an ECU that has run does not begin again without a reset.
    Begin { protocol: u32 },
    /// Do this, and tell what comes of it.
    Input(Input),
    /// To the last [`Call`].
    Answer(Answer),
    /// Nothing more comes.
    End,
}

/// From the ECU to the tester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromEcu {
    /// The answer to [`ToEcu::Begin`]: the names of the partitions, in the order of their numbers.
    Ready {
        protocol: u32,
        partitions: Vec<String>,
    },
    /// The ECU does not go on, and why.
    Refused { reason: String },
    /// What the ECU did.
    Output(Output),
}

/// What reaches an ECU: the calls of [`ecu_host::Ecu`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Input {
    Receive {
        at_ns: u64,
        frame: CanFrame,
    },
    Confirm(Confirmation),
    CanEvent {
        at_ns: u64,
        bus: String,
        event: CanEvent,
    },
    Deliver {
        at_ns: u64,
        partition: PartitionId,
        element: u32,
        #[serde(with = "ecu_host::hexadecimal")]
        value: Vec<u8>,
    },
    /// One activation, the most urgent one.
    Run {
        at_ns: u64,
    },
}

/// What an ECU does in answer to an [`Input`], in this order: calls and notes, the end of the
/// activation if there was one, when it is next due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Output {
    /// It waits for the [`Answer`].
    Call(Call),
    Note(Note),
    Ended(Ended),
    Idle {
        next_ns: Option<u64>,
    },
}

/// A call of the board that has an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Call {
    Transmit {
        at_ns: u64,
        request: u64,
        frame: CanFrame,
    },
    TransmitOnce {
        at_ns: u64,
        request: u64,
        frame: CanFrame,
    },
    Abort {
        at_ns: u64,
        bus: String,
        request: u64,
    },
    CanBitRate {
        bus: String,
    },
    CanStatus {
        at_ns: u64,
        bus: String,
    },
    HasCan {
        bus: String,
    },
    HasI2c {
        bus: String,
    },
    /// Reads are zeros.
    I2c {
        at_ns: u64,
        bus: String,
        address: u16,
        operations: Vec<I2cOperation>,
    },
    Random,
    HasSpi {
        device: String,
    },
    SpiDevices,
    SpiConfigure {
        at_ns: u64,
        device: String,
        config: SpiConfig,
    },
    /// Reads are zeros.
    Spi {
        at_ns: u64,
        device: String,
        operations: Vec<SpiOperation>,
    },
    Pin {
        name: String,
    },
    DigitalRead {
        at_ns: u64,
        pin: String,
    },
    DigitalWrite {
        at_ns: u64,
        pin: String,
        level: Level,
    },
    AnalogRead {
        at_ns: u64,
        pin: String,
    },
    AnalogWrite {
        at_ns: u64,
        pin: String,
        value: u32,
    },
    NvRead {
        at_ns: u64,
        block: Block,
    },
    NvWrite {
        at_ns: u64,
        block: Block,
        #[serde(with = "ecu_host::hexadecimal")]
        data: Vec<u8>,
    },
    NvInvalidate {
        at_ns: u64,
        block: Block,
    },
    NvStatus {
        at_ns: u64,
        block: Block,
    },
    PinReady {
        at_ns: u64,
        pin: String,
        watch: PinWatch,
        since_ns: u64,
    },
}

/// [`NvBlock`], owned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    pub partition: String,
    pub name: String,
}

impl From<NvBlock<'_>> for Block {
    fn from(block: NvBlock<'_>) -> Block {
        Block {
            partition: block.partition.into(),
            name: block.name.into(),
        }
    }
}

/// What the board answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// To transmissions and aborts.
    Taken(Result<(), CanError>),
    BitRateHz(Option<u32>),
    CanStatus(Option<CanStatus>),
    IsAttached(bool),
    /// The operations come back with what was read.
    I2c(I2cTransfer, Vec<I2cOperation>),
    Random(u64),
    SpiDevices(Vec<String>),
    SpiConfigured(Result<(), SpiError>),
    /// The operations come back with what was read.
    Spi(SpiTransfer, Vec<SpiOperation>),
    Pin(Option<PinConfig>),
    Level(Result<Level, GpioError>),
    Analog(Result<u32, GpioError>),
    /// To writes.
    PinWritten(Result<(), GpioError>),
    NvContent(Result<Vec<u8>, NvError>),
    /// To writes and invalidations.
    NvTaken(Result<(), NvError>),
    NvStatus(NvStatus),
    PinReady(Result<Option<u64>, GpioError>),
}

/// [`Completion`] without the backtrace, which only hosts with symbols have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    pub partition: PartitionId,
    pub work: Work,
    pub released_ns: u64,
    pub started_ns: u64,
    pub cost_ns: u64,
    pub fuel: u64,
    /// None: as it should.
    pub trap: Option<Box<Trap>>,
}

/// [`ecu_host::Trapped`] without the backtrace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trap {
    pub cause: Cause,
    pub instance: Option<String>,
    pub runnable: Option<String>,
    pub reason: String,
    pub consequence: Consequence,
}

/// One line of a recording: what went in, or what came out with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    Input(Input),
    Call { call: Call, answer: Answer },
    Note(Note),
    Ended(Ended),
    Idle { next_ns: Option<u64> },
}

impl From<&Completion> for Ended {
    fn from(completion: &Completion) -> Ended {
        let trap = match &completion.outcome {
            Outcome::Completed => None,
            Outcome::Trapped(trapped) => Some(Box::new(Trap {
                cause: trapped.cause,
                instance: trapped.instance.clone(),
                runnable: trapped.runnable.clone(),
                reason: trapped.reason.clone(),
                consequence: trapped.consequence,
            })),
        };
        Ended {
            partition: completion.partition,
            work: completion.work,
            released_ns: completion.released_ns,
            started_ns: completion.started_ns,
            cost_ns: completion.cost_ns,
            fuel: completion.fuel,
            trap,
        }
    }
}

impl Entry {
    /// What the ECU says for this entry; none for what goes in.
    pub fn output(&self) -> Option<Output> {
        match self {
            Entry::Input(_) => None,
            Entry::Call { call, .. } => Some(Output::Call(call.clone())),
            Entry::Note(note) => Some(Output::Note(note.clone())),
            Entry::Ended(ended) => Some(Output::Ended(ended.clone())),
            Entry::Idle { next_ns } => Some(Output::Idle { next_ns: *next_ns }),
        }
    }
}
