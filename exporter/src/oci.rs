//! Target `oci-layout`: an OCI image layout folder, one image per partition, as registries and
//! WebAssembly runtimes take them. Knows nothing of registries.
//!
//! Source: OCI Image Format Specification 1.1 (image layout, manifest, index) and the CNCF
//! guidance "Wasm OCI Artifact" (config and layer media types).

use crate::{
    ExportError, Files, Product,
    component::outside,
    digest::sha256,
    manifest::{self, to_json},
    product::Partition,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";
const REF_NAME: &str = "org.opencontainers.image.ref.name";
const TITLE: &str = "org.opencontainers.image.title";
/// Annotation of the index: the `system` file, which no single partition can carry.
const SYSTEM: &str = "wireloom.system";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
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
struct Index {
    schema_version: u32,
    media_type: &'static str,
    manifests: Vec<Descriptor>,
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayoutVersion {
    image_layout_version: &'static str,
}

/// The files of the layout folder and a `manifest.json` beside them.
pub fn layout(product: &Product) -> Result<Files, ExportError> {
    product.check()?;
    let mut files = Files::new();
    let mut manifests = Vec::new();
    let mut tags = BTreeSet::new();
    for partition in &product.partitions {
        let tag = tag(product, partition)?;
        if !tags.insert(tag.clone()) {
            return Err(ExportError::TagTwice { tag });
        }
        manifests.push(image(product, partition, tag, &mut files)?);
    }
    let index = Index {
        schema_version: 2,
        media_type: INDEX,
        manifests,
        annotations: BTreeMap::from([(SYSTEM, product.system.to_text())]),
    };
    files.insert("index.json".to_owned(), to_json(&index));
    let version = LayoutVersion {
        image_layout_version: "1.0.0",
    };
    files.insert("oci-layout".to_owned(), to_json(&version));
    manifest::add(product, &mut files)?;
    Ok(files)
}

/// The version; with several partitions each has its name behind it, which is a semantic version too.
fn tag(product: &Product, partition: &Partition) -> Result<String, ExportError> {
    let version = &product.about.version;
    if !version.build.is_empty() {
        return Err(ExportError::BuildMetadata {
            version: version.to_string(),
        });
    }
    let place = format!("{}-{}", partition.ecu, partition.name);
    Ok(match (product.partitions.len(), version.pre.is_empty()) {
        (1, _) => version.to_string(),
        (_, true) => format!("{version}-{place}"),
        (_, false) => format!("{version}.{place}"),
    })
}

/// Adds the blobs of one image and gives its entry in the index.
fn image(
    product: &Product,
    partition: &Partition,
    tag: String,
    files: &mut Files,
) -> Result<Descriptor, ExportError> {
    let outside = outside(&partition.file_name, &partition.bytes)?;
    let title = BTreeMap::from([(TITLE, partition.file_name.clone())]);
    let layer = blob(files, LAYER, partition.bytes.clone(), title);
    let config = Config {
        created: &product.created,
        author: product.about.authors.as_deref(),
        architecture: "wasm",
        os: if outside.is_component {
            "wasip2"
        } else {
            "wasip1"
        },
        layer_digests: vec![layer.digest.clone()],
        component: outside.is_component.then_some(World {
            exports: outside.exports,
            imports: outside.imports,
            target: None,
        }),
    };
    let config = blob(files, CONFIG, to_json(&config), BTreeMap::new());
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST,
        config,
        layers: vec![layer],
        annotations: annotations(product),
    };
    Ok(blob(
        files,
        MANIFEST,
        to_json(&manifest),
        BTreeMap::from([(REF_NAME, tag)]),
    ))
}

fn annotations(product: &Product) -> BTreeMap<&'static str, String> {
    let about = &product.about;
    let known = [
        ("org.opencontainers.image.authors", about.authors.clone()),
        (
            "org.opencontainers.image.created",
            Some(product.created.clone()),
        ),
        (
            "org.opencontainers.image.description",
            about.description.clone(),
        ),
        ("org.opencontainers.image.licenses", about.licenses.clone()),
        ("org.opencontainers.image.source", about.source.clone()),
        (TITLE, Some(product.system.name.clone())),
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

/// Adds a blob by its digest.
fn blob(
    files: &mut Files,
    media_type: &'static str,
    bytes: Vec<u8>,
    annotations: BTreeMap<&'static str, String>,
) -> Descriptor {
    let digest = sha256(&bytes);
    let descriptor = Descriptor {
        media_type,
        digest: format!("sha256:{digest}"),
        size: bytes.len(),
        annotations,
    };
    files.insert(format!("blobs/sha256/{digest}"), bytes);
    descriptor
}
