//! The export dialog: what to write, and where to.

use super::{
    dialogs::{FileDialogs, Question},
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, property_ui},
};
use crate::{
    command::Command,
    session::{Session, Target},
};
use egui::{Id, Modal, RichText, TextEdit, Ui};
use std::path::PathBuf;

/// What the dialog remembers.
#[derive(Debug)]
pub(super) struct ExportDialog {
    target: Target,
    folder: String,
}

impl Default for ExportDialog {
    fn default() -> ExportDialog {
        ExportDialog {
            target: Target::Wasm,
            folder: String::new(),
        }
    }
}

const TARGETS: [(Target, &str, &str); 2] = [
    (
        Target::Wasm,
        "Composed components",
        "One .wasm a partition, the system file and a report; any WebAssembly host runs it",
    ),
    (
        Target::OciLayout,
        "OCI image layout",
        "A folder that registries and fleet tools take as it is",
    ),
];

impl ExportDialog {
    pub(super) fn ui(
        &mut self,
        ui: &Ui,
        session: &Session,
        dialogs: &mut dyn FileDialogs,
    ) -> Vec<Command> {
        if !session.view().export_open {
            return Vec::new();
        }
        if self.folder.is_empty() {
            self.folder = default_folder(session);
        }
        let mut commands = Vec::new();
        let modal = Modal::new(Id::unique("export"))
            .frame(dialog_frame(ui))
            .show(ui.ctx(), |ui| {
                ui.set_width(theme::DIALOG_WIDTH);
                ui.heading("Export");
                ui.add_space(theme::GAP);
                for (target, name, text) in TARGETS {
                    ui.radio_value(&mut self.target, target, name);
                    ui.indent(name, |ui| {
                        ui.label(
                            RichText::new(text)
                                .size(theme::TEXT_SMALL)
                                .color(tokens(ui).text_weak),
                        )
                    });
                }
                ui.add_space(theme::GAP);
                property_ui(ui, "Folder", |ui| {
                    ui.add(
                        TextEdit::singleline(&mut self.folder)
                            .desired_width(ui.available_width() - 84.0),
                    );
                    if ui.button("Browse…").clicked() {
                        dialogs.ask(Question::ExportFolder, Some(PathBuf::from(&self.folder)));
                    }
                });
                ui.add_space(theme::GAP_LARGE);
                ui.horizontal(|ui| {
                    let ready = session.can_compose() && !self.folder.trim().is_empty();
                    if main_button_ui(ui, ready, "Export").clicked() {
                        commands.push(Command::ExportTo {
                            target: self.target,
                            directory: PathBuf::from(self.folder.trim()),
                        });
                    }
                    if ui.button("Cancel").clicked() {
                        commands.push(Command::Export);
                    }
                    if !session.can_compose() {
                        ui.label(
                            RichText::new("Errors are in the way: see Problems")
                                .color(tokens(ui).error),
                        );
                    }
                });
            });
        if modal.should_close() && commands.is_empty() {
            commands.push(Command::Export);
        }
        commands
    }

    /// The folder that the user picked.
    pub(super) fn choose(&mut self, paths: Vec<PathBuf>) {
        if let Some(path) = paths.first() {
            self.folder = path.display().to_string();
        }
    }
}

/// `export` beside the project.
fn default_folder(session: &Session) -> String {
    let beside = session
        .path()
        .and_then(|path| path.parent())
        .map(|folder| folder.join("export"));
    beside
        .map(|folder| folder.display().to_string())
        .unwrap_or_default()
}
