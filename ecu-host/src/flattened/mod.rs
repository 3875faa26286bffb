//! The binding to a partition that was flattened into one core module: host functions by the
//! canonical ABI of the Component Model, without the engine's component support. What a host
//! function is written in (`LinkerInstance`, `Resource`, `WasmList`, …) has the names and meanings
//! of `wasmtime::component`, so that each function is written once for both bindings. Knows no
//! interface.
//!
//! Flattening has resolved everything between components: adapters are code, instances are one.
//! What is left are calls of the host, each with the places of the instance that calls
//! ([`import::Side`]), and handles, which the host keeps for all instances.

#[cfg(not(feature = "component"))]
mod binding;
#[cfg(not(feature = "component"))]
mod compound;
#[cfg(any(test, not(feature = "component")))]
#[cfg_attr(feature = "component", allow(dead_code, reason = "tests use it"))]
mod error;
#[cfg(not(feature = "component"))]
mod guest;
#[cfg(any(test, not(feature = "component")))]
#[cfg_attr(feature = "component", allow(dead_code, reason = "tests use it"))]
mod handles;
pub mod import;
#[cfg(not(feature = "component"))]
mod layout;
#[cfg(not(feature = "component"))]
mod linker;
#[cfg(not(feature = "component"))]
mod program;
#[cfg(not(feature = "component"))]
mod resource;
#[cfg(any(test, not(feature = "component")))]
#[cfg_attr(feature = "component", allow(dead_code, reason = "tests use it"))]
mod table;

#[cfg(not(feature = "component"))]
pub(crate) use binding::*;
