//! CAN descriptions (DBC): messages and signals, physical values packed into frames and back.

/// A DBC file as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Database {
    pub messages: Vec<Message>,
}

/// A message (AUTOSAR: CanFrame with one ISignalIPdu).
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub name: String,
    pub id: u32,
    pub extended: bool,
    pub length_bytes: u32,
    pub sender: Option<String>,
    /// GenMsgCycleTime.
    pub cycle_time_ms: Option<u32>,
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
