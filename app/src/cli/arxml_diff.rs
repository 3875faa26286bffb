//! `wireloom arxml diff PROJECT FILE…`: nothing is written, the window takes it over.

use super::{diff::change_json, merge::conflict_json, outcome::Outcome};
use crate::{
    files,
    import::arxml::{Update, namespace, update},
};
use graph_core::difference::{Merged, merge_choosing};
use serde_json::json;
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct DiffArguments {
    /// Folder or `.wireloom` file of the project
    project: PathBuf,
    /// `.arxml` files of AUTOSAR 4 that make one model together
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn diff(arguments: &DiffArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let (document, library) = (&project.document, &project.library);
    let namespace = match namespace(document, library) {
        Ok(namespace) => namespace,
        Err(error) => return Outcome::failed(error),
    };
    let model = match super::arxml::read(&arguments.files, &namespace) {
        Ok(model) => model,
        Err(outcome) => return *outcome,
    };
    let update = match update(document, library, &model) {
        Ok(update) => update,
        Err(error) => return Outcome::failed(error),
    };
    let ours = update.renamed(document);
    let merged = merge_choosing(&update.base, &ours, &update.theirs, &update.theirs_win);
    told(
        &update,
        &merged,
        &update.changes(document, &merged.document),
    )
}

fn told(update: &Update, merged: &Merged, changes: &[graph_core::difference::Change]) -> Outcome {
    let Update {
        moved, news, notes, ..
    } = update;
    let conflicts = &merged.conflicts;
    let mut text = String::new();
    for one in moved {
        let _ = writeln!(text, "renamed  {} (was {})", one.to, one.from);
    }
    for change in changes {
        let _ = writeln!(text, "{change}");
    }
    for one in news {
        let _ = writeln!(text, "{one}");
    }
    for conflict in conflicts {
        let _ = writeln!(text, "conflict: {conflict}");
    }
    if text.is_empty() {
        text.push_str("no difference in meaning\n");
    }
    for note in notes {
        let _ = writeln!(text, "note: {note}");
    }
    Outcome::fine(
        json!({
            "renamed": moved,
            "changes": changes.iter().map(change_json).collect::<Vec<_>>(),
            "news": news,
            "conflicts": conflicts.iter().map(conflict_json).collect::<Vec<_>>(),
            "notes": notes,
        }),
        text,
    )
}
