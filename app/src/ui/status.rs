//! The line at the bottom: work that is going on, what is selected, what the checks say, the zoom.

use super::{
    canvas::CanvasView,
    icons::{Icon, icon_ui},
    theme::tokens,
};
use crate::{command::Command, session::Session};
use egui::{Align, Layout, ProgressBar, RichText, Ui};
use graph_core::diagnostic::Severity;

pub(super) fn status_ui(ui: &mut Ui, session: &Session, canvas: &CanvasView) -> Vec<Command> {
    let mut commands = Vec::new();
    let tokens = tokens(ui);
    ui.horizontal_centered(|ui| {
        let count = |severity| {
            session
                .diagnostics()
                .iter()
                .filter(|found| found.severity == severity)
                .count()
        };
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let (icon, text, ink) = match (errors, warnings) {
            _ if session.document().instances.is_empty() => (
                Icon::Information,
                "no instances".to_owned(),
                tokens.text_faint,
            ),
            (0, 0) => (Icon::Check, "no problems".to_owned(), tokens.success),
            (0, warnings) => (
                Icon::Warning,
                format!("{warnings} to look at"),
                tokens.warning,
            ),
            (errors, _) => (Icon::Error, format!("{errors} in the way"), tokens.error),
        };
        icon_ui(ui, icon, ink);
        ui.label(RichText::new(text).small().color(ink));
        ui.separator();
        let document = session.document();
        let count = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            count => format!("{count} {word}s"),
        };
        let sizes = [
            count(document.instances.len(), "instance"),
            count(document.connectors.len(), "connector"),
        ];
        let sizes = sizes.join(", ");
        ui.label(RichText::new(sizes).small().color(tokens.text_weak));
        if session.selection().len() > 1 {
            ui.label(
                RichText::new(format!("{} selected", session.selection().len()))
                    .small()
                    .color(tokens.text_weak),
            );
        }
        for job in session.jobs() {
            ui.separator();
            ui.label(RichText::new(&job.text).small().color(tokens.text));
            match job.part {
                Some(part) => drop(
                    ui.add(
                        ProgressBar::new(part)
                            .desired_width(110.0)
                            .desired_height(8.0),
                    ),
                ),
                None => drop(ui.spinner()),
            }
            if ui
                .small_button("Cancel")
                .on_hover_text(format!("Stop: {}", job.text))
                .clicked()
            {
                commands.push(Command::CancelJob(job.id));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let zoom = format!("{:.0} %", canvas.state.view.zoom * 100.0);
            ui.label(RichText::new(zoom).small().color(tokens.text_faint))
                .on_hover_text("Zoom");
            if !session.run().trace_hash.is_empty() {
                let hash: String = session.run().trace_hash.chars().take(12).collect();
                let text = RichText::new(format!("trace {hash}"))
                    .small()
                    .monospace()
                    .color(tokens.text_faint);
                ui.label(text).on_hover_text(format!(
                    "SHA-256 of the trace so far: {}",
                    session.run().trace_hash
                ));
            }
        });
    });
    commands
}
