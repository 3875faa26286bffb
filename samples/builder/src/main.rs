//! Builds every sample component from its sources into a folder: `builder OUTPUT [NAME…]`.
//! Knows nothing of the studio. Needs cargo with the wasm32-unknown-unknown target, and zig: as
//! `python -m ziglang` of the Python in WIRELOOM_PYTHON, else as `zig`.
//!
//! The same sources, compiler and locked versions give the same bytes in any folder.

mod c;
mod component;
mod guest;
mod rust;

use anyhow::{Context, Result, bail};
use guest::{Guest, Language};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let output = arguments
        .next()
        .map(PathBuf::from)
        .context("usage: builder OUTPUT [NAME…]")?;
    let only: Vec<String> = arguments.collect();
    let samples = samples_folder()?;
    let list = guest::read(&samples.join("guests.toml"))?;
    if let Some(unknown) = only
        .iter()
        .find(|name| !list.guests.iter().any(|guest| guest.name == **name))
    {
        bail!("no guest is called `{unknown}`; guests.toml lists them all");
    }
    let guests: Vec<Guest> = list
        .guests
        .into_iter()
        .filter(|guest| only.is_empty() || only.contains(&guest.name))
        .collect();
    let built = build(&samples, &guests)?;
    for guest in &guests {
        let (name, bytes) = (&guest.name, &built[&guest.name]);
        let folder = match guest.glue {
            true => output.join("glue"),
            false => output.clone(),
        };
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make `{}`", folder.display()))?;
        let path = folder.join(format!("{name}.wasm"));
        std::fs::write(&path, bytes)
            .with_context(|| format!("cannot write `{}`", path.display()))?;
        println!("{name:20} {:6} bytes", bytes.len());
    }
    Ok(())
}

/// All guests' components by name.
fn build(samples: &Path, guests: &[Guest]) -> Result<BTreeMap<String, Vec<u8>>> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| samples.join("target"), PathBuf::from);
    let scratch = target.join("guests");
    let mut built = BTreeMap::new();
    for guest in guests {
        let core = match guest.language {
            Language::Rust => rust::build(samples, &scratch, guest)?,
            Language::C | Language::Cxx => c::build(samples, &scratch, guest)?,
        };
        let bytes = component::encode(&core, guest, samples)
            .with_context(|| format!("cannot make a component of `{}`", guest.name))?;
        built.insert(guest.name.clone(), bytes);
    }
    Ok(built)
}

/// The folder of `guests.toml`: beside this program's own sources.
fn samples_folder() -> Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .map(Path::to_path_buf)
        .context("the builder must stand in the samples folder")
}
