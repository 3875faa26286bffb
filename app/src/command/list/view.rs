//! The View menu.

use super::{Entry, Menu, always, ctrl, ctrl_shift, has_selection, key, shift};
use crate::command::Command;
use crate::session::Panel;

pub(super) fn entries() -> Vec<Entry> {
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
            "view.differences",
            "Differences",
            "Show or hide what differs from another version",
            None,
            Command::TogglePanel(Panel::Differences),
        ),
        group(
            "view.authority",
            "Authority",
            "Show or hide which capability of the platform reaches which instance",
            key("F4"),
            Command::TogglePanel(Panel::Authority),
        ),
        Entry {
            enabled: |session| session.spotlight().is_some(),
            ..group(
                "view.light-all",
                "Light up everything",
                "End what dims parts of the canvas",
                shift("F4"),
                Command::PickAuthority(None),
            )
        },
        group(
            "view.cause",
            "Cause",
            "Show or hide why a value is what it is",
            None,
            Command::TogglePanel(Panel::Cause),
        ),
        group(
            "view.breakpoints",
            "Breakpoints",
            "Show or hide where runs stop by themselves",
            None,
            Command::TogglePanel(Panel::Breakpoints),
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
            "view.modes",
            "Modes",
            "Show or hide the modes, and what they start and disable",
            None,
            Command::TogglePanel(Panel::Modes),
        ),
        group(
            "view.parameters",
            "Parameters",
            "Show or hide the calibration parameters",
            None,
            Command::TogglePanel(Panel::Parameters),
        ),
        group(
            "view.nv-data",
            "NV data",
            "Show or hide the non-volatile data",
            None,
            Command::TogglePanel(Panel::NvData),
        ),
        group(
            "view.outline",
            "Outline",
            "Show or hide the list of everything",
            None,
            Command::TogglePanel(Panel::Outline),
        ),
        Entry {
            enabled: |session| session.scope().is_none(),
            ..group(
                "view.lanes",
                "ECU lanes",
                "Show ECUs as lanes with what they take of their boards; drag an instance to assign it",
                key("L"),
                Command::ToggleLanes,
            )
        },
        group(
            "view.minimap",
            "Minimap",
            "Show or hide the map in the corner; it is there when not everything is in view",
            None,
            Command::ToggleMinimap,
        ),
        group(
            "view.theme",
            "Next theme",
            "Dark, light, high contrast",
            None,
            Command::NextTheme,
        ),
        group(
            "view.scale-up",
            "Larger text",
            "Make everything in the window larger",
            ctrl_shift("Plus"),
            Command::ScaleUp,
        ),
        group(
            "view.scale-down",
            "Smaller text",
            "Make everything in the window smaller",
            ctrl_shift("Minus"),
            Command::ScaleDown,
        ),
        group(
            "view.settings",
            "Settings…",
            "Theme, size of text, keys",
            ctrl("Comma"),
            Command::Settings,
        ),
        group(
            "view.tour",
            "Tour",
            "Five steps from a wire to an export",
            None,
            Command::Tour,
        ),
    ]
}
