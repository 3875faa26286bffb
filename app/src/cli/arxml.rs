//! `wireloom arxml check FILE…`; `arxml diff` stands in `arxml_diff.rs`.

use super::outcome::{Outcome, Status};
use crate::files;
use arxml::{Defect, Model, Source, Unmapped};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(super) enum ArxmlAction {
    /// Tell what AUTOSAR descriptions hold, what is wrong in them, and what has no counterpart here
    Check(CheckArguments),
    /// Tell what AUTOSAR descriptions would change in a project
    Diff(super::arxml_diff::DiffArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// `.arxml` files of AUTOSAR 4 that make one model together
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Namespace of the WIT packages where no project gives it.
const NAMESPACE: &str = "vehicle";
/// Paths that the text names for each reason; JSON has all.
const NAMED: usize = 3;

pub(super) fn arxml(action: &ArxmlAction) -> Outcome {
    match action {
        ArxmlAction::Check(arguments) => match read(&arguments.files, NAMESPACE) {
            Ok(model) => checked(&model),
            Err(outcome) => *outcome,
        },
        ArxmlAction::Diff(arguments) => super::arxml_diff::diff(arguments),
    }
}

/// The model of these files.
pub(super) fn read(paths: &[PathBuf], namespace: &str) -> Result<Model, Box<Outcome>> {
    let mut contents = Vec::new();
    for path in paths {
        let bytes = files::read_arxml(path).map_err(|error| Box::new(Outcome::failed(error)))?;
        contents.push((path.display().to_string(), bytes));
    }
    let sources: Vec<Source<'_>> = contents
        .iter()
        .map(|(name, bytes)| Source { name, bytes })
        .collect();
    arxml::read(&sources, namespace).map_err(|error| Box::new(Outcome::wrong(error)))
}

fn checked(model: &Model) -> Outcome {
    let mut text = told(model);
    let _ = writeln!(text, "{}", summary(model));
    Outcome {
        status: match model.defects.is_empty() {
            true => Status::Fine,
            false => Status::ModelWrong,
        },
        json: match serde_json::to_value(model) {
            Ok(value) => value,
            Err(error) => return Outcome::failed(error),
        },
        text,
    }
}

fn summary(model: &Model) -> String {
    let count = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    // The first is `autosar:rte`, which none of the files describes.
    let packages = model.packages.len().saturating_sub(1);
    format!(
        "{}, {}, {}, {} not taken over",
        count(packages, "WIT package"),
        count(model.components.len(), "component"),
        count(model.defects.len(), "defect"),
        count(model.unmapped.len(), "element"),
    )
}

/// What is wrong, and what is not taken over: a line for each reason with the first paths.
pub(super) fn told(model: &Model) -> String {
    let mut text = String::new();
    for defect in &model.defects {
        let _ = writeln!(text, "warning: {}", place(defect));
    }
    let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for Unmapped { path, what, why } in &model.unmapped {
        let kind = what.split(' ').next().unwrap_or_default();
        reasons.entry((kind, why)).or_default().push(path);
    }
    for ((what, why), paths) in reasons {
        let first = paths.iter().take(NAMED).copied().collect::<Vec<_>>();
        let more = match paths.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(
            text,
            "not taken over: {what}: {why} ({}{more})",
            first.join(", ")
        );
    }
    text
}

fn place(defect: &Defect) -> String {
    let mut text = String::new();
    if let Some(place) = &defect.place {
        let _ = write!(text, "{}:{}: ", place.file, place.line);
    }
    if !defect.path.is_empty() {
        let _ = write!(text, "{}: ", defect.path);
    }
    text + &defect.message
}
