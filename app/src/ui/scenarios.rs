//! The project's scenarios: run them, see which assertions hold, open a failed one at its instant.

use super::{
    theme::{self, tokens},
    widgets::{empty_ui, name_field, panel_ui, pill_ui},
};
use crate::{
    command::Command,
    scenario::{Judged, Tested},
    session::{Scenarios, Session},
};
use egui::{Button, RichText, Ui};
use scenario::Verdict;

pub(super) fn scenarios_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    let scenarios = session.scenarios();
    panel_ui(ui, |ui| {
        ui.horizontal(|ui| {
            let can_test = session.can_test() && scenarios.running.is_empty();
            let all = ui.add_enabled(can_test, Button::new("Run all scenarios"));
            if all.clicked() {
                commands.push(Command::TestScenarios);
            }
            let reload = ui
                .button("Reload")
                .on_hover_text("Read the scenario files again");
            name_field(&reload, "Reload scenarios");
            if reload.clicked() {
                commands.push(Command::ReloadScenarios);
            }
            summary_ui(ui, scenarios);
        });
        let known = scenarios.known.as_deref().unwrap_or_default();
        if known.is_empty() {
            let text = match session.path() {
                Some(_) => "Write one into scenarios/NAME.scenario beside the project, then reload",
                None => "Save the project first: scenarios lie beside it",
            };
            empty_ui(ui, "No scenarios", text);
        }
        for (name, title) in known {
            ui.add_space(theme::GAP_SMALL);
            scenario_ui(ui, session, (name, title), &mut commands);
        }
    });
    commands
}

fn summary_ui(ui: &mut Ui, scenarios: &Scenarios) {
    let tested = scenarios.results.values();
    let passed = tested.clone().filter(|tested| tested.has_passed()).count();
    let failed = tested.count() - passed;
    if passed + failed > 0 {
        let text = format!("{passed} passed, {failed} failed");
        ui.label(RichText::new(text).color(tokens(ui).text_faint));
    }
}

fn scenario_ui(
    ui: &mut Ui,
    session: &Session,
    (name, title): (&str, &str),
    commands: &mut Vec<Command>,
) {
    let tokens = tokens(ui);
    let scenarios = session.scenarios();
    let tested = scenarios.results.get(name);
    let is_running = scenarios.running.contains(name);
    ui.horizontal(|ui| {
        let (text, ink, ground) = match (is_running, tested) {
            (true, _) => ("… running", tokens.text_weak, tokens.well),
            (false, None) => ("not run", tokens.text_faint, tokens.well),
            (false, Some(tested)) if tested.has_passed() => {
                ("● passed", tokens.success, tokens.success_soft)
            }
            (false, Some(_)) => ("× failed", tokens.error, tokens.error_soft),
        };
        pill_ui(ui, text, ink, ground);
        ui.label(RichText::new(name).strong().color(tokens.text));
        ui.label(RichText::new(title).color(tokens.text_weak));
        let run = ui.add_enabled(
            session.can_test() && !is_running,
            Button::new("Run").small(),
        );
        name_field(&run, &format!("Run scenario {name}"));
        if run.clicked() {
            commands.push(Command::TestScenario(name.to_owned()));
        }
    });
    if let Some(tested) = tested.filter(|tested| !tested.has_passed()) {
        ui.indent(name, |ui| failed_ui(ui, tested, commands));
    }
}

fn failed_ui(ui: &mut Ui, tested: &Tested, commands: &mut Vec<Command>) {
    let ink = tokens(ui).error;
    for problem in &tested.problems {
        ui.label(RichText::new(format!("{}:{problem}", tested.file)).color(ink));
    }
    if let Some(ended) = &tested.ended {
        ui.label(RichText::new(ended).color(ink));
    }
    for (assertion, judged) in tested.judged.iter().enumerate() {
        if !judged.is_fine && judged_ui(ui, judged) {
            commands.push(Command::OpenFailure {
                scenario: tested.name.clone(),
                assertion,
            });
        }
    }
}

/// Whether a failed assertion was clicked.
fn judged_ui(ui: &mut Ui, judged: &Judged) -> bool {
    let (weak, text) = (tokens(ui).text_weak, tokens(ui).text);
    match &judged.verdict {
        Verdict::Failed(failure) => {
            let title = format!("{}  at {}", judged.name, failure.at);
            let link = ui.link(RichText::new(title).color(text));
            let link = link.on_hover_text("Open the simulation at this instant");
            let told = format!("expected {}, but {}", failure.expected, failure.actual);
            ui.add(egui::Label::new(RichText::new(told).color(weak)).wrap());
            link.clicked()
        }
        Verdict::NotExercised(why) => {
            ui.label(RichText::new(&judged.name).color(text));
            let told = format!("not exercised: {why}");
            ui.add(egui::Label::new(RichText::new(told).color(weak)).wrap());
            false
        }
        Verdict::Passed => false,
    }
}
