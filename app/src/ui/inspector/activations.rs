//! What starts an instance's runnables: at the start, on time, on data; with which priority.

use super::{modes, project::number_ui};
use crate::{
    command::Command,
    session::Session,
    ui::{
        icons::{Emphasis, Icon, icon_button_ui},
        theme::{self, tokens},
        widgets::section_ui,
    },
};
use autosar_wit::{
    component::{ComponentType, Direction, PortItem, PortKind},
    modes::Modes,
};
use egui::{ComboBox, DragValue, Frame, Margin, RichText, Ui};
use graph_core::document::{Activation, FunctionPath, Instance, InstanceId, RteEvent};

const EVENTS: [&str; 4] = [
    "At the start",
    "Periodic",
    "On data received",
    "On mode switch",
];
const NS_IN_MS: f64 = 1e6;

pub(super) fn activations_ui(
    ui: &mut Ui,
    session: &Session,
    id: InstanceId,
    instance: &Instance,
) -> Vec<Command> {
    let mut changed = instance.clone();
    let mut is_changed = false;
    section_ui(ui, "ACTIVATIONS");
    if instance.activations.is_empty() {
        ui.label(RichText::new("Nothing starts this instance").color(tokens(ui).text_faint));
    }
    let component = session.component_type(instance.component);
    let ports = component.map_or_else(Vec::new, |component| modes::mode_ports(component));
    let mut removed = None;
    for (number, activation) in changed.activations.iter_mut().enumerate() {
        match activation_ui(ui, number, activation, &ports) {
            Some(Change::Changed) => is_changed = true,
            Some(Change::Removed) => removed = Some(number),
            None => {}
        }
    }
    if let Some(number) = removed {
        changed.activations.remove(number);
        is_changed = true;
    }
    let candidates = component.map_or_else(Vec::new, |component| runnables(component));
    if let Some(runnable) = add_ui(ui, &candidates) {
        let event = RteEvent::Timing {
            period_ns: 10_000_000,
            offset_ns: 0,
        };
        changed.activations.push(Activation {
            runnable,
            event,
            priority: 10,
            task: None,
            disabled_in: Default::default(),
        });
        is_changed = true;
    }
    match is_changed {
        true => vec![Command::ChangeInstance(id, changed)],
        false => Vec::new(),
    }
}

enum Change {
    Changed,
    Removed,
}

fn activation_ui(
    ui: &mut Ui,
    number: usize,
    activation: &mut Activation,
    ports: &[(&str, Modes<'_>)],
) -> Option<Change> {
    let mut change = None;
    let name = runnable_name(&activation.runnable);
    let frame = Frame::new()
        .fill(tokens(ui).surface)
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::symmetric(8, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.add(egui::Label::new(RichText::new(&name).monospace()).truncate());
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let remove = icon_button_ui(
                    ui,
                    Icon::Close,
                    &format!("Remove activation {name}"),
                    true,
                    Emphasis::Quiet,
                )
                .on_hover_text("Remove this activation");
                if remove.clicked() {
                    change = Some(Change::Removed);
                }
            });
        });
        let is_changed = event_ui(ui, number, &name, &mut activation.event, ports)
            | modes::switch_ui(ui, &name, &mut activation.event, ports)
            | modes::disabled_ui(ui, &name, activation, ports);
        if is_changed {
            change = Some(Change::Changed);
        }
        ui.horizontal(|ui| {
            ui.label(RichText::new("Priority").color(tokens(ui).text_weak));
            let show =
                |ui: &mut Ui, priority: &mut u32| ui.add(DragValue::new(priority).range(0..=255));
            let priority = &mut activation.priority;
            let name = format!("{name} priority");
            if ui.name_inputs(name, |ui| number_ui(ui, priority, show)) {
                change = Some(Change::Changed);
            }
            if let Some((task, position)) = &activation.task {
                ui.label(
                    RichText::new(format!("task {task}, place {position}"))
                        .color(tokens(ui).text_faint),
                );
            }
        });
    });
    change
}

fn event_ui(
    ui: &mut Ui,
    number: usize,
    name: &str,
    event: &mut RteEvent,
    ports: &[(&str, Modes<'_>)],
) -> bool {
    let mut is_changed = false;
    let switch = modes::first_switch(ports);
    ui.horizontal(|ui| {
        let current = match event {
            RteEvent::Init => 0,
            RteEvent::Timing { .. } => 1,
            RteEvent::DataReceived => 2,
            RteEvent::ModeSwitch { .. } => 3,
        };
        ui.name_inputs(format!("{name} event"), |ui| {
            let text = EVENTS.get(current).copied().unwrap_or_default();
            ComboBox::from_id_salt(("event", number))
                .selected_text(text)
                .width(128.0)
                .truncate()
                .show_ui(ui, |ui| {
                    let offered = EVENTS.len() - usize::from(switch.is_none());
                    for (kind, text) in EVENTS.iter().enumerate().take(offered) {
                        if ui.selectable_label(kind == current, *text).clicked() && kind != current
                        {
                            is_changed = true;
                            *event = match kind {
                                0 => RteEvent::Init,
                                1 => RteEvent::Timing {
                                    period_ns: 10_000_000,
                                    offset_ns: 0,
                                },
                                2 => RteEvent::DataReceived,
                                _ => switch.clone().unwrap_or(RteEvent::DataReceived),
                            };
                        }
                    }
                });
        });
        if let RteEvent::Timing { period_ns, .. } = event {
            let mut period_ms = *period_ns as f64 / NS_IN_MS;
            let show = |ui: &mut Ui, period_ms: &mut f64| {
                let value = DragValue::new(period_ms).suffix(" ms").speed(0.5);
                ui.add(value.range(0.01..=60_000.0).max_decimals(3))
            };
            let name = format!("{name} period");
            if ui.name_inputs(name, |ui| number_ui(ui, &mut period_ms, show)) {
                is_changed = true;
            }
            *period_ns = (period_ms * NS_IN_MS).round() as u64;
        }
    });
    is_changed
}

fn add_ui(ui: &mut Ui, candidates: &[FunctionPath]) -> Option<FunctionPath> {
    let mut chosen = None;
    ui.add_enabled_ui(!candidates.is_empty(), |ui| {
        ui.menu_button("Add activation", |ui| {
            for candidate in candidates {
                if ui
                    .button(runnable_name(candidate))
                    .on_hover_text(&candidate.port)
                    .clicked()
                {
                    chosen = Some(candidate.clone());
                    ui.close();
                }
            }
        });
    });
    chosen
}

/// Functions that the run-time environment may call: exported ones that are no getters.
fn runnables(component: &ComponentType) -> Vec<FunctionPath> {
    let ports = component.ports.iter().filter(|port| {
        port.direction == Direction::Provided && port.kind != PortKind::SenderReceiver
    });
    ports
        .flat_map(|port| match &port.item {
            PortItem::Function(_) => vec![FunctionPath {
                port: port.name.clone(),
                function: None,
            }],
            PortItem::Interface(interface) => {
                let path = |name: &str| FunctionPath {
                    port: port.name.clone(),
                    function: Some(name.to_owned()),
                };
                interface
                    .functions
                    .iter()
                    .map(|function| path(&function.name))
                    .collect()
            }
        })
        .collect()
}

fn runnable_name(path: &FunctionPath) -> String {
    let port = crate::canvas::names::port_label(&path.port);
    match &path.function {
        Some(function) => format!("{port}.{function}"),
        None => port,
    }
}
