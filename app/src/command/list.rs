//! The one list of commands: id, words and keys. Menu, palette and key handling read it.

use super::Command;
use crate::{
    canvas::align::Alignment,
    session::{Item, Panel, Session},
};

/// A command without data, as users meet it.
#[derive(Debug)]
pub struct Entry {
    /// Stable: `edit.undo`.
    pub id: &'static str,
    pub menu: Menu,
    /// Sentence case; "…" where more is asked.
    pub text: &'static str,
    pub tooltip: &'static str,
    pub shortcut: Option<Shortcut>,
    pub command: Command,
    /// Whether it can be done now.
    pub enabled: fn(&Session) -> bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Menu {
    File,
    Edit,
    View,
    Arrange,
    Simulation,
}

/// A key with its modifiers; `ctrl` is Command on macOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortcut {
    pub ctrl: bool,
    pub shift: bool,
    /// As egui names keys: `Z`, `F8`, `Delete`, `Space`.
    pub key: &'static str,
}

/// All entries, by menu, in the order in which the menu shows them.
pub fn all() -> Vec<Entry> {
    [file(), edit(), view(), arrange(), simulation()]
        .into_iter()
        .flatten()
        .collect()
}

/// The entry of that id.
pub fn find(id: &str) -> Option<Entry> {
    all().into_iter().find(|entry| entry.id == id)
}

fn file() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command| Entry {
        id,
        menu: Menu::File,
        text,
        tooltip,
        shortcut,
        command,
        enabled: always,
    };
    vec![
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
            "Open a project folder or file",
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
        group(
            "file.quit",
            "Quit",
            "Close the studio",
            ctrl("Q"),
            Command::Quit,
        ),
    ]
}

fn edit() -> Vec<Entry> {
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
            "Take the selected instances to the clipboard",
            ctrl("X"),
            Command::Cut,
            Session::can_copy,
        ),
        group(
            "edit.copy",
            "Copy",
            "Copy the selected instances with the wires between them",
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
            "Copy the selected instances with the wires between them, at once",
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
            Session::can_copy,
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
            "Select every instance",
            ctrl("A"),
            Command::SelectAll,
            always,
        ),
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
    ]
}

fn view() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command| Entry {
        id,
        menu: Menu::View,
        text,
        tooltip,
        shortcut,
        command,
        enabled: always,
    };
    vec![
        group(
            "view.fit",
            "Fit all",
            "Show the whole system",
            key("F"),
            Command::ZoomToFit,
        ),
        Entry {
            enabled: has_selection,
            ..group(
                "view.fit-selection",
                "Fit selection",
                "Show what is selected",
                shift("F"),
                Command::ZoomToSelection,
            )
        },
        group(
            "view.zoom-in",
            "Zoom in",
            "Come closer",
            ctrl("Plus"),
            Command::ZoomIn,
        ),
        group(
            "view.zoom-out",
            "Zoom out",
            "Step back",
            ctrl("Minus"),
            Command::ZoomOut,
        ),
        group(
            "view.library",
            "Library",
            "Show or hide the library",
            None,
            Command::TogglePanel(Panel::Library),
        ),
        group(
            "view.inspector",
            "Inspector",
            "Show or hide the inspector",
            None,
            Command::TogglePanel(Panel::Inspector),
        ),
        group(
            "view.problems",
            "Problems",
            "Show or hide the problems",
            None,
            Command::TogglePanel(Panel::Problems),
        ),
        group(
            "view.connections",
            "Connections",
            "Show or hide the table of receivers and senders",
            None,
            Command::TogglePanel(Panel::Connections),
        ),
        group(
            "view.trace",
            "Trace",
            "Show or hide the trace table",
            None,
            Command::TogglePanel(Panel::Trace),
        ),
        group(
            "view.plot",
            "Plot",
            "Show or hide the plot",
            None,
            Command::TogglePanel(Panel::Plot),
        ),
        group(
            "view.devices",
            "Devices",
            "Show or hide the devices",
            None,
            Command::TogglePanel(Panel::Devices),
        ),
        group(
            "view.outline",
            "Outline",
            "Show or hide the list of everything",
            None,
            Command::TogglePanel(Panel::Outline),
        ),
        group(
            "view.theme",
            "Light or dark",
            "Change the theme",
            None,
            Command::ToggleTheme,
        ),
    ]
}

