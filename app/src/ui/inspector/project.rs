//! The project as a whole: ECUs with their partitions, buses with their devices.

use super::title_ui;
use crate::{
    command::Command,
    session::Session,
    ui::{
        theme::{self, tokens},
        widgets::{empty_ui, fact_ui, property_ui, section_ui},
    },
};
use egui::{DragValue, RichText, Ui};
use graph_core::document::{Bus, BusKind, Ecu, Subject};

pub(super) fn project_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let document = session.document();
    if document.instances.is_empty() && document.ecus.is_empty() && document.buses.is_empty() {
        empty_ui(
            ui,
            "Nothing selected",
            "Select an instance, port or wire to see all about it",
        );
        return Vec::new();
    }
    let mut commands = Vec::new();
    title_ui(
        ui,
        "project",
        if document.name.is_empty() {
            "Unnamed"
        } else {
            &document.name
        },
    );
    fact_ui(ui, "Instances", &document.instances.len().to_string());
    fact_ui(ui, "Connectors", &document.connectors.len().to_string());
    for (id, ecu) in &document.ecus {
        section_ui(ui, &format!("ECU {}", ecu.name));
        let inside = document.instances.iter().filter(|(_, instance)| {
            instance
                .partition
                .as_ref()
                .is_some_and(|key| key.ecu == *id)
        });
        let names: Vec<String> = ecu.partitions.keys().cloned().collect();
        fact_ui(ui, "Partitions", &names.join(", "));
        let mut changed = ecu.clone();
        if ecu_ui(ui, &mut changed) {
            commands.push(Command::ChangeEcu(*id, changed));
        }
        ui.horizontal_wrapped(|ui| {
            for (instance, properties) in inside {
                if ui
                    .small_button(&properties.name)
                    .on_hover_text("Select")
                    .clicked()
                {
                    commands.push(Command::Select(vec![Subject::Instance(*instance)]));
                }
            }
        });
    }
    for (id, bus) in &document.buses {
        section_ui(ui, &format!("BUS {}", bus.name));
        let mut changed = bus.clone();
        if bus_ui(ui, &mut changed) {
            commands.push(Command::ChangeBus(*id, changed));
        }
    }
    commands
}

fn ecu_ui(ui: &mut Ui, ecu: &mut Ecu) -> bool {
    let fuel = property_ui(ui, "Fuel unit", |ui| {
        done(
            &ui.add(
                DragValue::new(&mut ecu.fuel_ps)
                    .suffix(" ps")
                    .range(1..=1_000_000_000),
            ),
        )
    });
    let cost = property_ui(ui, "Activation", |ui| {
        done(
            &ui.add(
                DragValue::new(&mut ecu.activation_ns)
                    .suffix(" ns")
                    .range(0..=1_000_000_000),
            ),
        )
    });
    fuel || cost
}

fn bus_ui(ui: &mut Ui, bus: &mut Bus) -> bool {
    match &mut bus.kind {
        BusKind::Can {
            bitrate_bps,
            description,
        } => {
            let changed = property_ui(ui, "Bit rate", |ui| {
                done(
                    &ui.add(
                        DragValue::new(bitrate_bps)
                            .suffix(" bit/s")
                            .range(10_000..=1_000_000)
                            .speed(1000),
                    ),
                )
            });
            fact_ui(ui, "Description", description.as_deref().unwrap_or("none"));
            changed
        }
        BusKind::I2c { clock_hz, devices } => {
            let changed = property_ui(ui, "Clock", |ui| {
                done(
                    &ui.add(
                        DragValue::new(clock_hz)
                            .suffix(" Hz")
                            .range(1000..=5_000_000)
                            .speed(1000),
                    ),
                )
            });
            for device in devices.iter() {
                let text = format!(
                    "{} ({} at {:#04x})",
                    device.name, device.model, device.address
                );
                ui.label(
                    RichText::new(text)
                        .size(theme::TEXT_SMALL)
                        .color(tokens(ui).text_weak),
                );
            }
            changed
        }
    }
}

/// A number counts when it is let go: one step of undo for one drag.
pub(super) fn done(response: &egui::Response) -> bool {
    response.drag_stopped()
        || (response.lost_focus() && !response.dragged())
        || (response.changed() && !response.dragged() && !response.has_focus())
}
