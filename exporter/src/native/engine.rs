//! The engine's words for values, parts of modules and intrinsics in ours. Knows nothing of any one
//! component.

use super::{flattened::Value, merge};
use wasmtime_environ::{EntityIndex, WasmValType, component::Trampoline};

pub(crate) fn value(ty: &WasmValType) -> Option<Value> {
    match ty {
        WasmValType::I32 => Some(Value::I32),
        WasmValType::I64 => Some(Value::I64),
        WasmValType::F32 => Some(Value::F32),
        WasmValType::F64 => Some(Value::F64),
        WasmValType::V128 | WasmValType::Ref(_) => None,
    }
}

pub(crate) fn entity(index: EntityIndex) -> (merge::Kind, u32) {
    match index {
        EntityIndex::Function(index) => (merge::Kind::Function, index.as_u32()),
        EntityIndex::Table(index) => (merge::Kind::Table, index.as_u32()),
        EntityIndex::Memory(index) => (merge::Kind::Memory, index.as_u32()),
        EntityIndex::Global(index) => (merge::Kind::Global, index.as_u32()),
        EntityIndex::Tag(index) => (merge::Kind::Tag, index.as_u32()),
    }
}

pub(crate) fn asynchronous_name(trampoline: &Trampoline) -> &'static str {
    match trampoline {
        Trampoline::StreamNew { .. }
        | Trampoline::StreamRead { .. }
        | Trampoline::StreamWrite { .. }
        | Trampoline::StreamTransfer => "stream",
        Trampoline::FutureNew { .. }
        | Trampoline::FutureRead { .. }
        | Trampoline::FutureWrite { .. }
        | Trampoline::FutureTransfer => "future",
        Trampoline::WaitableSetNew { .. } | Trampoline::WaitableSetWait { .. } => "waitable-set",
        Trampoline::TaskReturn { .. } => "task.return",
        Trampoline::ErrorContextNew { .. } | Trampoline::ErrorContextTransfer => "error-context",
        Trampoline::EnterSyncCall | Trampoline::ExitSyncCall => "concurrency",
        _ => "an asynchronous intrinsic",
    }
}
