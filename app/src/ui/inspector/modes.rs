//! What of an activation has to do with modes: which change of a mode starts it, and in which modes
//! it is disabled.

use crate::ui::{theme::tokens, widgets::name_field};
use autosar_wit::{
    component::{ComponentType, Direction},
    modes::{self, Modes},
};
use egui::{ComboBox, RichText, Ui};
use graph_core::document::{Activation, ModeChange, RteEvent};

/// The required mode switch ports of a component, by name.
pub(super) fn mode_ports(component: &ComponentType) -> Vec<(&str, Modes<'_>)> {
    let ports = component.ports.iter();
    ports
        .filter(|port| port.direction == Direction::Required)
        .filter_map(|port| Some((port.name.as_str(), modes::of(port)?)))
        .collect()
}

/// The event that a new choice begins with: the first mode is entered.
pub(super) fn first_switch(ports: &[(&str, Modes<'_>)]) -> Option<RteEvent> {
    let (port, modes) = ports.first()?;
    Some(RteEvent::ModeSwitch {
        port: (*port).to_owned(),
        change: ModeChange::Entry(modes.names.first()?.clone()),
    })
}

const CHANGES: [&str; 3] = ["Entry", "Exit", "Transition"];

/// Port, change and modes of a mode switch event; whether something was chosen.
pub(super) fn switch_ui(
    ui: &mut Ui,
    name: &str,
    event: &mut RteEvent,
    ports: &[(&str, Modes<'_>)],
) -> bool {
    let RteEvent::ModeSwitch { port, change } = event else {
        return false;
    };
    let mut is_changed = false;
    ui.horizontal_wrapped(|ui| {
        if ports.len() > 1 {
            let names = ports.iter().map(|(port, _)| *port);
            is_changed |= choice_ui(ui, &format!("{name} mode port"), port, names);
        }
        let known = ports.iter().find(|(own, _)| own == port);
        let names: &[String] = known.map_or(&[], |(_, modes)| modes.names);
        let (at, first, second) = match change {
            ModeChange::Entry(mode) => (0, mode.clone(), None),
            ModeChange::Exit(mode) => (1, mode.clone(), None),
            ModeChange::Transition { from, to } => (2, from.clone(), Some(to.clone())),
        };
        let mut kind = CHANGES.get(at).copied().unwrap_or_default().to_owned();
        let (mut first, mut second) = (first, second);
        let modes = || names.iter().map(String::as_str);
        is_changed |= choice_ui(ui, &format!("{name} change"), &mut kind, CHANGES);
        is_changed |= choice_ui(ui, &format!("{name} mode"), &mut first, modes());
        if let Some(second) = &mut second {
            ui.label("→");
            is_changed |= choice_ui(ui, &format!("{name} next mode"), second, modes());
        }
        let other = || names.iter().find(|mode| **mode != first).cloned();
        *change = match kind.as_str() {
            "Entry" => ModeChange::Entry(first),
            "Exit" => ModeChange::Exit(first),
            _ => ModeChange::Transition {
                to: second.or_else(other).unwrap_or_default(),
                from: first,
            },
        };
    });
    is_changed
}

/// A small choice among words; whether another one was taken.
fn choice_ui<'a>(
    ui: &mut Ui,
    name: &str,
    chosen: &mut String,
    words: impl IntoIterator<Item = &'a str>,
) -> bool {
    let before = chosen.clone();
    ui.name_inputs(name, |ui| {
        ComboBox::from_id_salt(name)
            .selected_text(crate::canvas::names::port_label(chosen))
            .width(64.0)
            .show_ui(ui, |ui| {
                for word in words {
                    let text = crate::canvas::names::port_label(word);
                    ui.selectable_value(chosen, word.to_owned(), text);
                }
            });
    });
    *chosen != before
}

/// In which modes the activation is disabled; whether that was changed.
pub(super) fn disabled_ui(
    ui: &mut Ui,
    name: &str,
    activation: &mut Activation,
    ports: &[(&str, Modes<'_>)],
) -> bool {
    let mut is_changed = false;
    for (port, modes) in ports {
        let disabled = activation
            .disabled_in
            .get(*port)
            .cloned()
            .unwrap_or_default();
        let words: Vec<&str> = disabled.iter().map(String::as_str).collect();
        let text = match words.is_empty() {
            true => "no mode".to_owned(),
            false => words.join(", "),
        };
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Disabled in").color(tokens(ui).text_weak));
            let menu = ui.menu_button(text, |ui| {
                for mode in modes.names {
                    let mut is_disabled = disabled.contains(mode);
                    let tick = ui.checkbox(&mut is_disabled, mode);
                    name_field(&tick, &format!("{name} disabled in {mode}"));
                    if tick.changed() {
                        toggle(activation, port, mode, is_disabled);
                        is_changed = true;
                    }
                }
            });
            name_field(&menu.response, &format!("{name} disabled in"));
            if ports.len() > 1 {
                let port = crate::canvas::names::port_label(port);
                ui.label(RichText::new(format!("of {port}")).color(tokens(ui).text_faint));
            }
        });
    }
    is_changed
}

fn toggle(activation: &mut Activation, port: &str, mode: &str, is_disabled: bool) {
    let modes = activation.disabled_in.entry(port.to_owned()).or_default();
    match is_disabled {
        true => modes.insert(mode.to_owned()),
        false => modes.remove(mode),
    };
    if modes.is_empty() {
        activation.disabled_in.remove(port);
    }
}
