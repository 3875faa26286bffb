//! `wireloom check PROJECT`.

use super::outcome::{Outcome, Status, diagnostics_json, diagnostics_text, has_errors};
use crate::files;
use graph_core::diagnostic::Diagnostic;
use serde_json::json;
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
}

pub(super) fn check(arguments: &CheckArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    let warnings = untold(&project.warnings, &diagnostics);
    let mut text = String::new();
    for warning in &warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    text.push_str(&diagnostics_text(&project.document, &diagnostics));
    Outcome {
        status: if has_errors(&diagnostics) {
            Status::ModelWrong
        } else {
            Status::Fine
        },
        json: json!({
            "project": project.document.name,
            "instances": project.document.instances.len(),
            "connectors": project.document.connectors.len(),
            "diagnostics": diagnostics_json(&project.document, &diagnostics),
            "warnings": warnings,
        }),
        text,
    }
}

/// What was wrong with files, unless a finding says it.
fn untold<'a>(warnings: &'a [String], diagnostics: &[Diagnostic]) -> Vec<&'a str> {
    let is_told = |warning: &str| diagnostics.iter().any(|one| one.message.contains(warning));
    let warnings = warnings.iter().map(String::as_str);
    warnings.filter(|warning| !is_told(warning)).collect()
}
