//! A client of OCI registries: references, credentials as other tools keep them, pulls and pushes
//! whose every byte is held against its digest. Blocks; one call, one outcome; the caller decides
//! about threads. Knows nothing of what the blobs hold, of projects, of the window.
//!
//! Source: OCI Distribution Specification 1.1. By a blocking HTTP client on purpose: the usual
//! asynchronous registry client and what it stands on would be 180 packages more.
#![allow(
    missing_docs,
    reason = "fields and cases whose names say it all carry no sentence"
)]

mod auth;
mod client;
mod connection;
mod credentials;
mod digest;
mod error;
mod package;
mod reference;

pub use client::{Client, Descriptor, MANIFEST_MEDIA_TYPE, Watch};
pub use connection::Transport;
pub use credentials::{Credential, Environment};
pub use digest::digest;
pub use error::RegistryError;
pub use package::PackageName;
pub use reference::{Reference, ReferenceError, Version};
