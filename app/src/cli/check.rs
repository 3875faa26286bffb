//! `wireloom check PROJECT`.

use super::outcome::{
    Outcome, Status, diagnostics_json, diagnostics_text, has_errors, untold, warnings_text,
};
use crate::files;
use serde_json::json;
use std::path::PathBuf;

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
    let mut text = warnings_text(&warnings);
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
