//! Frames and notes, in the Edit menu.

use super::{Entry, Menu, ctrl, ctrl_shift, has_selection, key};
use crate::command::Command;
use crate::session::{Item, Session};

pub(super) fn entries() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command, enabled| Entry {
        id,
        menu: Menu::Edit,
        text,
        tooltip,
        shortcut,
        command,
        enabled,
    };
    vec![
        group(
            "edit.frame",
            "Frame the selection",
            "Draw a frame with a title around what is selected",
            ctrl_shift("F"),
            Command::FrameSelection,
            |session| is_system(session) && has_selection(session),
        ),
        group(
            "edit.note",
            "Add a note",
            "Write a comment: on the selected instance, or on the canvas",
            ctrl("M"),
            Command::AddNote,
            is_system,
        ),
        group(
            "edit.in-place",
            "Edit title or text",
            "Edit the title of the selected frame, or the text of the selected note, where it stands",
            key("F2"),
            Command::EditInPlace,
            has_one_annotation,
        ),
    ]
}

/// Compositions have neither frames nor notes.
fn is_system(session: &Session) -> bool {
    session.scope().is_none()
}

fn has_one_annotation(session: &Session) -> bool {
    let mut selection = session.selection().iter();
    let first = selection.next();
    matches!(first, Some(Item::Frame(_) | Item::Note(_))) && selection.next().is_none()
}
