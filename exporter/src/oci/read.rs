//! The image of somebody else: what its manifest names, and what its layer is. Liberal where tools
//! differ (the config), strict where it matters (one layer, which is WebAssembly).
//! Knows nothing of registries.

use super::{INDEX, LAYER, MANIFEST, TITLE};
use autosar_wit::read::Loaded;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Layers of WebAssembly by the tools of before 2024.
const OLD_LAYER: &str = "application/vnd.wasm.content.layer.v1+wasm";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// Why an image is none that Wireloom can take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("the manifest of `{reference}` is not readable: {reason}; push it again")]
    Unreadable { reference: String, reason: String },
    #[error(
        "`{reference}` is a list of images, not one; name one of them by its digest: {}",
        .digests.join(", ")
    )]
    Index {
        reference: String,
        digests: Vec<String>,
    },
    #[error(
        "`{reference}` is of media type `{media_type}`, not WebAssembly (`application/wasm`); choose another reference, or push the component with `wireloom push`, wkg or oras"
    )]
    MediaType {
        reference: String,
        media_type: String,
    },
    #[error(
        "`{reference}` has {layers} layers; an image of WebAssembly has one; push the component alone"
    )]
    Layers { reference: String, layers: usize },
    #[error(
        "`{reference}` holds a core module, not a component; wrap it with `wasm-tools component new` and push it again"
    )]
    Module { reference: String },
    #[error("`{reference}` says that it is WebAssembly and is not: {reason}; push it again")]
    NotWasm { reference: String, reason: String },
}

/// A blob as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub digest: String,
    pub size_bytes: u64,
}

/// What an image holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub layer: Blob,
    /// File name of the layer, as its maker called it: foreign text.
    pub title: Option<String>,
    pub version: Option<String>,
}

/// What a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Component,
    /// A WIT package in binary form.
    Package,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    media_type: Option<String>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    manifests: Vec<Descriptor>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// Reads a manifest of this media type.
pub fn described(
    reference: &str,
    media_type: &str,
    manifest: &[u8],
) -> Result<Described, ImageError> {
    let owned = || reference.to_owned();
    let read: Manifest =
        serde_json::from_slice(manifest).map_err(|error| ImageError::Unreadable {
            reference: owned(),
            reason: error.to_string(),
        })?;
    let media_type = read.media_type.as_deref().unwrap_or(media_type);
    match media_type {
        MANIFEST | DOCKER_MANIFEST => {}
        INDEX | DOCKER_LIST => {
            return Err(ImageError::Index {
                reference: owned(),
                digests: read.manifests.into_iter().map(|one| one.digest).collect(),
            });
        }
        other => {
            return Err(ImageError::MediaType {
                reference: owned(),
                media_type: other.to_owned(),
            });
        }
    }
    let wrong = read
        .layers
        .iter()
        .find(|layer| ![LAYER, OLD_LAYER].contains(&layer.media_type.as_str()));
    if let Some(wrong) = wrong {
        return Err(ImageError::MediaType {
            reference: owned(),
            media_type: wrong.media_type.clone(),
        });
    }
    let layers = read.layers.len();
    let mut all = read.layers.into_iter();
    match (all.next(), all.next()) {
        (Some(mut layer), None) => Ok(Described {
            title: layer.annotations.remove(TITLE),
            layer: Blob {
                digest: layer.digest,
                size_bytes: layer.size,
            },
            version: read
                .annotations
                .get("org.opencontainers.image.version")
                .cloned(),
        }),
        _ => Err(ImageError::Layers {
            reference: owned(),
            layers,
        }),
    }
}

/// What a layer is, by reading it; a core module is refused, since nothing here takes one.
pub fn kind(reference: &str, layer: &[u8]) -> Result<Kind, ImageError> {
    let reference = reference.to_owned();
    match autosar_wit::read::file(layer, "the layer") {
        Ok(Loaded::Component(_)) => Ok(Kind::Component),
        Ok(Loaded::Package(_)) => Ok(Kind::Package),
        Err(autosar_wit::read::ReadError::CoreModule { .. }) => {
            Err(ImageError::Module { reference })
        }
        Err(error) => Err(ImageError::NotWasm {
            reference,
            reason: error.to_string(),
        }),
    }
}
