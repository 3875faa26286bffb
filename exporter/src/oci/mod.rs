//! Target `oci-layout`: an OCI image layout folder, one image per partition, as registries and
//! WebAssembly runtimes take them. Knows nothing of registries.
//!
//! Source: OCI Image Format Specification 1.1 (image layout, manifest, index) and the CNCF
//! guidance "Wasm OCI Artifact" (config and layer media types).

mod image;
mod read;

pub use image::{Artifact, Image, about, image, package_version};
pub use read::{Blob, Described, ImageError, Kind, described, kind};

use crate::{
    ExportError, Files, Product,
    manifest::{self, to_json},
    product::Partition,
};
use image::{Descriptor, blob};
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
struct Index {
    schema_version: u32,
    media_type: &'static str,
    manifests: Vec<Descriptor>,
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayoutVersion {
    image_layout_version: &'static str,
}

/// One image a partition, with its tag.
pub fn images(product: &Product) -> Result<Vec<(String, Image)>, ExportError> {
    product.check()?;
    let mut images = Vec::new();
    let mut tags = BTreeSet::new();
    for partition in &product.partitions {
        let tag = tag(product, partition)?;
        if !tags.insert(tag.clone()) {
            return Err(ExportError::TagTwice { tag });
        }
        let made = image(&Artifact {
            title: &partition.file_name,
            name: &product.system.name,
            bytes: &partition.bytes,
            about: &product.about,
            created: &product.created,
        })?;
        images.push((tag, made));
    }
    Ok(images)
}

/// The files of the layout folder and a `manifest.json` beside them.
pub fn layout(product: &Product) -> Result<Files, ExportError> {
    let mut files = Files::new();
    let mut manifests = Vec::new();
    for (tag, image) in images(product)? {
        for bytes in [image.layer, image.config] {
            blob(&mut files, LAYER, bytes, BTreeMap::new());
        }
        let tag = BTreeMap::from([(REF_NAME, tag)]);
        manifests.push(blob(&mut files, MANIFEST, image.manifest, tag));
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
