//! Run, pause, step, speed, restart; the time and how fast it runs.

use super::{
    icons::{Emphasis, Icon, icon_button_ui},
    keys::shortcut_text,
    theme::{self, tokens},
    timeline, widgets,
};
use crate::{
    command::{self, Command},
    session::{Phase, RunSpeed, Session},
};
use egui::{Align, ComboBox, Layout, RichText, Ui};

const SPEEDS: [(RunSpeed, &str); 6] = [
    (RunSpeed::Times(0.1), "0.1 × real time"),
    (RunSpeed::Times(0.5), "0.5 × real time"),
    (RunSpeed::RealTime, "Real time"),
    (RunSpeed::Times(2.0), "2 × real time"),
    (RunSpeed::Times(10.0), "10 × real time"),
    (RunSpeed::AsFastAsPossible, "As fast as possible"),
];

pub(super) fn controls_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal_centered(|ui| {
        let (main, sign) = match session.run().is_running() {
            true => ("simulation.pause", Icon::Pause),
            false => ("simulation.run", Icon::Run),
        };
        commands.extend(button_ui(ui, session, main, sign, Emphasis::Main));
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        for (id, sign) in [
            ("simulation.step-back", Icon::StepBack),
            ("simulation.step", Icon::Step),
            ("simulation.step-frame", Icon::StepFrame),
            ("simulation.restart", Icon::Restart),
            ("simulation.stop", Icon::Stop),
        ] {
            commands.extend(button_ui(ui, session, id, sign, Emphasis::Plain));
        }
        ui.spacing_mut().item_spacing.x = theme::GAP;
        ui.add_space(theme::GAP_SMALL);
        commands.extend(speed_ui(ui, session));
        ui.add_space(theme::GAP);
        commands.extend(clock_ui(ui, session));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
            commands.extend(button_ui(
                ui,
                session,
                "file.export",
                Icon::Export,
                Emphasis::Named,
            ));
            ui.add_space(theme::GAP_SMALL);
            for (id, sign) in [
                ("view.fit", Icon::Fit),
                ("edit.redo", Icon::Redo),
                ("edit.undo", Icon::Undo),
            ] {
                commands.extend(button_ui(ui, session, id, sign, Emphasis::Plain));
            }
        });
    });
    commands
}

fn button_ui(
    ui: &mut Ui,
    session: &Session,
    id: &str,
    sign: Icon,
    emphasis: Emphasis,
) -> Option<Command> {
    let entry = session.command(id)?;
    let enabled = (entry.enabled)(session);
    let shortcut = entry.shortcut.map(shortcut_text).unwrap_or_default();
    let response = icon_button_ui(
        ui,
        sign,
        entry.text.trim_end_matches('…'),
        enabled,
        emphasis,
    );
    let is_clicked = enabled && response.clicked();
    match enabled {
        true => response.on_hover_text(format!("{} ({shortcut})", entry.tooltip)),
        false => response.on_hover_text(why_not(session, &entry)),
    };
    is_clicked.then_some(entry.command)
}

fn why_not(session: &Session, entry: &command::Entry) -> String {
    let blocked = !session.can_compose() && !session.run().is_started();
    let needs_system = matches!(
        entry.command,
        Command::Run | Command::Step | Command::StepFrame | Command::Export
    );
    match (
        needs_system && blocked,
        session.document().instances.is_empty(),
    ) {
        (true, true) => "There is nothing to run yet: drag components from the library".to_owned(),
        (true, false) => "Errors are in the way: see Problems (F8)".to_owned(),
        _ => entry.tooltip.to_owned(),
    }
}

fn speed_ui(ui: &mut Ui, session: &Session) -> Option<Command> {
    let current = session.run().speed;
    let name = |speed: RunSpeed| {
        SPEEDS
            .iter()
            .find(|(other, _)| *other == speed)
            .map_or("Own speed", |(_, name)| name)
    };
    let mut chosen = None;
    ui.name_inputs("Speed", |ui| {
        ComboBox::from_id_salt("speed")
            .selected_text(name(current))
            .width(150.0)
            .show_ui(ui, |ui| {
                for (speed, text) in SPEEDS {
                    if ui.selectable_label(speed == current, text).clicked() {
                        chosen = Some(Command::SetSpeed(speed));
                    }
                }
            });
    });
    chosen
}

fn clock_ui(ui: &mut Ui, session: &Session) -> Option<Command> {
    let (run, tokens) = (session.run(), tokens(ui));
    let (word, ink, ground) = match run.phase {
        Phase::Stopped => ("stopped", tokens.text_weak, tokens.surface),
        Phase::Starting => ("starting…", tokens.information, tokens.accent_soft),
        Phase::Running => ("running", tokens.success, tokens.success_soft),
        Phase::Paused if run.stopped.is_some() => {
            ("at a breakpoint", tokens.warning, tokens.warning_soft)
        }
        Phase::Paused => ("paused", tokens.warning, tokens.warning_soft),
        Phase::Ended => ("ended", tokens.error, tokens.error_soft),
    };
    let pill = widgets::pill_ui(ui, word, ink, ground);
    if let Some(hit) = &run.stopped {
        pill.on_hover_text(format!("{}: {}", hit.text, hit.reason));
    }
    let command = timeline::timeline_ui(ui, session);
    if run.phase == Phase::Running {
        ui.label(RichText::new(format!("× {:.1}", run.rate)).color(tokens.text_faint))
            .on_hover_text("Virtual seconds per second");
    }
    for (bus, load) in &run.bus_load {
        ui.label(RichText::new(format!("{bus} {:.1} %", load * 100.0)).color(tokens.text_faint))
            .on_hover_text("Load of the bus");
    }
    command
}

/// `12.345 678 s`.
pub(super) fn seconds(time_ns: u64) -> String {
    let (whole, rest) = (time_ns / 1_000_000_000, time_ns % 1_000_000_000 / 1000);
    format!("{whole}.{:03} {:03} s", rest / 1000, rest % 1000)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn time_is_written_to_the_microsecond() {
        assert_eq!(seconds(0), "0.000 000 s");
        assert_eq!(seconds(61_002_003_999), "61.002 003 s");
    }
}
