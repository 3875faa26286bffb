//! Component types from bytes and texts: any component, encoded WIT packages, WIT texts.
//! Opens no files: the caller brings what it has read.

mod binary;
mod docs;
mod error;
mod kind;
mod sniff;
mod types;
pub(crate) mod wit;

pub use error::ReadError;
pub use sniff::LARGEST_BYTES;

use crate::component::ComponentType;
use crate::metadata::Metadata;
use crate::types::Interface;
use std::sync::Arc;

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded {
    Component(ComponentType),
    Package(WitPackage),
}

/// A WIT package with the worlds and interfaces that it defines itself.
#[derive(Debug, Clone, PartialEq)]
pub struct WitPackage {
    /// `wasi:i2c@0.2.0-draft`.
    pub name: String,
    pub docs: String,
    /// Each world as the type of a component that would implement it.
    pub worlds: Vec<ComponentType>,
    pub interfaces: Vec<Arc<Interface>>,
}

/// Reads a component, or a WIT package in binary form. `name` (a file's name) stands in messages.
pub fn file(bytes: &[u8], name: &str) -> Result<Loaded, ReadError> {
    sniff::check(bytes, name)?;
    let binary = binary::walk(bytes, name)?;
    match binary.is_package() {
        true => Ok(Loaded::Package(wit::encoded(bytes, name)?)),
        false => Ok(Loaded::Component(types::component(
            binary,
            bytes.len(),
            name,
        )?)),
    }
}

/// Reads a component. `name` (a file's name) stands in messages and, without its ending, names a
/// component that has no name of its own.
pub fn component(bytes: &[u8], name: &str) -> Result<ComponentType, ReadError> {
    match file(bytes, name)? {
        Loaded::Component(component_type) => Ok(component_type),
        Loaded::Package(package) => Err(ReadError::Package {
            name: name.to_owned(),
            package: package.name,
        }),
    }
}

/// Reads a world of a WIT package in binary form, or the only one.
pub fn wit_bytes(
    bytes: &[u8],
    name: &str,
    world: Option<&str>,
) -> Result<ComponentType, ReadError> {
    match file(bytes, name)? {
        Loaded::Package(package) => wit::select(&[package], name, world),
        Loaded::Component(_) => Err(ReadError::NotPackage {
            name: name.to_owned(),
        }),
    }
}

/// Reads a world from WIT texts, or the only one. Texts are `(path, text)` with `/` in paths, as in
/// a folder `wit/`: packages below a folder `deps` are there to be used, the others are meant.
/// Several packages may stand in one folder.
pub fn wit_files(files: &[(&str, &str)], world: Option<&str>) -> Result<ComponentType, ReadError> {
    let name = files.first().map_or("wit", |(path, _)| path);
    wit::select(&wit::texts(files)?, name, world)
}

/// A component type of WIT with the metadata that its component will have; they decide the kinds of
/// its ports.
pub fn with_metadata(component: ComponentType, metadata: Metadata) -> ComponentType {
    let mut described = ComponentType {
        metadata,
        ..component
    };
    kind::assign(&mut described.ports, &described.metadata);
    described
}

/// The world of that name (or `package/world`), or the only one, among packages that were read.
pub fn world(
    packages: &[WitPackage],
    name: &str,
    world: Option<&str>,
) -> Result<ComponentType, ReadError> {
    wit::select(packages, name, world)
}

/// Reads the packages that WIT texts define (not those below `deps`).
pub fn wit_packages(files: &[(&str, &str)]) -> Result<Vec<WitPackage>, ReadError> {
    wit::texts(files)
}
