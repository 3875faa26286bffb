//! What a merged module's flags, memories and exports are.

use super::{Form, Kind, PAGE_BYTES};
use wasm_encoder::{ExportKind, GlobalType, MemoryType, ValType};

pub(super) fn flags_type() -> GlobalType {
    GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    }
}

/// A memory, and the bytes of it that there are. For C it has pages of 64 KiB: a lowered module
/// declares them in pages of one byte, which not every translator to C knows.
pub(super) fn merged_memory(form: Form, memory: &wasmparser::MemoryType) -> (MemoryType, u32) {
    let bytes = memory.initial << memory.page_size_log2.unwrap_or(16);
    let pages = bytes.div_ceil(PAGE_BYTES);
    let (minimum, maximum, page_size_log2) = match form {
        Form::C => (pages, Some(pages), None),
        Form::Engine { .. } => (memory.initial, memory.maximum, memory.page_size_log2),
    };
    let merged = MemoryType {
        minimum,
        maximum,
        memory64: false,
        shared: false,
        page_size_log2,
    };
    (merged, u32::try_from(bytes).unwrap_or(u32::MAX))
}

pub(super) fn export_kind(kind: Kind) -> ExportKind {
    match kind {
        Kind::Function => ExportKind::Func,
        Kind::Table => ExportKind::Table,
        Kind::Memory => ExportKind::Memory,
        Kind::Global => ExportKind::Global,
        Kind::Tag => ExportKind::Tag,
    }
}
