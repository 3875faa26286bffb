//! Commands by name: what is typed finds them, Enter does the first.

use super::{
    keys::shortcut_text,
    theme::{self, tokens},
    widgets::dialog_frame,
};
use crate::{
    command::{self, Command, Entry},
    session::Session,
};
use egui::{Align2, Button, Id, Key, Modal, RichText, TextEdit, Ui};

/// What the palette remembers.
#[derive(Debug, Default)]
pub(super) struct PaletteView {
    text: String,
    chosen: usize,
    was_open: bool,
}

impl PaletteView {
    pub(super) fn ui(&mut self, ui: &Ui, session: &Session) -> Vec<Command> {
        let opened = !std::mem::replace(&mut self.was_open, session.view().palette_open);
        if !session.view().palette_open {
            return Vec::new();
        }
        if opened {
            (self.text, self.chosen) = (String::new(), 0);
        }
        let mut commands = Vec::new();
        let area =
            Modal::default_area(Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 90.0]);
        let modal = Modal::new(Id::unique("palette"))
            .frame(dialog_frame(ui))
            .area(area)
            .show(ui.ctx(), |ui| {
                ui.set_width(theme::PALETTE_WIDTH);
                let edit = TextEdit::singleline(&mut self.text)
                    .hint_text("Type a command")
                    .desired_width(f32::INFINITY);
                let field = ui.add(edit);
                field.request_focus();
                let found = found(&self.text, session);
                self.choose(ui, found.len());
                ui.add_space(theme::GAP_SMALL);
                for (position, entry) in found.iter().enumerate() {
                    let enabled = (entry.enabled)(session);
                    if entry_ui(ui, entry, enabled, position == self.chosen) && enabled {
                        commands.push(entry.command.clone());
                    }
                }
                if found.is_empty() {
                    ui.label(
                        RichText::new("No command has this name").color(tokens(ui).text_faint),
                    );
                }
                if ui.input(|input| input.key_pressed(Key::Enter))
                    && let Some(entry) = found
                        .get(self.chosen)
                        .filter(|entry| (entry.enabled)(session))
                {
                    commands.push(entry.command.clone());
                }
            });
        if !commands.is_empty() || modal.should_close() {
            commands.push(Command::Palette);
        }
        commands
    }

    fn choose(&mut self, ui: &Ui, count: usize) {
        let (down, up) = ui.input(|input| {
            (
                input.key_pressed(Key::ArrowDown),
                input.key_pressed(Key::ArrowUp),
            )
        });
        self.chosen = (self.chosen + usize::from(down))
            .saturating_sub(usize::from(up))
            .min(count.saturating_sub(1));
    }
}

/// Entries with all the words, those that begin with the text first.
fn found(text: &str, _: &Session) -> Vec<Entry> {
    let text = text.to_lowercase();
    let mut found: Vec<Entry> = command::all()
        .into_iter()
        .filter(|entry| entry.command != Command::Palette)
        .filter(|entry| {
            text.split_whitespace()
                .all(|word| entry.text.to_lowercase().contains(word))
        })
        .collect();
    found.sort_by_key(|entry| !entry.text.to_lowercase().starts_with(&text));
    found.truncate(12);
    found
}

fn entry_ui(ui: &mut Ui, entry: &Entry, enabled: bool, is_chosen: bool) -> bool {
    let shortcut = entry.shortcut.map(shortcut_text).unwrap_or_default();
    let button = Button::new(entry.text)
        .shortcut_text(shortcut)
        .selected(is_chosen)
        .frame_when_inactive(is_chosen);
    let button = button.min_size(egui::vec2(ui.available_width(), 28.0));
    ui.add_enabled(enabled, button)
        .on_hover_text(entry.tooltip)
        .clicked()
}
