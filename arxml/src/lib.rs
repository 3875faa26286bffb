//! AUTOSAR descriptions (ARXML, AUTOSAR 4) as WIT packages, component types and what the vehicle
//! makes of them. Text in, plain data out: knows nothing of files, projects, engine, window.
//!
//! Sources: AUTOSAR Classic Platform, "Software Component Template", "System Template", "Generic
//! Structure Template", "Specification of Platform Types", R23-11.

#![allow(
    missing_docs,
    reason = "fields and cases whose name says it all; everything else has its sentence"
)]

mod com_spec;
mod component;
mod composition;
mod compu;
mod error;
mod interface;
mod known;
mod lines;
mod load;
mod model;
mod network;
mod packages;
mod print;
mod props;
mod reader;
mod record;
mod scalar;
mod scope;
mod source;
mod system;
mod tree;
mod types;
mod value;
mod write;

pub use error::ArxmlError;
pub use model::*;
pub use record::{RECORD, RecordError, name_record, read_record, write_record};
pub use write::{
    WriteError, Written, interface_of, is_path, named_types, path_in, short_name, write,
};

use autosar_data::{AttributeName, Element, ElementName};
use autosar_wit::names::Labels;
use packages::Packages;
use reader::Reader;
use std::collections::BTreeMap;

/// A file: its name for messages, and what is in it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// Reads files that make one model together, whatever their order. `namespace` is that of the WIT
/// packages: a label.
pub fn read(sources: &[Source<'_>], namespace: &str) -> Result<Model, ArxmlError> {
    let loaded = load::load(sources)?;
    let packages = Packages::of(&loaded.model, namespace);
    let mut reader = Reader::new(loaded.model.clone(), packages);
    reader.defects = loaded.defects;
    let elements = elements(&reader);
    mappings(&mut reader, &elements);
    for element in elements.iter().filter(|element| is_data_type(element)) {
        types::data_type(&mut reader, element);
    }
    let mut interfaces = BTreeMap::new();
    for element in &elements {
        if let Some(interface) = interface::read(&mut reader, element) {
            interfaces.insert(tree::path(element), interface);
        }
    }
    let types: Vec<Element> = elements
        .iter()
        .filter(|element| component::is_component(element.element_name()))
        .cloned()
        .collect();
    let (mut ports, mut taken) = (BTreeMap::new(), Labels::default());
    let components = component::read(&mut reader, &types, &interfaces, &mut ports, &mut taken);
    let compositions =
        composition::read(&mut reader, &elements, &interfaces, &mut ports, &mut taken);
    let system = system::read(&mut reader, &elements);
    let clusters = network::clusters(&mut reader, &elements);
    let signal_mappings = network::mappings(&mut reader, &elements, &interfaces, &ports);
    let packages = print::packages(&mut reader, &interfaces, &components, namespace);
    known::leftovers(&mut reader, &elements);
    reader.tell_dangling(&loaded.texts);
    let mut model = Model {
        namespace: namespace.to_owned(),
        packages,
        components,
        compositions,
        system,
        clusters,
        signal_mappings,
        uuids: uuids(&reader),
        unmapped: reader.unmapped,
        defects: reader.defects,
    };
    model.unmapped.sort();
    model.unmapped.dedup();
    model.defects.sort();
    model.defects.dedup();
    Ok(model)
}

/// What stands in packages, by path.
fn elements(reader: &Reader) -> Vec<Element> {
    let mut elements: Vec<(String, Element)> = packages::all(&reader.model)
        .iter()
        .flat_map(|package| tree::children(package, ElementName::Elements))
        .map(|element| (tree::path(&element), element))
        .collect();
    elements.sort_by(|a, b| a.0.cmp(&b.0));
    elements.into_iter().map(|(_, element)| element).collect()
}

/// UUIDs by path. Those that several elements have identify none of them, but are kept.
fn uuids(reader: &Reader) -> BTreeMap<String, String> {
    let all = reader.model.identifiable_elements();
    let found = all.filter_map(|(path, element)| {
        let uuid = element.upgrade()?.attribute_value(AttributeName::Uuid)?;
        Some((path, uuid.to_string()))
    });
    found.filter(|(_, uuid)| !uuid.is_empty()).collect()
}

fn is_data_type(element: &Element) -> bool {
    matches!(
        element.element_name(),
        ElementName::ApplicationPrimitiveDataType
            | ElementName::ApplicationArrayDataType
            | ElementName::ApplicationRecordDataType
            | ElementName::ImplementationDataType
    )
}

/// Which implementation type stands for which application type.
fn mappings(reader: &mut Reader, elements: &[Element]) {
    let sets = elements
        .iter()
        .filter(|element| element.element_name() == ElementName::DataTypeMappingSet);
    for set in sets {
        for map in tree::children(set, ElementName::DataTypeMaps) {
            let application = reader.target(&map, ElementName::ApplicationDataTypeRef);
            let implementation = reader.target(&map, ElementName::ImplementationDataTypeRef);
            let (Some(application), Some(implementation)) = (application, implementation) else {
                continue;
            };
            let path = tree::path(&application);
            let known = reader.implementations.get(&path).map(tree::path);
            match known {
                Some(known) if known != tree::path(&implementation) => reader.unmapped_at(
                    path,
                    "DATA-TYPE-MAP",
                    format!("`{known}` implements it already; one data type has one form in WIT"),
                ),
                _ => {
                    reader.implementations.insert(path, implementation);
                }
            }
        }
    }
}
