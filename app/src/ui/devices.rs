//! Virtual devices with their stimuli as sliders, or as switches where there is only on and off.

use super::{
    theme::{self, tokens},
    widgets::{empty_ui, panel_ui, switch_ui},
};
use crate::{
    command::Command,
    session::{DeviceView, Session, StimulusView},
};
use egui::{RichText, Slider, Ui};
use graph_core::document::{Bus, BusKind};
use simulator::devices::is_switch;

pub(super) fn devices_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    panel_ui(ui, |ui| match session.run().devices.is_empty() {
        true => declared_ui(ui, session),
        false => {
            for device in &session.run().devices {
                commands.extend(device_ui(ui, device));
            }
        }
    });
    commands
}

/// Before the first run: what the project declares.
fn declared_ui(ui: &mut Ui, session: &Session) {
    let mut is_empty = true;
    for bus in session.document().buses.values() {
        let places = places(bus);
        for ((name, stimuli), place) in bus.stimuli().into_iter().zip(places) {
            is_empty = false;
            heading_ui(ui, name, &format!("{place} {}", bus.name));
            for (name, value) in stimuli {
                ui.label(RichText::new(format!("{name} {value}")).color(tokens(ui).text_weak));
            }
        }
    }
    match is_empty {
        true => empty_ui(
            ui,
            "No devices",
            "Add a bus with a device or a pin in the inspector; it shows here",
        ),
        false => {
            ui.add_space(theme::GAP);
            ui.label(
                RichText::new("Press Run to change what they measure").color(tokens(ui).text_faint),
            );
        }
    }
}

/// "tmp105 at 0x48 on", in the order of the bus.
fn places(bus: &Bus) -> Vec<String> {
    match &bus.kind {
        BusKind::I2c { devices, .. } => devices
            .iter()
            .map(|device| format!("{} at {:#04x} on", device.model, device.address))
            .collect(),
        BusKind::Spi { devices, .. } => devices
            .iter()
            .map(|device| {
                format!(
                    "{} with chip select {} on",
                    device.model, device.chip_select
                )
            })
            .collect(),
        BusKind::Gpio { pins } => pins
            .iter()
            .map(|pin| format!("{} of", pin.described()))
            .collect(),
        BusKind::Can { .. } | BusKind::Ethernet { .. } => Vec::new(),
    }
}

fn heading_ui(ui: &mut Ui, name: &str, below: &str) {
    ui.add_space(theme::GAP_SMALL);
    ui.label(RichText::new(name).strong());
    ui.label(
        RichText::new(below)
            .size(theme::TEXT_SMALL)
            .color(tokens(ui).text_faint),
    );
}

fn device_ui(ui: &mut Ui, device: &DeviceView) -> Vec<Command> {
    heading_ui(
        ui,
        &device.name,
        &format!("{} on {}", device.model, device.bus),
    );
    device
        .stimuli
        .iter()
        .filter_map(|stimulus| stimulus_ui(ui, device, stimulus))
        .collect()
}

fn stimulus_ui(ui: &mut Ui, device: &DeviceView, stimulus: &StimulusView) -> Option<Command> {
    let name = format!("{} {}", device.name, stimulus.name);
    let label = RichText::new(&stimulus.name).color(tokens(ui).text_weak);
    let is_switch = is_switch(stimulus.minimum, stimulus.maximum, stimulus.step);
    let value = match is_switch {
        true => {
            ui.horizontal(|ui| {
                ui.label(label);
                let is_on = switch_ui(ui, &name, stimulus.value >= 0.5);
                is_on.map(|is_on| f64::from(u8::from(is_on)))
            })
            .inner
        }
        false => {
            ui.label(label);
            slider_ui(ui, name, stimulus)
        }
    };
    value.map(|value| Command::SetStimulus {
        device: device.name.clone(),
        stimulus: stimulus.name.clone(),
        value,
    })
}

/// The new value, where it was moved.
fn slider_ui(ui: &mut Ui, name: String, stimulus: &StimulusView) -> Option<f64> {
    let mut value = stimulus.value;
    ui.spacing_mut().slider_width = (ui.available_width() - 92.0).max(60.0);
    let slider = Slider::new(&mut value, stimulus.minimum..=stimulus.maximum);
    let slider = slider
        .step_by(stimulus.step)
        .suffix(unit_suffix(&stimulus.unit));
    let changed = ui.name_inputs(name, |ui| ui.add(slider).changed());
    changed.then_some(value)
}

fn unit_suffix(unit: &str) -> String {
    match unit {
        "" => String::new(),
        unit => format!(" {unit}"),
    }
}
