//! `recipe.json`: how to make the export again from the bundle alone, with what no other file of it
//! says. Knows nothing of the other files.

use crate::{
    About, Product,
    manifest::{Versions, to_json, versions},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name of the file.
pub(crate) const FILE: &str = "recipe.json";
pub(crate) const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Recipe<'a> {
    format: u32,
    made_by: Versions<'a>,
    project: Project<'a>,
    about: About,
    /// Each component that went in, by name.
    components: BTreeMap<&'a str, Ingredient>,
    steps: Vec<String>,
}

#[derive(Serialize)]
struct Project<'a> {
    name: &'a str,
    sha256: &'a str,
}

/// A component that went in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ingredient {
    pub(crate) sha256: String,
    pub(crate) licenses: Option<String>,
    /// Field, name, version.
    pub(crate) producers: Vec<(String, String, String)>,
}

/// What a rebuild reads; the rest is for people.
#[derive(Debug, Deserialize)]
pub(crate) struct Known {
    pub(crate) format: u32,
    pub(crate) about: About,
    pub(crate) components: BTreeMap<String, Ingredient>,
}

pub(crate) fn recipe(product: &Product) -> Vec<u8> {
    let components = product
        .partitions
        .iter()
        .flat_map(|partition| &partition.components);
    let name = &product.system.name;
    let ingredient = |component: &crate::Component| Ingredient {
        sha256: component.sha256.clone(),
        licenses: component.licenses.clone(),
        producers: component.producers.clone(),
    };
    to_json(&Recipe {
        format: FORMAT,
        made_by: versions(product),
        project: Project {
            name,
            sha256: &product.project_sha256,
        },
        about: product.about.clone(),
        components: components
            .map(|component| (component.name.as_str(), ingredient(component)))
            .collect(),
        steps: vec![
            format!("wireloom check {name}.wireloom"),
            format!("wireloom export {name}.wireloom --target wasm -o {name}-export"),
            format!("wireloom rebuild {name}-export -o {name}-rebuilt"),
        ],
    })
}
