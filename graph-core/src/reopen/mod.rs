//! A composed component as a project again: its parts as components of their own, what is wired to
//! what, and the names. What we composed says in a custom section which part of a project it is
//! ([`SECTION`]), so buffered connectors, activations, buses and ECU come back too; what others
//! composed comes back as the direct connectors that its instances and their arguments are.
//! Opens and writes no files: bytes come in, a document and the bytes of its files go out.
//!
//! What can be opened is a *composition*: at its root there is no code (no core module or instance,
//! no function lifted or lowered) and at least one instance of a component inside it, and each of
//! these components is valid by itself. Everything else is a leaf, whatever is nested in it: tool
//! chains put the compiled module at the root and wrap it by components that only rename types.
//!
//! Source: Component Model, `Binary.md` ("Component Definitions", "Instance Definitions", "Alias
//! Definitions", "Name Section").

mod binary;
mod error;
mod graph;
mod parts;
mod section;
mod united;

pub use error::ReopenError;
pub use section::SECTION;
pub(crate) use section::section;

use crate::{
    document::{BusKind, ComponentSource, Document},
    library::{Entry, Library},
};
use autosar_wit::{component::ComponentType, dbc, read};
use binary::Root;
use section::Section;
use std::{collections::BTreeMap, sync::Arc};
use wasmparser::{Validator, WasmFeatures};

/// A composed component and what it is called in messages.
#[derive(Debug, Clone, Copy)]
pub struct Composition<'a> {
    /// Its file's name.
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// A project that was read out of compositions.
#[derive(Debug, Clone)]
pub struct Reopened {
    /// Without a layout; its files are those of `files`.
    pub document: Document,
    pub library: Library,
    /// By their paths in the project's folder.
    pub files: BTreeMap<String, Arc<[u8]>>,
    /// What a project cannot mean, or what lies in files that were not opened, in sentences.
    pub notes: Vec<String>,
}

/// Whether [`reopen`] would open it: see the rule above.
pub fn is_composition(bytes: &[u8]) -> bool {
    let root = binary::read(bytes);
    root.is_ok_and(|root| is_composed(&root) && !has_lonely_part(&root))
}

/// The project of a composition; several partitions of one project are one project again.
pub fn reopen(compositions: &[Composition<'_>]) -> Result<Reopened, ReopenError> {
    let mut opened = Vec::with_capacity(compositions.len());
    for composition in compositions {
        opened.push(open(*composition)?);
    }
    let reopened = match opened.as_slice() {
        [
            Opened {
                file,
                root,
                section: None,
                ..
            },
        ] => graph::project(file, root)?,
        opened => united::project(opened)?,
    };
    finish(reopened)
}

/// What was read of one composition.
struct Opened<'a> {
    file: &'a str,
    root: Root<'a>,
    /// `None`: others composed it.
    section: Option<Section>,
}

/// A document whose files are at hand and not yet read.
struct Extracted {
    document: Document,
    files: BTreeMap<String, Arc<[u8]>>,
    notes: Vec<String>,
}

fn open(composition: Composition<'_>) -> Result<Opened<'_>, ReopenError> {
    let Composition { name, bytes } = composition;
    let component_type = read::component(bytes, name)?;
    let root = binary::read(bytes).map_err(|error| ReopenError::Damaged {
        file: name.to_owned(),
        reason: error.message().to_owned(),
    })?;
    if !is_composed(&root) {
        return Err(ReopenError::Leaf {
            file: name.to_owned(),
            maker: maker(&component_type),
        });
    }
    if has_lonely_part(&root) {
        let file = name.to_owned();
        return Err(ReopenError::Lonely { file });
    }
    // A partition that was closed as a command is opened as that partition.
    if root.section.is_none()
        && let Some(inner) = only_users_part(&root)
        && binary::read(inner).is_ok_and(|inner| inner.section.is_some())
    {
        return open(Composition { name, bytes: inner });
    }
    let section = root.section.map(|bytes| Section::read(name, bytes));
    Ok(Opened {
        file: name,
        section: section.transpose()?,
        root,
    })
}

fn is_composed(root: &Root<'_>) -> bool {
    !root.has_code && !root.parts.is_empty()
}

/// Whether a part takes something from around it and so is no component by itself.
fn has_lonely_part(root: &Root<'_>) -> bool {
    let mut checked: Vec<&[u8]> = Vec::new();
    root.parts
        .iter()
        .filter_map(|part| part.bytes)
        .any(|bytes| {
            // Instances of one component share its bytes.
            if checked.iter().any(|known| std::ptr::eq(*known, bytes)) {
                return false;
            }
            checked.push(bytes);
            let mut validator = Validator::new_with_features(WasmFeatures::all());
            validator.validate_all(bytes).is_err()
        })
}

/// The component of the only part that was not generated.
fn only_users_part<'a>(root: &Root<'a>) -> Option<&'a [u8]> {
    let mut parts = root.parts.iter().filter(|part| !part.is_generated());
    match (parts.next(), parts.next()) {
        (Some(part), None) => part.bytes,
        _ => None,
    }
}

/// `Rust 1.95.0, wit-component 0.254.0`.
fn maker(component_type: &ComponentType) -> String {
    let tools: Vec<String> = ["language", "processed-by"]
        .into_iter()
        .flat_map(|wanted| {
            let fields = component_type.producers.iter();
            fields.filter(move |(field, ..)| field == wanted)
        })
        .map(|(_, name, version)| format!("{name} {version}").trim().to_owned())
        .collect();
    match tools.is_empty() {
        true => "a tool that does not name itself".to_owned(),
        false => tools.join(", "),
    }
}

/// Reads the files.
fn finish(extracted: Extracted) -> Result<Reopened, ReopenError> {
    let Extracted {
        document,
        files,
        notes,
    } = extracted;
    let mut library = Library::default();
    for (id, component) in &document.components {
        let ComponentSource::File(path) = &component.source else {
            continue;
        };
        let Some(bytes) = files.get(path).cloned() else {
            continue;
        };
        let component_type = Arc::new(read::component(&bytes, path)?);
        let entry = Entry::Loaded {
            component_type,
            bytes,
        };
        library.components.insert(*id, entry);
    }
    for (id, bus) in &document.buses {
        if let BusKind::Can {
            description: Some(path),
            ..
        } = &bus.kind
            && let Some(bytes) = files.get(path)
        {
            let loaded = dbc::read(bytes);
            library.descriptions.insert(*id, Arc::new(loaded.database));
        }
    }
    Ok(Reopened {
        document,
        library,
        files,
        notes,
    })
}
