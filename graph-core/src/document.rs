//! The document: what the user has built. The one truth; graph, composition, diagnostics and
//! pictures are derived from it and never stored. Changes only through `Edit`.
//! Knows nothing of files, of the bytes of components, of the window.

mod annotations;
mod files;
mod hierarchy;
mod lookup;
mod names;
mod pdu;
mod subject;

pub use annotations::{Area, FRAME_COLOURS, Frame, Note, NotePlace};
pub use lookup::{NewIds, Path};
pub(crate) use names::{free_title, is_one_line};
pub use pdu::{Pdu, TransmissionMode};

use crate::capability::{Capability, Treatment};
use autosar_wit::{component::Direction, mapping::Mapping};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A vehicle project.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    pub name: String,
    /// The folder, from the project's, with the record of the AUTOSAR descriptions that the project
    /// was made of: what a newer one is held against.
    pub imported: Option<String>,
    pub components: BTreeMap<ComponentId, Component>,
    /// Those of the system and the parts of all compositions; see [`Instance::composition`].
    pub instances: BTreeMap<InstanceId, Instance>,
    /// A connector stands where the instances at its ends stand; see [`Document::scope_of`].
    pub connectors: BTreeMap<ConnectorId, Connector>,
    /// The ports of compositions. Inside its composition a port is an end of connectors as instances
    /// are, and has a position as they have: so its number is one of theirs.
    pub ports: BTreeMap<InstanceId, DelegationPort>,
    pub buses: BTreeMap<BusId, Bus>,
    pub ecus: BTreeMap<EcuId, Ecu>,
    pub pdus: BTreeMap<PduId, Pdu>,
    pub frames: BTreeMap<FrameId, Frame>,
    pub notes: BTreeMap<NoteId, Note>,
    /// Where things stand on the canvas: no part of the meaning.
    pub layout: Layout,
    /// The next number of any id: ids are never given twice.
    pub next_id: u64,
}

macro_rules! ids {
    ($($(#[$docs:meta])* $name:ident)*) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u64);
    )*};
}

ids! {
    /// A component type in the project's library.
    ComponentId
    /// A component instance (AUTOSAR: SwComponentPrototype).
    InstanceId
    /// A connector (AUTOSAR: AssemblySwConnector).
    ConnectorId
    /// A bus.
    BusId
    /// An ECU (AUTOSAR: EcuInstance).
    EcuId
    /// How a CAN message is sent, protected and missed.
    PduId
    /// A frame on the canvas.
    FrameId
    /// A note on the canvas.
    NoteId
}

/// A component type and where it comes from. Relative paths start at the project's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub name: String,
    pub source: ComponentSource,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComponentSource {
    /// A component `.wasm`.
    File(String),
    /// A WIT folder or file; a stub with that world stands in until there is a component.
    Stub { wit: String, world: Option<String> },
    /// A composition of the project (AUTOSAR: CompositionSwComponentType): its parts and ports name it.
    Composition,
}

/// A port of a composition at its outside (AUTOSAR: the outer port of a DelegationSwConnector).
/// Connectors inside lead from a required one, and to a provided one: whole ports, whatever of
/// them is connected outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationPort {
    /// Its extern name, unique in the composition: an interface id, a label or any other.
    pub name: String,
    pub composition: ComponentId,
    pub direction: Direction,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// A WIT label (kebab-case), unique among the parts of its composition.
    pub name: String,
    /// The composition that it is a part of; `None`: it is one of the system's.
    pub composition: Option<ComponentId>,
    pub component: ComponentId,
    /// Of an instance of a composition: what stands before the names of its parts, with a hyphen;
    /// `None`: its own name. Empty: the parts keep the names that they have.
    pub prefix: Option<String>,
    /// Where it runs; `None`: not deployed yet. An instance of a composition takes all its parts
    /// there; without one each part has its own.
    pub partition: Option<PartitionKey>,
    pub activations: Vec<Activation>,
    /// Required platform function or parameter (`get-i2c-bus`, `init(bus)`) → what it gives.
    pub bindings: BTreeMap<String, Binding>,
    /// Non-volatile blocks by the name that the component knows → the partition's block; a name
    /// that is not here is the block's own.
    pub blocks: BTreeMap<String, String>,
    /// Configuration that the instance reads as its environment (`wasi:cli/environment`).
    pub configuration: BTreeMap<String, String>,
    /// Raw values of calibration parameters in WAVE text, by required getter:
    /// `acme:drive/gains@1.0.0#gain`.
    pub parameters: BTreeMap<String, String>,
    /// Raw first values of non-volatile data in WAVE text, by required element:
    /// `acme:body/trip@1.0.0#mileage`.
    pub nv_data: BTreeMap<String, String>,
    /// What it is not to have of the platform, or virtually; the rest is allowed.
    pub capabilities: BTreeMap<Capability, Treatment>,
}

