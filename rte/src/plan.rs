//! The plain description of the glue of one partition, and what the generator gives back.
//! Knows names and types, not where they were read.

#![allow(
    missing_docs,
    reason = "a field whose name says it all needs no sentence"
)]

mod mode;
mod nv;

pub use mode::{ModeCondition, ModeDependency, ModePlan};
pub use nv::{BlocksPlan, NvElement, NvPort};

use crate::handle::Handle;
use autosar_wit::{
    component::{Port, PortItem},
    dbc::{ByteOrder, Signal},
    types::{Interface, ValueType},
};
use std::collections::{BTreeMap, BTreeSet};

/// What to generate for one partition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    pub instances: Vec<InstancePlan>,
    /// Positions are the numbers of `meter.enter`.
    pub runnables: Vec<RunnablePlan>,
    pub tasks: Vec<TaskPlan>,
    pub links: Vec<Link>,
    /// Positions are the numbers of `frames`.
    pub pdus: Vec<PduPlan>,
    /// Positions are the numbers of [`Sink::Mode`].
    pub modes: Vec<ModePlan>,
}

/// A component instance as the glue sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct InstancePlan {
    /// A WIT label, unique in the partition.
    pub name: String,
    /// Exports with runnables or with getters that links read; the tasks import what is used of them.
    pub provides: Vec<PortPlan>,
    /// Imports that the store serves, each whole: a function without a link reads `unconnected`.
    pub requires: Vec<PortPlan>,
    /// Of an adapter: the port that it serves in turn, so that what runs there reads what comes here.
    pub serves: Option<ServedPort>,
}

/// A required port of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedPort {
    pub instance: String,
    /// The port's extern name.
    pub port: String,
}

/// A port and its type.
#[derive(Debug, Clone, PartialEq)]
pub struct PortPlan {
    /// The extern name exactly as the component has it.
    pub name: String,
    pub item: PortItem,
}

/// A function of an instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionRef {
    pub instance: String,
    /// The port's extern name.
    pub port: String,
    /// `None`: the port itself is a function.
    pub function: Option<String>,
}

/// A function that tasks call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnablePlan {
    pub function: FunctionRef,
    /// Parameter that is a handle of a bus, device or pin ([`Handle`]) → name by which it is opened
    /// at each call; an `own<delay>` needs none.
    pub handles: BTreeMap<String, String>,
    /// Ports of the instance that it reads and writes; `None`: all.
    pub ports: Option<Vec<String>>,
}

/// An exported `func()`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskPlan {
    /// The export.
    pub name: String,
    /// Positions in [`Plan::runnables`], in calling order.
    pub runnables: Vec<usize>,
    /// Positions in [`Plan::pdus`]: sent at the end, changed or not.
    pub sends: Vec<usize>,
    /// Positions in [`Plan::pdus`]: sent at the end if they had to wait for their minimum delay.
    pub sends_late: Vec<usize>,
}

/// One way of one data element, from a sender to a receiver.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub source: Source,
    pub sink: Sink,
    pub buffering: Buffering,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A provided port's getter, read after the runnables of its instance.
    Getter(FunctionRef),
    /// The result of a runnable, or a field of it.
    Result {
        runnable: usize,
        fields: Vec<String>,
    },
    /// `elements.take`; `value` is what the sender publishes: [`crate::element_value`] of its type.
    Inbox { element: u32, value: ValueType },
    /// None: the receiver has the initial value for ever.
    Constant,
    /// A signal of a received PDU.
    Signal { pdu: usize, layout: SignalLayout },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Sink {
    /// A required port's getter, served by the store.
    Port(FunctionRef),
    /// A runnable's parameter, or a field of it. Parameters without a link are all zeros.
    Parameter {
        runnable: usize,
        parameter: String,
        fields: Vec<String>,
    },
    /// `elements.publish`, packed; also the number under which values above the bound are refused.
    Outbox { element: u32 },
    /// A signal of a sent PDU.
    Signal { pdu: usize, layout: SignalLayout },
    /// The state of a mode machine, on which calls depend: a position in [`Plan::modes`].
    Mode { mode: usize },
}

/// Properties of a link (AUTOSAR: ComSpecs).
#[derive(Debug, Clone, PartialEq)]
pub struct Buffering {
    /// Packed value before the first reception; `None`: `never-received`, or all zeros where the
    /// receiver's type has no room for a status.
    pub initial: Option<Vec<u8>>,
    pub alive_timeout_ns: Option<u64>,
    /// Packed value to read after a timeout instead of its status.
    pub substitute: Option<Vec<u8>>,
    /// `None`: the last is best; else the length of the queue.
    pub queue: Option<u32>,
    /// Of every list (elements) and string (bytes) in the value.
    pub bound: u32,
    pub conversion: Conversion,
    /// A number is handed on as number × factor + offset; to receivers in this partition only.
    pub scale: Option<(f64, f64)>,
}

