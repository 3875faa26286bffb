//! The Linux ECU process: hosts `ecu-host` in real time, one ECU a process, and the hub that joins
//! these processes with virtual buses over a local TCP socket. Knows nothing of the studio, of the
//! simulator and of device models: whoever runs the hub brings the devices.
//!
//! # How a run goes
//! The parent binds a [`Hub`] and starts one process per ECU, each of which calls [`run`]. An ECU
//! says hello, compiles its partitions and says that it is ready. When all are, the hub starts
//! them: the arrival of that message is the ECU's time zero. Until the end frames go from one ECU
//! through the hub's bus to all others, their confirmations to the sender, values over the hub's
//! Ethernet networks to their receivers, and what an ECU asks of I2C and SPI devices and of pins to
//! the hub's and back. At the
//! end each ECU reports its counters; an ECU whose connection ends before is reported by name.
//!
//! # The protocol
//! A message is its length in bytes (four, big endian, at most [`MESSAGE_BYTES`]), then a JSON
//! object with one field, the kind: [`ToHub`] in one direction, [`ToEcu`] in the other. Unknown
//! kinds and fields are refused. The first message of an ECU is `hello` with [`PROTOCOL`].
//!
//! # Time
//! An ECU's clock is read in [`ecu_host::board::Board::now_ns`] and before each poll, nowhere
//! else. An activation takes as long as the model says or as it really takes, whichever is longer;
//! so a fast machine keeps the pace of the modelled ECU. Sleeps have absolute ends: nothing drifts.
//! Instances are made before time zero, where the clock stands still: how long that takes makes no
//! first activation late. The hub may have all clocks go slower than real time.

mod attached;
mod background;
mod bundle;
mod bus;
mod clock;
mod configuration;
mod ecu;
mod error;
mod files;
mod hub;
mod hub_link;
mod hub_options;
mod linux_board;
mod native;
mod network;
mod notify;
mod nv;
pub mod nv_file;
mod os;
mod protocol;
mod report;
mod services;
mod start;
mod turns;
#[cfg(feature = "compile")]
mod under_test;
mod upkeep;

pub use bundle::{Loadable, LoadablePartition, read_bundle};
pub use configuration::{
    BusBinding, CONFIGURATION_FILE, Configuration, Health, NetworkBinding, NvDirectory, Otlp,
    PinBinding, PinUse, Realtime,
};
#[cfg(feature = "compile")]
pub use ecu::{Code, run};
pub use ecu::{Milestone, RunnerOptions, ServiceOptions, Trial, run_bundle};
// The words of the seam that whoever runs the hub speaks.
pub use ecu_host::board;
pub use error::{
    AttachError, BundleError, ConfigurationError, FilesError, HubError, ReadError, RunError,
};
pub use files::{PartitionBytes, read_folder};
pub use hub::Hub;
pub use hub_options::{Devices, HubEvent, HubOptions, LoggedFrame, LoggedValue};
#[cfg(feature = "compile")]
pub use native::compile;
pub use native::{WASMTIME, engine_for};
#[cfg(target_os = "linux")]
pub use os::Heap;
pub use os::monotonic_ns;
pub use protocol::{
    EcuReport, MESSAGE_BYTES, NetworkReport, PROTOCOL, PartitionReport, PinAnswer, PinRequest,
    TaskReport, ToEcu, ToHub, WireError, WireFrame, WireOperation, WireOutcome, read_message,
    write_message,
};
pub use services::{post_otlp, write_whole};
#[cfg(feature = "compile")]
pub use under_test::serve;
