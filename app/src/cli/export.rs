//! `wireloom export PROJECT --target wasm|oci-layout -o DIR`.

use super::{
    outcome::{Outcome, has_errors, untold},
    progress,
};
use crate::{export as product, files, session::Target};
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value = "wasm")]
    target: TargetName,
    /// Folder for the files; made if it is not there. With `oci-layout` a name that ends in `.tar`
    /// is one archive of them
    #[arg(short, long)]
    output: PathBuf,
    /// Also write each partition as a command for stock `wasmtime run`, which calls its tasks for
    /// so long and prints its frames: `10s`
    #[arg(long, value_name = "TIME")]
    command: Option<String>,
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
    let warnings = untold(&project.warnings, &diagnostics);
    if has_errors(&diagnostics) {
        return Outcome::diagnosed(&project.document, &diagnostics).with_warnings(&warnings);
    }
    let target = match arguments.target {
        TargetName::Wasm => Target::Wasm,
        TargetName::OciLayout => Target::OciLayout,
    };
    let bar = progress::spinner("Exporting");
    let contents = product::contents(&project.document, &project.library, target);
    bar.finish_and_clear();
    let mut contents = match contents {
        Ok(contents) => contents,
        Err(error) => return Outcome::wrong(error),
    };
    let refused = match add_commands(arguments, &project, &mut contents) {
        Ok(refused) => refused,
        Err(outcome) => return *outcome,
    };
    if let Err(outcome) = write(arguments, &contents) {
        return *outcome;
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
    for reason in &refused {
        let _ = writeln!(text, "no command: {reason}");
    }
    let listed = contents
        .iter()
        .map(|(name, bytes)| json!({ "path": name, "size_bytes": bytes.len() }));
    let mut json = json!({ "directory": arguments.output, "files": listed.collect::<Vec<_>>() });
    if let (true, Some(fields)) = (arguments.command.is_some(), json.as_object_mut()) {
        fields.insert("no_command".to_string(), json!(refused));
    }
    Outcome::fine(json, text).with_warnings(&warnings)
}

/// A folder, or an archive where that was asked for.
fn write(
    arguments: &ExportArguments,
    contents: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Box<Outcome>> {
    let ends_in_tar = arguments
        .output
        .extension()
        .is_some_and(|ending| ending == "tar");
    let written = match ends_in_tar && arguments.target == TargetName::OciLayout {
        true => {
            let bytes = exporter::archive::tar(contents)
                .map_err(|error| Box::new(Outcome::wrong(error)))?;
            files::write_atomically(&arguments.output, &bytes)
        }
        false => files::write_all(&arguments.output, contents),
    };
    written.map_err(|error| Box::new(Outcome::failed(error)))
}

/// Adds the commands that were asked for; the partitions that cannot be one say why.
fn add_commands(
    arguments: &ExportArguments,
    project: &files::Project,
    contents: &mut BTreeMap<String, Vec<u8>>,
) -> Result<Vec<String>, Box<Outcome>> {
    let Some(text) = &arguments.command else {
        return Ok(Vec::new());
    };
    let until_ns =
        simulator::parse_duration_ns(text).map_err(|error| Box::new(Outcome::failed(error)))?;
    let commands = product::commands(&project.document, &project.library, until_ns)
        .map_err(|error| Box::new(Outcome::wrong(error)))?;
    let mut refused = Vec::new();
    for (file, command) in commands {
        match command {
            Ok(bytes) => {
                contents.insert(file, bytes);
            }
            Err(error) => refused.push(error.to_string()),
        }
    }
    Ok(refused)
}
