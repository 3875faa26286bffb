//! From a core module and its world to a component with metadata, checked.
//! Knows nothing of languages.

use crate::guest::{Guest, Heap, Language};
use anyhow::{Context, Result, bail};
use autosar_wit::{meanings, metadata, read};
use std::path::Path;
use wasm_metadata::{AddMetadata, AddMetadataField};
use wasmparser::{Operator, Parser, Payload, Validator};
use wit_component::ComponentEncoder;
use wit_parser::{Resolve, WorldId};

/// The world that a guest implements.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) resolve: Resolve,
    pub(crate) world: WorldId,
}

pub(crate) fn resolve(wit: &Path, world: &str) -> Result<Resolved> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(wit)
        .with_context(|| format!("cannot read the WIT in `{}`", wit.display()))?;
    let world = resolve
        .select_world(&[package], Some(world))
        .with_context(|| format!("`{}` has no world `{world}`", wit.display()))?;
    Ok(Resolved { resolve, world })
}

/// The component of a core module. `samples/<sample>/meaning.toml` says what its numbers mean.
pub(crate) fn encode(core: &[u8], guest: &Guest, samples: &Path) -> Result<Vec<u8>> {
    if guest.heap == Heap::Arena {
        refuse_growth(core)?;
    }
    // The module carries its world in a custom section.
    let component = ComponentEncoder::default()
        .module(core)?
        .validate(true)
        .encode()?;
    let named = naming(guest)?.to_wasm(&component)?;
    let named = with_meaning(&named, &samples.join(&guest.sample).join("meaning.toml"))?;
    Validator::new()
        .validate_all(&named)
        .context("the component does not validate")?;
    Ok(named)
}

/// The component with the units and dimensions of its data elements in `wireloom:metadata`.
fn with_meaning(component: &[u8], file: &Path) -> Result<Vec<u8>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let component_type = read::component(component, "guest")?;
    let described = meanings::read(&text)
        .and_then(|meanings| meanings::describe(&meanings, &component_type))
        .with_context(|| format!("`{}`", file.display()))?;
    Ok(metadata::append(component, &described))
}

fn naming(guest: &Guest) -> Result<AddMetadata> {
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(guest.name.clone());
    metadata.version = AddMetadataField::Set(wasm_metadata::Version::new(guest.version.clone()));
    metadata.description =
        AddMetadataField::Set(wasm_metadata::Description::new(guest.description.clone()));
    metadata.licenses = AddMetadataField::Set(wasm_metadata::Licenses::new(&guest.license)?);
    metadata.language = match guest.language {
        Language::C => vec![("C".to_owned(), "17".to_owned())],
        Language::Cxx => vec![("C++".to_owned(), "20".to_owned())],
        // The compiler has written its own.
        Language::Rust => Vec::new(),
    };
    Ok(metadata)
}

/// A guest for a microcontroller has a fixed memory and never asks for its size.
fn refuse_growth(core: &[u8]) -> Result<()> {
    for payload in Parser::new(0).parse_all(core) {
        match payload? {
            Payload::MemorySection(memories) => {
                for memory in memories {
                    let memory = memory?;
                    if memory.maximum != Some(memory.initial) {
                        bail!(
                            "its memory is not fixed: {} pages, maximum {:?}",
                            memory.initial,
                            memory.maximum
                        );
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    if let Operator::MemoryGrow { .. } | Operator::MemorySize { .. } = operator? {
                        bail!("it contains `memory.grow` or `memory.size`");
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}
