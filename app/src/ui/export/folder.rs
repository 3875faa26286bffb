//! Fourth page: the folder, and what is about to be done.

use super::ExportDialog;
use crate::{
    session::{Destination, Session, Target},
    ui::{
        dialogs::{FileDialogs, Question},
        theme,
        widgets::{fact_ui, property_ui, section_ui},
    },
};
use egui::{TextEdit, Ui};
use exporter::boards::Kind;
use std::path::PathBuf;

impl ExportDialog {
    pub(super) fn folder_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        dialogs: &mut dyn FileDialogs,
    ) {
        ui.add_space(theme::GAP);
        property_ui(ui, "Folder", |ui| {
            let width = ui.available_width() - 84.0;
            ui.add(TextEdit::singleline(&mut self.folder).desired_width(width));
            if ui.button("Browse…").clicked() {
                dialogs.ask(Question::ExportFolder, Some(PathBuf::from(&self.folder)));
            }
        });
        section_ui(ui, "WHAT IS WRITTEN");
        let board = self.board();
        let target = match (self.destination, &board) {
            (_, Some(board)) => board.name.as_str(),
            (Destination::Portable(Target::OciLayout), _) => "OCI image layout",
            _ => "Composed components",
        };
        fact_ui(ui, "Target", target);
        let Some(board) = board else {
            return;
        };
        let ecus = match self.chosen_ecus(session) {
            ecus if ecus.is_empty() => "all".to_owned(),
            ecus => ecus.join(", "),
        };
        fact_ui(ui, "ECUs", &ecus);
        if board.kind == Kind::Microcontroller {
            let key = match self.has_own_key {
                true => self.key_file.as_str(),
                false => "development key, which everybody has",
            };
            fact_ui(ui, "Signed with", key);
            fact_ui(ui, "Counter", &self.counter.to_string());
        }
    }
}
