//! The vocabulary of Wireloom: component types and their ports, value types, the difference of
//! two interfaces, metadata of components, CAN descriptions.
//! Knows nothing of the document, the engine, the window; reads bytes, never files.

#![allow(
    missing_docs,
    reason = "fields and cases whose name says it all; everything else has its sentence"
)]

pub mod compat;
pub mod component;
pub mod concurrency;
pub mod dbc;
pub mod exchange;
pub mod mapping;
pub mod meanings;
pub mod memory_need;
pub mod metadata;
pub mod modes;
pub mod names;
pub mod nv_data;
pub mod packages;
pub mod parameter;
pub mod print;
pub mod read;
pub mod service;
pub mod someip;
pub mod types;
pub mod units;
pub mod value;
