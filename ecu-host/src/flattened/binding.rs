//! What host functions and the rest of the host use of this binding.

#[cfg(feature = "gpio")]
pub(crate) use super::compound::ComponentNamedList;
pub(crate) use super::{
    error::AbiError,
    guest::{Guest, Lifting, Lowering, WasmList, WasmStr},
    layout::{ComponentType, Flat, Lift, Lower, aligned, greatest},
    linker::LinkerInstance,
    program::{Program, TaskFunc, limit_copies},
    table::{Resource, ResourceTable, ResourceType},
};
