//! What the components of a new project are before anything of it is written: their WIT with the
//! metadata, and stubs in place of binaries.

use arxml::Model;
use autosar_wit::{component::ComponentType, read};
use graph_core::{
    document::Document,
    library::{Entry, Library},
};
use std::{collections::BTreeMap, sync::Arc};

/// Component types by world.
pub(super) fn types(model: &Model) -> BTreeMap<String, ComponentType> {
    let texts = model.packages.iter();
    let texts: Vec<(&str, &str)> = texts
        .map(|package| (package.path.as_str(), package.text.as_str()))
        .collect();
    // Of what this program writes none is refused; without types there is still a picture.
    let packages = read::wit_packages(&texts).unwrap_or_default();
    let worlds = packages.into_iter().flat_map(|package| package.worlds);
    let mut worlds: BTreeMap<String, _> = worlds.map(|world| (world.name.clone(), world)).collect();
    let components = model.components.iter();
    let types = components.filter_map(|component| {
        let world = worlds.remove(&component.world)?;
        let described = read::with_metadata(world, component.metadata.clone());
        Some((component.world.clone(), described))
    });
    types.collect()
}

/// The library of the document that was made of the model.
pub(super) fn library(document: &Document, model: &Model) -> Library {
    let mut types = types(model);
    let mut library = Library::default();
    for (id, component) in &document.components {
        let Some(described) = types.remove(&component.name) else {
            continue;
        };
        let entry = match rte::stub(&described) {
            Ok(bytes) => Entry::Loaded {
                component_type: Arc::new(described),
                bytes: bytes.into(),
            },
            Err(error) => Entry::Missing {
                reason: error.to_string(),
            },
        };
        library.components.insert(*id, entry);
    }
    library
}
