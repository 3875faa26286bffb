//! Where virtual time stands, on a slider over all that has been run: dragged back it goes there. And
//! the question for an instant.

use super::{
    controls::seconds,
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, property_ui},
};
use crate::{
    command::Command,
    session::{Phase, Session},
};
use egui::{Id, Modal, RichText, Slider, TextEdit, Ui};

/// Slider and clock; while the slider is dragged the clock shows where it would go.
pub(super) fn timeline_ui(ui: &mut Ui, session: &Session) -> Option<Command> {
    let run = session.run();
    let id = Id::unique("timeline");
    let dragged: Option<f64> = ui.data(|data| data.get_temp(id));
    let mut at_ns = dragged.unwrap_or(run.now_ns as f64);
    let can_go = run.reached_ns > 0 && run.phase != Phase::Stopped;
    let slider = Slider::new(&mut at_ns, 0.0..=run.reached_ns.max(1) as f64).show_value(false);
    ui.spacing_mut().slider_width = theme::TIMELINE_WIDTH;
    let moved = ui.name_inputs("Time", |ui| ui.add_enabled(can_go, slider));
    let moved = moved.on_hover_text("Virtual time: drag it back, and the run goes there again");
    let mut command = None;
    if moved.dragged() {
        ui.data_mut(|data| data.insert_temp(id, at_ns));
    } else if dragged.is_some() || moved.changed() {
        ui.data_mut(|data| data.remove_temp::<f64>(id));
        command = Some(Command::GoToInstant(at_ns.round() as u64));
    }
    let ink = match moved.dragged() {
        true => tokens(ui).accent,
        false => tokens(ui).text,
    };
    let time = RichText::new(seconds(at_ns.round() as u64))
        .monospace()
        .size(theme::TEXT_HEADING)
        .color(ink);
    ui.label(time).on_hover_text("Virtual time");
    command
}

/// What the question for an instant remembers while it is open.
#[derive(Debug, Default)]
pub(super) struct InstantView {
    /// `None`: nothing was written yet.
    text: Option<String>,
}

impl InstantView {
    pub(super) fn ui(&mut self, ui: &Ui, session: &Session) -> Vec<Command> {
        if !session.view().asks_instant {
            self.text = None;
            return Vec::new();
        }
        let is_new = self.text.is_none();
        let proposed = || format!("{}", session.instant_ns() as f64 / 1e9);
        let text = self.text.get_or_insert_with(proposed);
        let mut commands = Vec::new();
        let modal = Modal::new(Id::unique("instant"))
            .frame(dialog_frame(ui))
            .show(ui.ctx(), |ui| {
                ui.set_width(theme::OFFER_WIDTH);
                ui.heading("Go to time");
                ui.add_space(theme::GAP_SMALL);
                let field = property_ui(ui, "Time", |ui| ui.add(TextEdit::singleline(text)));
                if is_new {
                    field.request_focus();
                }
                let wanted = instant(text);
                let words = match &wanted {
                    Ok(_) => "Seconds as `2.5`, or with a unit as `250ms`, `1min`",
                    Err(reason) => reason,
                };
                let ink = match wanted {
                    Ok(_) => tokens(ui).text_faint,
                    Err(_) => tokens(ui).error,
                };
                ui.label(RichText::new(words).color(ink));
                ui.add_space(theme::GAP);
                let entered =
                    field.lost_focus() && ui.input(|one| one.key_pressed(egui::Key::Enter));
                ui.horizontal(|ui| {
                    let is_given = main_button_ui(ui, wanted.is_ok(), "Go").clicked() || entered;
                    if let (true, Ok(at_ns)) = (is_given, &wanted) {
                        commands.push(Command::GoToInstant(*at_ns));
                    }
                    if ui.button("Cancel").clicked() {
                        commands.push(Command::AskForInstant);
                    }
                });
            });
        if modal.should_close() && commands.is_empty() {
            commands.push(Command::AskForInstant);
        }
        commands
    }
}

/// Seconds, or with a unit.
fn instant(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let is_plain = !text.ends_with(|one: char| one.is_ascii_alphabetic());
    let with_unit = match is_plain {
        true => format!("{text}s"),
        false => text.to_owned(),
    };
    let wrong = || format!("`{text}` is no time; write seconds, or as `250ms`");
    simulator::parse_duration_ns(&with_unit).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn an_instant_is_seconds_or_has_a_unit() {
        assert_eq!(instant("2.5"), Ok(2_500_000_000));
        assert_eq!(instant(" 250ms "), Ok(250_000_000));
        for wrong in ["", "-1", "soon", "1h"] {
            let reason = instant(wrong).unwrap_err();
            assert!(reason.contains("write seconds"), "{reason}");
        }
    }
}
