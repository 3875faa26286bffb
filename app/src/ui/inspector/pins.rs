//! Pins of a GPIO controller: what they carry, which way, which level is active, the resistor, and
//! what reaches an input at the start of a run.

use super::{
    InspectorView,
    bus::stimuli_ui,
    project::{card_ui, number_ui, removable_ui},
};
use crate::{session::platform, ui::widgets::property_of_ui};
use deployment::{ActiveLevel, PinDirection, PinSignal, Pull};
use egui::{ComboBox, DragValue, RichText, Ui};
use graph_core::document::{Document, Pin};

/// Of a converter with 12 bits.
const FULL_SCALE: u32 = 4095;
const SIGNALS: [&str; 2] = ["Digital", "Analog"];
const DIRECTIONS: [(PinDirection, &str); 3] = [
    (PinDirection::In, "Input"),
    (PinDirection::Out, "Output"),
    (PinDirection::InOut, "Input and output"),
];
const LEVELS: [(ActiveLevel, &str); 2] = [(ActiveLevel::High, "High"), (ActiveLevel::Low, "Low")];
const PULLS: [(Option<Pull>, &str); 3] = [
    (None, "None"),
    (Some(Pull::Up), "Up"),
    (Some(Pull::Down), "Down"),
];

pub(super) fn pins_ui(
    ui: &mut Ui,
    document: &Document,
    view: &mut InspectorView,
    controller: &str,
    pins: &mut Vec<Pin>,
) -> bool {
    let mut is_changed = false;
    let mut removed = None;
    for (number, pin) in pins.iter_mut().enumerate() {
        card_ui(ui, |ui| {
            let text = RichText::new(&pin.name).monospace();
            if removable_ui(ui, text, &format!("Remove pin {}", pin.name)) {
                removed = Some(number);
            }
            is_changed |= pin_ui(ui, view, &format!("{controller} pin {number}"), pin);
        });
    }
    if let Some(number) = removed {
        pins.remove(number);
        is_changed = true;
    }
    let added = ui.small_button("Add pin");
    added.widget_info(|| {
        let name = format!("Add pin to {controller}");
        egui::WidgetInfo::labeled(egui::Role::Button, true, name)
    });
    if added.clicked() {
        let pin = platform::new_pin(document, pins);
        pins.push(pin);
        is_changed = true;
    }
    is_changed
}

fn pin_ui(ui: &mut Ui, view: &mut InspectorView, key: &str, pin: &mut Pin) -> bool {
    let before = pin.clone();
    let owner = before.name.as_str();
    let name = property_of_ui(ui, owner, "Name", |ui| view.text_ui(ui, key, owner, ""));
    if let Some(name) = name {
        pin.name = name;
    }
    signal_ui(ui, owner, key, pin);
    choice_ui(ui, owner, "Direction", key, &DIRECTIONS, &mut pin.direction);
    choice_ui(
        ui,
        owner,
        "Active level",
        key,
        &LEVELS,
        &mut pin.active_level,
    );
    if pin.signal == PinSignal::Digital {
        choice_ui(ui, owner, "Resistor", key, &PULLS, &mut pin.pull);
    }
    if (pin.signal, pin.direction) != (before.signal, before.direction) {
        // What the world does to the pin has another name now.
        pin.stimuli.clear();
    }
    let is_changed = *pin != before;
    let declared = simulator::gpio::stimuli(pin.signal, pin.direction);
    let changed = stimuli_ui(ui, owner, declared, &mut pin.stimuli);
    is_changed || changed
}

fn signal_ui(ui: &mut Ui, owner: &str, key: &str, pin: &mut Pin) {
    let current = match pin.signal {
        PinSignal::Digital => 0,
        PinSignal::Analog { .. } => 1,
    };
    let mut chosen = current;
    property_of_ui(ui, owner, "Signal", |ui| {
        ComboBox::from_id_salt((key, "signal"))
            .selected_text(SIGNALS.get(current).copied().unwrap_or_default())
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                for (number, text) in SIGNALS.into_iter().enumerate() {
                    ui.selectable_value(&mut chosen, number, text);
                }
            });
    });
    if chosen != current {
        (pin.signal, pin.pull) = match chosen {
            0 => (PinSignal::Digital, None),
            _ => (
                PinSignal::Analog {
                    full_scale: FULL_SCALE,
                },
                None,
            ),
        };
    }
    if let PinSignal::Analog { full_scale } = &mut pin.signal {
        let mut value = *full_scale;
        let is_dropped = property_of_ui(ui, owner, "Full scale", |ui| {
            number_ui(ui, &mut value, |ui, value| {
                ui.add(DragValue::new(value).range(1..=u32::MAX))
            })
        });
        if is_dropped {
            *full_scale = value;
        }
    }
}

fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    owner: &str,
    name: &str,
    key: &str,
    choices: &[(T, &str)],
    value: &mut T,
) {
    let current = choices.iter().find(|(choice, _)| choice == value);
    let text = current.map_or("", |(_, text)| *text);
    property_of_ui(ui, owner, name, |ui| {
        ComboBox::from_id_salt((key, name))
            .selected_text(text)
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                for (choice, text) in choices {
                    ui.selectable_value(value, *choice, *text);
                }
            });
    });
}