fn arrange() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command| Entry {
        id,
        menu: Menu::Arrange,
        text,
        tooltip,
        shortcut,
        command,
        enabled: always,
    };
    vec![
        group(
            "view.arrange",
            "Arrange all",
            "Place the instances in layers along the data flow",
            ctrl_shift("A"),
            Command::Arrange,
        ),
        Entry {
            enabled: several,
            ..group(
                "view.arrange-selection",
                "Arrange selection",
                "Place the selected instances in layers where they are; all others stay",
                None,
                Command::ArrangeSelection,
            )
        },
        aligned(
            "view.align-left",
            "Align left",
            "Left edges in line",
            Alignment::Left,
        ),
        aligned(
            "view.align-center",
            "Align centers",
            "Centers in line, one above the other",
            Alignment::Center,
        ),
        aligned(
            "view.align-right",
            "Align right",
            "Right edges in line",
            Alignment::Right,
        ),
        aligned(
            "view.align-top",
            "Align top",
            "Upper edges in line",
            Alignment::Top,
        ),
        aligned(
            "view.align-middle",
            "Align middles",
            "Middles in line, side by side",
            Alignment::Middle,
        ),
        aligned(
            "view.align-bottom",
            "Align bottom",
            "Lower edges in line",
            Alignment::Bottom,
        ),
        aligned(
            "view.spread-across",
            "Distribute across",
            "Equal gaps from left to right",
            Alignment::SpreadAcross,
        ),
        aligned(
            "view.spread-down",
            "Distribute down",
            "Equal gaps from top to bottom",
            Alignment::SpreadDown,
        ),
    ]
}

fn aligned(
    id: &'static str,
    text: &'static str,
    tooltip: &'static str,
    alignment: Alignment,
) -> Entry {
    Entry {
        id,
        menu: Menu::Arrange,
        text,
        tooltip,
        shortcut: None,
        command: Command::Align(alignment),
        enabled: several,
    }
}

fn simulation() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command, enabled| Entry {
        id,
        menu: Menu::Simulation,
        text,
        tooltip,
        shortcut,
        command,
        enabled,
    };
    vec![
        group(
            "simulation.run",
            "Run",
            "Compose the system and let its time run",
            key("F5"),
            Command::Run,
            |session| session.can_compose() && !session.run().is_running(),
        ),
        group(
            "simulation.pause",
            "Pause",
            "Stop time; everything stays as it is",
            key("F6"),
            Command::Pause,
            |session| session.run().is_running(),
        ),
        group(
            "simulation.step",
            "Step",
            "Until the next activation has ended",
            key("F10"),
            Command::Step,
            can_step,
        ),
        group(
            "simulation.step-frame",
            "Step frame",
            "Until the next frame has been sent",
            shift("F10"),
            Command::StepFrame,
            can_step,
        ),
        group(
            "simulation.restart",
            "Restart",
            "Begin again at time zero",
            ctrl_shift("F5"),
            Command::Restart,
            |session| session.run().is_started(),
        ),
        group(
            "simulation.stop",
            "Stop",
            "End the simulation",
            shift("F5"),
            Command::Stop,
            |session| session.run().is_started(),
        ),
    ]
}

fn always(_: &Session) -> bool {
    true
}

fn has_selection(session: &Session) -> bool {
    !session.selection().is_empty()
}

/// At least two instances are selected.
fn several(session: &Session) -> bool {
    let is_instance = |item: &&Item| matches!(item, Item::Instance(_));
    session.selection().iter().filter(is_instance).count() > 1
}

fn has_problems(session: &Session) -> bool {
    !session.diagnostics().is_empty()
}

fn can_step(session: &Session) -> bool {
    session.can_compose() && !session.run().is_running()
}

const fn key(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut {
        ctrl: false,
        shift: false,
        key,
    })
}

const fn ctrl(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut {
        ctrl: true,
        shift: false,
        key,
    })
}

const fn shift(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut {
        ctrl: false,
        shift: true,
        key,
    })
}

const fn ctrl_shift(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut {
        ctrl: true,
        shift: true,
        key,
    })
}
