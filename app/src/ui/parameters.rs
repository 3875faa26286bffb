//! Calibration parameters by instance: their physical values, which change while the system runs,
//! go back to those of the project, or are taken over into it.

use super::{
    theme::{self, tokens},
    value_field::{Field, unit, value_ui, words},
    widgets::{empty_ui, name_field, panel_ui},
};
use crate::{
    command::Command,
    session::{ParameterView, Session, parameter_views},
};
use autosar_wit::{metadata::Access, parameter};
use egui::{RichText, Ui};

pub(super) fn parameters_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    let run = session.run();
    let declared = match run.is_started() {
        true => Vec::new(),
        false => parameter_views(session.document(), session.library()),
    };
    let views = match run.is_started() {
        true => &run.parameters,
        false => &declared,
    };
    panel_ui(ui, |ui| {
        if views.is_empty() {
            let text = "A required port of parameters, or a getter that the project gives a value, shows here";
            empty_ui(ui, "No parameters", text);
        }
        for view in views {
            commands.extend(parameter_ui(ui, session, view));
        }
    });
    commands
}

fn parameter_ui(ui: &mut Ui, session: &Session, view: &ParameterView) -> Vec<Command> {
    let run = session.run();
    let instance = session.document().instances.get(&view.instance);
    // What was taken over is the project's from then on.
    let project = match instance {
        Some(instance) => instance.parameters.get(&view.key).cloned(),
        None => view.text.clone(),
    };
    let live = run.calibrated.get(&view.element).or(view.text.as_ref());
    let shown = match run.is_started() {
        true => live.cloned(),
        false => project.clone(),
    };
    let mut commands = Vec::new();
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&view.name).strong());
        ui.label(
            RichText::new(range(view))
                .size(theme::TEXT_SMALL)
                .color(tokens(ui).text_faint),
        );
    });
    let name = format!("{} value", view.name);
    let is_fixed = run.is_started() && view.access == Access::ReadOnly;
    let changed = ui.add_enabled_ui(!is_fixed, |ui| {
        value_ui(
            ui,
            &field(view, &name),
            shown.as_deref().unwrap_or_default(),
        )
    });
    if let Some(text) = changed.inner {
        commands.extend(set(session, view, text));
    }
    if run.is_started() && shown != project {
        commands.extend(difference_ui(ui, session, view, shown, project));
    }
    commands
}

/// While the system runs its value changes, else the project's.
fn set(session: &Session, view: &ParameterView, text: String) -> Option<Command> {
    if session.run().is_started() {
        return Some(Command::SetParameter {
            element: view.element.clone(),
            text,
        });
    }
    keep(session, view, text)
}

/// The value becomes the project's.
fn keep(session: &Session, view: &ParameterView, text: String) -> Option<Command> {
    let mut changed = session.document().instances.get(&view.instance)?.clone();
    changed.parameters.insert(view.key.clone(), text);
    Some(Command::ChangeInstance(view.instance, changed))
}

fn difference_ui(
    ui: &mut Ui,
    session: &Session,
    view: &ParameterView,
    live: Option<String>,
    project: Option<String>,
) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal_wrapped(|ui| {
        if let Some(project) = project {
            let words = format!("project {}", words(&field(view, ""), &project));
            ui.label(RichText::new(words).color(tokens(ui).warning));
            let back = ui
                .small_button("Back")
                .on_hover_text("The project's value again");
            name_field(&back, &format!("{} back to the project's value", view.name));
            if back.clicked() {
                commands.extend(set(session, view, project));
            }
        }
        let keep = live.and_then(|live| keep(session, view, live));
        let button = ui.add_enabled(keep.is_some(), egui::Button::new("Take over").small());
        let button = button.on_hover_text("Make it the project's value; can be undone");
        name_field(&button, &format!("Take over {}", view.name));
        if button.clicked() {
            commands.extend(keep);
        }
    });
    commands
}

/// `0 to 10 %, read only`
fn range(view: &ParameterView) -> String {
    let unit = unit(&field(view, ""));
    let range = match parameter::limits(view.meaning.as_ref()) {
        (Some(minimum), Some(maximum)) => format!("{minimum} to {maximum}{unit}"),
        (Some(minimum), None) => format!("at least {minimum}{unit}"),
        (None, Some(maximum)) => format!("at most {maximum}{unit}"),
        (None, None) => unit.trim().to_owned(),
    };
    match (view.access, range.as_str()) {
        (Access::ReadOnly, "") => "read only".to_owned(),
        (Access::ReadOnly, range) => format!("{range}, read only"),
        (Access::ReadWrite, _) => range,
    }
}

fn field<'a>(view: &'a ParameterView, name: &'a str) -> Field<'a> {
    Field {
        name,
        id: &view.element,
        value_type: &view.value_type,
        meaning: view.meaning.as_ref(),
    }
}
