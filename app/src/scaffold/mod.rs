//! `wireloom new`: a component project begun from a WIT world, with every export stubbed so that it
//! compiles and gives zeros. Texts in, file contents out; knows nothing of folders and compilers.

mod c;
mod error;
mod names;
#[allow(
    clippy::indexing_slicing,
    reason = "an id of the WIT parser is only given by the resolve that it indexes"
)]
mod rust;
#[allow(
    clippy::indexing_slicing,
    reason = "an id of the WIT parser is only given by the resolve that it indexes"
)]
mod rust_types;
#[allow(
    clippy::indexing_slicing,
    reason = "an id of the WIT parser is only given by the resolve that it indexes"
)]
mod world;

pub use error::ScaffoldError;
pub use wasi_preview1_component_adapter_provider as adapter;

use autosar_wit::{meanings, metadata};
use std::collections::BTreeMap;

/// Types by the names of generated code, for models that come without.
pub const RTWTYPES: &str = include_str!("templates/c/rtwtypes.h");

/// Language of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Rust,
    C,
    Cpp,
}

/// What the component is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Default,
    /// Fixed arena, small stack, a memory that never grows.
    Mcu,
}

/// Files of the new project by path. `texts` are WIT texts by path, as in a folder `wit/`; the
/// world is the only one in them, or the one that bears the component's name.
pub fn files(
    name: &str,
    texts: &[(String, String)],
    language: Language,
    profile: Profile,
) -> Result<BTreeMap<String, Vec<u8>>, ScaffoldError> {
    let (mut world, mut files) = begun(name, texts)?;
    files.insert(
        "meaning.toml".to_owned(),
        include_bytes!("templates/meaning.toml").to_vec(),
    );
    files.extend(match language {
        Language::Rust => rust::files(name, &world, profile)?,
        Language::C | Language::Cpp => c::files(name, &mut world, language, profile)?,
    });
    Ok(files)
}

/// Files of a project around C sources that are there already and implement the world's exports.
/// `meaning` is its `meaning.toml`.
pub fn around(
    name: &str,
    texts: &[(String, String)],
    sources: BTreeMap<String, Vec<u8>>,
    meaning: &str,
    profile: Profile,
) -> Result<BTreeMap<String, Vec<u8>>, ScaffoldError> {
    let (mut world, mut files) = begun(name, texts)?;
    files.insert("meaning.toml".to_owned(), meaning.as_bytes().to_vec());
    files.extend(c::around(name, &mut world, sources, profile)?);
    Ok(files)
}

/// The world, and what every project has.
fn begun(
    name: &str,
    texts: &[(String, String)],
) -> Result<(world::World, BTreeMap<String, Vec<u8>>), ScaffoldError> {
    if !names::is_label(name) {
        return Err(ScaffoldError::Name(name.to_owned()));
    }
    let world = world::read(name, texts)?;
    world::refuse_unsupported(&world)?;
    let mut files: BTreeMap<String, Vec<u8>> = world
        .texts
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect();
    files.insert(".gitignore".to_owned(), b"target/\n".to_vec());
    Ok((world, files))
}

/// The component of a core module that carries its world in a custom section. What it imports of WASI
/// preview 1 is served by the adapter of the engine's project, which imports WASI 0.2 in its place.
pub fn pack(core: &[u8]) -> Result<Vec<u8>, ScaffoldError> {
    let (name, adapter) = (
        adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
        adapter::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
    );
    let (with_world, _) = wit_component::metadata::decode(core)
        .map_err(|error| ScaffoldError::Pack(format!("{error:#}")))?;
    if with_world.is_none() {
        return Err(ScaffoldError::NoWorldInside);
    }
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(core)
        // It goes into the component as far as the module imports it, else not at all.
        .and_then(|encoder| encoder.adapter(name, adapter))
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| ScaffoldError::Pack(format!("{error:#}")))
}

/// Whether these are the first bytes of a core module (magic number and version 1, layer 0).
pub fn is_core_module(start: &[u8]) -> bool {
    start.starts_with(b"\0asm\x01\0\0\0")
}

/// The component with the metadata that a text of [`autosar_wit::meanings`] gives it.
pub fn describe(component: &[u8], text: &str) -> Result<Vec<u8>, ScaffoldError> {
    let component_type = autosar_wit::read::component(component, "component")
        .map_err(|error| ScaffoldError::Pack(error.to_string()))?;
    let described = meanings::describe(&meanings::read(text)?, &component_type)?;
    Ok(metadata::append(component, &described))
}

/// A template with its `{{key}}`s replaced.
fn filled(template: &str, values: &[(&str, &str)]) -> Vec<u8> {
    let replaced = values
        .iter()
        .fold(template.to_owned(), |text, (key, value)| {
            text.replace(&format!("{{{{{key}}}}}"), value)
        });
    replaced.into_bytes()
}
