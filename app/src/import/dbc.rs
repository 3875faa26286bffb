//! The project of a CAN description: a bus that it describes, the WIT of its messages, and a
//! component type for each node, for which a stub stands in. Knows no files: it says what is to be
//! written.

use autosar_wit::{
    dbc::{Database, wit},
    metadata, names, packages,
};
use graph_core::{
    document::{Bus, BusKind, Component, ComponentSource, Document},
    edit::{Edit, EditError},
    file,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where nothing else is known: what most vehicles have.
const BITRATE_BPS: u32 = 500_000;
const BUS: &str = "can0";
/// Folder of the WIT in the project.
const WIT: &str = "wit";

/// A project to be written.
#[derive(Debug)]
pub struct Made {
    pub document: Document,
    /// All files, the description among them.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The project of a database; `stem`: what its file is called, `description`: that file's bytes.
///
/// # Errors
/// Where the project cannot mean it.
pub fn project(database: &Database, stem: &str, description: Vec<u8>) -> Result<Made, EditError> {
    let name = names::to_label(stem);
    let described = wit::describe(database, stem);
    let document = document(&name, &described.worlds)?;
    let rte = packages::AUTOSAR_RTE;
    let mut files = BTreeMap::from([
        (
            format!("{name}.{}", file::EXTENSION),
            file::write(&document).into_bytes(),
        ),
        (format!("{name}.dbc"), description),
        (format!("{WIT}/{name}.wit"), described.text.into_bytes()),
        (format!("{WIT}/deps/{}", rte.path), rte.text.into()),
    ]);
    for world in &described.worlds {
        let place = format!("{WIT}/{}", metadata::beside(&world.name));
        files.insert(place, metadata::write(&world.metadata));
    }
    Ok(Made { document, files })
}

fn document(name: &str, worlds: &[wit::World]) -> Result<Document, EditError> {
    let mut document = Document {
        name: name.to_owned(),
        ..Document::default()
    };
    let bus = Bus {
        name: BUS.to_owned(),
        kind: BusKind::Can {
            bitrate_bps: BITRATE_BPS,
            flexible: None,
            description: Some(format!("{name}.dbc")),
            restbus: BTreeSet::new(),
        },
    };
    let id = document.new_ids().bus();
    document.apply_batch(vec![Edit::InsertBus(id, bus)])?;
    for world in worlds {
        let component = Component {
            name: world.name.clone(),
            source: ComponentSource::Stub {
                wit: WIT.to_owned(),
                world: Some(world.name.clone()),
            },
        };
        let id = document.new_ids().component();
        document.apply_batch(vec![Edit::InsertComponent(id, component)])?;
    }
    Ok(document)
}
