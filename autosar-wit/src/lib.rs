//! The vocabulary of Wireloom: component types and their ports, value types, the difference of
//! two interfaces, metadata of components, CAN descriptions.
//! Knows nothing of the document, the engine, the window; reads bytes, never files.

pub mod component;
pub mod types;
pub mod dbc;
