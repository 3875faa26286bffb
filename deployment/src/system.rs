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
    /// Last, so that a reader of the form without them still finds the rest in its place.
    #[serde(default)]
    pub blocks: Vec<Block>,
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
    Can {
        bitrate_bps: u32,
    },
    I2c {
        clock_hz: u32,
        devices: Vec<Device>,
    },
    /// `clock_hz` is the fastest that the controller makes.
    Spi {
        clock_hz: u32,
        devices: Vec<SpiDevice>,
    },
    /// Lines of a GPIO controller.
    Gpio {
        pins: Vec<Pin>,
    },
    /// Switched and full duplex: it carries the buffered connectors between ECUs.
    Ethernet {
        /// Of each ECU's link, in one direction.
        bitrate_bps: u32,
        /// From the last bit that leaves an ECU until the value is there.
        latency_ns: u64,
        flows: Vec<Flow>,
    },
    /// CAN with frames of CAN FD besides. Last, so that readers that do not know it find the others
    /// in their places.
    CanFd {
        bitrate_bps: u32,
        /// Of a bit at that rate, from its start.
        sample_point_permille: u16,
        /// From BRS to the CRC delimiter.
        data_bitrate_bps: u32,
        data_sample_point_permille: u16,
    },
}

impl BusKind {
    /// Whether frames of CAN go over it.
    pub fn is_can(&self) -> bool {
        matches!(self, BusKind::Can { .. } | BusKind::CanFd { .. })
    }
}

/// A data element that leaves its ECU over an Ethernet network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The key expression under which it is published: `wireloom/<system>/<ecu>/<element>`.
    pub key: String,
    /// The first eight bytes of SHA-256 over the shape of its type, hexadecimal: a receiver that
    /// has another one does not understand the values.
    pub type_hash: String,
    pub from: RouteEnd,
    /// In other ECUs.
    pub to: Vec<RouteEnd>,
}

impl Flow {
    /// Whether the ECU sends it or takes it.
    pub fn concerns(&self, ecu: &str) -> bool {
        self.from.ecu == ecu || self.reaches(ecu)
    }

    /// Whether it goes from one of the two ECUs to the other.
    pub fn joins(&self, one: &str, other: &str) -> bool {
        let goes = |from: &str, to: &str| self.from.ecu == from && self.reaches(to);
        goes(one, other) || goes(other, one)
    }

    fn reaches(&self, ecu: &str) -> bool {
        self.to.iter().any(|receiver| receiver.ecu == ecu)
    }
}

/// A device on an I2C bus: a model of the simulator's list, or a real chip on a target.
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

/// A device on an SPI bus; hosts open it by its name, which no other device or pin has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpiDevice {
    pub name: String,
    /// `mcp3008`, …
    pub model: String,
    /// Number of the controller's chip select line.
    pub chip_select: u8,
    pub mode: SpiMode,
    /// As in [`Device`].
    pub stimuli: BTreeMap<String, f64>,
}

/// Clock polarity and phase, by the usual numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpiMode {
    /// Idle low, sampled on the leading edge.
    #[default]
    Mode0,
    /// Idle low, sampled on the trailing edge.
    Mode1,
    /// Idle high, sampled on the leading edge.
    Mode2,
    /// Idle high, sampled on the trailing edge.
    Mode3,
}

impl SpiMode {
    /// The mode of that number; none above 3.
    pub fn numbered(number: u8) -> Option<SpiMode> {
        use SpiMode::{Mode0, Mode1, Mode2, Mode3};
        [Mode0, Mode1, Mode2, Mode3]
            .into_iter()
            .find(|mode| mode.number() == number)
    }

    /// 0 to 3.
    pub fn number(self) -> u8 {
        match self {
            SpiMode::Mode0 => 0,
            SpiMode::Mode1 => 1,
            SpiMode::Mode2 => 2,
            SpiMode::Mode3 => 3,
        }
    }
}

/// A line of a GPIO controller; hosts open it by its name, which no other device or pin has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    pub name: String,
    pub signal: PinSignal,
    pub direction: PinDirection,
    pub active_level: ActiveLevel,
    /// None: no resistor, or one outside the controller.
    pub pull: Option<Pull>,
    /// What reaches an input at the start, as in [`Device`].
    pub stimuli: BTreeMap<String, f64>,
}

/// What a pin carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PinSignal {
    /// Two levels.
    Digital,
    /// A number from 0 to the full scale of its converter, at least 1.
    Analog { full_scale: u32 },
}

/// Which ways a pin may be used, seen from the ECU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinDirection {
    In,
    Out,
    InOut,
}

/// The level that means "active".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActiveLevel {
    #[default]
    High,
    Low,
}

/// A resistor within the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pull {
    Up,
    Down,
}

/// A non-volatile block that a partition keeps (AUTOSAR: NvM block).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    pub ecu: String,
    pub partition: String,
    pub name: String,
    /// What is written may be shorter, never longer.
    pub size_bytes: u32,
    /// What is read before the first write; none: never written.
    pub initial: Option<Vec<u8>>,
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
