//! The offer of an adapter: how two ports differ, and the mapping that would lead from one to the other,
//! to be looked at and confirmed before it is inserted.

use super::{
    inspector::{InspectorView, mapping::mapping_ui},
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, section_ui},
};
use crate::{canvas::names::end_name, command::Command, session::Session};
use autosar_wit::mapping::Mapping;
use egui::{Id, Modal, RichText, ScrollArea, Ui};

/// The mapping as the user has changed it.
#[derive(Debug, Default)]
pub(super) struct AdapterView {
    mapping: Mapping,
    texts: InspectorView,
    was_open: bool,
}

impl AdapterView {
    pub(super) fn ui(&mut self, ui: &Ui, session: &Session) -> Vec<Command> {
        let draft = session.view().adapter.as_ref();
        let opened = !std::mem::replace(&mut self.was_open, draft.is_some());
        let Some(draft) = draft else {
            return Vec::new();
        };
        if opened {
            self.mapping = draft.connector.adapter.clone().unwrap_or_default();
            self.texts = InspectorView::default();
        }
        let Some(ports) = session.adapter_ports(&draft.connector) else {
            return vec![Command::DismissAdapter];
        };
        let resolution = ports.resolve(&self.mapping);
        let is_sound = resolution.adaptation.is_ok();
        let mut commands = Vec::new();
        let modal = Modal::new(Id::unique("adapter"))
            .frame(dialog_frame(ui))
            .show(ui.ctx(), |ui| {
                ui.set_width(theme::DIALOG_WIDTH);
                ui.heading("Insert an adapter");
                let document = session.document();
                let (from, to) = (&draft.connector.from, &draft.connector.to);
                let ends = format!("{} → {}", end_name(document, from), end_name(document, to));
                ui.label(RichText::new(ends).color(tokens(ui).text_weak));
                ScrollArea::vertical().max_height(460.0).show(ui, |ui| {
                    if !draft.reasons.is_empty() {
                        section_ui(ui, "DIFFERENCES");
                        for reason in &draft.reasons {
                            ui.label(RichText::new(reason).size(theme::TEXT_SMALL));
                        }
                    }
                    section_ui(ui, "MAPPING");
                    let changed = mapping_ui(ui, &mut self.texts, &self.mapping, &resolution);
                    if let Some(changed) = changed {
                        self.mapping = changed;
                    }
                });
                ui.separator();
                commands.extend(self.buttons_ui(ui, is_sound));
            });
        if modal.should_close() {
            commands.push(Command::DismissAdapter);
        }
        commands
    }

    fn buttons_ui(&mut self, ui: &mut Ui, is_sound: bool) -> Vec<Command> {
        let open = self.mapping.to_confirm().count();
        let words = match (is_sound, open) {
            (false, _) => "A rule is missing or wrong",
            (true, 0) => "",
            (true, _) => "Look at what was guessed, and confirm it",
        };
        if !words.is_empty() {
            ui.label(RichText::new(words).color(tokens(ui).text_weak));
        }
        let mut commands = Vec::new();
        ui.horizontal(|ui| {
            if main_button_ui(ui, is_sound && open == 0, "Insert adapter").clicked() {
                commands.push(Command::InsertAdapter(self.mapping.clone()));
            }
            let confirm = egui::Button::new("Confirm all");
            if ui.add_enabled(open > 0, confirm).clicked() {
                self.mapping = self.mapping.confirmed();
            }
            if ui.button("Cancel").clicked() {
                commands.push(Command::DismissAdapter);
            }
        });
        commands
    }
}
