//! All that the checks found: a click goes there, a button mends it.

use super::{
    icons::icon_ui,
    theme::{self, tokens},
    widgets::{empty_ui, panel_ui, severity_look},
};
use crate::{command::Command, session::Session};
use egui::{Frame, Margin, RichText, Sense, Ui};
use graph_core::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// Up to so many are laid out whole, for screen readers; of more only those in sight.
const WHOLE: usize = 60;
/// What one that was not seen yet is taken to be high, in points.
const USUAL_HEIGHT: f32 = 62.0;

/// How high each problem is, as far as it was seen.
#[derive(Debug, Default)]
pub(super) struct ProblemsView {
    revision: u64,
    heights: BTreeMap<usize, f32>,
    /// The problem that was gone to last.
    shown: Option<usize>,
}

impl ProblemsView {
    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        if self.revision != session.revision() {
            *self = ProblemsView {
                revision: session.revision(),
                ..ProblemsView::default()
            };
        }
        self.list_ui(ui, session)
    }

    fn list_ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let mut commands = Vec::new();
        panel_ui(ui, |ui| {
            if session.diagnostics().is_empty() {
                match session.document().instances.is_empty() {
                    true => empty_ui(
                        ui,
                        "Nothing to check yet",
                        "Drag a component onto the canvas; what is wrong with the system shows here",
                    ),
                    false => empty_ui(ui, "No problems", "The system can run and be exported"),
                }
                return;
            }
            let mut order: Vec<usize> = (0..session.diagnostics().len()).collect();
            order.sort_by_key(|position| {
                session
                    .diagnostics()
                    .get(*position)
                    .map(|found| std::cmp::Reverse(found.severity))
            });
            let goes_there = session.problem() != self.shown;
            self.shown = session.problem();
            let spacing = ui.spacing().item_spacing.y;
            let seen = ui.clip_rect();
            let mut skipped = 0.0;
            for &position in &order {
                let Some(diagnostic) = session.diagnostics().get(position) else {
                    continue;
                };
                let is_current = session.problem() == Some(position);
                let height = self.heights.get(&position).copied().unwrap_or(USUAL_HEIGHT);
                let top = ui.cursor().min.y + skipped;
                let in_sight = top <= seen.max.y && top + height >= seen.min.y;
                if order.len() > WHOLE && !in_sight && !(is_current && goes_there) {
                    skipped += height + spacing;
                    continue;
                }
                if skipped > 0.0 {
                    ui.add_space(std::mem::take(&mut skipped) - spacing);
                }
                let row = ui.scope(|ui| problem_ui(ui, position, diagnostic, is_current));
                self.heights.insert(position, row.response.rect.height());
                if is_current && goes_there {
                    row.response.scroll_to_me(None);
                }
                commands.extend(row.inner);
            }
            ui.add_space(skipped);
        });
        commands
    }
}

fn problem_ui(
    ui: &mut Ui,
    position: usize,
    diagnostic: &Diagnostic,
    is_current: bool,
) -> Vec<Command> {
    let tokens = tokens(ui);
    let (sign, ink, ground) = severity_look(tokens, diagnostic.severity);
    let mut commands = Vec::new();
    let fill = if is_current { ground } else { tokens.panel };
    let frame = Frame::new()
        .fill(fill)
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::symmetric(8, 5));
    let row = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            icon_ui(ui, sign, ink);
            ui.vertical(|ui| {
                let text = ui.add(
                    egui::Label::new(RichText::new(&diagnostic.message).color(tokens.text))
                        .sense(Sense::click()),
                );
                if text.on_hover_text("Click to go there").clicked() {
                    commands.push(Command::GoToProblem(position));
                }
                if let Some(help) = &diagnostic.help {
                    ui.label(
                        RichText::new(help)
                            .size(theme::TEXT_SMALL)
                            .color(tokens.text_weak),
                    );
                }
                ui.horizontal_wrapped(|ui| {
                    for (fix, offered) in diagnostic.fixes.iter().enumerate() {
                        if ui
                            .button(&offered.title)
                            .on_hover_text("Mends this problem; can be undone")
                            .clicked()
                        {
                            commands.push(Command::ApplyFix {
                                diagnostic: position,
                                fix,
                            });
                        }
                    }
                    ui.label(
                        RichText::new(diagnostic.code)
                            .size(theme::TEXT_SMALL)
                            .monospace()
                            .color(tokens.text_faint),
                    );
                });
            });
        });
    });
    let _ = row;
    commands
}
