//! What a description means, in the terms of `autosar-wit`. Plain data: how it was read is not in it.

use autosar_wit::{
    component::{Direction, PortKind},
    metadata::Metadata,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What some files describe together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Of the WIT packages.
    #[serde(default)]
    pub namespace: String,
    /// WIT texts of all packages, those that others use first.
    pub packages: Vec<Package>,
    /// By path.
    pub components: Vec<Component>,
    /// By path.
    pub compositions: Vec<Composition>,
    pub system: System,
    /// CAN clusters by path.
    pub clusters: Vec<Cluster>,
    pub signal_mappings: Vec<SignalMapping>,
    /// By path, of whatever has one.
    #[serde(default)]
    pub uuids: BTreeMap<String, String>,
    /// What has no counterpart here, by path.
    pub unmapped: Vec<Unmapped>,
    /// What is wrong in the files, by path.
    pub defects: Vec<Defect>,
}

/// The text of a WIT package, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Relative to the folder of WIT: `port-interfaces.wit`.
    pub path: String,
    pub text: String,
}

/// A component type (AUTOSAR: AtomicSwComponentType, ParameterSwComponentType).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    pub path: String,
    pub autosar_name: String,
    /// The name of its world.
    pub world: String,
    pub docs: String,
    pub ports: Vec<Port>,
    pub runnables: Vec<Runnable>,
    /// What its WIT cannot say; for the component's custom section.
    pub metadata: Metadata,
}

/// A port. One that is required and provided (AUTOSAR: PRPortPrototype) stands here twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    pub path: String,
    /// The extern name: a label.
    pub name: String,
    pub autosar_name: String,
    /// Of the component: the sink of a trigger provides the function that the source calls.
    pub direction: Direction,
    pub kind: PortKind,
    /// `car:port-interfaces/engine-speed-i`
    pub interface: String,
    /// Of data elements: what receivers of them, or the sender, have said.
    pub receptions: Vec<Reception>,
}

/// Properties of a data element at a port (AUTOSAR: ComSpec).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reception {
    /// Its getter.
    pub element: String,
    /// Before the first value, in WAVE.
    pub initial: Option<String>,
    /// Instead of the status of a timeout, in WAVE.
    pub substitute: Option<String>,
    pub alive_timeout_ns: Option<u64>,
    /// Length of the queue; `None`: the last value counts.
    pub queue: Option<u32>,
    /// Longest list or string of its type, in elements or bytes.
    pub bound: Option<u32>,
}

/// A composition (AUTOSAR: CompositionSwComponentType).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    pub path: String,
    pub autosar_name: String,
    /// A label that no world has.
    pub name: String,
    pub docs: String,
    pub ports: Vec<Port>,
    pub parts: Vec<Part>,
    pub connectors: Vec<Connector>,
}

/// A component in a composition (AUTOSAR: SwComponentPrototype).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub path: String,
    pub autosar_name: String,
    /// A label, unique in the composition.
    pub name: String,
    /// The path of its type.
    pub component: String,
}

/// From who provides to who requires (AUTOSAR: AssemblySwConnector, DelegationSwConnector).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connector {
    pub path: String,
    pub from: End,
    pub to: End,
    pub kind: PortKind,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    Part {
        part: String,
        port: String,
    },
    /// A port of the composition itself.
    Outer {
        port: String,
    },
}

/// What the vehicle is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The path of the outermost composition, if a system names it.
    pub root: Option<String>,
    pub ecus: Vec<Ecu>,
    pub deployments: Vec<Deployment>,
}

/// An ECU (AUTOSAR: EcuInstance).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ecu {
    pub path: String,
    pub autosar_name: String,
    /// A label.
    pub name: String,
    pub docs: String,
}

/// A CAN cluster (AUTOSAR: CanCluster).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    pub path: String,
    pub autosar_name: String,
    /// A label.
    pub name: String,
    pub bitrate_bps: u32,
    /// Of CAN FD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_bitrate_bps: Option<u32>,
    /// Its frames and signals, as the text of a DBC file.
    pub description: String,
    pub transmissions: Vec<Transmission>,
    pub signals: Vec<MappedSignal>,
    /// By message.
    #[serde(default)]
    pub frames: BTreeMap<String, FramePaths>,
}

/// Where a message of a cluster and its signals stand in the description.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FramePaths {
    pub frame: String,
    /// The last, of several.
    pub pdu: Option<String>,
    /// Of I-SIGNALs by the name of the signal.
    pub signals: BTreeMap<String, String>,
}

/// How a message of a cluster is sent (AUTOSAR: TransmissionModeTiming).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transmission {
    pub message: String,
    pub mode: TransmissionMode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransmissionMode {
    Cyclic { period_ns: u64, offset_ns: u64 },
    OnChange,
    Mixed { period_ns: u64, offset_ns: u64 },
}

/// A signal of a message, and the system signal that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedSignal {
    pub system_signal: String,
    pub message: String,
    pub signal: String,
}

/// A data element that travels as a signal (AUTOSAR: SenderReceiverToSignalMapping).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalMapping {
    pub path: String,
    /// Paths of prototypes from outside to inside; empty: a port of the outermost composition.
    pub parts: Vec<String>,
    pub port: String,
    pub direction: Direction,
    /// The getter.
    pub element: String,
    pub system_signal: String,
    /// The element has the physical value, not the raw one.
    pub is_physical: bool,
}

/// Where a component runs (AUTOSAR: SwcToEcuMapping).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Paths of prototypes, from the outermost composition's part to the component.
    pub parts: Vec<String>,
    /// Name of the ECU.
    pub ecu: String,
}

/// A runnable, which the component has as a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Runnable {
    pub autosar_name: String,
    /// A function at the root of the world.
    pub function: String,
    pub events: Vec<Event>,
    /// Modes in which an event starts nothing (AUTOSAR: mode disabling dependency).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled: Vec<Disabled>,
}

/// An event by its position, and a mode in which it starts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    pub event: usize,
    pub mode: ModeRef,
}

/// A mode of a required port, by their labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeRef {
    pub port: String,
    pub mode: String,
}

/// What starts a runnable (AUTOSAR: RTEEvent).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    Init,
    Timing {
        period_ns: u64,
        offset_ns: u64,
    },
    /// A data element of a required port has come.
    DataReceived,
    /// The mode at a required port changes (AUTOSAR: SwcModeSwitchEvent).
    ModeSwitch {
        port: String,
        change: ModeChange,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModeChange {
    Entry(String),
    Exit(String),
    Transition { from: String, to: String },
}

/// Something that has no counterpart, and so is not in the rest of the model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unmapped {
    /// The AUTOSAR path of the element, or of the nearest one around it that has a name.
    pub path: String,
    /// The element: `ECUC-MODULE-CONFIGURATION-VALUES`.
    pub what: String,
    pub why: String,
}

/// Something in the files that is wrong; the rest counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Defect {
    pub path: String,
    /// Where it stands, if that is known.
    pub place: Option<Place>,
    /// What is wrong and what to do.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    /// The first is 1.
    pub line: usize,
}
