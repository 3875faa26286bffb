//! A field for a raw value by its type and meaning: a slider, a number, a choice, a switch, or text.
//! Knows nothing of whose value it is.

use super::{
    theme::tokens,
    widgets::{name_field, switch_ui},
};
use autosar_wit::{
    metadata::ElementMetadata,
    parameter,
    types::{TypeKind, ValueType},
    value::{self, Value},
};
use egui::{ComboBox, DragValue, RichText, Slider, TextEdit, Ui};

/// What a value is.
pub(super) struct Field<'a> {
    /// Its accessible name.
    pub(super) name: &'a str,
    /// Of nothing else in the panel.
    pub(super) id: &'a str,
    pub(super) value_type: &'a ValueType,
    pub(super) meaning: Option<&'a ElementMetadata>,
}

pub(super) fn unit(field: &Field<'_>) -> String {
    let unit = field.meaning.and_then(|meaning| meaning.unit.as_ref());
    unit.map(|unit| format!(" {unit}")).unwrap_or_default()
}

fn physical(field: &Field<'_>, text: &str) -> Option<f64> {
    let value = value::parse(field.value_type, text).ok()?;
    parameter::physical(field.meaning, &value)
}

/// A raw value as a person reads it.
pub(super) fn words(field: &Field<'_>, text: &str) -> String {
    match physical(field, text) {
        Some(physical) => format!("{physical}{}", unit(field)),
        None => text.to_owned(),
    }
}

/// The field for a value of that type; the raw text where it was changed.
pub(super) fn value_ui(ui: &mut Ui, field: &Field<'_>, text: &str) -> Option<String> {
    if let Some(physical) = physical(field, text) {
        return number_ui(ui, field, physical);
    }
    let parsed = value::parse(field.value_type, text);
    match (&parsed, cases(field.value_type)) {
        (Ok(Value::Bool(is_on)), _) => {
            switch_ui(ui, field.name, *is_on).map(|is_on| is_on.to_string())
        }
        (_, Some(cases)) => case_ui(ui, field, text, cases),
        _ => text_ui(ui, field, text),
    }
}

fn number_ui(ui: &mut Ui, field: &Field<'_>, before: f64) -> Option<String> {
    let mut physical = before;
    let suffix = unit(field);
    let limits = parameter::limits(field.meaning);
    let changed = ui.name_inputs(field.name, |ui| match limits {
        (Some(minimum), Some(maximum)) => {
            ui.spacing_mut().slider_width = (ui.available_width() - 92.0).max(60.0);
            let slider = Slider::new(&mut physical, minimum..=maximum).suffix(suffix);
            ui.add(slider).changed()
        }
        (minimum, maximum) => {
            let range = minimum.unwrap_or(f64::MIN)..=maximum.unwrap_or(f64::MAX);
            let mut value = DragValue::new(&mut physical).range(range).suffix(suffix);
            if is_whole(field) {
                value = value.max_decimals(0);
            }
            ui.add(value.speed(0.1)).changed()
        }
    });
    if !changed {
        return None;
    }
    let value = parameter::from_physical(field.value_type, field.meaning, physical);
    value.ok().map(|value| value::print(&value))
}

/// Whether nothing stands behind its point.
fn is_whole(field: &Field<'_>) -> bool {
    use ValueType::{S8, S16, S32, S64, U8, U16, U32, U64};
    field.meaning.is_none()
        && matches!(
            field.value_type,
            S8 | S16 | S32 | S64 | U8 | U16 | U32 | U64
        )
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

fn case_ui(ui: &mut Ui, field: &Field<'_>, text: &str, cases: &[String]) -> Option<String> {
    let mut chosen = text.to_owned();
    ui.name_inputs(field.name, |ui| {
        ComboBox::from_id_salt(field.id)
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
fn text_ui(ui: &mut Ui, field: &Field<'_>, text: &str) -> Option<String> {
    let id = ui.scope_id().with(field.id);
    let mut typed = ui
        .data_mut(|data| data.get_temp::<String>(id))
        .unwrap_or_else(|| text.to_owned());
    let edit = ui.add(TextEdit::singleline(&mut typed).desired_width(f32::INFINITY));
    name_field(&edit, field.name);
    let is_value = parameter::raw(field.value_type, field.meaning, &typed);
    // Asked before, since within the data egui is locked.
    let is_edited = edit.has_focus();
    ui.data_mut(|data| {
        data.remove::<String>(id);
        if is_edited {
            data.insert_temp(id, typed.clone());
        }
    });
    if let (Err(error), true) = (&is_value, is_edited) {
        ui.label(RichText::new(error.to_string()).color(tokens(ui).error));
    }
    (edit.lost_focus() && is_value.is_ok() && typed != text).then_some(typed)
}
