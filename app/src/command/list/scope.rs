//! What the Arrange menu has of compositions.

use super::{Entry, Menu, ctrl, ctrl_shift};
use crate::command::{Command, shortcut::Shortcut};
use crate::session::Session;

pub(super) fn entries() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command, enabled| Entry {
        id,
        menu: Menu::Arrange,
        text,
        tooltip,
        shortcut,
        command,
        enabled,
    };
    vec![
        group(
            "scope.group",
            "Group",
            "Make a composition of the selected instances; the system does what it did",
            ctrl("G"),
            Command::Group,
            Session::can_group,
        ),
        group(
            "scope.ungroup",
            "Ungroup",
            "Put what is inside the selected composition in its place",
            ctrl_shift("G"),
            Command::Ungroup,
            |session| session.selected_composition().is_some(),
        ),
        group(
            "scope.enter",
            "Show what is inside",
            "Enter the selected composition (double-click, or Enter)",
            None,
            Command::EnterSelected,
            |session| session.selected_composition().is_some(),
        ),
        group(
            "scope.leave",
            "Leave the composition",
            "Show what is around the composition that is shown",
            Some(Shortcut {
                ctrl: false,
                alt: true,
                shift: false,
                key: "Up",
            }),
            Command::Leave,
            |session| session.scope().is_some(),
        ),
        group(
            "scope.delegate",
            "Ports for what is open",
            "Give the composition that is shown a port for each required one that nothing in it serves",
            None,
            Command::DelegateOpen,
            |session| session.scope().is_some(),
        ),
    ]
}
