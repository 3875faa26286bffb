//! Fourth page: the folder, and what is about to be done.

use super::{ExportDialog, target::choice_name};
use crate::{
    session::Session,
    ui::{
        dialogs::{FileDialogs, Question},
        theme::{self, BROWSE_WIDTH},
        widgets::{fact_ui, property_ui, section_ui},
    },
};
use egui::{TextEdit, Ui};
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
            let width = ui.available_width() - BROWSE_WIDTH;
            ui.add(TextEdit::singleline(&mut self.folder).desired_width(width));
            if ui.button("Browse…").clicked() {
                dialogs.ask(Question::ExportFolder, Some(PathBuf::from(&self.folder)));
            }
        });
        section_ui(ui, "WHAT IS WRITTEN");
        let Some(target) = self.target() else {
            return;
        };
        fact_ui(ui, "Target", &choice_name(&target));
        fact_ui(ui, "Form", target.form.writes());
        if target.board.is_none() {
            return;
        }
        let ecus = match self.chosen_ecus(session) {
            ecus if ecus.is_empty() => "all".to_owned(),
            ecus => ecus.join(", "),
        };
        fact_ui(ui, "ECUs", &ecus);
        if target.form.is_signed() {
            let key = match self.has_own_key {
                true => self.key_file.as_str(),
                false => "development key, which everybody has",
            };
            fact_ui(ui, "Signed with", key);
            fact_ui(ui, "Counter", &self.counter.to_string());
        }
    }
}
