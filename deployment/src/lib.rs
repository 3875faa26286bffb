//! What a partition and a system of partitions carry as data. Composition writes it, every host
//! (simulator, Linux ECU, microcontroller) reads it; this crate knows neither of them.
//!
//! A partition carries a [`Partition`] as JSON in its custom section [`SECTION`]; the `system`
//! file ([`SYSTEM_FILE`]) beside the partitions holds a [`System`]. Positions in the tables are
//! the numbers that the interfaces of `wireloom:ecu` pass.
#![no_std]

extern crate alloc;

mod bundle;
pub mod ethernet;
mod partition;
mod system;

pub use bundle::{BUNDLE_FILE, Bundle, NativeEngine, NativePartition};
pub use partition::{
    Direction, Element, Event, Limits, Partition, Pdu, Probe, Reaction, Runnable, Task,
};
pub use system::{
    ActiveLevel, Block, Bus, BusKind, Device, Ecu, Flow, PartitionFile, Pin, PinDirection,
    PinSignal, Pull, Route, RouteEnd, SpiDevice, SpiMode, System,
};

use alloc::string::{String, ToString};

/// Name of the custom section of a partition.
pub const SECTION: &str = "wireloom:deployment";
/// Name of the empty custom section of a partition whose components wait for each other (`async
/// func`, `stream`, `future`): a host runs it with concurrency, or refuses it.
pub const CONCURRENCY: &str = "wireloom:concurrency";
/// How the name of a function begins in which generated code ends an activation: behind it stands
/// why, in words.
pub const ENDED: &str = "ended: ";
/// Name of the file that describes a system.
pub const SYSTEM_FILE: &str = "system.json";
/// Version of both formats; a reader refuses another one.
pub const FORMAT: u32 = 1;

/// Why a deployment could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    #[error("the deployment is not readable: {reason}; compose the project again")]
    Malformed { reason: String },
    #[error(
        "the deployment has format {found}, this build reads format {FORMAT}; compose the project again"
    )]
    Format { found: u32 },
}

impl Partition {
    /// The bytes of the custom section: canonical JSON, the same for the same partition.
    pub fn to_bytes(&self) -> alloc::vec::Vec<u8> {
        serde_json::to_vec(self)
            .unwrap_or_else(|_| unreachable!("plain data is JSON: this is a bug"))
    }

    /// Reads the custom section.
    pub fn from_bytes(bytes: &[u8]) -> Result<Partition, DeploymentError> {
        let partition: Partition = parse(bytes)?;
        match partition.format {
            FORMAT => Ok(partition),
            found => Err(DeploymentError::Format { found }),
        }
    }
}

impl System {
    /// The text of the `system` file, indented, with a line feed at its end.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .unwrap_or_else(|_| unreachable!("plain data is JSON: this is a bug"));
        text.push('\n');
        text
    }

    /// Reads the `system` file.
    pub fn from_bytes(bytes: &[u8]) -> Result<System, DeploymentError> {
        let system: System = parse(bytes)?;
        match system.format {
            FORMAT => Ok(system),
            found => Err(DeploymentError::Format { found }),
        }
    }
}

impl Bundle {
    /// The text of the `bundle` file, indented, with a line feed at its end.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .unwrap_or_else(|_| unreachable!("plain data is JSON: this is a bug"));
        text.push('\n');
        text
    }

    /// Reads the `bundle` file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Bundle, DeploymentError> {
        let bundle: Bundle = parse(bytes)?;
        match bundle.format {
            FORMAT => Ok(bundle),
            found => Err(DeploymentError::Format { found }),
        }
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, DeploymentError> {
    serde_json::from_slice(bytes).map_err(|error| DeploymentError::Malformed {
        reason: error.to_string(),
    })
}
