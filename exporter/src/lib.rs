//! What leaves the studio: composed components with all that a later rebuild needs, OCI image
//! layouts, reports. Input is composed bytes and plain data; output is files as a map from path to
//! bytes, which the caller writes. Knows nothing of the graph, the engine, the window, the disk.
#![allow(
    missing_docs,
    reason = "fields and cases whose names say it all carry no sentence"
)]

pub mod archive;
pub mod boards;
pub mod budget;
pub mod compile;
mod component;
mod digest;
mod error;
pub mod image;
pub mod linux;
pub mod lower;
mod manifest;
pub mod microcontroller;
pub mod native;
pub mod oci;
mod product;
mod program;
pub mod rebuild;
mod recipe;
pub mod report;
mod sbom;
mod strip;
pub mod wasm;

pub use error::ExportError;
pub use manifest::{MadeFor, MadeForm};
pub use product::{About, Component, EPOCH, MadeBy, Partition, Product};
pub use program::program;

/// Files by path, with `/` between folders; relative to the folder that the user chose.
pub type Files = std::collections::BTreeMap<String, Vec<u8>>;