impl Default for Buffering {
    fn default() -> Self {
        Self {
            initial: None,
            alive_timeout_ns: None,
            substitute: None,
            queue: None,
            bound: 256,
            conversion: Conversion::Physical,
            scale: None,
        }
    }
}

/// How a number meets a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// raw × factor + offset.
    Physical,
    /// The raw bits.
    Raw,
}

/// Where a signal lies in its PDU and what its bits mean; as in a DBC file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignalLayout {
    /// Least significant bit for Intel, most significant one for Motorola.
    pub start_bit: u32,
    /// 1 to 64.
    pub length_bits: u32,
    pub byte_order: ByteOrder,
    pub signed: bool,
    /// IEEE 754, of 32 or 64 bits.
    pub float: bool,
    pub factor: f64,
    pub offset: f64,
    /// Physical range for sending; none where both are equal.
    pub minimum: f64,
    pub maximum: f64,
    /// Position in [`PduPlan::multiplexed`]; `None`: it is always there.
    pub multiplexed: Option<usize>,
}

/// As if it were always there: when it is, the message says.
impl From<&Signal> for SignalLayout {
    fn from(signal: &Signal) -> Self {
        Self {
            start_bit: signal.start_bit,
            length_bits: signal.length_bits,
            byte_order: signal.byte_order,
            signed: signal.signed,
            float: signal.float,
            factor: signal.factor,
            offset: signal.offset,
            minimum: signal.minimum,
            maximum: signal.maximum,
            multiplexed: None,
        }
    }
}

/// A frame whose signals the tasks pack or unpack.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PduPlan {
    /// For error messages.
    pub name: String,
    /// 1 to 64.
    pub length_bytes: u8,
    /// Content before any signal is written; missing bytes are zero. For sent ones only, and of
    /// signals that are always there.
    pub initial: Vec<u8>,
    /// Multiplexors stand before what depends on them.
    pub multiplexed: Vec<Multiplexed>,
    pub sending: Sending,
    /// At least so long from one frame to the next: what is earlier waits for [`TaskPlan::sends_late`].
    pub minimum_delay_ns: Option<u64>,
    pub repetition: Option<crate::Repetition>,
    pub protection: Option<ProtectionPlan>,
}

/// End-to-end protection of a PDU at one end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectionPlan {
    /// Below [`protection::SLOTS`], its own in the partition.
    pub slot: u32,
    /// [`protection::Configuration::to_bytes`].
    pub configuration: Vec<u8>,
    /// Of received ones: where each check is published as [`crate::checked`].
    pub element: Option<u32>,
    /// Of received ones: no frame for longer than that is a check of its own.
    pub cycle_ns: Option<u64>,
}

/// Signals of a PDU that are there together, by a multiplexor.
#[derive(Debug, Clone, PartialEq)]
pub struct Multiplexed {
    /// Where it is multiplexed too, both must hold.
    pub multiplexor: SignalLayout,
    /// Raw values of the multiplexor, without sign; both ends included.
    pub ranges: Vec<(u64, u64)>,
    /// As [`PduPlan::initial`], with the bits of these signals only.
    pub initial: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sending {
    /// It is received, or only tasks that name it in [`TaskPlan::sends`] send it.
    #[default]
    ByTask,
    /// At the end of a task that wrote one of its signals, if a bit differs from what was sent
    /// last, and the first time.
    OnChange,
}

/// The generated components of a partition and how they are wired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glue {
    /// Imports nothing but types; `None` where no port is buffered. It exports [`STORE_INPUTS`].
    pub store: Option<Vec<u8>>,
    /// Imports [`STORE_INPUTS`] where there is a store, what [`Glue::called`] says, and interfaces
    /// of `wireloom:ecu`; exports one `func()` per task.
    pub tasks: Vec<u8>,
    /// Exports [`crate::PROTECTION_EXPORT`], which the tasks import as [`crate::PROTECTION`]; `None`
    /// where no PDU is protected.
    pub protection: Option<Vec<u8>>,
    pub served: Vec<Served>,
    pub called: Vec<Called>,
}

/// The instance export of the store and import of the tasks by which values are handed on.
pub const STORE_INPUTS: &str = "store-inputs";

/// The store's export `export` is the argument `port` of `instance`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub export: String,
    pub instance: String,
    pub port: String,
}

/// The tasks' import `import` takes the export `port` of `instance`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    pub import: String,
    pub instance: String,
    pub port: String,
}

/// What an instance imports from the platform, bound to what is its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnvironmentPlan {
    /// Root function that gives a handle of a bus, device or pin → which one, and the name by which
    /// it is opened; exported under the same name.
    pub handles: BTreeMap<String, (Handle, String)>,
    /// Root functions `func() -> own<delay>`; exported under the same names.
    pub delays: BTreeSet<String>,
    /// Extern name such as `wasi:cli/environment@0.2.3`; exported under it with `variables`.
    pub environment: Option<String>,
    pub variables: BTreeMap<String, String>,
}

