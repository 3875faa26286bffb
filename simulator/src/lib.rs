//! Virtual time for a system of partitions: discrete events in nanoseconds, virtual buses and
//! devices, replayed logs, a canonical trace with its hash. Hosts `ecu-host`.
//! Knows nothing of the project's graph and of windows.
//!
//! One call is enough for a whole run:
//! [`Simulation::new`], [`Simulation::run_until`], [`Simulation::summary`].

pub mod can;
pub mod devices;
pub mod faults;
pub mod gpio;
pub mod i2c;
pub mod logs;
pub mod nv;
mod operators;
pub mod restbus;
pub mod simulation;
pub mod spi;
pub mod trace;
mod waves;

pub use back_to_back::Recording;
pub use faults::{Fault, FaultError};
pub use nv::{NvContent, NvView};
pub use operators::{OperatorClass, OperatorCounts};
pub use restbus::{RestMessage, RestSignal, RestView};
pub use simulation::{
    Asked, CodeStore, DeviceView, FaultState, FaultView, Halt, Incident, LinkSummary,
    NetworkSummary, OptionError, Options, ParameterChange, Programs, Replay, ReplayTiming,
    Simulation, SimulationError, Step, StimulusChange, Summary, SystemFiles, TaskEffort,
    TaskOperators, Wiring, parse_duration_ns, sha256_hex, split_replay,
};

/// Version of the engine: fuel, and with it every cost, is comparable only within one.
pub use ecu_host::microcontroller::WASMTIME_VERSION;
