//! Descriptions as WIT: own fixtures for every kind of type and interface, and real files where
//! they lie beside the project.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod fixtures;
mod real;
mod refused;
mod written;

use arxml::{ArxmlError, Model, Source};
use autosar_wit::component::ComponentType;

/// The model of texts by name.
fn model(files: &[(&str, &str)]) -> Result<Model, ArxmlError> {
    let sources: Vec<Source<'_>> = files
        .iter()
        .map(|(name, text)| Source {
            name,
            bytes: text.as_bytes(),
        })
        .collect();
    arxml::read(&sources, "car")
}

/// What the WIT parser makes of every world of a model, after it has taken all packages.
fn worlds(model: &Model) -> Vec<ComponentType> {
    let texts: Vec<(&str, &str)> = model
        .packages
        .iter()
        .map(|package| (package.path.as_str(), package.text.as_str()))
        .collect();
    let packages = autosar_wit::read::wit_packages(&texts).unwrap();
    packages
        .into_iter()
        .flat_map(|package| package.worlds)
        .collect()
}

fn text<'a>(model: &'a Model, path: &str) -> &'a str {
    let package = model.packages.iter().find(|package| package.path == path);
    &package.unwrap().text
}

fn unmapped(model: &Model) -> String {
    let lines = model
        .unmapped
        .iter()
        .map(|one| format!("{}: {}: {}", one.path, one.what, one.why));
    lines.collect::<Vec<_>>().join("\n")
}

fn defects(model: &Model) -> String {
    let lines = model.defects.iter().map(|one| {
        let place = one.place.as_ref();
        let place = place.map_or(String::new(), |place| {
            format!("{}:{}: ", place.file, place.line)
        });
        format!("{place}{}: {}", one.path, one.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}
