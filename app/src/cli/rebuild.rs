//! `wireloom rebuild BUNDLE -o DIR`: what a bundle was made for, or another target, from its portable
//! parts alone.

use super::outcome::Outcome;
use crate::{
    files,
    session::{Destination, ExportOrder, Target},
    targets::{self, MakeError},
};
use exporter::{
    Files, MadeBy, MadeForm,
    rebuild::{self, Bundle},
};
use serde_json::json;
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct RebuildArguments {
    /// Folder that `export` wrote; of a Linux ECU, the ECU's folder in it
    bundle: PathBuf,
    /// What to write: `wasm`, `oci-layout` or a board; without it what the bundle was made for
    #[arg(long, value_name = "TARGET", value_parser = super::export::known_targets())]
    target: Option<String>,
    /// For boards: the private key that signs; without it the development key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// For boards: the ECU to make an image of; several are fine, none means those of the bundle
    #[arg(long = "ecu", value_name = "NAME")]
    ecus: Vec<String>,
    /// For boards: the anti-rollback counter; without it that of the bundle
    #[arg(long, value_name = "N")]
    counter: Option<u32>,
    /// For boards: the partitions as C, also where Pulley is the default
    #[arg(long, requires = "target")]
    native: bool,
    /// Folder for the files; made if it is not there
    #[arg(short, long)]
    output: PathBuf,
}

pub(super) fn rebuild(arguments: &RebuildArguments) -> Outcome {
    match rebuilt(arguments) {
        Ok(outcome) => outcome,
        Err(outcome) => *outcome,
    }
}

fn rebuilt(arguments: &RebuildArguments) -> Result<Outcome, Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let before = read(&arguments.bundle)?;
    let made_by = MadeBy {
        wireloom: env!("CARGO_PKG_VERSION").to_owned(),
        wasmtime: simulator::WASMTIME_VERSION.to_owned(),
    };
    let bundle = rebuild::bundle(&before, made_by).map_err(|error| failed(&error))?;
    let order = order(arguments, &bundle).map_err(|error| failed(&error))?;
    let contents = match order.destination {
        // The report was not made of the partitions: it is kept.
        Destination::Portable(Target::Wasm) => {
            exporter::wasm::export_with(&bundle.product, bundle.further.clone())
                .map_err(|error| failed(&error))?
        }
        _ => targets::files_of_product(&bundle.product, &order).map_err(|error| failed(&error))?,
    };
    targets::write(&order.directory, &contents).map_err(|error| failed(&error))?;
    Ok(told(&order, &bundle, &before, &contents))
}

/// What is made, with all that the call leaves open as the bundle has it.
fn order(arguments: &RebuildArguments, bundle: &Bundle) -> Result<ExportOrder, MakeError> {
    let made_for = bundle.made_for.as_ref();
    let destination = match (&arguments.target, made_for) {
        (Some(id), _) if arguments.native => targets::native_named(id)?.destination,
        (Some(id), _) => named(id)?,
        (None, None) => Destination::Portable(Target::Wasm),
        (None, Some(made_for)) if made_for.form == MadeForm::Native => {
            targets::native_named(&made_for.board)?.destination
        }
        (None, Some(made_for)) => named(&made_for.board)?,
    };
    let of_bundle = made_for.filter(|_| arguments.target.is_none());
    Ok(ExportOrder {
        destination,
        directory: arguments.output.clone(),
        ecus: match of_bundle {
            Some(made_for) if arguments.ecus.is_empty() => made_for.ecus.clone(),
            _ => arguments.ecus.clone(),
        },
        key: arguments.key.clone(),
        counter: (arguments.counter)
            .unwrap_or_else(|| made_for.map_or(0, |made_for| made_for.counter)),
    })
}

fn named(id: &str) -> Result<Destination, MakeError> {
    match targets::named(id) {
        Some(target) => Ok(target.destination),
        None => Err(exporter::boards::board(id).err().map_or_else(
            || unreachable!("a board is a target: this is a bug"),
            MakeError::from,
        )),
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

fn told(order: &ExportOrder, bundle: &Bundle, before: &Files, after: &Files) -> Outcome {
    let output = order.directory.as_path();
    let in_bundle = |path: &String| before.get(beside(path, bundle));
    let is_same = |path: &String| in_bundle(path) == after.get(path);
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

/// Where the bundle has a file: that of a Linux ECU is one folder of its export.
fn beside<'a>(path: &'a str, bundle: &Bundle) -> &'a str {
    let made_for = bundle.made_for.as_ref();
    let linux = made_for.filter(|made_for| made_for.form == MadeForm::Linux);
    let folder = linux.and_then(|made_for| made_for.ecus.first());
    let inside = folder.and_then(|ecu| path.strip_prefix(ecu.as_str())?.strip_prefix('/'));
    inside.unwrap_or(path)
}
