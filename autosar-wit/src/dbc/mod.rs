//! CAN descriptions (DBC): messages and signals, physical values packed into frames and back.
//! Knows nothing of buses and of who sends.
//!
//! Source: the DBC file format as written by Vector CANdb++; bit positions as in AUTOSAR's
//! Specification of Communication ("ISignalInIPdu").

mod bits;
mod build;
mod check;
mod codec;
mod defects;
mod format;
mod load;
mod multiplex;
mod parse;
mod read;
mod scan;
mod timing;
pub mod wit;
mod write;

pub use codec::{Decoded, EncodeError, Raw};
pub use format::{CLASSIC_BYTES, FLEXIBLE_BYTES, frame_bytes};
pub use load::read;
pub use timing::{SendType, Timing};
pub use write::write;

/// What a file gave, and everything in it that is not as it should be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    pub database: Database,
    /// By line.
    pub defects: Vec<Defect>,
}

/// Something in a DBC file that is wrong or cannot be read; the rest of the file counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Defect {
    /// The first is 1.
    pub line: u32,
    /// What is wrong and what to do.
    pub message: String,
}

/// A DBC file as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Database {
    /// Those that `BU_` declares, then those that only messages and signals name.
    pub nodes: Vec<String>,
    pub messages: Vec<Message>,
}

/// A message (AUTOSAR: CanFrame with one ISignalIPdu).
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub name: String,
    pub id: u32,
    pub extended: bool,
    pub length_bytes: u32,
    /// VFrameFormat says CAN FD; where it says nothing: no classic frame holds it.
    pub flexible: bool,
    pub sender: Option<String>,
    /// Of a message that several send (`BO_TX_BU_`): those besides `sender`.
    pub other_senders: Vec<String>,
    /// GenMsgCycleTime.
    pub cycle_time_ms: Option<u32>,
    pub timing: Timing,
    pub signals: Vec<Signal>,
    pub comment: String,
}

/// A signal (AUTOSAR: ISignal).
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub name: String,
    /// As DBC counts it: least significant bit for Intel, most significant one for Motorola.
    pub start_bit: u32,
    pub length_bits: u32,
    pub byte_order: ByteOrder,
    pub signed: bool,
    pub float: bool,
    pub factor: f64,
    pub offset: f64,
    pub minimum: f64,
    pub maximum: f64,
    pub unit: String,
    pub receivers: Vec<String>,
    pub values: Vec<(i64, String)>,
    pub multiplexing: Multiplexing,
    /// When a multiplexed signal is there (extended multiplexing names multiplexor and ranges; plain
    /// one has the message's multiplexor and one value). `None`: always.
    pub presence: Option<Presence>,
    pub comment: String,
    /// GenSigStartValue, raw.
    pub start_value: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteOrder {
    /// Little endian.
    Intel,
    /// Big endian.
    Motorola,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Multiplexing {
    Plain,
    Multiplexor,
    /// Present when the multiplexor has this value.
    Multiplexed(u64),
    /// A multiplexor that is itself multiplexed.
    Both(u64),
}

/// The signal is there while its multiplexor has one of these raw values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Among the signals of the message.
    pub multiplexor: usize,
    /// Both ends included; without any, the signal is never there.
    pub ranges: Vec<(u64, u64)>,
}

impl Database {
    /// The message of that identifier.
    pub fn message(&self, id: u32, extended: bool) -> Option<&Message> {
        self.messages
            .iter()
            .find(|message| message.id == id && message.extended == extended)
    }

    pub fn message_by_name(&self, name: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.name == name)
    }
}

impl Presence {
    /// Of a signal whose multiplexing makes no sense.
    pub const NEVER: Presence = Presence {
        multiplexor: 0,
        ranges: Vec::new(),
    };
}

impl Message {
    /// All nodes that send it.
    pub fn senders(&self) -> impl Iterator<Item = &str> {
        let senders = self.sender.iter().chain(&self.other_senders);
        senders.map(String::as_str)
    }

    pub fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }
}
