//! The differences from another version in words: a click goes to one, a button takes it over. And
//! how each kind looks, here and on the canvas.

use super::{
    icons::{Icon, icon_ui},
    theme::{self, Tokens, tokens},
    widgets::{empty_ui, name_field, panel_ui},
};
use crate::{
    command::Command,
    session::{Comparison, Mark, Session},
};
use egui::{Color32, Frame, Label, Margin, RichText, Sense, Ui};
use graph_core::difference::{Change, Difference};

/// The sign, the ink and the ground of what became of a thing.
pub(super) fn mark_look(tokens: &Tokens, mark: Mark) -> (Icon, Color32, Color32) {
    match mark {
        Mark::Added => (Icon::Added, tokens.success, tokens.success_soft),
        Mark::Removed => (Icon::Removed, tokens.error, tokens.error_soft),
        Mark::Changed => (Icon::Changed, tokens.warning, tokens.warning_soft),
    }
}

/// One change as a line of words: `added instance fan`.
pub(super) fn words(change: &Change) -> String {
    let text = change.to_string();
    let (kind, rest) = text.split_once(' ').unwrap_or((&text, ""));
    format!("{kind} {}", rest.trim_start())
}

pub(super) fn differences_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    panel_ui(ui, |ui| {
        let Some(comparison) = session.comparison() else {
            empty_ui(
                ui,
                "Nothing to compare with",
                "Choose another version of the project: File, Compare with…",
            );
            return;
        };
        ui.horizontal_wrapped(|ui| {
            let other = match comparison.is_saved {
                true => format!("Since `{}` was saved", comparison.name),
                false => format!("From `{}` to this project", comparison.name),
            };
            ui.label(RichText::new(other).color(tokens(ui).text_weak));
            if ui.button("End the comparison").clicked() {
                commands.push(Command::EndComparison);
            }
        });
        if comparison.differences.is_empty() {
            empty_ui(
                ui,
                "No difference in meaning",
                "Positions on the canvas do not count",
            );
        }
        for (number, difference) in comparison.differences.iter().enumerate() {
            commands.extend(row_ui(ui, comparison, number, difference));
        }
    });
    commands
}

fn row_ui(
    ui: &mut Ui,
    comparison: &Comparison,
    number: usize,
    difference: &Difference,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let tokens = tokens(ui);
    let (sign, ink, ground) = mark_look(tokens, Mark::of(difference));
    let is_current = comparison.at == Some(number);
    let frame = Frame::new()
        .fill(if is_current { ground } else { tokens.panel })
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::symmetric(8, 4));
    let row = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            icon_ui(ui, sign, ink);
            let first = words(difference.change());
            let (verb, tooltip) = match comparison.is_saved {
                true => ("Revert", "Makes it as it was saved; can be undone"),
                false => (
                    "Take over",
                    "Makes it as it is in the other version; can be undone",
                ),
            };
            let button = ui.small_button(verb).on_hover_text(tooltip);
            name_field(&button, &format!("{verb}: {first}"));
            if button.clicked() {
                commands.push(Command::TakeDifference(number));
            }
            ui.vertical(|ui| {
                for change in &difference.changes {
                    let text = Label::new(words(change)).wrap().sense(Sense::click());
                    if ui.add(text).on_hover_text("Click to go there").clicked() {
                        commands.push(Command::GoToDifference(number));
                    }
                }
            });
        });
    });
    if is_current {
        row.response.scroll_to_me(None);
    }
    commands
}
