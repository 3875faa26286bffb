//! The menu bar, from the list of commands, and the name of the project.

use super::{
    keys::shortcut_text,
    theme::{self, tokens},
};
use crate::{
    command::{self, Command, Menu},
    session::{Panel, Session},
};
use egui::{Align, Button, Layout, RichText, Ui};
use std::path::Path;

const MENUS: [(Menu, &str); 5] = [
    (Menu::File, "File"),
    (Menu::Edit, "Edit"),
    (Menu::View, "View"),
    (Menu::Arrange, "Arrange"),
    (Menu::Simulation, "Simulation"),
];

pub(super) fn menu_bar_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    egui::MenuBar::new().ui(ui, |ui| {
        ui.label(RichText::new("Wireloom").strong().color(tokens(ui).accent));
        ui.add_space(theme::GAP);
        for (menu, name) in MENUS {
            ui.menu_button(name, |ui| commands.extend(entries_ui(ui, session, menu)));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            title_ui(ui, session)
        });
    });
    commands
}

fn entries_ui(ui: &mut Ui, session: &Session, menu: Menu) -> Vec<Command> {
    ui.set_min_width(230.0);
    let mut commands = Vec::new();
    for entry in session
        .commands()
        .into_iter()
        .filter(|entry| entry.menu == menu)
    {
        let text = entry_text(&entry, session);
        let mut button = Button::new(text);
        if let Some(shortcut) = entry.shortcut {
            button = button.shortcut_text(shortcut_text(shortcut));
        }
        match entry.command {
            Command::TogglePanel(panel) => button = button.selected(is_shown(session, panel)),
            Command::ToggleMinimap => button = button.selected(session.view().minimap),
            Command::ToggleLanes => button = button.selected(session.view().lanes),
            _ => {}
        }
        if ui
            .add_enabled((entry.enabled)(session), button)
            .on_hover_text(entry.tooltip)
            .clicked()
        {
            commands.push(entry.command);
            ui.close();
        }
    }
    if menu == Menu::File {
        commands.extend(recent_ui(ui, session));
    }
    commands
}

/// Projects that were open before.
fn recent_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    let recent = &session.settings().recent;
    ui.separator();
    ui.add_enabled_ui(!recent.is_empty(), |ui| {
        ui.menu_button("Open recent", |ui| {
            for path in recent {
                let button = Button::new(short(path));
                if ui
                    .add(button)
                    .on_hover_text(path.display().to_string())
                    .clicked()
                {
                    commands.push(Command::OpenPath(path.clone()));
                    ui.close();
                }
            }
            ui.separator();
            if ui.button("Forget these").clicked() {
                commands.push(Command::ForgetRecent);
                ui.close();
            }
        });
    });
    commands
}

/// The file with its folder: projects often have one name.
fn short(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let from = parts.len().saturating_sub(2);
    parts.get(from..).unwrap_or_default().join("/")
}

/// Undo and redo say which step.
fn entry_text(entry: &command::Entry, session: &Session) -> String {
    let step = match entry.command {
        Command::Undo => session.undo_name(),
        Command::Redo => session.redo_name(),
        _ => None,
    };
    match step {
        Some(step) => format!("{}: {step}", entry.text),
        None => entry.text.to_owned(),
    }
}

fn is_shown(session: &Session, panel: Panel) -> bool {
    !session.view().hidden_panels.contains(&panel)
}

fn title_ui(ui: &mut Ui, session: &Session) {
    let name = match session.document().name.as_str() {
        "" => "No project",
        name => name,
    };
    let (mark, hint) = match session.is_changed() && !session.document().instances.is_empty() {
        true => ("●", "Not saved"),
        false => ("", ""),
    };
    let file = session
        .path()
        .map(|path| path.display().to_string())
        .unwrap_or_else(|| "Never saved".to_owned());
    ui.label(RichText::new(name).color(tokens(ui).text_weak))
        .on_hover_text(file);
    if !mark.is_empty() {
        ui.label(RichText::new(mark).color(tokens(ui).warning))
            .on_hover_text(hint);
    }
}
