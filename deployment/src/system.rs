//! The `system` file: ECUs, partitions, buses, devices, and the connectors between partitions.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// All ECUs of a project and what joins them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    pub format: u32,
    pub name: String,
    pub ecus: Vec<Ecu>,
    pub buses: Vec<Bus>,
    pub routes: Vec<Route>,
}

/// AUTOSAR: EcuInstance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ecu {
    pub name: String,
    /// Time of one unit of fuel in picoseconds.
    pub fuel_ps: u64,
    /// Constant cost of an activation in nanoseconds.
    pub activation_ns: u64,
    pub partitions: Vec<PartitionFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartitionFile {
    pub name: String,
    /// Beside the system file: `<ecu>-<partition>.wasm`.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bus {
    pub name: String,
    pub kind: BusKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BusKind {
    Can { bitrate_bps: u32 },
    I2c { clock_hz: u32, devices: Vec<Device> },
}

/// A device on a bus: a model of the simulator's list, or a real chip on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    pub name: String,
    /// `tmp105`, `tmp102`, …
    pub model: String,
    /// 7 or 10 bits, right-aligned.
    pub address: u16,
    /// Values of its stimuli at the start, in the units that the model declares.
    pub stimuli: BTreeMap<String, f64>,
}

/// A buffered connector between two partitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub from: RouteEnd,
    pub to: RouteEnd,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteEnd {
    pub ecu: String,
    pub partition: String,
    /// Position in the partition's elements.
    pub element: u32,
}
