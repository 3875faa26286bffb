//! Makes a linked component a partition: holds it against the validator and the list of host
//! interfaces, and appends as custom sections the deployment and what it is of the project.
//! Knows nothing of how it was linked.

use super::ComposeError;
use crate::reopen;
use deployment::Partition;
use std::borrow::Cow;
use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::{
    Parser, Payload, Validator, WasmFeatures, component_types::ComponentEntityType, types::Types,
};

/// Packages that hosts serve, and the version that each of their interfaces must have.
const HOST: [(&str, &str); 11] = [
    ("autosar:can/", "0.1."),
    ("wasi:cli/", "0.2."),
    ("wasi:clocks/", "0.2."),
    ("wasi:filesystem/", "0.2."),
    ("wasi:gpio/", "0.2."),
    ("wasi:i2c/", "0.2.0-draft"),
    ("wasi:io/", "0.2."),
    ("wasi:random/", "0.2."),
    ("wasi:sockets/", "0.2."),
    // The draft has no version.
    ("wasi:spi/", ""),
    ("wireloom:ecu/", "0.1."),
];

/// How the components of a partition call each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calls {
    /// A call is a call.
    Plain,
    /// They wait for each other, which the host has to serve.
    Concurrent,
}

/// The bytes of the partition's file; `project` is the content of [`reopen::SECTION`].
pub(super) fn seal(
    linked: &[u8],
    partition: &Partition,
    project: Vec<u8>,
    calls: Calls,
) -> Result<Vec<u8>, ComposeError> {
    let types = validate(linked).map_err(|error| ComposeError::Invalid {
        pieces: partition.instances.clone(),
        reason: error.message().to_owned(),
    })?;
    if let Some(import) = foreign_import(linked, &types) {
        return Err(ComposeError::ForeignImport {
            ecu: partition.ecu.clone(),
            partition: partition.name.clone(),
            import,
        });
    }
    let mut bytes = linked.to_vec();
    CustomSection {
        name: Cow::Borrowed(deployment::SECTION),
        data: Cow::Owned(partition.to_bytes()),
    }
    .append_to_component(&mut bytes);
    CustomSection {
        name: Cow::Borrowed(reopen::SECTION),
        data: Cow::Owned(project),
    }
    .append_to_component(&mut bytes);
    if calls == Calls::Concurrent {
        CustomSection {
            name: Cow::Borrowed(deployment::CONCURRENCY),
            data: Cow::Borrowed(&[]),
        }
        .append_to_component(&mut bytes);
    }
    Ok(bytes)
}

/// Valid without labels: those no engine takes by default.
fn validate(component: &[u8]) -> Result<Types, wasmparser::BinaryReaderError> {
    let features = WasmFeatures::all().difference(WasmFeatures::CM_IMPLEMENTS);
    Validator::new_with_features(features).validate_all(component)
}

/// The first import that asks a host for something and that no host serves.
fn foreign_import(component: &[u8], types: &Types) -> Option<String> {
    imports(component)
        .into_iter()
        .find(|import| !is_served(import) && !is_types_only(import, types))
        .map(ToOwned::to_owned)
}

/// Names of the imports at the root.
pub(super) fn imports(component: &[u8]) -> Vec<&str> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component).flatten() {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                names.extend(section.into_iter().flatten().map(|import| import.name.name));
            }
            _ => {}
        }
    }
    names
}

fn is_served(import: &str) -> bool {
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    HOST.iter().any(|(package, served)| {
        let fits = version.starts_with(served) && version.is_empty() == served.is_empty();
        name.starts_with(package) && fits
    })
}

/// An instance of types without a resource: nothing in it is called.
fn is_types_only(import: &str, types: &Types) -> bool {
    let types = types.as_ref();
    let Some(item) = types.component_item_for_import(import) else {
        return false;
    };
    let ComponentEntityType::Instance(instance) = item.ty else {
        return matches!(item.ty, ComponentEntityType::Type { .. });
    };
    types.get(instance).is_some_and(|instance| {
        instance.exports.values().all(|export| match export.ty {
            ComponentEntityType::Type { created, .. } => !matches!(
                created,
                wasmparser::component_types::ComponentAnyTypeId::Resource(_)
            ),
            _ => false,
        })
    })
}
