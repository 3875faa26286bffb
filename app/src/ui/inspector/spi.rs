//! Devices on an SPI bus: model, chip select, mode, and what reaches them at the start of a run.

use super::{
    InspectorView,
    bus::stimuli_ui,
    project::{card_ui, number_ui, removable_ui},
};
use crate::{
    session::platform,
    ui::{theme::tokens, widgets::property_of_ui},
};
use deployment::{PinSignal, SpiMode};
use egui::{ComboBox, DragValue, RichText, Ui};
use graph_core::document::{BusKind, Document, SpiDevice};

const MODES: [SpiMode; 4] = [
    SpiMode::Mode0,
    SpiMode::Mode1,
    SpiMode::Mode2,
    SpiMode::Mode3,
];

const UNWIRED: &str = "none";

pub(super) fn spi_devices_ui(
    ui: &mut Ui,
    document: &Document,
    view: &mut InspectorView,
    bus: &str,
    devices: &mut Vec<SpiDevice>,
) -> bool {
    let mut is_changed = false;
    let mut removed = None;
    for (number, device) in devices.iter_mut().enumerate() {
        card_ui(ui, |ui| {
            let text = RichText::new(&device.name).monospace();
            if removable_ui(ui, text, &format!("Remove device {}", device.name)) {
                removed = Some(number);
            }
            let key = format!("{bus} device {number}");
            is_changed |= device_ui(ui, document, (view, &key), device);
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
        && let Some(device) = platform::new_spi_device(document, devices)
    {
        devices.push(device);
        is_changed = true;
    }
    is_changed
}

fn device_ui(
    ui: &mut Ui,
    document: &Document,
    (view, key): (&mut InspectorView, &str),
    device: &mut SpiDevice,
) -> bool {
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
                for model in simulator::devices::SPI_MODELS {
                    let name = model.name.to_owned();
                    ui.selectable_value(&mut device.model, name, model.title);
                }
            });
    });
    let mut chip_select = device.chip_select;
    let is_dropped = property_of_ui(ui, &before.name, "Chip select", |ui| {
        number_ui(ui, &mut chip_select, |ui, line| {
            ui.add(DragValue::new(line).speed(0.1))
        })
    });
    if is_dropped {
        device.chip_select = chip_select;
    }
    property_of_ui(ui, &before.name, "Mode", |ui| {
        ComboBox::from_id_salt((key, "mode"))
            .selected_text(before.mode.number().to_string())
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                for mode in MODES {
                    ui.selectable_value(&mut device.mode, mode, mode.number().to_string());
                }
            });
    });
    let model = simulator::devices::spi_model(&device.model);
    if model.is_some_and(|model| model.is_on_can()) || before.is_wired() {
        wires_ui(ui, document, key, device);
    }
    let is_changed = *device != before;
    let Some(model) = model else {
        let text = format!("there is no model `{}`; choose one", device.model);
        ui.label(RichText::new(text).color(tokens(ui).error));
        return is_changed;
    };
    let changed = stimuli_ui(ui, &before.name, model.stimuli, &mut device.stimuli);
    is_changed || changed
}

/// What the device is wired to besides its bus.
fn wires_ui(ui: &mut Ui, document: &Document, key: &str, device: &mut SpiDevice) {
    let buses = document.buses.values();
    let cans = buses
        .clone()
        .filter(|bus| matches!(bus.kind, BusKind::Can { .. }));
    let cans: Vec<&str> = cans.map(|bus| bus.name.as_str()).collect();
    let pins = buses.flat_map(|bus| match &bus.kind {
        BusKind::Gpio { pins } => pins.as_slice(),
        _ => &[],
    });
    let digital = pins.filter(|pin| pin.signal == PinSignal::Digital);
    let pins: Vec<&str> = digital.map(|pin| pin.name.as_str()).collect();
    let name = device.name.clone();
    wire_ui(ui, (&name, "CAN bus"), key, (&cans, &mut device.can));
    wire_ui(
        ui,
        (&name, "Interrupt pin"),
        key,
        (&pins, &mut device.interrupt),
    );
}

fn wire_ui(
    ui: &mut Ui,
    (device, title): (&str, &str),
    key: &str,
    (ends, wired): (&[&str], &mut Option<String>),
) {
    property_of_ui(ui, device, title, |ui| {
        ComboBox::from_id_salt((key, title))
            .selected_text(wired.as_deref().unwrap_or(UNWIRED))
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                ui.selectable_value(wired, None, UNWIRED);
                for end in ends {
                    ui.selectable_value(wired, Some((*end).to_owned()), *end);
                }
            });
    });
}
