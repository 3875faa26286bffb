//! `wireloom pack CORE.wasm -o NAME.wasm`: what the build script of a new component calls last.

use super::outcome::Outcome;
use crate::{files, scaffold};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct PackArguments {
    /// Core module that carries its world
    core: PathBuf,
    /// The component
    #[arg(short, long)]
    output: PathBuf,
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
