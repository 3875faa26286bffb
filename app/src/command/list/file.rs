//! The File menu.

use super::{Entry, Menu, always, ctrl, versions};
use crate::command::Command;
use crate::session::Session;

pub(super) fn entries() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command| Entry {
        id,
        menu: Menu::File,
        text,
        tooltip,
        shortcut,
        command,
        enabled: always,
    };
    let mut entries = vec![
        Entry {
            enabled: |session| !session.is_changed(),
            ..group(
                "file.new",
                "New",
                "Begin an empty project; what is changed has to be saved first",
                ctrl("N"),
                Command::New,
            )
        },
        group(
            "file.open",
            "Open…",
            "Open a project, or a composed component as a project",
            ctrl("O"),
            Command::Open,
        ),
        Entry {
            enabled: |session| session.is_changed() || session.path().is_none(),
            ..group(
                "file.save",
                "Save",
                "Write the project to its file",
                ctrl("S"),
                Command::Save,
            )
        },
        group(
            "file.add-components",
            "Add components…",
            "Add component files or WIT packages to the library",
            ctrl("L"),
            Command::AddComponents,
        ),
        Entry {
            enabled: Session::can_compose,
            ..group(
                "file.export",
                "Export…",
                "Write what runs on the vehicle",
                ctrl("E"),
                Command::Export,
            )
        },
    ];
    entries.extend(versions::entries());
    entries.push(group(
        "file.quit",
        "Quit",
        "Close the studio",
        ctrl("Q"),
        Command::Quit,
    ));
    entries
}
