//! `wireloom merge BASE OURS THEIRS -o OUT`, also as git's merge driver.

use super::outcome::{Outcome, Status};
use crate::files::{self, FilesError};
use graph_core::{
    difference::{self, Conflict, Merged, Outcome as Kept},
    document::Document,
    file,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct MergeArguments {
    /// The version that both come from: folder, `.wireloom` or `.layout` file
    base: PathBuf,
    /// Where both changed the same thing differently, this one's stays
    ours: PathBuf,
    theirs: PathBuf,
    /// The merged file; may be one of the three
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What one of the three files is.
struct Version {
    path: PathBuf,
    text: String,
}

pub(super) fn merge(arguments: &MergeArguments) -> Outcome {
    match merged(arguments) {
        Ok(outcome) => outcome,
        Err(error) => Outcome::failed(error),
    }
}

fn merged(arguments: &MergeArguments) -> Result<Outcome, FilesError> {
    let read = |path: &PathBuf| {
        let path = files::project_file(path)?;
        let text = files::read_project_text(&path)?;
        Ok::<_, FilesError>(Version { path, text })
    };
    let versions = [
        read(&arguments.base)?,
        read(&arguments.ours)?,
        read(&arguments.theirs)?,
    ];
    if versions[1..].iter().all(|one| file::is_layout(&one.text)) {
        let text = layouts(&versions)?;
        files::write_atomically(&arguments.output, text.as_bytes())?;
        return Ok(told(arguments, &[]));
    }
    let [base, ours, theirs] = [&versions[0], &versions[1], &versions[2]].map(document);
    let Merged {
        document,
        conflicts,
    } = difference::merge(&base?, &ours?, &theirs?);
    let mut text: String = conflicts
        .iter()
        .map(|conflict| format!("# conflict: {conflict}\n"))
        .collect();
    text.push_str(&file::write(&document));
    files::write_atomically(&arguments.output, text.as_bytes())?;
    merge_beside(&versions, &arguments.output)?;
    Ok(told(arguments, &conflicts))
}

fn document(version: &Version) -> Result<Document, FilesError> {
    match version.text.trim().is_empty() {
        true => Ok(Document::default()),
        false => Ok(file::read(&version.text, &version.path.to_string_lossy())?),
    }
}

/// The layouts that stand beside the projects, if all have one.
fn merge_beside(versions: &[Version; 3], output: &Path) -> Result<(), FilesError> {
    let beside = versions.each_ref().map(|one| files::layout_path(&one.path));
    if !beside.iter().all(|path| path.exists()) {
        return Ok(());
    }
    let mut read = Vec::new();
    for path in beside {
        let text = files::read_project_text(&path)?;
        read.push(Version { path, text });
    }
    if let Ok(read) = <[Version; 3]>::try_from(read) {
        let text = layouts(&read)?;
        files::write_atomically(&files::layout_path(output), text.as_bytes())?;
    }
    Ok(())
}

fn layouts(versions: &[Version; 3]) -> Result<String, FilesError> {
    let names = versions.each_ref().map(|one| one.path.to_string_lossy());
    let empty = format!("format = {}\n", file::FORMAT);
    // git gives an empty file for a base that is not there.
    let text = |version: &Version| match version.text.trim().is_empty() {
        true => empty.clone(),
        false => version.text.clone(),
    };
    let texts = versions.each_ref().map(text);
    let one = |number: usize| {
        let text = texts.get(number).map_or("", String::as_str);
        (text, names.get(number).map_or("", |name| &**name))
    };
    Ok(file::merge_layouts(one(0), one(1), one(2))?)
}

fn told(arguments: &MergeArguments, conflicts: &[Conflict]) -> Outcome {
    let output = arguments.output.display();
    let mut text: String = conflicts
        .iter()
        .map(|conflict| format!("conflict: {conflict}\n"))
        .collect();
    text.push_str(&match conflicts.len() {
        0 => format!("merged into {output}\n"),
        1 => format!("1 conflict; look at {output} before you go on\n"),
        count => format!("{count} conflicts; look at {output} before you go on\n"),
    });
    Outcome {
        status: match conflicts.is_empty() {
            true => Status::Fine,
            false => Status::ModelWrong,
        },
        json: json!({
            "output": arguments.output,
            "conflicts": conflicts.iter().map(conflict_json).collect::<Vec<_>>(),
        }),
        text,
    }
}

pub(super) fn conflict_json(conflict: &Conflict) -> Value {
    json!({
        "what": conflict.section.word(),
        "name": conflict.name,
        "property": conflict.property,
        "base": conflict.base,
        "ours": conflict.ours,
        "theirs": conflict.theirs,
        "kept": match conflict.outcome {
            Kept::KeptOurs => "ours",
            Kept::KeptTheirs => "theirs",
            Kept::KeptInUse => "in-use",
            Kept::KeptOursWhole(_) => "ours-whole",
        },
        "message": conflict.to_string(),
    })
}
