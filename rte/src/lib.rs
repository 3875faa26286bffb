//! The generator of glue components, from types and a plain description of what to make:
//! store and tasks of a partition, the environment of an instance, what stands in for the platform,
//! stubs, probes, adapters.
//! Knows nothing of the document, of the engine, of files.

mod adapter;
mod blocks;
mod cell;
mod code;
mod console;
mod describe;
mod described;
mod driver;
mod ecu;
mod environment;
mod generate;
mod handle;
mod layout;
mod nv_data;
mod packed;
mod plan;
mod probe;
mod protection;
mod repetition;
mod signal;
mod stand_in;
mod store;
mod stub;
mod synthesis;
mod tasks;

pub use adapter::{ADAPTER_INNER, ADAPTER_OUTER, adapter};
pub use autosar_wit::value::element_value;
pub use blocks::{BLOCKS, blocks};
pub use console::{CONSOLE_CONTROL, console};
pub use described::{MessageSignals, message_signals};
pub use driver::driver;
pub use environment::environment;
pub use generate::generate;
pub use handle::Handle;
pub use nv_data::{NV_HEAD_BYTES, NvData, nv_block_bytes, nv_data};
pub use plan::{
    Answer, BlocksPlan, Buffering, Called, Conversion, DrivenEvent, DrivenTask, DriverPlan,
    EnvironmentPlan, FunctionRef, GenerateError, Glue, InstancePlan, Link, ModeCondition,
    ModeDependency, ModePlan, Multiplexed, NvElement, NvPort, PduPlan, Plan, PortPlan, PrintedPdu,
    ProbePlan, ProtectionPlan, RunnablePlan, STORE_INPUTS, Sending, Served, ServedPort,
    SignalLayout, Sink, Source, StandInPlan, StoodIn, TaskPlan,
};
pub use probe::{PROBE_INNER, PROBE_OUTER, probe};
pub use protection::{PROTECTION, PROTECTION_EXPORT, checked};
pub use repetition::Repetition;
pub use stand_in::{HANDLES, ends_activation, stand_in};
pub use stub::stub;
pub use synthesis::MARK;
