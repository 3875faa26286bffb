//! The types of `fixtures/check/common.wit`, for projects in the text of a test.

use autosar_wit::read::wit_files;
use graph_core::{
    document::*,
    file,
    library::{Entry, Library},
};
use std::{fs, path::Path, sync::Arc};

/// The project of a text that begins with a line break, and its library.
pub(crate) fn project(text: &str, name: &str) -> (Document, Library) {
    let document =
        file::read(&text.replacen('\n', "", 1), name).unwrap_or_else(|error| panic!("{error}"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/check/common.wit");
    let wit = fs::read_to_string(path).unwrap();
    let mut library = Library::default();
    for (id, component) in &document.components {
        let entry = match &component.source {
            ComponentSource::Stub { world, .. } => {
                let component_type = wit_files(&[("common.wit", &wit)], world.as_deref()).unwrap();
                Entry::Loaded {
                    component_type: Arc::new(component_type),
                    bytes: Arc::from([]),
                }
            }
            ComponentSource::File(_) | ComponentSource::Composition => Entry::Missing {
                reason: "it is gone".to_owned(),
            },
        };
        library.components.insert(*id, entry);
    }
    (document, library)
}
