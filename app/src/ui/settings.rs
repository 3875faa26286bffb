//! The settings: theme, scale, and the keys of every command.

use super::{
    keys::{captured, shortcut_text},
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, name_field, property_ui, section_ui},
};
use crate::{
    command::{self, Command, Entry},
    session::{SCALES, Session, Theme},
};
use egui::{Align, Id, Key, Layout, Modal, RichText, ScrollArea, TextEdit, Ui};

/// What the settings remember while they are open.
#[derive(Debug, Default)]
pub(super) struct SettingsView {
    filter: String,
    /// The command that waits for keys.
    waiting: Option<&'static str>,
    /// Why the last keys were not taken, or from which command they were.
    said: Option<String>,
}

impl SettingsView {
    pub(super) fn ui(&mut self, ui: &Ui, session: &Session) -> Vec<Command> {
        if !session.view().settings {
            *self = SettingsView::default();
            return Vec::new();
        }
        let mut commands = self.take_keys(ui, session);
        let modal = Modal::new(Id::unique("settings"))
            .frame(dialog_frame(ui))
            .show(ui.ctx(), |ui| {
                ui.set_width(theme::SETTINGS_WIDTH);
                ui.heading("Settings");
                section_ui(ui, "LOOK");
                commands.extend(look_ui(ui, session));
                section_ui(ui, "KEYS");
                commands.extend(self.keys_ui(ui, session));
                ui.add_space(theme::GAP);
                ui.horizontal(|ui| {
                    if ui
                        .button("Reset all keys")
                        .on_hover_text(
                            "Every command gets back the keys that it has at the first start",
                        )
                        .clicked()
                    {
                        commands.push(Command::ResetShortcuts);
                        self.said = None;
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if main_button_ui(ui, true, "Close").clicked() {
                            commands.push(Command::Settings);
                        }
                    });
                });
            });
        let is_waiting = self.waiting.is_some();
        if modal.should_close() && !is_waiting && !commands.contains(&Command::Settings) {
            commands.push(Command::Settings);
        }
        commands
    }

    /// The next keys are the waiting command's; Escape leaves all as it is.
    fn take_keys(&mut self, ui: &Ui, session: &Session) -> Vec<Command> {
        let Some(id) = self.waiting else {
            return Vec::new();
        };
        if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)) {
            self.waiting = None;
            return Vec::new();
        }
        match captured(ui) {
            None => Vec::new(),
            Some(Err(reason)) => {
                self.said = Some(reason);
                Vec::new()
            }
            Some(Ok(keys)) => {
                self.waiting = None;
                let loser = session
                    .commands()
                    .into_iter()
                    .find(|entry| entry.shortcut == Some(keys) && entry.id != id);
                self.said = loser.map(|loser| {
                    let keys = shortcut_text(keys);
                    format!("{keys} belonged to {}, which has no keys now", loser.text)
                });
                vec![Command::SetShortcut(id.to_owned(), Some(keys))]
            }
        }
    }

    fn keys_ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let mut commands = Vec::new();
        let field = TextEdit::singleline(&mut self.filter)
            .hint_text("Find a command")
            .desired_width(f32::INFINITY);
        name_field(&ui.add(field), "Find a command");
        let filter = self.filter.to_lowercase();
        ScrollArea::vertical()
            .max_height(theme::SETTINGS_KEYS_HEIGHT)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                for entry in session.commands() {
                    if entry.text.to_lowercase().contains(&filter) {
                        commands.extend(self.command_ui(ui, &entry));
                    }
                }
            });
        let said = self.said.clone().unwrap_or_else(|| match self.waiting {
            Some(_) => "Press the new keys; Escape leaves the old ones".to_owned(),
            None => "Click a command's keys to change them".to_owned(),
        });
        let ink = match self.said {
            Some(_) => tokens(ui).warning,
            None => tokens(ui).text_weak,
        };
        ui.label(RichText::new(said).color(ink));
        commands
    }

    fn command_ui(&mut self, ui: &mut Ui, entry: &Entry) -> Vec<Command> {
        let mut commands = Vec::new();
        let listed = command::find(entry.id).and_then(|listed| listed.shortcut);
        ui.horizontal(|ui| {
            ui.add(egui::Label::new(entry.text).truncate())
                .on_hover_text(entry.tooltip);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(theme::GAP);
                let has_changed = entry.shortcut != listed;
                let name = format!("Reset the keys of {}", entry.text);
                let reset = ui.add_enabled(has_changed, egui::Button::new("Reset").small());
                name_field(&reset, &name);
                if reset.on_hover_text(name).clicked() {
                    commands.push(Command::SetShortcut(entry.id.to_owned(), listed));
                    self.said = None;
                }
                let name = format!("No keys for {}", entry.text);
                let none =
                    ui.add_enabled(entry.shortcut.is_some(), egui::Button::new("None").small());
                name_field(&none, &name);
                if none.on_hover_text(name).clicked() {
                    commands.push(Command::SetShortcut(entry.id.to_owned(), None));
                    self.said = None;
                }
                let is_waiting = self.waiting == Some(entry.id);
                let text = match (is_waiting, entry.shortcut) {
                    (true, _) => "Press keys…".to_owned(),
                    (false, Some(keys)) => shortcut_text(keys),
                    (false, None) => "–".to_owned(),
                };
                let button = egui::Button::new(RichText::new(&text).monospace())
                    .selected(is_waiting)
                    .min_size(egui::vec2(130.0, 0.0));
                let button = ui.add(button);
                name_field(&button, &format!("Keys of {}: {text}", entry.text));
                if button.clicked() {
                    self.waiting = (!is_waiting).then_some(entry.id);
                    self.said = None;
                }
            });
        });
        commands
    }
}

fn look_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    let settings = session.settings();
    property_ui(ui, "Theme", |ui| {
        for theme in Theme::ALL {
            if ui
                .selectable_label(settings.theme == theme, theme.name())
                .clicked()
            {
                commands.push(Command::SetTheme(theme));
            }
        }
    });
    property_ui(ui, "Size", |ui| {
        let (smallest, largest, step) = SCALES;
        for scale in (smallest..=largest).step_by(usize::from(step)) {
            if ui
                .selectable_label(settings.scale == scale, format!("{scale} %"))
                .clicked()
            {
                commands.push(Command::SetScale(scale));
            }
        }
    });
    commands
}
