//! A bus: its speed; on CAN the description, on I2C the devices, on Ethernet the connectors that go
//! over it. Messages, and what is on SPI and GPIO, stand in files of their own.

use super::{
    InspectorView,
    can_fd::flexible_ui,
    messages::{messages_ui, restbus_ui},
    pins::pins_ui,
    project::{card_ui, heading_ui, number_ui, removable_ui},
    spi::spi_devices_ui,
};
use crate::{
    canvas::names::end_name,
    command::Command,
    session::{Session, platform},
    ui::{
        theme::tokens,
        widgets::{property_of_ui, switch_ui},
    },
};
use egui::{ComboBox, DragValue, RichText, Ui};
use graph_core::document::{Bus, BusId, BusKind, Device, Subject};
use simulator::devices::Stimulus;
use std::collections::BTreeMap;

const NS_IN_US: f64 = 1e3;
const BITS_IN_MEGABIT: f64 = 1e6;

pub(super) fn bus_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: BusId,
    bus: &Bus,
) -> Vec<Command> {
    let mut commands = Vec::new();
    if heading_ui(ui, "BUS", &bus.name) {
        commands.push(Command::Remove(Subject::Bus(id)));
    }
    let mut changed = bus.clone();
    let mut is_changed = false;
    let key = format!("bus {}", id.0);
    let name = property_of_ui(ui, &bus.name, "Name", |ui| {
        view.text_ui(ui, &key, &bus.name, "")
    });
    if let Some(name) = name {
        changed.name = name;
        is_changed = true;
    }
    match &mut changed.kind {
        BusKind::Can {
            bitrate_bps,
            flexible,
            description,
            restbus,
        } => {
            is_changed |= speed_ui(ui, &bus.name, "Bit rate", " bit/s", bitrate_bps);
            is_changed |= flexible_ui(ui, &bus.name, *bitrate_bps, flexible);
            is_changed |= description_ui(ui, view, &bus.name, description);
            is_changed |= restbus_ui(ui, session, id, restbus);
            commands.extend(messages_ui(ui, session, view, id));
        }
        BusKind::I2c { clock_hz, devices } => {
            is_changed |= speed_ui(ui, &bus.name, "Clock", " Hz", clock_hz);
            is_changed |= devices_ui(ui, view, &bus.name, devices);
        }
        BusKind::Spi { clock_hz, devices } => {
            is_changed |= speed_ui(ui, &bus.name, "Clock", " Hz", clock_hz);
            is_changed |= spi_devices_ui(ui, session.document(), view, &bus.name, devices);
        }
        BusKind::Gpio { pins } => {
            is_changed |= pins_ui(ui, session.document(), view, &bus.name, pins);
        }
        BusKind::Ethernet {
            bitrate_bps,
            latency_ns,
        } => {
            is_changed |= link_ui(ui, &bus.name, bitrate_bps);
            is_changed |= latency_ui(ui, &bus.name, latency_ns);
            commands.extend(carried_ui(ui, session, id));
        }
    }
    if is_changed {
        commands.push(Command::ChangeBus(id, changed));
    }
    commands
}

fn speed_ui(ui: &mut Ui, bus: &str, name: &str, unit: &str, speed: &mut u32) -> bool {
    let range = match unit {
        " Hz" => 1_000..=50_000_000,
        _ => 10_000..=1_000_000,
    };
    property_of_ui(ui, bus, name, |ui| {
        number_ui(ui, speed, |ui, speed| {
            ui.add(DragValue::new(speed).suffix(unit).range(range).speed(1000))
        })
    })
}

fn link_ui(ui: &mut Ui, bus: &str, bitrate_bps: &mut u32) -> bool {
    property_of_ui(ui, bus, "Bit rate", |ui| {
        let mut megabits = f64::from(*bitrate_bps) / BITS_IN_MEGABIT;
        let is_changed = number_ui(ui, &mut megabits, |ui, megabits| {
            let value = DragValue::new(megabits).suffix(" Mbit/s");
            ui.add(value.range(1.0..=4_000.0).max_decimals(3))
        });
        if is_changed {
            *bitrate_bps = (megabits * BITS_IN_MEGABIT).round() as u32;
        }
        is_changed
    })
}

fn latency_ui(ui: &mut Ui, bus: &str, latency_ns: &mut u64) -> bool {
    property_of_ui(ui, bus, "Latency", |ui| {
        let mut microseconds = *latency_ns as f64 / NS_IN_US;
        let is_changed = number_ui(ui, &mut microseconds, |ui, microseconds| {
            let value = DragValue::new(microseconds).suffix(" µs");
            let response = ui.add(value.range(0.0..=1e6).max_decimals(3));
            response
                .on_hover_text("Switches, wires and stacks: what a value takes besides its bits")
        });
        if is_changed {
            *latency_ns = (microseconds * NS_IN_US).round() as u64;
        }
        is_changed
    })
}

