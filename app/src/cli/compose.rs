//! `wireloom compose PROJECT -o DIR`.

use super::outcome::{Outcome, has_errors, untold};
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
    let opened = match opened_and_composed(&arguments.project) {
        Ok(opened) => opened,
        Err(outcome) => return *outcome,
    };
    let composed = &opened.composed;
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
    .with_warnings(&opened.warnings)
}

/// A project that has no errors, and what it composes to.
pub(super) struct Opened {
    pub(super) project: Project,
    pub(super) composed: Composed,
    /// What was wrong with files, unless a finding says it.
    pub(super) warnings: Vec<String>,
}

/// Reads, checks and composes; what stands in the way is the outcome to show.
pub(super) fn opened_and_composed(path: &std::path::Path) -> Result<Opened, Box<Outcome>> {
    let project = files::open_project(path).map_err(|error| Box::new(Outcome::failed(error)))?;
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    if has_errors(&diagnostics) {
        let outcome = Outcome::diagnosed(&project.document, &diagnostics);
        let warnings = untold(&project.warnings, &diagnostics);
        return Err(Box::new(outcome.with_warnings(&warnings)));
    }
    let project = project.flattened();
    let composed = graph_core::compose::compose(&project.document, &project.library)
        .map_err(|error| Box::new(Outcome::wrong(error)))?;
    let warnings = untold(&project.warnings, &diagnostics);
    Ok(Opened {
        project,
        composed,
        warnings,
    })
}
