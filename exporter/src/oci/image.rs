//! One WebAssembly binary as an OCI image: manifest, config, layer. Components, core modules and
//! WIT packages in binary form have the same form. Knows nothing of registries and layouts.
//!
//! Source: OCI Image Format Specification 1.1 and the CNCF guidance "Wasm OCI Artifact".

use super::{CONFIG, LAYER, MANIFEST, TITLE};
use crate::{About, ExportError, Files, component::outside, digest::sha256, manifest::to_json};
use autosar_wit::read::Loaded;
use semver::Version;
use serde::Serialize;
use std::collections::BTreeMap;
use wasmparser::{Parser, Payload};

/// What becomes an image.
#[derive(Debug, Clone, Copy)]
pub struct Artifact<'a> {
    /// File name, under which other tools unpack the layer.
    pub title: &'a str,
    /// What the image is called.
    pub name: &'a str,
    pub bytes: &'a [u8],
    pub about: &'a About,
    /// RFC 3339.
    pub created: &'a str,
}

/// The three blobs of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub manifest: Vec<u8>,
    pub config: Vec<u8>,
    pub layer: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    media_type: &'static str,
    digest: String,
    size: usize,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    schema_version: u32,
    media_type: &'static str,
    config: Descriptor,
    layers: Vec<Descriptor>,
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    created: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a str>,
    architecture: &'static str,
    os: &'static str,
    layer_digests: Vec<String>,
    component: Option<World>,
}

#[derive(Serialize)]
struct World {
    exports: Vec<String>,
    imports: Vec<String>,
    target: Option<String>,
}

/// The image of a binary; the same input gives the same bytes.
pub fn image(artifact: &Artifact<'_>) -> Result<Image, ExportError> {
    let outside = outside(artifact.title, artifact.bytes)?;
    let title = BTreeMap::from([(TITLE, artifact.title.to_owned())]);
    let layer = descriptor(LAYER, artifact.bytes, title);
    let world = outside.is_component.then(|| match package(artifact) {
        Some(exports) => World {
            exports,
            imports: Vec::new(),
            target: None,
        },
        None => World {
            exports: outside.exports,
            imports: outside.imports,
            target: None,
        },
    });
    let config = to_json(&Config {
        created: artifact.created,
        author: artifact.about.authors.as_deref(),
        architecture: "wasm",
        os: if outside.is_component {
            "wasip2"
        } else {
            "wasip1"
        },
        layer_digests: vec![layer.digest.clone()],
        component: world,
    });
    let manifest = to_json(&Manifest {
        schema_version: 2,
        media_type: MANIFEST,
        config: descriptor(CONFIG, &config, BTreeMap::new()),
        layers: vec![layer],
        annotations: annotations(artifact),
    });
    Ok(Image {
        manifest,
        config,
        layer: artifact.bytes.to_vec(),
    })
}

/// What a component says of itself in its custom sections; `version` outweighs its own.
pub fn about(file: &str, bytes: &[u8], version: Option<Version>) -> Result<About, ExportError> {
    let mut texts = texts(bytes).map_err(|error| ExportError::Unreadable {
        file: file.to_owned(),
        reason: error.message().to_owned(),
    })?;
    let own = texts.remove("version");
    let own = own.and_then(|text| Version::parse(&text).ok());
    let version = version.or(own).or_else(|| package_version(file, bytes));
    let version = version.ok_or_else(|| ExportError::NoVersion {
        file: file.to_owned(),
    })?;
    if !version.build.is_empty() {
        return Err(ExportError::BuildMetadata {
            version: version.to_string(),
        });
    }
    Ok(About {
        version,
        description: texts.remove("description"),
        authors: texts.remove("authors"),
        licenses: texts.remove("licenses"),
        source: texts.remove("source"),
        url: texts.remove("homepage"),
    })
}

/// The custom sections of text at the root, as wasm-metadata and cargo-component write them.
fn texts(bytes: &[u8]) -> Result<BTreeMap<String, String>, wasmparser::BinaryReaderError> {
    let mut depth = 0_usize;
    let mut texts = BTreeMap::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 1 => {
                let text = std::str::from_utf8(section.data()).unwrap_or_default();
                if !text.is_empty() && !text.contains(char::is_control) {
                    texts.insert(section.name().to_owned(), text.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(texts)
}

/// Version of a WIT package in binary form; `None`: it has none, or is none.
pub fn package_version(file: &str, bytes: &[u8]) -> Option<Version> {
    let Ok(Loaded::Package(package)) = autosar_wit::read::file(bytes, file) else {
        return None;
    };
    Version::parse(package.name.split_once('@')?.1).ok()
}

/// Worlds and interfaces of a WIT package in binary form, sorted.
fn package(artifact: &Artifact<'_>) -> Option<Vec<String>> {
    let Ok(Loaded::Package(package)) = autosar_wit::read::file(artifact.bytes, artifact.title)
    else {
        return None;
    };
    let (path, version) = match package.name.split_once('@') {
        Some((path, version)) => (path, format!("@{version}")),
        None => (package.name.as_str(), String::new()),
    };
    let worlds = package.worlds.iter().map(|world| &world.name);
    let mut exports: Vec<String> = worlds
        .map(|name| format!("{path}/{name}{version}"))
        .chain(
            package
                .interfaces
                .iter()
                .filter_map(|interface| Some(interface.id.as_ref()?.to_string())),
        )
        .collect();
    exports.sort();
    Some(exports)
}

fn annotations(artifact: &Artifact<'_>) -> BTreeMap<&'static str, String> {
    let about = artifact.about;
    let known = [
        ("org.opencontainers.image.authors", about.authors.clone()),
        (
            "org.opencontainers.image.created",
            Some(artifact.created.to_owned()),
        ),
        (
            "org.opencontainers.image.description",
            about.description.clone(),
        ),
        ("org.opencontainers.image.licenses", about.licenses.clone()),
        ("org.opencontainers.image.source", about.source.clone()),
        (TITLE, Some(artifact.name.to_owned())),
        ("org.opencontainers.image.url", about.url.clone()),
        (
            "org.opencontainers.image.version",
            Some(about.version.to_string()),
        ),
    ];
    known
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn descriptor(
    media_type: &'static str,
    bytes: &[u8],
    annotations: BTreeMap<&'static str, String>,
) -> Descriptor {
    Descriptor {
        media_type,
        digest: format!("sha256:{}", sha256(bytes)),
        size: bytes.len(),
        annotations,
    }
}

/// Adds a blob by its digest.
pub(super) fn blob(
    files: &mut Files,
    media_type: &'static str,
    bytes: Vec<u8>,
    annotations: BTreeMap<&'static str, String>,
) -> Descriptor {
    let descriptor = descriptor(media_type, &bytes, annotations);
    let path = descriptor.digest.replacen("sha256:", "blobs/sha256/", 1);
    files.insert(path, bytes);
    descriptor
}