/// The connectors between ECUs that go over the network; a click selects one.
fn carried_ui(ui: &mut Ui, session: &Session, network: BusId) -> Vec<Command> {
    let document = session.document();
    let mut commands = Vec::new();
    let mut is_idle = true;
    for id in document.connectors_over(network) {
        let Some(connector) = document.connectors.get(&id) else {
            continue;
        };
        is_idle = false;
        let name = |end| end_name(document, end);
        let text = format!("{} → {}", name(&connector.from), name(&connector.to));
        if ui
            .link(text)
            .on_hover_text("Select the connector")
            .clicked()
        {
            commands.push(Command::Select(vec![Subject::Connector(id)]));
        }
    }
    if is_idle {
        let text = RichText::new("No connector goes over it");
        ui.label(text.color(tokens(ui).text_weak));
    }
    commands
}

fn description_ui(
    ui: &mut Ui,
    view: &mut InspectorView,
    bus: &str,
    description: &mut Option<String>,
) -> bool {
    let file = description.clone().unwrap_or_default();
    let typed = property_of_ui(ui, bus, "DBC file", |ui| {
        view.text_ui(ui, &format!("{bus} dbc"), &file, "")
    });
    match typed {
        Some(file) => {
            *description = (!file.is_empty()).then_some(file);
            true
        }
        None => false,
    }
}

fn devices_ui(ui: &mut Ui, view: &mut InspectorView, bus: &str, devices: &mut Vec<Device>) -> bool {
    let mut is_changed = false;
    let mut removed = None;
    for (number, device) in devices.iter_mut().enumerate() {
        card_ui(ui, |ui| {
            let text = RichText::new(&device.name).monospace();
            if removable_ui(ui, text, &format!("Remove device {}", device.name)) {
                removed = Some(number);
            }
            is_changed |= device_ui(ui, view, &format!("{bus} device {number}"), device);
        });
    }
    if let Some(number) = removed {
        devices.remove(number);
        is_changed = true;
    }
    let added = ui.small_button("Add device");
    added.widget_info(|| {
        let name = format!("Add device to {bus}");
        egui::WidgetInfo::labeled(egui::Role::Button, true, name)
    });
    if added.clicked()
        && let Some(device) = platform::new_device(devices)
    {
        devices.push(device);
        is_changed = true;
    }
    is_changed
}

fn device_ui(ui: &mut Ui, view: &mut InspectorView, key: &str, device: &mut Device) -> bool {
    let before = device.clone();
    let name = property_of_ui(ui, &before.name, "Name", |ui| {
        view.text_ui(ui, key, &before.name, "")
    });
    if let Some(name) = name {
        device.name = name;
    }
    property_of_ui(ui, &before.name, "Model", |ui| {
        ComboBox::from_id_salt((key, "model"))
            .selected_text(&before.model)
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                for model in simulator::devices::MODELS {
                    let name = model.name.to_owned();
                    ui.selectable_value(&mut device.model, name, model.title);
                }
            });
    });
    let Some(model) = simulator::devices::model(&device.model) else {
        let text = format!("there is no model `{}`; choose one", device.model);
        ui.label(RichText::new(text).color(tokens(ui).error));
        return *device != before;
    };
    property_of_ui(ui, &before.name, "Address", |ui| {
        ComboBox::from_id_salt((key, "address"))
            .selected_text(format!("{:#04x}", device.address))
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                for address in model.addresses {
                    let text = format!("{address:#04x}");
                    ui.selectable_value(&mut device.address, *address, text);
                }
            });
    });
    let is_changed = *device != before;
    let changed = stimuli_ui(ui, &before.name, model.stimuli, &mut device.stimuli);
    is_changed || changed
}

/// What reaches a device at the start of a run; what was not touched stays the model's own.
pub(super) fn stimuli_ui(
    ui: &mut Ui,
    owner: &str,
    declared: &[Stimulus],
    values: &mut BTreeMap<String, f64>,
) -> bool {
    let mut is_changed = false;
    for stimulus in declared {
        let known = values.get(stimulus.name).copied();
        let mut value = known.unwrap_or(stimulus.default);
        if stimulus.is_switch() {
            let switched = property_of_ui(ui, owner, stimulus.name, |ui| {
                switch_ui(ui, &format!("{owner} {}", stimulus.name), value >= 0.5)
            });
            if let Some(is_on) = switched {
                let value = f64::from(u8::from(is_on));
                values.insert(stimulus.name.to_owned(), value);
                is_changed = true;
            }
            continue;
        }
        is_changed |= property_of_ui(ui, owner, stimulus.name, |ui| {
            let is_changed = number_ui(ui, &mut value, |ui, value| {
                let number = DragValue::new(value).suffix(format!(" {}", stimulus.unit));
                let number = number.range(stimulus.minimum..=stimulus.maximum);
                let response = ui.add(number.speed(stimulus.step));
                response.on_hover_text("At the start of a run")
            });
            if known.is_some() || value != stimulus.default {
                values.insert(stimulus.name.to_owned(), value);
            }
            is_changed
        });
    }
    is_changed
}
