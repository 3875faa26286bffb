//! Commands for versions of the project, in the File menu.

use super::{Entry, Menu, always, key, shift};
use crate::command::Command;
use crate::session::Session;

pub(super) fn entries() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command, enabled| Entry {
        id,
        menu: Menu::File,
        text,
        tooltip,
        shortcut,
        command,
        enabled,
    };
    vec![
        group(
            "file.compare",
            "Compare with…",
            "Show what differs from another version of the project",
            None,
            Command::CompareWith,
            always,
        ),
        group(
            "file.compare-saved",
            "Compare with the saved file",
            "Show what was changed since the project was saved",
            None,
            Command::CompareWithSaved,
            |session| session.path().is_some(),
        ),
        group(
            "file.next-difference",
            "Next difference",
            "Go to the next difference from the other version",
            key("F7"),
            Command::NextDifference,
            has_differences,
        ),
        group(
            "file.previous-difference",
            "Previous difference",
            "Go to the difference before",
            shift("F7"),
            Command::PreviousDifference,
            has_differences,
        ),
        group(
            "file.take-difference",
            "Take over the difference",
            "Make what was gone to as it is in the other version",
            None,
            Command::TakeShownDifference,
            |session| session.comparison().is_some_and(|one| one.at.is_some()),
        ),
        group(
            "file.end-comparison",
            "End the comparison",
            "Show the project alone",
            None,
            Command::EndComparison,
            |session| session.comparison().is_some(),
        ),
        group(
            "file.merge",
            "Merge with…",
            "Bring in another version: first the version that both come from is asked for, then the other one",
            None,
            Command::MergeWith,
            always,
        ),
        group(
            "file.update-arxml",
            "Update from AUTOSAR…",
            "Show what newer AUTOSAR descriptions change in the project, then take it over in one step",
            None,
            Command::UpdateFromArxml,
            |session| session.path().is_some(),
        ),
    ]
}

fn has_differences(session: &Session) -> bool {
    let comparison = session.comparison();
    comparison.is_some_and(|comparison| !comparison.differences.is_empty())
}