/// What stands in for the platform at an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct StandInPlan {
    /// For messages.
    pub instance: String,
    /// What the instance requires of the platform: answered here, or needed for its types.
    pub ports: Vec<Port>,
    /// By extern name: the ports that are answered here.
    pub answers: BTreeMap<String, StoodIn>,
    /// How the name of a function begins that ends an activation.
    pub mark: String,
}

/// How a port is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoodIn {
    pub answer: Answer,
    /// For messages.
    pub capability: String,
}

/// What stands in for an interface. All answer errors where there is nothing else to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The error of the function's type; it ends the activation where it has none.
    Denied,
    /// Blocks that were never written and keep nothing.
    Blocks,
    /// A clock that stands at zero.
    Clock,
    /// No folders, no variables.
    Empty,
    /// Nobody is reached.
    Network,
    /// The same numbers in every run.
    Random,
}

/// A probe: imports the port as `inner`, exports it as `outer`, and reports each call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbePlan {
    /// The number in `probes`; functions are numbered in the order of the interface.
    pub probe: u32,
    pub interface: Interface,
}

/// What runs a partition under any engine with WASI: tasks by their events, in virtual time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DriverPlan {
    /// Highest priority first, then by name; the driver imports them by these names.
    pub tasks: Vec<DrivenTask>,
    /// How many elements the partition numbers.
    pub elements: u32,
    /// By their numbers.
    pub pdus: Vec<PrintedPdu>,
    /// Whether the partition has drivers on I2C: the console then gives buses without devices.
    pub has_i2c: bool,
    /// The last instant at which a task starts.
    pub until_ns: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrivenTask {
    pub name: String,
    pub event: DrivenEvent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrivenEvent {
    Init,
    Timing {
        period_ns: u64,
        offset_ns: u64,
    },
    /// One of these elements was published.
    DataReceived {
        elements: Vec<u32>,
    },
}

/// How a sent frame is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedPdu {
    pub bus: String,
    pub id: u32,
    pub extended: bool,
}

/// Why no glue can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    #[error("`{place}` carries a {what}, which no buffered connector can; make it direct")]
    Unbufferable { place: String, what: String },
    #[error("`{place}` is a method of a resource, which no stub can have; build the component")]
    StubMethod { place: String },
    #[error("`{place}` is a method of a resource, which no probe can forward; take the probe away")]
    ProbeMethod { place: String },
    #[error(
        "`{place}` is a method of a resource, which no adapter can forward; take the adapter away"
    )]
    AdapterMethod { place: String },
    #[error(
        "`{place}` does not begin with the name of a block; build the component for `wireloom:ecu@0.1.0`"
    )]
    NotABlock { place: String },
    #[error(
        "`{place}` is no non-volatile data; give it getters `x: func() -> result<T, E>` and writers `write-x: func(value: T) -> result<_, E>`, with an enum `E`"
    )]
    NotNvData { place: String },
    #[error("`{place}` is asynchronous, which generated glue cannot call; use a plain `func`")]
    Asynchronous { place: String },
    #[error(
        "`{owner}` has type `{name}` in two forms: {first} needs one, {second} the other; bring them to one version"
    )]
    Conflict {
        owner: String,
        name: String,
        first: String,
        second: String,
    },
    #[error("`{source_place}` gives {given}, `{sink}` takes {taken}; connect ends of one type")]
    Mismatch {
        source_place: String,
        given: String,
        sink: String,
        taken: String,
    },
    #[error("`{place}` does not exist; connect an end that the component has")]
    Missing { place: String },
    #[error("`{place}` needs parameters and cannot be buffered; connect it directly")]
    NotAnElement { place: String },
    #[error("{what} of `{place}` does not fit its type; write it anew")]
    BadValue { place: String, what: &'static str },
    #[error(
        "`{place}` has no room for the state of an empty queue; use a receiver of `option` or `result` type, or no queue"
    )]
    NoStatus { place: String },
    #[error(
        "`{place}` is no state of a mode machine; give it `previous`, `next` and `in-transition`"
    )]
    NotAMode { place: String },
    #[error("`{place}` is too large: {bytes} bytes with its bounds; lower the bound")]
    TooLarge { place: String, bytes: u64 },
    #[error("parameter `{parameter}` of `{place}` needs {needed}; bind one to it")]
    Unbound {
        place: String,
        parameter: String,
        needed: &'static str,
    },
    #[error(
        "signal at bit {start_bit} of `{pdu}` does not lie in its {length_bytes} bytes; correct the message"
    )]
    OutsidePdu {
        pdu: String,
        start_bit: u32,
        length_bytes: u8,
    },
    #[error("type {given} of `{place}` cannot be a signal; use a number, bool or enum")]
    NotASignal { place: String, given: String },
    #[error(
        "`{place}` borrows a handle inside of a value, which nothing can stand in for; allow the capability"
    )]
    StandIn { place: String },
    #[error("this is a bug: {0}")]
    Bug(String),
}

impl std::fmt::Display for FunctionRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.instance, self.port)?;
        match &self.function {
            Some(function) => write!(f, "#{function}"),
            None => Ok(()),
        }
    }
}
