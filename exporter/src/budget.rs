//! What a partition needs on a microcontroller, before anything is written. Figures of the engine
//! are measured (docs/performance.md says how); what is the partition's own is counted.

use crate::lower::Lowered;

/// Heap of the engine, the ECU and the firmware before a partition is loaded.
pub const ENGINE_HEAP_BYTES: u64 = 24 << 10;
/// Heap for a partition's instances, besides memories and what the code's size says.
const INSTANCE_HEAP_BYTES: u64 = 4 << 10;

/// Heap that one partition takes: its memories, its tables and types, its instances.
pub fn heap_bytes(lowered: &Lowered, code: &[u8]) -> u64 {
    // Code stays in flash; what the engine keeps of it (types, functions, adapters) grows with it.
    lowered.memory_bytes() + code.len() as u64 + INSTANCE_HEAP_BYTES
}
