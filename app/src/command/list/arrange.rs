//! The Arrange menu.

use super::{Entry, Menu, always, ctrl_shift, several};
use crate::canvas::align::Alignment;
use crate::command::Command;

pub(super) fn entries() -> Vec<Entry> {
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
