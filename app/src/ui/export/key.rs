//! Third page, for microcontrollers: the key that signs, which the device will trust.

use super::{ExportDialog, fit::refusal_ui};
use crate::{
    command::Command,
    session::{Session, Work},
    ui::{
        dialogs::{FileDialogs, Question},
        icons::{Icon, icon_ui},
        theme::{self, tokens},
        widgets::property_ui,
    },
};
use egui::{DragValue, Frame, Margin, RichText, TextEdit, Ui};
use std::path::{Path, PathBuf};

impl ExportDialog {
    pub(super) fn key_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        dialogs: &mut dyn FileDialogs,
    ) -> Vec<Command> {
        ui.label("A device runs only what is signed with the key that its image names.");
        ui.add_space(theme::GAP);
        ui.radio_value(&mut self.has_own_key, false, "Development key");
        if !self.has_own_key {
            development_ui(ui);
        }
        ui.radio_value(&mut self.has_own_key, true, "A key of yours");
        let mut commands = Vec::new();
        if self.has_own_key {
            ui.indent("own key", |ui| {
                commands = self.own_key_ui(ui, session, dialogs);
            });
        }
        ui.add_space(theme::GAP);
        property_ui(ui, "Counter", |ui| {
            let counter = ui.add(DragValue::new(&mut self.counter));
            counter.on_hover_text("Against going back: a device that has confirmed an image takes none with a lower counter")
        });
        commands
    }

    fn own_key_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        dialogs: &mut dyn FileDialogs,
    ) -> Vec<Command> {
        let mut commands = Vec::new();
        property_ui(ui, "Private key", |ui| {
            let width = ui.available_width() - theme::BROWSE_WIDTH;
            ui.add(TextEdit::singleline(&mut self.key_file).desired_width(width));
            if ui.button("Browse…").clicked() {
                let folder = Path::new(&self.key_file).parent().map(PathBuf::from);
                dialogs.ask(Question::SigningKey, folder);
            }
        });
        let is_named = !self.key_file.trim().is_empty();
        let make = ui
            .add_enabled(is_named, egui::Button::new("Make a new key"))
            .on_hover_text("Writes a new pair of keys to this file, and the public one beside it");
        if make.clicked() {
            commands.push(Command::MakeKey(PathBuf::from(self.key_file.trim())));
        }
        match &session.view().export.key {
            Work::Nothing | Work::Going => {}
            Work::Failed(reason) => refusal_ui(ui, reason),
            Work::Done(key) => {
                ui.label(format!(
                    "Key {} is made. Keep {} secret: who has it signs for your devices.",
                    key.id,
                    key.private_path.display()
                ));
                ui.label(format!("Public key: {}", key.public_path.display()));
            }
        }
        commands
    }
}

/// Loud: whoever reads this page must not overlook it.
fn development_ui(ui: &mut Ui) {
    let tokens = tokens(ui);
    let frame = Frame::new()
        .fill(tokens.warning_soft)
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::symmetric(10, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            icon_ui(ui, Icon::Warning, tokens.warning);
            ui.label(RichText::new(payload::DEVELOPMENT_MARK).strong());
        });
        ui.label("Good for virtual boards and desks. Never for a vehicle.");
    });
}
