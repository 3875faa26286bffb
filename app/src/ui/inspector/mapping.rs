//! The mapping of an adapter as a table: for each place what fills it and how, what is wrong there,
//! and what is still to be confirmed. Used by the inspector of a wire and by the offer of an adapter.

use super::{InspectorView, project::number_ui};
use crate::ui::{
    theme::{self, tokens},
    widgets::{pill_ui, property_of_ui},
};
use autosar_wit::mapping::{Mapping, MappingProblem, Policy, Resolution, Row, RowKind, Rule};
use egui::{ComboBox, DragValue, Frame, Margin, RichText, Ui};

/// Shows the rows; gives the mapping as the user has changed it.
pub(in crate::ui) fn mapping_ui(
    ui: &mut Ui,
    view: &mut InspectorView,
    mapping: &Mapping,
    resolution: &Resolution,
) -> Option<Mapping> {
    let mut changed = mapping.clone();
    let problems = match &resolution.adaptation {
        Ok(_) => &[][..],
        Err(problems) => problems.as_slice(),
    };
    for row in resolution
        .rows
        .iter()
        .filter(|row| is_shown(row, mapping, problems))
    {
        row_ui(ui, view, row, &mut changed, problems);
    }
    for problem in problems {
        let has_row = resolution.rows.iter().any(|row| row.place == problem.place);
        if !has_row {
            stray_ui(ui, problem, &mut changed);
        }
    }
    bound_ui(ui, &mut changed);
    changed.rules.retain(|_, rule| *rule != Rule::default());
    (changed != *mapping).then_some(changed)
}

/// What is taken as it is needs no row.
fn is_shown(row: &Row, mapping: &Mapping, problems: &[MappingProblem]) -> bool {
    row.kind != RowKind::Plain
        || row.takes_default
        || row.sources.len() > 1
        || mapping.rules.contains_key(&row.place)
        || problems.iter().any(|problem| problem.place == row.place)
}

fn row_ui(
    ui: &mut Ui,
    view: &mut InspectorView,
    row: &Row,
    mapping: &mut Mapping,
    problems: &[MappingProblem],
) {
    let tokens = tokens(ui);
    let before = mapping.rules.get(&row.place).cloned().unwrap_or_default();
    let mut rule = before.clone();
    let frame = Frame::new()
        .fill(tokens.surface)
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::symmetric(8, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(&row.place).monospace().strong());
            if before.to_confirm {
                pill_ui(ui, "to confirm", tokens.warning, tokens.warning_soft);
            }
        });
        let words = RichText::new(types_text(row)).size(theme::TEXT_SMALL);
        ui.label(words.color(tokens.text_weak));
        for problem in problems.iter().filter(|one| one.place == row.place) {
            let text = RichText::new(problem.problem.to_string()).size(theme::TEXT_SMALL);
            ui.label(text.color(tokens.error));
        }
        source_ui(ui, row, &mut rule);
        match &row.kind {
            RowKind::Plain => {}
            RowKind::Number => number_rule_ui(ui, row, &mut rule),
            RowKind::Cases { given, needed } => {
                cases_ui(ui, row, (given, needed), &mut rule);
                otherwise_ui(ui, row, needed, &mut rule);
            }
            RowKind::Flags { given, needed } => {
                cases_ui(ui, row, (given, needed), &mut rule);
                let choices = [
                    (Policy::LeaveOut, "Leave out"),
                    (Policy::Invalid, "Invalid"),
                ];
                policy_ui(ui, row, "Other flags", &choices, &mut rule);
            }
        }
        if row.takes_default || rule.default.is_some() {
            default_ui(ui, view, row, &mut rule);
        }
        // Whoever changes a rule has looked at it.
        if rule != before {
            rule.to_confirm = false;
        }
        if before.to_confirm {
            let mut is_confirmed = !rule.to_confirm;
            ui.checkbox(&mut is_confirmed, format!("Confirm {}", row.place));
            rule.to_confirm = !is_confirmed;
        }
    });
    ui.add_space(theme::GAP_SMALL);
    if rule != before {
        mapping.rules.insert(row.place.clone(), rule);
    }
}

/// `u8 from speed: f32`
fn types_text(row: &Row) -> String {
    let needs = match row.needs.as_str() {
        "" => "nothing",
        needs => needs,
    };
    match (row.source.as_str(), row.given.as_str()) {
        ("", "") => format!("needs {needs}, nothing is given"),
        (source, "") => format!("needs {needs}, from {source}"),
        ("", given) => format!("needs {needs}, is given {given}"),
        (source, given) => format!("needs {needs}, is given {given} by {source}"),
    }
}

/// The name that fills the place where no rule says another.
fn own_name(place: &str) -> &str {
    let inside = place.trim_end_matches(')');
    inside.rsplit(['.', '(']).next().unwrap_or(inside)
}

fn source_ui(ui: &mut Ui, row: &Row, rule: &mut Rule) {
    if row.sources.len() < 2 && rule.from.is_none() {
        return;
    }
    let own = own_name(&row.place);
    let mut chosen = rule.from.clone().unwrap_or_else(|| row.source.clone());
    let before = chosen.clone();
    let shown = match chosen.as_str() {
        "" => "nothing".to_owned(),
        chosen => chosen.to_owned(),
    };
    property_of_ui(ui, &row.place, "Filled by", |ui| {
        ComboBox::from_id_salt((&row.place, "from"))
            .selected_text(shown)
            .width(ui.available_width())
            .truncate()
            .show_ui(ui, |ui| {
                for source in &row.sources {
                    ui.selectable_value(&mut chosen, source.clone(), source);
                }
            });
    });
    if chosen != before {
        rule.from = (chosen != own).then_some(chosen);
        rule.default = None;
    }
}

