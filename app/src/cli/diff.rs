//! `wireloom diff BEFORE AFTER`, also as git's external diff.

use super::outcome::Outcome;
use crate::files;
use graph_core::difference::{Change, Kind, compare};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct DiffArguments {
    /// Folder or `.wireloom` file of the version before and of the one after; or what git gives an
    /// external diff: path, old file, hash and mode, new file, hash and mode
    #[arg(num_args = 2..=9, required = true, value_name = "BEFORE AFTER")]
    versions: Vec<PathBuf>,
}

pub(super) fn diff(arguments: &DiffArguments) -> Outcome {
    let (before, after) = match arguments.versions.as_slice() {
        [before, after] => (before, after),
        [_, before, _, _, after, _, _, ..] => (before, after),
        other => {
            return Outcome::failed(format!(
                "{} paths are no two versions; give the one before and the one after",
                other.len()
            ));
        }
    };
    let read = |path: &PathBuf| files::read_document(path);
    let (before, after) = match (read(before), read(after)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(error), _) | (_, Err(error)) => return Outcome::failed(error),
    };
    let changes = compare(&before, &after);
    let text = match changes.is_empty() {
        true => "no difference in meaning\n".to_owned(),
        false => changes.iter().map(|change| format!("{change}\n")).collect(),
    };
    let json = json!({ "changes": changes.iter().map(change_json).collect::<Vec<_>>() });
    Outcome::fine(json, text)
}

pub(super) fn change_json(change: &Change) -> Value {
    let (from, to) = match &change.kind {
        Kind::Added(value) => (None, value.as_deref()),
        Kind::Removed(value) => (value.as_deref(), None),
        Kind::Changed { from, to } => (Some(from.as_str()), Some(to.as_str())),
        Kind::Renamed { from } => (Some(from.as_str()), Some(change.new_name())),
    };
    json!({
        "change": change.kind.word(),
        "what": change.section.word(),
        "name": change.name,
        "property": change.property,
        "from": from,
        "to": to,
    })
}
