//! Why a system cannot be simulated, or an input not be given. What goes wrong in a guest while it
//! runs is an incident, not an error.

use crate::{can::FrameError, faults::FaultError, restbus::RestError};
use ecu_host::{LoadError, SectionError};

/// See the file's head.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    #[error("the engine cannot be made: {reason}")]
    Engine { reason: String },
    #[error("partition file `{file}` is missing; compose the project again")]
    MissingFile { file: String },
    #[error("partition file `{file}`: {source}")]
    Section { file: String, source: SectionError },
    #[error(
        "partition file `{file}` is `{found}`, the system file says `{expected}`; compose the project again"
    )]
    Mismatch {
        file: String,
        expected: String,
        found: String,
    },
    #[error("partition file `{file}` does not compile: {reason}; compose the project again")]
    Compile { file: String, reason: String },
    #[error(
        "partition file `{file}` makes the compiler panic; give its ECU more partitions with fewer instances each"
    )]
    CompilerPanic { file: String },
    #[error("ECU `{ecu}`: {source}")]
    Load { ecu: String, source: LoadError },
    #[error("two {what} are called `{name}`; give one of them another name")]
    Duplicate { what: &'static str, name: String },
    #[error("device `{device}` is a `{model}`, which is no model here; there are {known}")]
    UnknownModel {
        device: String,
        model: String,
        known: String,
    },
    #[error("there is no ECU `{ecu}`; there are {known}")]
    UnknownEcu { ecu: String, known: String },
    #[error("there is no device `{device}`; there are {known}")]
    UnknownDevice { device: String, known: String },
    #[error("there is no digital pin `{pin}`; there are {known}")]
    UnknownPin { pin: String, known: String },
    #[error("device `{device}` has no stimulus `{stimulus}`; it has {known}")]
    UnknownStimulus {
        device: String,
        stimulus: String,
        known: String,
    },
    #[error(
        "{value} is out of range for `{device}.{stimulus}`; give {minimum} to {maximum}{}",
        suffix(unit)
    )]
    StimulusRange {
        device: String,
        stimulus: String,
        value: f64,
        minimum: f64,
        maximum: f64,
        unit: &'static str,
    },
    #[error(transparent)]
    Restbus(#[from] RestError),
    #[error("there is no non-volatile block `{block}`; there are {known}")]
    UnknownBlock { block: String, known: String },
    #[error("{bytes} bytes are too many for block `{block}`, which has {size_bytes}")]
    BlockSize {
        block: String,
        bytes: usize,
        size_bytes: usize,
    },
    #[error("there is no CAN bus `{bus}`; there are {known}")]
    UnknownBus { bus: String, known: String },
    #[error(
        "the connector from `{from}` to `{to}` leads from one ECU to another and over no network; compose the project again"
    )]
    Route { from: String, to: String },
    #[error(
        "the connector names partition `{partition}` of ECU `{ecu}`, which is not there; compose the project again"
    )]
    RouteEnd { ecu: String, partition: String },
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Fault(#[from] FaultError),
}

/// Names for a message: `a`, `b`, or `none`.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// A unit behind a number; nothing where there is none.
fn suffix(unit: &str) -> String {
    match unit {
        "" => String::new(),
        unit => format!(" {unit}"),
    }
}
