//! A port: its kind, its WIT, what it is connected to, and bus signals that it can be mapped to.

use super::title_ui;
use crate::{
    canvas::{
        names::{end_name, port_label},
        pins::{instance_of, is_element, port_of},
    },
    command::Command,
    session::Session,
    ui::{
        theme::tokens,
        widgets::{code_ui, fact_ui, section_ui},
    },
};
use autosar_wit::component::{Direction, Port, PortItem, PortKind};
use egui::{RichText, ScrollArea, Ui};
use graph_core::document::{Connector, ConnectorId, End, FunctionPath, InstanceId, Subject};

pub(super) fn port_ui(
    ui: &mut Ui,
    session: &Session,
    instance: InstanceId,
    direction: Direction,
    port: &str,
) -> Vec<Command> {
    let document = session.document();
    let owner = document.instances.get(&instance);
    let name = owner.map_or("?", |owner| &owner.name);
    title_ui(ui, "port", &format!("{name}.{}", port_label(port)));
    fact_ui(ui, "Interface", port);
    let direction_word = match direction {
        Direction::Provided => "provided",
        Direction::Required => "required",
    };
    fact_ui(ui, "Direction", direction_word);
    let known = owner
        .and_then(|owner| session.component_type(owner.component))
        .and_then(|component| Some((component, component.port(direction, port)?)));
    let Some((component, known)) = known else {
        ui.label(
            RichText::new(
                "The component has no such port; choose another component or remove its wires",
            )
            .color(tokens(ui).error),
        );
        return connections_ui(ui, session, instance, direction, port);
    };
    fact_ui(ui, "Kind", kind_word(known.kind));
    if let (PortKind::Service, PortItem::Interface(interface)) = (known.kind, &known.item) {
        for line in autosar_wit::service::service(interface).lines() {
            ui.label(line);
        }
    }
    for (path, element) in component.elements(known) {
        if let Some(unit) = &element.unit {
            fact_ui(ui, path, unit);
        }
    }
    let mut commands = connections_ui(ui, session, instance, direction, port);
    commands.extend(signals_ui(ui, session, instance, known));
    section_ui(ui, "WIT");
    code_ui(ui, "port WIT", &autosar_wit::print::port(known), 420.0);
    commands
}

fn kind_word(kind: PortKind) -> &'static str {
    match kind {
        PortKind::SenderReceiver => "sender-receiver",
        PortKind::ClientServer => "client-server",
        PortKind::Service => "service",
        PortKind::ModeSwitch => "mode switch",
        PortKind::Parameter => "parameter",
        PortKind::NvData => "NV data",
        PortKind::Trigger => "trigger",
        PortKind::Types => "types only",
        PortKind::Platform => "platform",
    }
}

fn connections_ui(
    ui: &mut Ui,
    session: &Session,
    instance: InstanceId,
    direction: Direction,
    port: &str,
) -> Vec<Command> {
    let document = session.document();
    let mut commands = Vec::new();
    section_ui(ui, "CONNECTIONS");
    let at_port = |end: &End| instance_of(end) == Some(instance) && port_of(end) == Some(port);
    let far = |(id, connector): (&ConnectorId, &Connector)| match direction {
        Direction::Provided if at_port(&connector.from) => {
            Some((*id, end_name(document, &connector.to)))
        }
        Direction::Required if at_port(&connector.to) => {
            Some((*id, end_name(document, &connector.from)))
        }
        _ => None,
    };
    let found: Vec<_> = document.connectors.iter().filter_map(far).collect();
    if found.is_empty() {
        ui.label(RichText::new("None yet: drag a wire from its pin").color(tokens(ui).text_faint));
    }
    for (id, name) in found {
        if ui.button(name).on_hover_text("Select the wire").clicked() {
            commands.push(Command::Select(vec![Subject::Connector(id)]));
        }
    }
    commands
}

/// Signals that an element of the port can be sent as, or received from.
fn signals_ui(ui: &mut Ui, session: &Session, instance: InstanceId, port: &Port) -> Vec<Command> {
    let mut commands = Vec::new();
    let PortItem::Interface(interface) = &port.item else {
        return commands;
    };
    if port.kind != PortKind::SenderReceiver || session.library().descriptions.is_empty() {
        return commands;
    }
    for function in interface
        .functions
        .iter()
        .filter(|function| is_element(function))
    {
        let path = FunctionPath {
            port: port.name.clone(),
            function: Some(function.name.clone()),
        };
        let element = End::Element {
            instance,
            function: path,
        };
        let text = match port.direction {
            Direction::Provided => format!("Send `{}` as a CAN signal", function.name),
            Direction::Required => format!("Receive `{}` from a CAN signal", function.name),
        };
        ui.menu_button(text, |ui| {
            ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
                for (bus, database) in &session.library().descriptions {
                    for message in &database.messages {
                        for signal in &message.signals {
                            let end = End::Signal {
                                bus: *bus,
                                message: message.name.clone(),
                                signal: signal.name.clone(),
                            };
                            let unit = if signal.unit.is_empty() {
                                String::new()
                            } else {
                                format!(" [{}]", signal.unit)
                            };
                            if ui
                                .button(format!("{}{unit}", end_name(session.document(), &end)))
                                .clicked()
                            {
                                commands.push(match port.direction {
                                    Direction::Provided => Command::Connect(element.clone(), end),
                                    Direction::Required => Command::Connect(end, element.clone()),
                                });
                                ui.close();
                            }
                        }
                    }
                }
            });
        });
    }
    commands
}
