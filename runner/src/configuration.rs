//! `ecu.toml`: what the names of buses and pins stand for on this machine, and how the program
//! behaves. Unknown fields are refused. Knows no device.

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path, path::PathBuf};

use deployment::{BusKind, System};
use serde::Deserialize;

use crate::ConfigurationError;

/// Name of the file in a bundle.
pub const CONFIGURATION_FILE: &str = "ecu.toml";

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Configuration {
    /// By name in the project.
    pub buses: BTreeMap<String, BusBinding>,
    /// Ethernet networks, by name in the project.
    pub networks: BTreeMap<String, NetworkBinding>,
    /// By name.
    pub pins: BTreeMap<String, PinBinding>,
    pub realtime: Realtime,
    pub nv: Option<NvDirectory>,
    pub health: Option<Health>,
    pub otlp: Option<Otlp>,
}

/// What a bus is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum BusBinding {
    /// A network interface of SocketCAN.
    Socketcan { interface: String },
    /// `/dev/i2c-1`
    I2cDev { device: PathBuf },
    /// `/dev/spidev0.0`: a bus with its chip select.
    #[serde(rename_all = "kebab-case")]
    Spidev {
        device: PathBuf,
        clock_hz: u32,
        #[serde(default)]
        mode: u8,
        #[serde(default)]
        lsb_first: bool,
    },
    /// The virtual bus or SPI device of that name behind the hub's socket.
    Hub {},
}

/// What an Ethernet network is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum NetworkBinding {
    /// The virtual network of that name behind the hub's socket.
    Hub {},
    /// Zenoh over TCP with the other ECUs. Endpoints are `tcp/HOST:PORT`.
    Zenoh {
        /// Where other ECUs and watchers reach this one.
        #[serde(default)]
        listen: Vec<String>,
        /// ECUs that this one reaches.
        #[serde(default)]
        connect: Vec<String>,
    },
}

/// What a pin is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PinBinding {
    /// The virtual pin of that name behind the hub's socket.
    Hub {},
    /// A line of a GPIO controller.
    #[serde(rename_all = "kebab-case")]
    Gpiochip {
        /// `/dev/gpiochip0`
        chip: PathBuf,
        line: u32,
        direction: PinUse,
        #[serde(default)]
        active_low: bool,
    },
    /// A file that holds a number: a channel of an IIO converter
    /// (`/sys/bus/iio/devices/iio:device0/in_voltage0_raw`) or the duty cycle of a PWM channel.
    #[serde(rename_all = "kebab-case")]
    AnalogFile {
        file: PathBuf,
        direction: PinUse,
        full_scale: u32,
        #[serde(default)]
        active_low: bool,
    },
}

/// Which way a pin goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum PinUse {
    In,
    Out,
}

/// How the loop runs. What the system does not permit is reported and left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Realtime {
    /// Priority under SCHED_FIFO, 1 to 99; 0: the ordinary scheduler.
    pub priority: u8,
    /// All memory stays in RAM.
    pub lock_memory: bool,
}

/// Where non-volatile blocks are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NvDirectory {
    pub directory: PathBuf,
}

/// The endpoint for `GET /health` and `GET /metrics`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    pub address: SocketAddr,
}

/// A receiver of OTLP over HTTP in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Otlp {
    /// `/v1/metrics` and `/v1/logs` are asked here, without encryption: a collector on the machine.
    pub address: SocketAddr,
    #[serde(default = "ten")]
    pub every_s: u32,
}

fn ten() -> u32 {
    10
}

impl Configuration {
    /// Reads and checks the file.
    pub fn read(path: &Path) -> Result<Configuration, ConfigurationError> {
        let text = fs::read_to_string(path).map_err(|error| ConfigurationError::Read {
            path: path.to_owned(),
            error,
        })?;
        let configuration: Configuration =
            toml::from_str(&text).map_err(|error| ConfigurationError::Malformed {
                path: path.to_owned(),
                reason: error.to_string(),
            })?;
        configuration.checked()
    }

