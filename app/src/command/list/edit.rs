//! The Edit menu.

use super::{
    Entry, Menu, always, annotation, ctrl, ctrl_shift, has_instance, has_problems, has_selection,
    key, shift,
};
use crate::command::Command;
use crate::session::Session;

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
    let mut entries = vec![
        group(
            "edit.undo",
            "Undo",
            "Take back the last step",
            ctrl("Z"),
            Command::Undo,
            |session| session.undo_name().is_some(),
        ),
        group(
            "edit.redo",
            "Redo",
            "Do the step again",
            ctrl_shift("Z"),
            Command::Redo,
            |session| session.redo_name().is_some(),
        ),
        group(
            "edit.cut",
            "Cut",
            "Take the selection to the clipboard",
            ctrl("X"),
            Command::Cut,
            Session::can_copy,
        ),
        group(
            "edit.copy",
            "Copy",
            "Copy the selection with the wires between its instances",
            ctrl("C"),
            Command::Copy,
            Session::can_copy,
        ),
        group(
            "edit.paste",
            "Paste",
            "Bring in what was copied, here or in another window",
            ctrl("V"),
            Command::RequestPaste { outer: false },
            always,
        ),
        group(
            "edit.paste-wired",
            "Paste with wires",
            "The same, with the wires that come to the originals from outside",
            ctrl_shift("V"),
            Command::RequestPaste { outer: true },
            always,
        ),
        group(
            "edit.duplicate",
            "Duplicate",
            "Copy the selection with the wires between its instances, at once",
            ctrl("D"),
            Command::Duplicate { outer: false },
            Session::can_copy,
        ),
        group(
            "edit.duplicate-wired",
            "Duplicate with wires",
            "The same, with the wires that come to the originals from outside",
            ctrl_shift("D"),
            Command::Duplicate { outer: true },
            Session::can_copy,
        ),
        group(
            "edit.delete",
            "Delete",
            "Remove what is selected, with its wires",
            key("Delete"),
            Command::Delete,
            has_selection,
        ),
        group(
            "edit.delete-heal",
            "Delete and heal",
            "Remove the selected instances and connect what was connected through them",
            ctrl("Delete"),
            Command::DeleteAndHeal,
            has_instance,
        ),
        group(
            "edit.connect",
            "Connect automatically…",
            "Find the wires between the selected instances, or between all, and show them first",
            ctrl_shift("C"),
            Command::AutoConnect,
            always,
        ),
        group(
            "edit.select-all",
            "Select all",
            "Select every instance, frame and note",
            ctrl("A"),
            Command::SelectAll,
            always,
        ),
    ];
    entries.push(group(
        "edit.move-to-ecu",
        "Move to ECU…",
        "Choose the ECU and partition that the selected instances run on",
        ctrl_shift("M"),
        Command::MoveToEcu,
        has_instance,
    ));
    entries.extend(annotation::entries());
    entries.push(group(
        "edit.pack-frames",
        "Pack into CAN frames…",
        "Propose CAN frames for what leads from one ECU to another",
        None,
        Command::ProposePacking(None),
        has_two_ecus,
    ));
    entries.extend([
        group(
            "edit.next-problem",
            "Next problem",
            "Go to the next problem",
            key("F8"),
            Command::NextProblem,
            has_problems,
        ),
        group(
            "edit.previous-problem",
            "Previous problem",
            "Go to the problem before",
            shift("F8"),
            Command::PreviousProblem,
            has_problems,
        ),
        group(
            "edit.find",
            "Find…",
            "Find an instance, port, wire, bus or ECU by its name",
            ctrl("F"),
            Command::Find,
            always,
        ),
        group(
            "edit.palette",
            "Commands…",
            "Find a command by its name",
            ctrl("K"),
            Command::Palette,
            always,
        ),
    ]);
    entries
}

fn has_two_ecus(session: &Session) -> bool {
    session.document().ecus.len() > 1
}
