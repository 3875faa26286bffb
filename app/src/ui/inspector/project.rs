//! The project as a whole: its name, ECUs with their partitions, buses with their devices.

use super::{InspectorView, bus::bus_ui, ecu::ecu_ui, title_ui};
use crate::{
    command::Command,
    session::{Session, platform},
    ui::{
        icons::{Emphasis, Icon, icon_button_ui},
        theme::{self, tokens},
        widgets::{fact_ui, property_of_ui},
    },
};
use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use graph_core::document::BusKind;

pub(super) fn project_ui(ui: &mut Ui, session: &Session, view: &mut InspectorView) -> Vec<Command> {
    let document = session.document();
    let mut commands = Vec::new();
    let title = match document.name.as_str() {
        "" => "New project",
        name => name,
    };
    title_ui(ui, "project", title);
    let named = property_of_ui(ui, "Project", "Name", |ui| {
        view.text_ui(ui, "project", &document.name, "")
    });
    commands.extend(named.map(Command::RenameProject));
    let project = session.project();
    fact_ui(ui, "Instances", &project.instances.len().to_string());
    fact_ui(ui, "Connectors", &project.connectors.len().to_string());
    for (id, ecu) in &document.ecus {
        ui.push_id(("ecu", id.0), |ui| {
            commands.extend(ecu_ui(ui, session, view, *id, ecu));
        });
    }
    for (id, bus) in &document.buses {
        ui.push_id(("bus", id.0), |ui| {
            commands.extend(bus_ui(ui, session, view, *id, bus));
        });
    }
    commands.extend(add_ui(ui, session));
    commands
}

fn add_ui(ui: &mut Ui, session: &Session) -> Option<Command> {
    let document = session.document();
    let mut command = None;
    ui.add_space(theme::GAP);
    ui.separator();
    ui.horizontal_wrapped(|ui| {
        if ui.button("Add ECU").clicked() {
            command = Some(Command::InsertEcu(platform::new_ecu(document)));
        }
        if ui.button("Add CAN bus").clicked() {
            let kind = BusKind::Can {
                bitrate_bps: 500_000,
                flexible: None,
                description: None,
                restbus: std::collections::BTreeSet::new(),
            };
            command = Some(Command::InsertBus(platform::new_bus(document, kind)));
        }
        if ui.button("Add I2C bus").clicked() {
            let kind = BusKind::I2c {
                clock_hz: 100_000,
                devices: Vec::new(),
            };
            command = Some(Command::InsertBus(platform::new_bus(document, kind)));
        }
        if ui.button("Add SPI bus").clicked() {
            let kind = BusKind::Spi {
                clock_hz: 1_000_000,
                devices: Vec::new(),
            };
            command = Some(Command::InsertBus(platform::new_bus(document, kind)));
        }
        if ui.button("Add GPIO controller").clicked() {
            let kind = BusKind::Gpio { pins: Vec::new() };
            command = Some(Command::InsertBus(platform::new_bus(document, kind)));
        }
        if ui.button("Add Ethernet network").clicked() {
            let kind = BusKind::Ethernet {
                bitrate_bps: 100_000_000,
                latency_ns: 50_000,
            };
            command = Some(Command::InsertBus(platform::new_bus(document, kind)));
        }
    });
    command
}

/// What stands left, and a small cross at the right edge; whether that was clicked.
pub(super) fn removable_ui(ui: &mut Ui, text: RichText, remove: &str) -> bool {
    let row = ui.horizontal(|ui| {
        let cross = |ui: &mut Ui| {
            let button = icon_button_ui(ui, Icon::Close, remove, true, Emphasis::Quiet);
            let clicked = button.on_hover_text(remove).clicked();
            let rest = Layout::left_to_right(Align::Center);
            ui.with_layout(rest, |ui| ui.add(egui::Label::new(text).truncate()));
            clicked
        };
        ui.with_layout(Layout::right_to_left(Align::Center), cross)
            .inner
    });
    row.inner
}

/// The heading of an ECU or a bus.
pub(super) fn heading_ui(ui: &mut Ui, kind: &str, name: &str) -> bool {
    ui.add_space(theme::GAP);
    let text = RichText::new(format!("{kind} {name}"))
        .size(theme::TEXT_SMALL)
        .color(tokens(ui).text_faint)
        .strong();
    removable_ui(ui, text, &format!("Remove {kind} {name}"))
}

/// A part of an ECU or a bus on a ground of its own.
pub(super) fn card_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new()
        .fill(tokens(ui).surface)
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::symmetric(8, 6));
    let card = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        contents(ui)
    });
    card.inner
}

/// A number that is dragged or typed; whether it counts now. While it is dragged, what it would be
/// is kept beside the document.
pub(super) fn number_ui<N: egui::emath::Numeric>(
    ui: &mut Ui,
    number: &mut N,
    show: impl FnOnce(&mut Ui, &mut N) -> egui::Response,
) -> bool {
    let id = ui.next_auto_id().with("dragged");
    if let Some(dragged) = ui.data(|data| data.get_temp::<f64>(id)) {
        *number = N::from_f64(dragged);
    }
    let response = show(ui, number);
    // The unit is no name: the property's is, which fills a blank one.
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.clear_label());
    let kept = response.dragged().then(|| number.to_f64());
    ui.data_mut(|data| match kept {
        Some(dragged) => drop(data.insert_temp(id, dragged)),
        None => data.remove::<f64>(id),
    });
    done(&response)
}

/// A number counts when it is let go: one step of undo for one drag.
fn done(response: &egui::Response) -> bool {
    response.drag_stopped()
        || (response.lost_focus() && !response.dragged())
        || (response.changed() && !response.dragged() && !response.has_focus())
}