    /// A network that is the hub's.
    pub(crate) fn network_on_hub(&self) -> Option<&str> {
        let mut networks = self.networks.iter();
        let on_hub = networks.find(|(_, binding)| matches!(binding, NetworkBinding::Hub {}));
        on_hub.map(|(name, _)| name.as_str())
    }

    fn checked(self) -> Result<Configuration, ConfigurationError> {
        if self.realtime.priority > 99 {
            return Err(ConfigurationError::Priority {
                found: self.realtime.priority,
            });
        }
        for (name, bus) in &self.buses {
            if let BusBinding::Spidev {
                mode: found @ 4.., ..
            } = bus
            {
                let (name, found) = (name.clone(), *found);
                return Err(ConfigurationError::SpiMode { name, found });
            }
        }
        for (name, network) in &self.networks {
            refuse_endpoints(name, network)?;
        }
        for (name, pin) in &self.pins {
            if let PinBinding::AnalogFile { full_scale: 0, .. } = pin {
                return Err(ConfigurationError::FullScale { name: name.clone() });
            }
        }
        match &self.otlp {
            Some(Otlp { every_s: 0, .. }) => Err(ConfigurationError::Interval),
            _ => Ok(self),
        }
    }

    /// Every bus, SPI device and pin of the system is a virtual one.
    pub fn all_on_hub(system: &System) -> Configuration {
        let mut configuration = Configuration::default();
        for bus in &system.buses {
            let name = bus.name.clone();
            let names = &mut configuration.buses;
            match &bus.kind {
                BusKind::Can { .. } | BusKind::CanFd { .. } | BusKind::I2c { .. } => {
                    names.insert(name, BusBinding::Hub {});
                }
                BusKind::Spi { devices, .. } => {
                    let devices = devices.iter().map(|device| device.name.clone());
                    names.extend(devices.map(|name| (name, BusBinding::Hub {})));
                }
                BusKind::Gpio { pins } => {
                    let pins = pins.iter().map(|pin| pin.name.clone());
                    let pins = pins.map(|name| (name, PinBinding::Hub {}));
                    configuration.pins.extend(pins);
                }
                BusKind::Ethernet { .. } => {
                    let binding = NetworkBinding::Hub {};
                    configuration.networks.insert(name, binding);
                }
            }
        }
        configuration
    }
}

fn refuse_endpoints(name: &str, network: &NetworkBinding) -> Result<(), ConfigurationError> {
    let NetworkBinding::Zenoh { listen, connect } = network else {
        return Ok(());
    };
    let network = || name.to_owned();
    if listen.is_empty() && connect.is_empty() {
        return Err(ConfigurationError::NoEndpoint { network: network() });
    }
    let mut endpoints = listen.iter().chain(connect);
    match endpoints.find(|endpoint| !is_endpoint(endpoint)) {
        None => Ok(()),
        Some(found) => Err(ConfigurationError::Endpoint {
            network: network(),
            found: found.clone(),
        }),
    }
}

/// `tcp/HOST:PORT`, with what zenoh allows behind it: `#iface=eth0`.
fn is_endpoint(text: &str) -> bool {
    let place = text.split(['?', '#']).next().unwrap_or(text);
    let address = place.strip_prefix("tcp/");
    let host_and_port = address.and_then(|address| address.rsplit_once(':'));
    host_and_port.is_some_and(|(host, port)| {
        let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
        !host.is_empty() && is_port
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_hosts_and_ports_of_tcp() {
        for good in [
            "tcp/cockpit:7447",
            "tcp/0.0.0.0:7447#iface=eth0",
            "tcp/[::]:7447",
        ] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in [
            "udp/cockpit:7447",
            "cockpit:7447",
            "tcp/cockpit",
            "tcp/:7447",
            "tcp/cockpit:0",
            "tcp/cockpit:70000",
        ] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }
}