/// What a handle stands for: an I2C bus, or a device of an SPI bus, or a pin of a GPIO controller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binding {
    pub bus: BusId,
    /// Name of the SPI device or pin; `None`: the bus itself.
    pub part: Option<String>,
}

/// A partition of an ECU.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionKey {
    pub ecu: EcuId,
    pub partition: String,
}

/// A runnable and what starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    pub runnable: FunctionPath,
    pub event: RteEvent,
    /// Higher runs first (AUTOSAR: OsTaskPriority).
    pub priority: u32,
    /// Runnables of one partition with the same task name and event run in one activation, in the
    /// order of `position`; `None`: a task of its own.
    pub task: Option<(String, u32)>,
    /// Not called while the mode at that required port is one of these, nor on the way to one or from
    /// one (AUTOSAR: mode disabling dependency).
    pub disabled_in: BTreeMap<String, BTreeSet<String>>,
}

/// A function at a component's outside: of an interface, or at the root (`port` alone).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionPath {
    /// Extern name of the port.
    pub port: String,
    /// `None`: the port itself is a function.
    pub function: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RteEvent {
    Init,
    Timing {
        period_ns: u64,
        offset_ns: u64,
    },
    /// When any value that this runnable reads through a buffered connector is written.
    DataReceived,
    /// When the mode at a required port changes (AUTOSAR: SwcModeSwitchEvent).
    ModeSwitch {
        /// Extern name.
        port: String,
        change: ModeChange,
    },
}

/// Which change of a mode starts a runnable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeChange {
    Entry(String),
    Exit(String),
    Transition { from: String, to: String },
}

impl ModeChange {
    /// `at entry of drive`
    pub fn described(&self) -> String {
        match self {
            ModeChange::Entry(mode) => format!("at entry of {mode}"),
            ModeChange::Exit(mode) => format!("at exit of {mode}"),
            ModeChange::Transition { from, to } => format!("on transition {from} → {to}"),
        }
    }
}

/// From a sender (or server) to a receiver (or client).
#[derive(Debug, Clone, PartialEq)]
pub struct Connector {
    pub from: End,
    pub to: End,
    pub kind: ConnectorKind,
    /// The user accepts another major version of the interface.
    pub accept_version: bool,
    /// Calls on it are reported (direct connectors only).
    pub probe: bool,
    /// How what it brings becomes what its receiver takes, where the two differ (AUTOSAR:
    /// PortInterfaceMapping); between whole ports only.
    pub adapter: Option<Mapping>,
}

