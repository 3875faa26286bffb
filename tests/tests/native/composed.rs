//! The sample projects, composed.

use autosar_wit::read;
use graph_core::{
    compose::{Composed, compose},
    document::{BusKind, ComponentSource, Document},
    file,
    library::{Entry, Library},
};
use std::{path::Path, sync::Arc};

pub(crate) fn composed(sample: &str) -> Composed {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../samples")
        .join(sample);
    let text = std::fs::read_to_string(folder.join(format!("{sample}.wireloom"))).unwrap();
    let document = file::read(&text, sample).unwrap();
    compose(&document, &library(&document, &folder)).unwrap()
}

fn library(document: &Document, folder: &Path) -> Library {
    let mut library = Library::default();
    for (id, component) in &document.components {
        let ComponentSource::File(path) = &component.source else {
            panic!("{} has no file", component.name);
        };
        let bytes = std::fs::read(folder.join(path)).unwrap();
        let component_type = Arc::new(read::component(&bytes, &component.name).unwrap());
        let entry = Entry::Loaded {
            component_type,
            bytes: Arc::from(bytes),
        };
        library.components.insert(*id, entry);
    }
    for (id, bus) in &document.buses {
        if let BusKind::Can {
            description: Some(path),
            ..
        } = &bus.kind
        {
            let loaded = autosar_wit::dbc::read(&std::fs::read(folder.join(path)).unwrap());
            library.descriptions.insert(*id, Arc::new(loaded.database));
        }
    }
    library
}
