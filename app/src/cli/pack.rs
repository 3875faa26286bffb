//! `wireloom pack CORE.wasm -o NAME.wasm`: what the build script of a new component calls last.

use super::outcome::Outcome;
use crate::{files, scaffold};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct PackArguments {
    /// Core module that carries its world
    core: PathBuf,
    /// The component
    #[arg(short, long)]
    output: PathBuf,
    /// Units and physical dimensions of its data elements, by interface (TOML)
    #[arg(long, value_name = "FILE")]
    meaning: Option<PathBuf>,
}

pub(super) fn pack(arguments: &PackArguments) -> Outcome {
    let core = match files::read_limited(&arguments.core) {
        Ok(core) => core,
        Err(error) => return Outcome::failed(error),
    };
    let component = match scaffold::pack(&core) {
        Ok(component) => component,
        Err(error) => return Outcome::failed(format!("`{}`: {error}", arguments.core.display())),
    };
    let component = match &arguments.meaning {
        None => component,
        Some(file) => match described(&component, file) {
            Ok(component) => component,
            Err(message) => return Outcome::failed(message),
        },
    };
    match files::write_atomically(&arguments.output, &component) {
        Ok(()) => Outcome::fine(
            json!({ "file": arguments.output, "size_bytes": component.len() }),
            format!(
                "made {} ({} bytes)\n",
                arguments.output.display(),
                component.len()
            ),
        ),
        Err(error) => Outcome::failed(error),
    }
}

/// The component with the metadata that the file means for it.
fn described(component: &[u8], file: &Path) -> Result<Vec<u8>, String> {
    let bytes = files::read_limited(file).map_err(|error| error.to_string())?;
    let text =
        String::from_utf8(bytes).map_err(|_| format!("`{}` is no UTF-8 text", file.display()))?;
    scaffold::describe(component, &text).map_err(|error| format!("`{}`: {error}", file.display()))
}
