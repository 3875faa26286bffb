//! `wireloom reopen FILE.wasm… -o PROJECT`.

use super::outcome::Outcome;
use crate::files::{self, FilesError};
use autosar_wit::names;
use graph_core::{
    file::{self, EXTENSION, LAYOUT_EXTENSION},
    reopen::Reopened,
};
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ReopenArguments {
    /// Composed components; several partitions of one project become one project
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Folder for the project; made if it is not there
    #[arg(short, long)]
    output: PathBuf,
}

pub(super) fn reopen(arguments: &ReopenArguments) -> Outcome {
    let folder = &arguments.output;
    if files::project_file(folder).is_ok() {
        return Outcome::failed(format!(
            "there is a project in `{}` already; choose another folder",
            folder.display()
        ));
    }
    match files::reopen(&arguments.files) {
        Ok(reopened) => match write(arguments, &reopened) {
            Ok(names) => told(arguments, &reopened, &names),
            Err(error) => Outcome::failed(error),
        },
        Err(error) => Outcome::failed(error),
    }
}

/// The names of what was written.
fn write(arguments: &ReopenArguments, reopened: &Reopened) -> Result<Vec<String>, FilesError> {
    let Reopened {
        document,
        files: parts,
        ..
    } = reopened;
    let folder = &arguments.output;
    files::write_parts(folder, parts)?;
    // The name comes from a file that anybody can have made: it names no folder.
    let name = names::to_label(&document.name);
    let texts = BTreeMap::from([
        (format!("{name}.{EXTENSION}"), file::write(document)),
        (
            format!("{name}.{LAYOUT_EXTENSION}"),
            file::write_layout(document),
        ),
    ]);
    let mut names: Vec<String> = parts.keys().chain(texts.keys()).cloned().collect();
    names.sort();
    let texts = texts.into_iter();
    let contents = texts
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    files::write_all(folder, &contents)?;
    Ok(names)
}

fn told(arguments: &ReopenArguments, reopened: &Reopened, names: &[String]) -> Outcome {
    let document = &reopened.document;
    let (instances, connectors) = (document.instances.len(), document.connectors.len());
    let mut text = String::new();
    for note in &reopened.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = writeln!(
        text,
        "made {} ({instances} instances, {connectors} connectors)",
        arguments.output.display(),
    );
    Outcome::fine(
        json!({
            "directory": arguments.output,
            "files": names,
            "instances": instances,
            "connectors": connectors,
            "notes": reopened.notes,
        }),
        text,
    )
}
