//! How partitions are bound to the host's functions: as components by the engine's own support, or
//! flattened into core modules by `flattened`, which takes a device less flash and memory. Cargo's
//! feature `component` chooses; host functions are written once, in what has the same names and
//! meanings in both.

#[cfg(feature = "component")]
pub(crate) use crate::component::{Guest, Program, TaskFunc, limit_copies};
#[cfg(feature = "component")]
pub(crate) use wasmtime::component::{
    LinkerInstance, Resource, ResourceTable, ResourceType, WasmList, WasmStr,
};

#[cfg(not(feature = "component"))]
pub(crate) use crate::flattened::{
    Guest, LinkerInstance, Program, Resource, ResourceTable, ResourceType, TaskFunc, WasmList,
    WasmStr, limit_copies,
};

#[cfg(all(feature = "gpio", not(feature = "component")))]
pub(crate) use crate::flattened::{ComponentNamedList, Lift};
#[cfg(all(feature = "gpio", feature = "component"))]
pub(crate) use wasmtime::component::{ComponentNamedList, Lift};

/// A compiled partition, as this host takes it.
#[cfg(feature = "component")]
pub type Code = wasmtime::component::Component;
/// A compiled partition, as this host takes it.
#[cfg(not(feature = "component"))]
pub type Code = wasmtime::Module;
