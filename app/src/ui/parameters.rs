//! Calibration parameters by instance: their physical values, which change while the system runs,
//! go back to those of the project, or are taken over into it.

use super::{
    theme::{self, tokens},
    widgets::{empty_ui, name_field, panel_ui, switch_ui},
};
use crate::{
    command::Command,
    session::{ParameterView, Session, parameter_views},
};
use autosar_wit::{
    metadata::Access,
    parameter,
    types::{TypeKind, ValueType},
    value::{self, Value},
};
use egui::{ComboBox, DragValue, RichText, Slider, TextEdit, Ui};

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
    let is_fixed = run.is_started() && view.access == Access::ReadOnly;
    let changed = ui.add_enabled_ui(!is_fixed, |ui| {
        value_ui(ui, view, shown.as_deref().unwrap_or_default())
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
            let words = format!("project {}", words(view, &project));
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
    let unit = unit(view);
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

fn unit(view: &ParameterView) -> String {
    let unit = view
        .meaning
        .as_ref()
        .and_then(|meaning| meaning.unit.as_ref());
    unit.map(|unit| format!(" {unit}")).unwrap_or_default()
}

/// The accessible name of its field.
fn field(view: &ParameterView) -> String {
    format!("{} value", view.name)
}

fn physical(view: &ParameterView, text: &str) -> Option<f64> {
    let value = value::parse(&view.value_type, text).ok()?;
    parameter::physical(view.meaning.as_ref(), &value)
}

/// A raw value as a person reads it.
fn words(view: &ParameterView, text: &str) -> String {
    match physical(view, text) {
        Some(physical) => format!("{physical}{}", unit(view)),
        None => text.to_owned(),
    }
}

/// The field for a value of that type; the raw text where it was changed.
fn value_ui(ui: &mut Ui, view: &ParameterView, text: &str) -> Option<String> {
    if let Some(physical) = physical(view, text) {
        return number_ui(ui, view, physical);
    }
    let parsed = value::parse(&view.value_type, text);
    match (&parsed, cases(&view.value_type)) {
        (Ok(Value::Bool(is_on)), _) => {
            switch_ui(ui, &field(view), *is_on).map(|is_on| is_on.to_string())
        }
        (_, Some(cases)) => case_ui(ui, view, text, cases),
        _ => text_ui(ui, view, text),
    }
}

fn number_ui(ui: &mut Ui, view: &ParameterView, before: f64) -> Option<String> {
    let mut physical = before;
    let suffix = unit(view);
    let limits = parameter::limits(view.meaning.as_ref());
    let changed = ui.name_inputs(field(view), |ui| match limits {
        (Some(minimum), Some(maximum)) => {
            ui.spacing_mut().slider_width = (ui.available_width() - 92.0).max(60.0);
            let slider = Slider::new(&mut physical, minimum..=maximum).suffix(suffix);
            ui.add(slider).changed()
        }
        (minimum, maximum) => {
            let range = minimum.unwrap_or(f64::MIN)..=maximum.unwrap_or(f64::MAX);
            let value = DragValue::new(&mut physical).range(range).suffix(suffix);
            ui.add(value.speed(0.1)).changed()
        }
    });
    if !changed {
        return None;
    }
    let value = parameter::from_physical(&view.value_type, view.meaning.as_ref(), physical);
    value.ok().map(|value| value::print(&value))
}

fn cases(value_type: &ValueType) -> Option<&[String]> {
    match value_type {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Enum(cases) => Some(cases),
            TypeKind::Alias(target) => cases(target),
            _ => None,
        },
        _ => None,
    }
}

fn case_ui(ui: &mut Ui, view: &ParameterView, text: &str, cases: &[String]) -> Option<String> {
    let mut chosen = text.to_owned();
    ui.name_inputs(field(view), |ui| {
        ComboBox::from_id_salt(&view.element)
            .selected_text(text)
            .show_ui(ui, |ui| {
                for case in cases {
                    ui.selectable_value(&mut chosen, case.clone(), case);
                }
            });
    });
    (chosen != text).then_some(chosen)
}

/// Any other value as WAVE text, taken when it is one.
fn text_ui(ui: &mut Ui, view: &ParameterView, text: &str) -> Option<String> {
    let id = ui.scope_id().with(&view.element);
    let mut typed = ui
        .data_mut(|data| data.get_temp::<String>(id))
        .unwrap_or_else(|| text.to_owned());
    let edit = ui.add(TextEdit::singleline(&mut typed).desired_width(f32::INFINITY));
    name_field(&edit, &field(view));
    let is_value = parameter::raw(&view.value_type, view.meaning.as_ref(), &typed);
    ui.data_mut(|data| {
        data.remove::<String>(id);
        if edit.has_focus() {
            data.insert_temp(id, typed.clone());
        }
    });
    if let (Err(error), true) = (&is_value, edit.has_focus()) {
        ui.label(RichText::new(error.to_string()).color(tokens(ui).error));
    }
    (edit.lost_focus() && is_value.is_ok() && typed != text).then_some(typed)
}
