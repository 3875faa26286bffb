//! `wireloom export PROJECT --target wasm|oci-layout -o DIR`.

use super::{
    outcome::{Outcome, has_errors},
    progress,
};
use crate::{export as product, files, session::Target};
use serde_json::json;
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value = "wasm")]
    target: TargetName,
    /// Folder for the files; made if it is not there
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TargetName {
    /// Composed components, system file, WIT, bill of materials, report
    Wasm,
    /// OCI image layout folder: one image a partition
    OciLayout,
}

pub(super) fn export(arguments: &ExportArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    if has_errors(&diagnostics) {
        return Outcome::diagnosed(&project.document, &diagnostics);
    }
    let target = match arguments.target {
        TargetName::Wasm => Target::Wasm,
        TargetName::OciLayout => Target::OciLayout,
    };
    let bar = progress::spinner("Exporting");
    let contents = product::contents(&project.document, &project.library, target);
    bar.finish_and_clear();
    let contents = match contents {
        Ok(contents) => contents,
        Err(error) => return Outcome::wrong(error),
    };
    if let Err(error) = files::write_all(&arguments.output, &contents) {
        return Outcome::failed(error);
    }
    let mut text = String::new();
    for (name, bytes) in &contents {
        let _ = writeln!(
            text,
            "{:>9} bytes  {}",
            bytes.len(),
            arguments.output.join(name).display()
        );
    }
    let listed = contents
        .iter()
        .map(|(name, bytes)| json!({ "path": name, "size_bytes": bytes.len() }));
    Outcome::fine(
        json!({ "directory": arguments.output, "files": listed.collect::<Vec<_>>() }),
        text,
    )
}