fn number_rule_ui(ui: &mut Ui, row: &Row, rule: &mut Rule) {
    for (name, number, usual) in [
        ("Factor", &mut rule.factor, 1.0),
        ("Offset", &mut rule.offset, 0.0),
    ] {
        let mut value = number.unwrap_or(usual);
        let is_changed = property_of_ui(ui, &row.place, name, |ui| {
            number_ui(ui, &mut value, |ui, value| {
                ui.add(DragValue::new(value).speed(0.01).max_decimals(9))
            })
        });
        if is_changed && value.is_finite() && value != number.unwrap_or(usual) {
            *number = (value != usual).then_some(value);
        }
    }
    let choices = [(Policy::Saturate, "Saturate"), (Policy::Invalid, "Invalid")];
    policy_ui(ui, row, "Outside", &choices, rule);
}

fn policy_ui(ui: &mut Ui, row: &Row, name: &str, choices: &[(Policy, &str)], rule: &mut Rule) {
    let word = choices
        .iter()
        .find(|(policy, _)| rule.policy == Some(*policy));
    let shown = match (word, rule.policy) {
        (Some((_, word)), _) => *word,
        (None, Some(policy)) => policy.words(),
        (None, None) => "not stated",
    };
    property_of_ui(ui, &row.place, name, |ui| {
        ComboBox::from_id_salt((&row.place, name))
            .selected_text(shown)
            .width(ui.available_width())
            .truncate()
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut rule.policy, None, "not stated");
                for (policy, word) in choices {
                    ui.selectable_value(&mut rule.policy, Some(*policy), *word);
                }
            });
    });
}

/// For each given case the needed one.
fn cases_ui(ui: &mut Ui, row: &Row, (given, needed): (&[String], &[String]), rule: &mut Rule) {
    for name in given {
        let same = needed.contains(name).then(|| name.clone());
        let mut chosen = rule.cases.get(name).cloned().or(same.clone());
        let before = chosen.clone();
        property_of_ui(ui, &row.place, name, |ui| {
            ComboBox::from_id_salt((&row.place, "case", name))
                .selected_text(chosen.clone().unwrap_or_else(|| "as the rest".to_owned()))
                .width(ui.available_width())
                .truncate()
                .show_ui(ui, |ui| {
                    if same.is_none() {
                        ui.selectable_value(&mut chosen, None, "as the rest");
                    }
                    for case in needed {
                        ui.selectable_value(&mut chosen, Some(case.clone()), case);
                    }
                });
        });
        if chosen == before {
            continue;
        }
        match chosen.filter(|case| Some(case) != same.as_ref()) {
            Some(case) => drop(rule.cases.insert(name.clone(), case)),
            None => drop(rule.cases.remove(name)),
        }
    }
}

/// What answers for all cases without a counterpart: a case, or `invalid` of the call.
fn otherwise_ui(ui: &mut Ui, row: &Row, needed: &[String], rule: &mut Rule) {
    let shown = match (&rule.otherwise, rule.policy) {
        (Some(case), _) => case.clone(),
        (None, Some(Policy::Invalid)) => "the call is invalid".to_owned(),
        (None, _) => "not stated".to_owned(),
    };
    let before = (rule.otherwise.clone(), rule.policy);
    let mut chosen = before.clone();
    property_of_ui(ui, &row.place, "The rest", |ui| {
        ComboBox::from_id_salt((&row.place, "otherwise"))
            .selected_text(shown)
            .width(ui.available_width())
            .truncate()
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut chosen, (None, None), "not stated");
                let invalid = (None, Some(Policy::Invalid));
                ui.selectable_value(&mut chosen, invalid, "the call is invalid");
                for case in needed {
                    ui.selectable_value(&mut chosen, (Some(case.clone()), None), case);
                }
            });
    });
    if chosen != before {
        (rule.otherwise, rule.policy) = chosen;
    }
}

fn default_ui(ui: &mut Ui, view: &mut InspectorView, row: &Row, rule: &mut Rule) {
    let current = rule.default.clone().unwrap_or_default();
    let key = format!("default {}", row.place);
    let text = property_of_ui(ui, &row.place, "Default", |ui| {
        view.text_ui(ui, &key, &current, "none")
    });
    if let Some(text) = text {
        rule.default = (!text.is_empty()).then_some(text);
    }
}

/// A problem of a place that the interfaces do not have, or of a whole function.
fn stray_ui(ui: &mut Ui, problem: &MappingProblem, mapping: &mut Mapping) {
    let text = RichText::new(problem.to_string()).size(theme::TEXT_SMALL);
    ui.label(text.color(tokens(ui).error));
    if mapping.rules.contains_key(&problem.place)
        && ui
            .button(format!("Remove the rule for {}", problem.place))
            .clicked()
    {
        mapping.rules.remove(&problem.place);
    }
}

/// The bound of lists and strings.
fn bound_ui(ui: &mut Ui, mapping: &mut Mapping) {
    let mut bound = mapping.bound();
    let is_changed = property_of_ui(ui, "Adapter", "Bound", |ui| {
        number_ui(ui, &mut bound, |ui, bound| {
            ui.add(DragValue::new(bound).range(1..=65_536))
                .on_hover_text("Most elements of each list and bytes of each string")
        })
    });
    if is_changed && bound != mapping.bound() {
        mapping.bound = (bound != autosar_wit::mapping::DEFAULT_BOUND).then_some(bound);
    }
}
