//! What would connect a selection, before it does: wires that can mean one thing only, and for
//! each port that several fit a choice.

use super::{
    theme::tokens,
    widgets::{dialog_frame, section_ui},
};
use crate::{canvas::names::end_name, command::Command, session::Session};
use egui::{ComboBox, Id, Modal, RichText, ScrollArea, Ui};
use graph_core::{
    assist::AutoConnection,
    document::{Connector, End},
};
use std::collections::{BTreeMap, BTreeSet};

/// What the user has chosen so far.
#[derive(Debug, Default)]
pub(super) struct ConnectView {
    /// Wires that are not wanted, by their receiver.
    unwanted: BTreeSet<End>,
    /// By receiver: its sender, where several fit.
    chosen: BTreeMap<End, End>,
    was_open: bool,
}

impl ConnectView {
    pub(super) fn ui(&mut self, ui: &Ui, session: &Session) -> Vec<Command> {
        let found = session.view().auto_connection.as_ref();
        let opened = !std::mem::replace(&mut self.was_open, found.is_some());
        let Some(found) = found else {
            return Vec::new();
        };
        if opened {
            self.unwanted.clear();
            self.chosen.clear();
        }
        let mut commands = Vec::new();
        let modal = Modal::new(Id::unique("connect"))
            .frame(dialog_frame(ui))
            .show(ui.ctx(), |ui| {
                ui.set_width(super::theme::DIALOG_WIDTH);
                ui.heading("Connect automatically");
                ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
                    self.wires_ui(ui, session, found);
                    self.ambiguities_ui(ui, session, found);
                    open_ui(ui, session, found);
                });
                ui.separator();
                let wires = self.wires(session, found);
                ui.horizontal(|ui| {
                    let text = match wires.len() {
                        1 => "Connect 1 wire".to_owned(),
                        count => format!("Connect {count} wires"),
                    };
                    if ui
                        .add_enabled(!wires.is_empty(), egui::Button::new(text))
                        .clicked()
                    {
                        commands.push(Command::ConnectAll(wires));
                    }
                    if ui.button("Cancel").clicked() {
                        commands.push(Command::DismissAutoConnection);
                    }
                });
            });
        if modal.should_close() {
            commands.push(Command::DismissAutoConnection);
        }
        commands
    }

    fn wires_ui(&mut self, ui: &mut Ui, session: &Session, found: &AutoConnection) {
        if found.connectors.is_empty() {
            let text = "No wire can mean one thing only";
            ui.label(RichText::new(text).color(tokens(ui).text_faint));
            return;
        }
        section_ui(ui, "WIRES");
        for wire in &found.connectors {
            let mut wanted = !self.unwanted.contains(&wire.to);
            if ui
                .checkbox(&mut wanted, text(session, &wire.from, &wire.to))
                .changed()
            {
                match wanted {
                    true => drop(self.unwanted.remove(&wire.to)),
                    false => drop(self.unwanted.insert(wire.to.clone())),
                }
            }
        }
    }

    fn ambiguities_ui(&mut self, ui: &mut Ui, session: &Session, found: &AutoConnection) {
        if found.ambiguities.is_empty() {
            return;
        }
        section_ui(ui, "SEVERAL FIT");
        for (number, ambiguity) in found.ambiguities.iter().enumerate() {
            let name = end_name(session.document(), &ambiguity.to);
            let words = |from: Option<&End>| match from {
                Some(from) => end_name(session.document(), from),
                None => "nothing".to_owned(),
            };
            let mut chosen = self.chosen.get(&ambiguity.to).cloned();
            ui.horizontal(|ui| {
                ui.name_inputs(format!("Sender of {name}"), |ui| {
                    ComboBox::from_id_salt(("ambiguity", number))
                        .selected_text(words(chosen.as_ref()))
                        .width(230.0)
                        .show_ui(ui, |ui| {
                            ui.selectable_value(&mut chosen, None, "nothing");
                            for from in &ambiguity.from {
                                let text = words(Some(from));
                                ui.selectable_value(&mut chosen, Some(from.clone()), text);
                            }
                        });
                });
                ui.label(format!("to {name}"));
            });
            match chosen {
                Some(from) => drop(self.chosen.insert(ambiguity.to.clone(), from)),
                None => drop(self.chosen.remove(&ambiguity.to)),
            }
        }
    }

    fn wires(&self, session: &Session, found: &AutoConnection) -> Vec<Connector> {
        let certain = found
            .connectors
            .iter()
            .filter(|wire| !self.unwanted.contains(&wire.to))
            .cloned();
        let chosen = self
            .chosen
            .iter()
            .filter_map(|(to, from)| session.wire(from, to).ok());
        certain.chain(chosen).collect()
    }
}

fn open_ui(ui: &mut Ui, session: &Session, found: &AutoConnection) {
    if found.open.is_empty() {
        return;
    }
    section_ui(ui, "NOTHING FITS");
    for end in &found.open {
        let text = end_name(session.document(), end);
        ui.label(RichText::new(text).color(tokens(ui).text_weak));
    }
}

fn text(session: &Session, from: &End, to: &End) -> String {
    let document = session.document();
    format!("{} to {}", end_name(document, from), end_name(document, to))
}
