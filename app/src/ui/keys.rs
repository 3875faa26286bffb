//! Keys to commands, by the list of commands. Knows nothing of what they do.

use crate::{
    command::{Command, Shortcut},
    session::Session,
};
use egui::{Event, Key, KeyboardShortcut, Modifiers, Ui};

/// With Ctrl a text field knows these itself: select all, undo, redo.
const TEXT_KEYS: [&str; 3] = ["A", "Z", "Y"];

/// The commands whose keys were pressed. A text field that has the focus keeps plain keys and those
/// that it knows.
pub(super) fn pressed(ui: &Ui, session: &Session) -> Vec<Command> {
    if is_dialog_open(ui) {
        return Vec::new();
    }
    let typing = ui.ctx().text_edit_focused();
    let mut commands = match typing {
        true => Vec::new(),
        false => clipboard(ui, session),
    };
    let mut entries: Vec<_> = session
        .commands()
        .into_iter()
        .filter(|entry| entry.shortcut.is_some() && !is_of_clipboard(&entry.command))
        .collect();
    // Ctrl+Shift+Z before Ctrl+Z: egui takes a shortcut also with further modifiers held.
    entries.sort_by_key(|entry| {
        entry.shortcut.map_or(0, |shortcut| {
            -i32::from(shortcut.shift) - i32::from(shortcut.ctrl) - i32::from(shortcut.alt)
        })
    });
    for entry in entries {
        let Some(shortcut) = entry.shortcut else {
            continue;
        };
        let is_plain = !shortcut.ctrl && !shortcut.alt && !is_function_key(shortcut.key);
        let is_of_text = shortcut.ctrl && TEXT_KEYS.contains(&shortcut.key);
        if typing && (is_plain || is_of_text) {
            continue;
        }
        // What the canvas alone knows as picked is its own to delete.
        if entry.command == Command::Delete && !(entry.enabled)(session) {
            continue;
        }
        let Some(keys) = keyboard_shortcut(shortcut) else {
            continue;
        };
        if ui.input_mut(|input| input.consume_shortcut(&keys)) && (entry.enabled)(session) {
            commands.push(entry.command);
        }
    }
    let again = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);
    if !typing
        && ui.input_mut(|input| input.consume_shortcut(&again))
        && session.redo_name().is_some()
    {
        commands.push(Command::Redo);
    }
    commands
}

/// `F1` to `F12` write nothing.
fn is_function_key(key: &str) -> bool {
    key.len() > 1 && key.starts_with('F')
}

/// These keys come as events of their own, with what is in the clipboard.
fn is_of_clipboard(command: &Command) -> bool {
    matches!(
        command,
        Command::Copy | Command::Cut | Command::RequestPaste { .. }
    )
}

fn clipboard(ui: &Ui, session: &Session) -> Vec<Command> {
    ui.input(|input| {
        let command = |event: &Event| match event {
            Event::Copy => session.can_copy().then_some(Command::Copy),
            Event::Cut => session.can_copy().then_some(Command::Cut),
            Event::Paste(text) => Some(Command::Paste {
                text: text.clone(),
                outer: input.modifiers.shift,
            }),
            _ => None,
        };
        input.events.iter().filter_map(command).collect()
    })
}

/// Keys belong to the dialog then.
pub(super) fn is_dialog_open(ui: &Ui) -> bool {
    ui.memory(|memory| memory.top_modal_layer().is_some())
}

/// `Ctrl+Shift+Z`; on macOS with Cmd.
pub(super) fn shortcut_text(shortcut: Shortcut) -> String {
    let text = shortcut.to_string();
    match cfg!(target_os = "macos") {
        true => text.replace("Ctrl+", "Cmd+"),
        false => text,
    }
}

fn keyboard_shortcut(shortcut: Shortcut) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    if shortcut.ctrl {
        modifiers |= Modifiers::COMMAND;
    }
    if shortcut.alt {
        modifiers |= Modifiers::ALT;
    }
    if shortcut.shift {
        modifiers |= Modifiers::SHIFT;
    }
    Some(KeyboardShortcut::new(
        modifiers,
        Key::from_name(shortcut.key)?,
    ))
}

/// The keys that are pressed just now, for a command to have; `Err`: why not.
pub(super) fn captured(ui: &Ui) -> Option<Result<Shortcut, String>> {
    let pressed = ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } => Some((key.name(), *modifiers)),
            // The system makes these of Ctrl+C, Ctrl+X and Ctrl+V.
            Event::Copy => Some(("C", Modifiers::COMMAND)),
            Event::Cut => Some(("X", Modifiers::COMMAND)),
            Event::Paste(_) => Some(("V", Modifiers::COMMAND)),
            _ => None,
        })
    });
    let (name, modifiers) = pressed?;
    let Some(key) = Shortcut::key_named(name) else {
        return Some(Err(format!("{name} cannot be given to a command")));
    };
    let shortcut = Shortcut {
        ctrl: modifiers.command,
        alt: modifiers.alt,
        shift: modifiers.shift,
        key,
    };
    Some(match shortcut.refusal() {
        Some(reason) => Err(format!("{}: {reason}", shortcut_text(shortcut))),
        None => Ok(shortcut),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command;

    #[test]
    fn every_shortcut_of_the_list_is_a_key_that_the_window_knows() {
        for entry in command::all() {
            if let Some(shortcut) = entry.shortcut {
                assert!(
                    keyboard_shortcut(shortcut).is_some(),
                    "{}: {}",
                    entry.id,
                    shortcut.key
                );
                assert!(!shortcut_text(shortcut).is_empty());
            }
        }
    }
}