/// One end of a connector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// A whole port; buffered, all its data elements by name.
    Port { instance: InstanceId, port: String },
    /// One data element of a port: a getter.
    Element {
        instance: InstanceId,
        function: FunctionPath,
    },
    /// A runnable's result, or a field in it. Source only.
    Result {
        instance: InstanceId,
        function: FunctionPath,
        fields: Vec<String>,
    },
    /// A runnable's parameter, or a field in it. Target only.
    Parameter {
        instance: InstanceId,
        function: FunctionPath,
        parameter: String,
        fields: Vec<String>,
    },
    /// A signal of a message in the bus's DBC.
    Signal {
        bus: BusId,
        message: String,
        signal: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum ConnectorKind {
    /// Export linked to import inside one partition; a call at once.
    Direct,
    /// The value is copied when the sender's runnable has ended.
    Buffered(Buffering),
}

/// Properties of a buffered connector (AUTOSAR: ComSpecs).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Buffering {
    /// Value before the first reception, in WAVE text; `None`: never-received, or all zeros where
    /// the receiver's type has no room for a status.
    pub initial: Option<String>,
    /// Older values read as `timeout` (AUTOSAR: aliveTimeout).
    pub alive_timeout_ns: Option<u64>,
    /// After a timeout the receiver reads this instead of the status (AUTOSAR: handleTimeoutType replace).
    pub substitute: Option<String>,
    /// `None`: last is best; else the length of the queue.
    pub queue: Option<u32>,
    /// Bound of each list and string in the value, in elements or bytes; `None`: the default of 256.
    pub bound: Option<u32>,
    /// How an integer element meets a signal with factor and offset.
    pub conversion: Conversion,
    /// The Ethernet network between two ECUs; `None`: the only one of the project.
    pub network: Option<BusId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conversion {
    /// The element carries the physical value: raw × factor + offset.
    #[default]
    Physical,
    /// The element carries the raw value.
    Raw,
    /// The element carries the physical value in a unit of its own: factor and offset follow from
    /// its unit and the signal's.
    Unit,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Bus {
    pub name: String,
    pub kind: BusKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum BusKind {
    Can {
        bitrate_bps: u32,
        /// `None`: it carries classic frames only.
        flexible: Option<FlexibleDataRate>,
        /// DBC file.
        description: Option<String>,
        /// Nodes of the description that are not there, whose messages the simulation sends.
        restbus: BTreeSet<String>,
    },
    I2c {
        clock_hz: u32,
        devices: Vec<Device>,
    },
    Spi {
        /// The fastest that the controller makes.
        clock_hz: u32,
        devices: Vec<SpiDevice>,
    },
    /// A GPIO controller; its lines reach whoever opens them.
    Gpio {
        pins: Vec<Pin>,
    },
    /// Switched and full duplex: it carries the buffered connectors between ECUs.
    Ethernet {
        /// Of each ECU's link, in one direction.
        bitrate_bps: u32,
        /// From the last bit that leaves an ECU until the value is there: switches, wires, stacks.
        latency_ns: u64,
    },
}

impl BusKind {
    /// Data of a frame at most; none where there are no frames of CAN.
    pub fn most_frame_bytes(&self) -> Option<u32> {
        match self {
            Self::Can { flexible: None, .. } => Some(8),
            Self::Can {
                flexible: Some(_), ..
            } => Some(64),
            _ => None,
        }
    }
}

/// What a CAN FD bus has besides its bit rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlexibleDataRate {
    /// From BRS to the CRC delimiter; not below the bit rate of the bus.
    pub data_bitrate_bps: u32,
    /// Of a bit, from its start, 1 to 999: where the rate is switched.
    pub sample_point_permille: u16,
    pub data_sample_point_permille: u16,
}

impl FlexibleDataRate {
    /// Where nothing else is said.
    pub const SAMPLE_POINT_PERMILLE: u16 = 800;
}

impl Default for FlexibleDataRate {
    fn default() -> Self {
        Self {
            data_bitrate_bps: 2_000_000,
            sample_point_permille: Self::SAMPLE_POINT_PERMILLE,
            data_sample_point_permille: Self::SAMPLE_POINT_PERMILLE,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    pub name: String,
    pub model: String,
    pub address: u16,
    pub stimuli: BTreeMap<String, f64>,
}

/// An SPI device, opened by its unique name; `can` and `interrupt` name a CAN bus and a digital pin.
#[derive(Debug, Clone, PartialEq)]
pub struct SpiDevice {
    pub name: String,
    pub model: String,
    /// Number of the controller's chip select line.
    pub chip_select: u8,
    pub mode: deployment::SpiMode,
    pub stimuli: BTreeMap<String, f64>,
    pub can: Option<String>,
    pub interrupt: Option<String>,
}

/// A line of a GPIO controller. No other device or pin of the project has its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    pub name: String,
    pub signal: deployment::PinSignal,
    pub direction: deployment::PinDirection,
    pub active_level: deployment::ActiveLevel,
    /// `None`: no resistor, or one outside the controller.
    pub pull: Option<deployment::Pull>,
    /// What reaches an input at the start of a run.
    pub stimuli: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Ecu {
    pub name: String,
    /// The board that it is, by its id; `None`: not decided. What boards there are is the exporter's.
    pub target: Option<String>,
    /// Time of one unit of fuel in picoseconds.
    pub fuel_ps: u64,
    /// Constant cost of an activation in nanoseconds.
    pub activation_ns: u64,
    pub partitions: BTreeMap<String, Partition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// All linear memories together.
    pub memory_bytes: u64,
    /// Fuel of one activation.
    pub fuel: u64,
    pub on_trap: deployment::Reaction,
    /// Non-volatile blocks by name (AUTOSAR: NvM blocks); no other partition reaches them.
    pub blocks: BTreeMap<String, Block>,
}

/// A non-volatile block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What is written may be shorter, never longer.
    pub size_bytes: u32,
    /// What is read before the first write; `None`: never written.
    pub initial: Option<Vec<u8>>,
}

/// Positions on the canvas in points at zoom 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    pub positions: BTreeMap<InstanceId, (f32, f32)>,
    /// Points that a wire goes through, from its source on. Those of a connector that is gone stay
    /// until the files are written: an undone removal finds them here.
    pub reroute_points: BTreeMap<ConnectorId, Vec<(f32, f32)>>,
    pub frames: BTreeMap<FrameId, Area>,
    pub notes: BTreeMap<NoteId, NotePlace>,
}

/// Anything that a diagnostic points to, or the user selects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Project,
    Component(ComponentId),
    Instance(InstanceId),
    Port {
        instance: InstanceId,
        direction: Direction,
        port: String,
    },
    Connector(ConnectorId),
    Bus(BusId),
    Ecu(EcuId),
    Partition(PartitionKey),
    Pdu(PduId),
    Frame(FrameId),
    Note(NoteId),
}
