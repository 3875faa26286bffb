//! `sbom.spdx.json`: the bill of materials. Knows nothing of the other files.
//!
//! Source: SPDX 2.3, clauses 6 (document), 7 (packages), 11 (relationships), JSON form.

use crate::{
    ExportError, Product,
    component::outside,
    digest::sha256,
    manifest::to_json,
    product::{Component, Partition},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Name of the file.
pub(crate) const FILE: &str = "sbom.spdx.json";
const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const SYSTEM: &str = "SPDXRef-system";
const UNKNOWN: &str = "NOASSERTION";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    name: String,
    document_namespace: String,
    creation_info: CreationInfo,
    packages: Vec<Package>,
    relationships: Vec<Relationship>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreationInfo {
    created: String,
    creators: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package_file_name: Option<String>,
    download_location: String,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum>,
    license_concluded: &'static str,
    license_declared: String,
    copyright_text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_package_purpose: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: &'static str,
    checksum_value: String,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    relationship_type: &'static str,
    related_spdx_element: String,
}

/// The document: system, partitions, components, and the tools that made them.
pub(crate) fn sbom(product: &Product) -> Result<Vec<u8>, ExportError> {
    let mut bill = Bill::default();
    bill.add_system(product);
    for partition in &product.partitions {
        bill.add_partition(product, partition)?;
    }
    bill.relationships.sort();
    bill.relationships.dedup();
    let name = format!("{}-{}", product.system.name, product.about.version);
    let content = to_json(&bill.packages);
    Ok(to_json(&Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        id: DOCUMENT,
        // Unique by content, as clause 6.5 asks; nothing is served there.
        document_namespace: format!("urn:wireloom:sbom:{}", sha256(&content)),
        name,
        creation_info: CreationInfo {
            created: product.created.clone(),
            creators: vec![format!("Tool: wireloom-{}", product.made_by.wireloom)],
        },
        packages: bill.packages.into_values().collect(),
        relationships: bill.relationships,
    }))
}

#[derive(Default)]
struct Bill {
    /// By id.
    packages: BTreeMap<String, Package>,
    relationships: Vec<Relationship>,
}

impl Bill {
    fn add_system(&mut self, product: &Product) {
        let package = Package {
            version_info: Some(product.about.version.to_string()),
            license_declared: declared(product.about.licenses.as_deref()),
            download_location: product.about.source.clone().unwrap_or_else(unknown),
            primary_package_purpose: Some("APPLICATION"),
            ..package(SYSTEM.to_owned(), &product.system.name)
        };
        self.packages.insert(SYSTEM.to_owned(), package);
        self.relate(DOCUMENT, "DESCRIBES", SYSTEM);
    }

    fn add_partition(
        &mut self,
        product: &Product,
        partition: &Partition,
    ) -> Result<(), ExportError> {
        let id = format!("SPDXRef-partition-{}", identifier(&partition.file_name));
        let package = Package {
            version_info: Some(product.about.version.to_string()),
            package_file_name: Some(partition.file_name.clone()),
            checksums: checksums(sha256(&partition.bytes)),
            license_declared: declared(product.about.licenses.as_deref()),
            primary_package_purpose: Some("APPLICATION"),
            ..package(id.clone(), &format!("{}-{}", partition.ecu, partition.name))
        };
        self.packages.insert(id.clone(), package);
        self.relate(SYSTEM, "CONTAINS", &id);
        for component in &partition.components {
            let contained = self.add_component(component);
            self.relate(&id, "CONTAINS", &contained);
        }
        for (_, name, version) in outside(&partition.file_name, &partition.bytes)?.producers {
            self.add_tool(&name, &version, &id);
        }
        Ok(())
    }

    fn add_component(&mut self, component: &Component) -> String {
        let short: String = component.sha256.chars().take(12).collect();
        let id = format!("SPDXRef-component-{}-{short}", identifier(&component.name));
        let package = Package {
            checksums: checksums(component.sha256.clone()),
            license_declared: declared(component.licenses.as_deref()),
            primary_package_purpose: Some("LIBRARY"),
            ..package(id.clone(), &component.name)
        };
        self.packages.insert(id.clone(), package);
        for (_, name, version) in &component.producers {
            self.add_tool(name, version, &id);
        }
        id
    }

    fn add_tool(&mut self, name: &str, version: &str, of: &str) {
        let id = format!("SPDXRef-tool-{}-{}", identifier(name), identifier(version));
        let package = Package {
            version_info: (!version.is_empty()).then(|| version.to_owned()),
            ..package(id.clone(), name)
        };
        self.packages.insert(id.clone(), package);
        self.relate(&id, "BUILD_TOOL_OF", of);
    }

    fn relate(&mut self, from: &str, kind: &'static str, to: &str) {
        self.relationships.push(Relationship {
            spdx_element_id: from.to_owned(),
            relationship_type: kind,
            related_spdx_element: to.to_owned(),
        });
    }
}

fn package(id: String, name: &str) -> Package {
    Package {
        id,
        name: name.to_owned(),
        version_info: None,
        package_file_name: None,
        download_location: unknown(),
        files_analyzed: false,
        checksums: Vec::new(),
        license_concluded: UNKNOWN,
        license_declared: unknown(),
        copyright_text: UNKNOWN,
        primary_package_purpose: None,
    }
}

fn unknown() -> String {
    UNKNOWN.to_owned()
}

fn declared(licenses: Option<&str>) -> String {
    licenses.unwrap_or(UNKNOWN).to_owned()
}

fn checksums(sha256: String) -> Vec<Checksum> {
    vec![Checksum {
        algorithm: "SHA256",
        checksum_value: sha256,
    }]
}

/// Letters, digits, dots and hyphens, as clause 7.2 asks.
fn identifier(name: &str) -> String {
    name.chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '.' {
                letter
            } else {
                '-'
            }
        })
        .collect()
}
