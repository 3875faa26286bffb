//! What a partition needs on a microcontroller, before anything is written. Code and linear
//! memories are counted; what the engine keeps beside them is estimated from measurements of three
//! images (docs/images.md), some percent above them: a device refuses what does not fit.

use crate::lower::Lowered;

/// Heap of the ECU and the firmware before a partition is loaded.
pub const ENGINE_HEAP_BYTES: u64 = 2 << 10;
/// Heap of a partition, whatever is in it.
const PARTITION_HEAP_BYTES: u64 = 1 << 10;
/// Of the compiled file: what is the same in all of them, and only in flash.
const FIXED_CODE_BYTES: u64 = 2_560;

/// Heap that one partition takes: its memories, its tables and types, its instances.
pub fn heap_bytes(lowered: &Lowered, code: &[u8]) -> u64 {
    // Code stays in flash; what the engine keeps of it (types, functions, adapters) grows with it.
    let code_bytes = code.len() as u64;
    let kept_bytes = code_bytes.saturating_sub(FIXED_CODE_BYTES) * 17 / 10;
    lowered.memory_bytes() + kept_bytes + PARTITION_HEAP_BYTES
}
