//! `recipe.json`: how to make the export again. Knows nothing of the other files.

use crate::{
    Product,
    manifest::{Versions, to_json, versions},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Name of the file.
pub(crate) const FILE: &str = "recipe.json";
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Recipe<'a> {
    format: u32,
    made_by: Versions<'a>,
    project: Project<'a>,
    /// Name and SHA-256 of each component that went in.
    components: BTreeMap<&'a str, &'a str>,
    steps: Vec<String>,
}

#[derive(Serialize)]
struct Project<'a> {
    name: &'a str,
    sha256: &'a str,
}

pub(crate) fn recipe(product: &Product) -> Vec<u8> {
    let components = product
        .partitions
        .iter()
        .flat_map(|partition| &partition.components);
    let name = &product.system.name;
    to_json(&Recipe {
        format: FORMAT,
        made_by: versions(product),
        project: Project {
            name,
            sha256: &product.project_sha256,
        },
        components: components
            .map(|component| (component.name.as_str(), component.sha256.as_str()))
            .collect(),
        steps: vec![
            format!("wireloom check {name}.wireloom"),
            format!("wireloom export {name}.wireloom --target wasm -o {name}-export"),
        ],
    })
}
