//! `wireloom [open] [PROJECT]`: the window.

use super::outcome::{Outcome, Status};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct OpenArguments {
    /// Folder or `.wireloom` file, or a composed component
    pub project: Option<PathBuf>,
    /// Says so when the first picture is on the screen
    #[arg(long, hide = true)]
    pub milestones: bool,
}

/// Returns when the window is closed.
pub(super) fn open(arguments: OpenArguments) -> Outcome {
    if let Some(project) = arguments
        .project
        .as_ref()
        .filter(|project| !project.exists())
    {
        return Outcome::failed(format!(
            "there is no command and no project `{}`; `wireloom --help` lists the commands",
            project.display()
        ));
    }
    match crate::ui::open_window(arguments.project, arguments.milestones) {
        Ok(()) => Outcome {
            status: Status::Fine,
            json: serde_json::json!({}),
            text: String::new(),
        },
        Err(error) => Outcome::failed(format!(
            "the window cannot be opened: {error}; without a display use the commands (`wireloom --help`)"
        )),
    }
}
