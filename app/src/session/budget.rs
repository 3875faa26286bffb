//! What an ECU takes of a board, as plain data: for the wizard, the canvas and the command line,
//! whose JSON has these names. Sizes in bytes; `None`: not known, or not of that board.

use serde::Serialize;
use std::collections::BTreeMap;

/// One ECU on one board.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EcuBudget {
    pub ecu: String,
    /// The board's id.
    pub board: String,
    /// `pulley`, `native`, `c-project`, `linux-bundle`.
    pub form: &'static str,
    pub flash: Option<Flash>,
    pub ram: Option<Ram>,
    pub start: Option<Start>,
    pub cpu: Option<Cpu>,
    pub partitions: Vec<PartitionBudget>,
    /// Interfaces to devices that components import.
    pub imports: Vec<ImportBudget>,
    /// Memories whose need is not known.
    pub unshrinkable: Vec<Unshrinkable>,
    /// Why it can not run there; each says what to do.
    pub refusals: Vec<String>,
}

/// Flash. A native image is one piece: only `used_bytes` is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flash {
    pub firmware_bytes: Option<u64>,
    pub payload_bytes: Option<u64>,
    /// What a payload may have.
    pub slot_bytes: Option<u64>,
    pub used_bytes: u64,
    pub limit_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ram {
    /// Of the firmware at rest.
    pub fixed_bytes: Option<u64>,
    /// An estimate, linear memories among it.
    pub heap_bytes: Option<u64>,
    /// What the firmware leaves to the heap.
    pub heap_limit_bytes: Option<u64>,
    /// Linear memories alone.
    pub memory_bytes: u64,
    /// As it was measured on boards of this core.
    pub stack_bytes: Option<u64>,
    pub used_bytes: u64,
    pub limit_bytes: u64,
}

/// From reset to the first task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Start {
    pub instructions: u64,
    /// Where it was measured on the real board.
    pub ms: Option<f64>,
}

/// At the deployed periods, as they come about in the simulation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cpu {
    pub instructions_per_second: u64,
    pub clock_hz: Option<u64>,
    /// 0 to 1, or more. `basis` says what it is worth.
    pub load: Option<f64>,
    pub basis: LoadBasis,
}

/// Where a load comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadBasis {
    /// Cycles an instruction were measured on the real board.
    Measured,
    /// Instructions, as if each took one cycle: a real core takes more.
    OneInstructionACycle,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartitionBudget {
    pub name: String,
    /// The composed component.
    pub component_bytes: u64,
    /// Compiled, in flash.
    pub code_bytes: Option<u64>,
    /// Of it, what the engine reads into its heap.
    pub metadata_bytes: Option<u64>,
    pub core_instances: Option<u64>,
    /// Linear memories, as the board has them.
    pub memory_bytes: Option<u64>,
    /// RAM: linear memories and an estimate of what the engine keeps.
    pub heap_bytes: Option<u64>,
    /// Component instances and what is generated around them.
    pub parts: Vec<PartBudget>,
    pub tasks: Vec<TaskBudget>,
}

/// One component instance, or a generated one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartBudget {
    /// The instance's name, or words: `the store`.
    pub name: String,
    pub generated: bool,
    /// Its share of the partition's code, by the length of its WebAssembly code.
    pub code_bytes: u64,
    pub memory_bytes: u64,
    /// Its share of the partition's heap: its memories, and the rest by its code.
    pub heap_bytes: u64,
    /// Of its runnables alone; `None`: not simulated, or generated.
    pub fuel_per_second: Option<f64>,
    pub instructions_per_second: Option<u64>,
}

/// All of one activation on average.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskBudget {
    pub name: String,
    pub activations_per_second: f64,
    pub instructions: Option<u64>,
    /// Where cycles were measured on the real board.
    pub ms: Option<f64>,
    /// Of all code; the estimate is made of what follows it.
    pub fuel: f64,
    /// Functions of WebAssembly that are entered.
    pub functions: f64,
    /// Calls that leave WebAssembly for the host, and those of them that tell it of runnables and
    /// values.
    pub host_calls: f64,
    pub records: f64,
    pub frames: f64,
    pub i2c_bytes: f64,
    /// Operators of WebAssembly that are executed, by the name of their class.
    pub operators: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportBudget {
    pub interface: String,
    pub instances: Vec<String>,
    pub served: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unshrinkable {
    pub component: String,
    pub instances: Vec<String>,
    /// Who grows the memory, or asks for its size.
    pub function: String,
    /// `grows`, `asks the size of`.
    pub access: String,
}
