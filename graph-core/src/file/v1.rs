//! Format 1, field by field as the file has it. Knows nothing of the document.

use super::{
    annotations::{FrameEntry, NoteEntry},
    e2e::E2e,
};
use crate::capability::{Capability, Treatment};
use autosar_wit::component::Direction;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

pub(super) type Table<T> = BTreeMap<Spanned<String>, T>;
pub(super) type Text = Spanned<String>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) format: i64,
    pub(super) name: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) imported: Option<String>,
    #[serde(default)]
    pub(super) components: Table<Component>,
    #[serde(default)]
    pub(super) ecus: Table<Ecu>,
    #[serde(default)]
    pub(super) buses: Table<Bus>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) compositions: Table<Composition>,
    #[serde(default)]
    pub(super) instances: Table<Instance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) connectors: Vec<Connector>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) transmissions: Vec<Transmission>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) frames: Table<FrameEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) notes: Table<NoteEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wit: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) world: Option<Text>,
}

/// What is inside: as at the outside, and the ports that lead there.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Composition {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) ports: Table<Port>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) instances: Table<Instance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) connectors: Vec<Connector>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Port {
    pub(super) direction: Direction,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ecu {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    pub(super) fuel_ps: u64,
    pub(super) activation_ns: u64,
    #[serde(default)]
    pub(super) partitions: Table<Partition>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Partition {
    pub(super) memory_bytes: u64,
    pub(super) fuel: u64,
    pub(super) on_trap: Reaction,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) blocks: Table<Block>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub(super) size_bytes: u32,
    /// Hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) initial: Option<Text>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reaction {
    Restart,
    Stop,
    StopRun,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bus {
    pub(super) kind: BusKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bitrate_bps: Option<Spanned<u32>>,
    /// Makes it CAN FD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data_bitrate_bps: Option<Spanned<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sample_point_permille: Option<Spanned<u16>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data_sample_point_permille: Option<Spanned<u16>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<Text>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) restbus: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clock_hz: Option<Spanned<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency_ns: Option<Spanned<u64>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) devices: Table<Device>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) pins: Table<Pin>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BusKind {
    Can,
    I2c,
    Spi,
    Gpio,
    Ethernet,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    pub(super) model: Text,
    /// On I2C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<Spanned<u16>>,
    /// On SPI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chip_select: Option<Spanned<u8>>,
    /// On SPI; 0 if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<Spanned<u8>>,
    /// On SPI: the CAN bus that it is on too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) can: Option<Text>,
    /// On SPI: the pin that its interrupt output drives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interrupt: Option<Text>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) stimuli: BTreeMap<String, f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    pub(super) signal: Signal,
    pub(super) direction: deployment::PinDirection,
    /// Of an analog pin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) full_scale: Option<Spanned<u32>>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) active_level: deployment::ActiveLevel,
    /// Of a digital pin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pull: Option<Spanned<deployment::Pull>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) stimuli: BTreeMap<String, f64>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Signal {
    Digital,
    Analog,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instance {
    /// A component or a composition.
    pub(super) component: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prefix: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partition: Option<Text>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) bindings: BTreeMap<String, Text>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) blocks: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) configuration: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) parameters: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) nv_data: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) capabilities: BTreeMap<Capability, Treatment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) activations: Vec<Activation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activation {
    pub(super) runnable: Text,
    pub(super) event: Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) period_ns: Option<Spanned<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset_ns: Option<Spanned<u64>>,
    /// Of a mode switch: the required port, and what is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on: Option<Spanned<Change>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<Text>,
    /// Of a transition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to_mode: Option<Text>,
    #[serde(default)]
    pub(super) priority: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) task: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<Spanned<u32>>,
    /// Modes by required port.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) disabled_in: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Event {
    Init,
    Timing,
    DataReceived,
    ModeSwitch,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Change {
    Entry,
    Exit,
    Transition,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connector {
    pub(super) from: Text,
    pub(super) to: Text,
    pub(super) kind: ConnectorKind,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) accept_version: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) probe: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) initial: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alive_timeout_ns: Option<Spanned<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) substitute: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) queue: Option<Spanned<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bound: Option<Spanned<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversion: Option<Spanned<Conversion>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) adapter: Option<Adapter>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Adapter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bound: Option<u32>,
    /// By place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) rules: BTreeMap<String, AdapterRule>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdapterRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    /// In WAVE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) factor: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<AdapterPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) otherwise: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) to_confirm: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) cases: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AdapterPolicy {
    Saturate,
    Invalid,
    LeaveOut,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ConnectorKind {
    Direct,
    Buffered,
    /// Between a port of a composition and what is behind it.
    Delegation,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Conversion {
    Physical,
    Raw,
    Unit,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transmission {
    /// `can0:FanStatus`
    pub(super) message: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<Mode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) period_ns: Option<Spanned<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset_ns: Option<Spanned<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) minimum_delay_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repetitions: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repetition_period_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timeout_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) e2e: Option<E2e>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mode {
    Cyclic,
    OnChange,
    Mixed,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_false(flag: &bool) -> bool {
    !*flag
}
