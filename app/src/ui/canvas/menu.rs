//! The menu of the second button: commands of the list that suit what is selected.

use crate::{command::Command, session::Session};
use egui::{Button, Response};
use graph_core::document::Subject;

const ENTRIES: [&str; 11] = [
    "edit.cut",
    "edit.copy",
    "edit.paste",
    "edit.duplicate",
    "edit.delete",
    "edit.delete-heal",
    "view.fit-selection",
    "view.fit",
    "view.arrange",
    "edit.select-all",
    "file.add-components",
];

pub(super) fn show(background: &Response, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    background.context_menu(|ui| {
        if let [Subject::Connector(id)] = session.selection().iter().collect::<Vec<_>>().as_slice()
            && let Some(connector) = session.document().connectors.get(id)
        {
            let text = if connector.probe {
                "Remove the probe"
            } else {
                "Add a probe"
            };
            if ui.button(text).clicked() {
                commands.push(Command::ToggleProbe(*id));
            }
            ui.separator();
        }
        for entry in ENTRIES.iter().filter_map(|id| session.command(id)) {
            let shortcut = entry
                .shortcut
                .map(crate::ui::keys::shortcut_text)
                .unwrap_or_default();
            let button = Button::new(entry.text).shortcut_text(shortcut);
            if ui.add_enabled((entry.enabled)(session), button).clicked() {
                commands.push(entry.command);
                ui.close();
            }
        }
    });
    commands
}
