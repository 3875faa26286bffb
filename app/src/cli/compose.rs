//! `wireloom compose PROJECT -o DIR`.

use super::outcome::{Outcome, has_errors};
use crate::files::{self, Project};
use graph_core::compose::Composed;
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ComposeArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// Folder for the partitions and the system file; made if it is not there
    #[arg(short, long)]
    output: PathBuf,
}

pub(super) fn compose(arguments: &ComposeArguments) -> Outcome {
    let (_, composed) = match opened_and_composed(&arguments.project) {
        Ok(both) => both,
        Err(outcome) => return *outcome,
    };
    let mut contents: BTreeMap<String, Vec<u8>> = composed
        .partitions
        .iter()
        .map(|partition| (partition.file_name.clone(), partition.bytes.clone()))
        .collect();
    contents.insert(
        deployment::SYSTEM_FILE.to_string(),
        composed.system.to_text().into_bytes(),
    );
    if let Err(error) = files::write_all(&arguments.output, &contents) {
        return Outcome::failed(error);
    }
    let partitions = composed.partitions.iter().map(|partition| {
        json!({
            "ecu": partition.ecu,
            "partition": partition.name,
            "file": partition.file_name,
            "size_bytes": partition.bytes.len(),
            "instances": partition.deployment.instances.len(),
            "tasks": partition.deployment.tasks.iter().map(|task| &task.name).collect::<Vec<_>>(),
        })
    });
    let mut text = String::new();
    for (name, bytes) in &contents {
        let _ = writeln!(
            text,
            "{:>9} bytes  {}",
            bytes.len(),
            arguments.output.join(name).display()
        );
    }
    Outcome::fine(
        json!({
            "directory": arguments.output,
            "system": deployment::SYSTEM_FILE,
            "partitions": partitions.collect::<Vec<_>>(),
        }),
        text,
    )
}

/// Reads, checks and composes; what stands in the way is the outcome to show.
pub(super) fn opened_and_composed(
    path: &std::path::Path,
) -> Result<(Project, Composed), Box<Outcome>> {
    let project = files::open_project(path).map_err(|error| Box::new(Outcome::failed(error)))?;
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    if has_errors(&diagnostics) {
        return Err(Box::new(Outcome::diagnosed(
            &project.document,
            &diagnostics,
        )));
    }
    let composed = graph_core::compose::compose(&project.document, &project.library)
        .map_err(|error| Box::new(Outcome::wrong(error)))?;
    Ok((project, composed))
}
