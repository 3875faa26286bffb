//! What a module may use.

use crate::native::merge::Form;
use wasmparser::WasmFeatures;

/// What the translation to C takes, and what the engine's adapters need. SIMD, threads,
/// exceptions, tail calls and garbage collection stay off; the engine knows some of them.
pub(super) fn features(form: Form) -> WasmFeatures {
    let more = match form {
        Form::C => WasmFeatures::empty(),
        Form::Engine { .. } => {
            WasmFeatures::SIMD
                | WasmFeatures::RELAXED_SIMD
                | WasmFeatures::EXTENDED_CONST
                | WasmFeatures::TAIL_CALL
        }
    };
    more | WasmFeatures::WASM1
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::BULK_MEMORY_OPT
        | WasmFeatures::CALL_INDIRECT_OVERLONG
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::CUSTOM_PAGE_SIZES
        | WasmFeatures::GC_TYPES
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
}
