//! The measured factors. One file, written by `scripts/measure-budget --fit`; this is its form.

use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

const TEXT: &str = include_str!("../../../assets/calibration.toml");

/// Everything that was measured.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    pub pulley: Pulley,
    pub native: Native,
}

/// A prebuilt firmware that interprets partitions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pulley {
    /// The engine is the same on all cores of 32 bits.
    pub heap: HeapFactors,
    cores: BTreeMap<String, CoreFactors>,
}

/// Partitions as C.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Native {
    cores: BTreeMap<String, CoreFactors>,
}

/// Heap beside linear memories.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeapFactors {
    pub ecu_bytes: f64,
    pub partition_bytes: f64,
    pub per_core_instance_bytes: f64,
    pub per_metadata_byte: f64,
    pub per_code_byte: f64,
}

/// Of one core: instructions, and the stack's high-water mark.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreFactors {
    pub stack_bytes: u64,
    /// From reset to the first task, for an image without payload.
    pub start_instructions: f64,
    pub start_per_payload_byte: f64,
    pub per_activation: f64,
    /// A function of WebAssembly that is entered.
    pub per_function: f64,
    /// A call that leaves WebAssembly for the host.
    pub per_host_call: f64,
    /// What the host writes down of a runnable or a value, beside the call.
    pub per_record: f64,
    pub per_frame: f64,
    /// Waiting for the bus: none where the board's I2C is no software.
    pub per_i2c_byte: f64,
    /// An operator of WebAssembly, by the name of its class.
    pub per_operator: BTreeMap<String, f64>,
}

impl Calibration {
    /// Of a core as the board's file names it; none where nothing was measured.
    pub fn pulley_core(&self, core: &str) -> Option<&CoreFactors> {
        self.pulley.cores.get(core)
    }

    /// The same for partitions as C.
    pub fn native_core(&self, core: &str) -> Option<&CoreFactors> {
        self.native.cores.get(core)
    }
}

/// What was measured.
pub fn calibration() -> &'static Calibration {
    static READ: LazyLock<Calibration> = LazyLock::new(|| {
        toml::from_str(TEXT)
            .unwrap_or_else(|error| unreachable!("assets/calibration.toml: {error}: this is a bug"))
    });
    &READ
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::{self, Execution};

    #[test]
    fn every_core_that_interprets_partitions_was_measured() {
        for id in boards::ids() {
            let board = boards::board(id).unwrap();
            if board.execution == Execution::Pulley {
                assert!(calibration().pulley_core(&board.core).is_some(), "{id}");
            }
        }
        assert!(calibration().native_core("Cortex-M3").is_some());
        assert_eq!(calibration().native_core("Xtensa LX6"), None);
    }

    #[test]
    fn no_factor_makes_anything_cheaper() {
        let all = calibration().pulley.cores.values();
        for core in all.chain(calibration().native.cores.values()) {
            let factors = [
                core.start_instructions,
                core.start_per_payload_byte,
                core.per_activation,
                core.per_function,
                core.per_host_call,
                core.per_record,
                core.per_frame,
                core.per_i2c_byte,
            ];
            for factor in factors.iter().chain(core.per_operator.values()) {
                assert!(*factor >= 0.0 && factor.is_finite(), "{core:?}");
            }
        }
    }
}
