//! What a partition needs on a microcontroller, before anything is written. Code and linear
//! memories are counted; what the engine keeps beside them, and what an activation costs, is
//! estimated by factors that were measured (`assets/calibration.toml`). Knows no board's limits.

mod calibration;
mod code;

pub use calibration::{Calibration, CoreFactors, HeapFactors, calibration};
pub use code::metadata_bytes;

use crate::lower::Lowered;
use std::collections::BTreeMap;

/// What the heap's need of a partition is estimated from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionSize {
    /// Compiled, in flash.
    pub code_bytes: u64,
    /// The part of it that the engine reads into its heap.
    pub metadata_bytes: u64,
    pub core_instances: u64,
    /// Linear memories.
    pub memory_bytes: u64,
}

impl PartitionSize {
    pub fn of(lowered: &Lowered, code: &[u8]) -> PartitionSize {
        PartitionSize {
            code_bytes: code.len() as u64,
            metadata_bytes: metadata_bytes(code),
            core_instances: lowered.core_instances(),
            memory_bytes: lowered.memory_bytes(),
        }
    }

    /// Heap that the partition takes on a board that interprets it: its memories, its tables and
    /// types, its instances.
    pub fn heap_bytes(&self, factors: &HeapFactors) -> u64 {
        let kept = factors.partition_bytes
            + factors.per_core_instance_bytes * self.core_instances as f64
            + factors.per_metadata_byte * self.metadata_bytes as f64
            + factors.per_code_byte * self.code_bytes as f64;
        self.memory_bytes + kept.max(0.0).ceil() as u64
    }
}

/// Heap of an ECU with these partitions.
pub fn ecu_heap_bytes(partitions: impl IntoIterator<Item = PartitionSize>) -> u64 {
    let factors = calibration().pulley.heap;
    let partitions = partitions.into_iter();
    let partitions: u64 = partitions.map(|size| size.heap_bytes(&factors)).sum();
    factors.ecu_bytes.max(0.0).ceil() as u64 + partitions
}

/// What activations ask of a processor, whatever it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Work {
    pub activations: f64,
    /// Functions of WebAssembly that are entered, of users' and generated code.
    pub functions: f64,
    /// Calls that leave WebAssembly for the host.
    pub host_calls: f64,
    /// Calls that tell the host of a runnable or a value.
    pub records: f64,
    pub frames: f64,
    pub i2c_bytes: f64,
    /// Operators of WebAssembly that are executed, by the name of their class.
    pub operators: BTreeMap<String, f64>,
}

impl Work {
    /// Instructions of the core. A class without a factor counts nothing.
    pub fn instructions(&self, factors: &CoreFactors) -> f64 {
        let operators = self.operators.iter();
        let operators = operators.map(|(class, count)| {
            let factor = factors.per_operator.get(class).copied();
            factor.unwrap_or(0.0) * count
        });
        factors.per_activation * self.activations
            + factors.per_function * self.functions
            + factors.per_host_call * self.host_calls
            + factors.per_record * self.records
            + factors.per_frame * self.frames
            + factors.per_i2c_byte * self.i2c_bytes
            + operators.sum::<f64>()
    }
}
