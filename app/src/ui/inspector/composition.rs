//! An instance of a composition, and a port of the composition that is shown.

use super::{
    InspectorView,
    instance::{bindings_ui, deployment_ui, swap_ui},
    title_ui,
};
use crate::{
    command::Command,
    session::{Item, Session},
    ui::{
        theme,
        widgets::{fact_ui, property_ui},
    },
};
use autosar_wit::component::Direction;
use egui::Ui;
use graph_core::document::{DelegationPort, Instance, InstanceId};

pub(super) fn standing_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: InstanceId,
) -> Vec<Command> {
    if let Some(port) = session.port(id) {
        return port_ui(ui, session, view, id, port);
    }
    match session.project().instances.get(&id) {
        Some(instance) => composition_ui(ui, session, view, id, instance),
        None => Vec::new(),
    }
}

fn composition_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: InstanceId,
    instance: &Instance,
) -> Vec<Command> {
    let mut commands = Vec::new();
    title_ui(ui, "composition", &instance.name);
    ui.add_space(theme::GAP_SMALL);
    let named = property_ui(ui, "Name", |ui| {
        view.text_ui(ui, "name", &instance.name, "a-name-like-this")
    });
    commands.extend(named.map(|name| Command::Rename(id, name)));
    let project = session.project();
    let composition = project.components.get(&instance.component);
    let type_name = composition.map_or("", |composition| &composition.name);
    let named = property_ui(ui, "Composition", |ui| {
        view.text_ui(ui, "composition", type_name, "Name")
    });
    commands.extend(named.map(|name| Command::RenameComponent(instance.component, name)));
    let uses = project.instances_of(instance.component).count();
    fact_ui(
        ui,
        "Used",
        &match uses {
            1 => "once".to_owned(),
            uses => format!("{uses} times"),
        },
    );
    let inside = match project.parts(Some(instance.component)).count() {
        1 => "1 instance".to_owned(),
        count => format!("{count} instances"),
    };
    fact_ui(ui, "Inside", &inside);
    let mut own = instance.prefix.as_deref() == Some("");
    if ui
        .checkbox(&mut own, "Parts keep their names")
        .on_hover_text("Else their names in the running system begin with that of this instance")
        .changed()
    {
        let changed = Instance {
            prefix: own.then(String::new),
            ..instance.clone()
        };
        commands.push(Command::ChangeInstance(id, changed));
    }
    commands.extend(deployment_ui(ui, session, id, instance));
    commands.extend(swap_ui(ui, session, id, instance));
    commands.extend(bindings_ui(ui, session, id, instance));
    ui.add_space(theme::GAP);
    ui.horizontal(|ui| {
        if ui.button("Show what is inside").clicked() {
            commands.push(Command::Enter(id));
        }
        if ui.button("Ungroup").clicked() {
            commands.push(Command::Ungroup);
        }
    });
    commands
}

fn port_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: InstanceId,
    port: &DelegationPort,
) -> Vec<Command> {
    let mut commands = Vec::new();
    title_ui(ui, "port of the composition", &port.name);
    ui.add_space(theme::GAP_SMALL);
    let named = property_ui(ui, "Name", |ui| {
        view.text_ui(ui, "name", &port.name, "Interface or a-name-like-this")
    });
    commands.extend(named.map(|name| Command::Rename(id, name)));
    let direction = match port.direction {
        Direction::Required => "required: it comes from outside",
        Direction::Provided => "provided: it goes outside",
    };
    fact_ui(ui, "Direction", direction);
    let document = session.document();
    for (_, end) in document.delegations(id) {
        fact_ui(ui, "Leads to", &graph_core::end::text(document, end));
    }
    ui.add_space(theme::GAP);
    if ui.button("Remove the port").clicked() {
        commands.push(Command::Remove(Item::Instance(id)));
    }
    commands
}
