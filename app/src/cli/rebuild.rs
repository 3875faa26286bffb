//! `wireloom rebuild BUNDLE --target wasm|oci-layout -o DIR`.

use super::outcome::Outcome;
use crate::files;
use exporter::{
    Files, MadeBy,
    rebuild::{self, Bundle},
};
use serde_json::json;
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct RebuildArguments {
    /// Folder that `export --target wasm` wrote
    bundle: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value = "wasm")]
    target: TargetName,
    /// Folder for the files; made if it is not there
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TargetName {
    /// The bundle again: partitions, system file, WIT, bill of materials, recipe
    Wasm,
    /// OCI image layout folder: one image a partition
    OciLayout,
}

pub(super) fn rebuild(arguments: &RebuildArguments) -> Outcome {
    let files = match read(&arguments.bundle) {
        Ok(files) => files,
        Err(outcome) => return *outcome,
    };
    let made_by = MadeBy {
        wireloom: env!("CARGO_PKG_VERSION").to_owned(),
        wasmtime: simulator::WASMTIME_VERSION.to_owned(),
    };
    let bundle = match rebuild::bundle(&files, made_by) {
        Ok(bundle) => bundle,
        Err(error) => return Outcome::failed(error),
    };
    let contents = match arguments.target {
        TargetName::Wasm => exporter::wasm::export_with(&bundle.product, bundle.further.clone()),
        TargetName::OciLayout => exporter::oci::layout(&bundle.product),
    };
    let contents = match contents {
        Ok(contents) => contents,
        Err(error) => return Outcome::failed(error),
    };
    match files::write_all(&arguments.output, &contents) {
        Ok(()) => told(&arguments.output, &bundle, &files, &contents),
        Err(error) => Outcome::failed(error),
    }
}

/// The manifest, and every file that it lists.
fn read(folder: &Path) -> Result<Files, Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let manifest = folder.join(rebuild::MANIFEST);
    let bytes = files::read_limited(&manifest).map_err(|error| failed(&error))?;
    let listed = rebuild::listed(&bytes).map_err(|error| failed(&error))?;
    let mut contents = Files::from([(rebuild::MANIFEST.to_owned(), bytes)]);
    for path in listed {
        // What is not there is told by the rebuild, which knows what it is for.
        if let Ok(bytes) = files::read_limited(&folder.join(&path)) {
            contents.insert(path, bytes);
        }
    }
    Ok(contents)
}

fn told(output: &Path, bundle: &Bundle, before: &Files, after: &Files) -> Outcome {
    let is_same = |path: &String| before.get(path) == after.get(path);
    let mut text = String::new();
    for (path, bytes) in after {
        let mark = if is_same(path) { "same" } else { "new" };
        let _ = writeln!(
            text,
            "{:>9} bytes  {mark:4}  {}",
            bytes.len(),
            output.join(path).display()
        );
    }
    let (old, new) = (&bundle.before, &bundle.product.made_by);
    if old != new {
        let _ = writeln!(
            text,
            "made by Wireloom {} with wasmtime {}, made again by {} with {}",
            old.wireloom, old.wasmtime, new.wireloom, new.wasmtime
        );
    }
    let listed = after.iter().map(
        |(path, bytes)| json!({ "path": path, "size_bytes": bytes.len(), "same": is_same(path) }),
    );
    Outcome::fine(
        json!({
            "directory": output,
            "files": listed.collect::<Vec<_>>(),
            "made_by": { "wireloom": old.wireloom, "wasmtime": old.wasmtime },
            "rebuilt_by": { "wireloom": new.wireloom, "wasmtime": new.wasmtime },
        }),
        text,
    )
}
