//! An instance: name, component, where it runs, what starts it, what it is bound to, its WIT.

use super::{InspectorView, activations::activations_ui, composition, title_ui};
use crate::{
    command::Command,
    session::Session,
    ui::{
        library::language,
        theme,
        widgets::{code_ui, fact_ui, property_ui, section_ui},
    },
};
use autosar_wit::component::{ComponentType, Direction, Origin, PortItem};
use egui::{CollapsingHeader, ComboBox, RichText, Ui};
use graph_core::{
    document::{ComponentId, Instance, InstanceId, PartitionKey},
    library::Entry,
    runnable,
};
use rte::Handle;
use std::collections::BTreeSet;

pub(super) fn instance_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: InstanceId,
) -> Vec<Command> {
    let Some(instance) = session.document().instances.get(&id) else {
        return Vec::new();
    };
    if session.port(id).is_some() || session.is_composition(id) {
        return composition::standing_ui(ui, session, view, id);
    }
    let mut commands = Vec::new();
    title_ui(ui, "instance", &instance.name);
    ui.add_space(theme::GAP_SMALL);
    if let Some(name) = property_ui(ui, "Name", |ui| {
        view.text_ui(ui, "name", &instance.name, "a-name-like-this")
    }) {
        commands.push(Command::Rename(id, name));
    }
    commands.extend(deployment_ui(ui, session, id, instance));
    commands.extend(swap_ui(ui, session, id, instance));
    about_component_ui(ui, session, instance.component);
    commands.extend(activations_ui(ui, session, id, instance));
    commands.extend(bindings_ui(ui, session, id, instance));
    commands.extend(blocks_ui(ui, session, view, id, instance));
    commands.extend(configuration_ui(ui, view, id, instance));
    wit_ui(ui, session, instance.component);
    commands
}

pub(super) fn component_ui(ui: &mut Ui, session: &Session, id: ComponentId) -> Vec<Command> {
    let name = session
        .document()
        .components
        .get(&id)
        .map_or("?", |component| &component.name);
    title_ui(ui, "component", name);
    fact_ui(ui, "Component", name);
    about_component_ui(ui, session, id);
    wit_ui(ui, session, id);
    Vec::new()
}

/// The component, and others that could stand in its place.
pub(super) fn swap_ui(
    ui: &mut Ui,
    session: &Session,
    id: InstanceId,
    instance: &Instance,
) -> Option<Command> {
    let components = &session.document().components;
    let current = components
        .get(&instance.component)
        .map_or("?", |component| &component.name);
    // What stands for a port is no component.
    let known = components
        .iter()
        .filter(|(id, _)| session.project().components.contains_key(*id))
        .map(|(_, component)| &component.name);
    let names: BTreeSet<&String> = known.chain(session.shelf().keys()).collect();
    let mut chosen = None;
    property_ui(ui, "Component", |ui| {
        ComboBox::from_id_salt("component")
            .selected_text(current)
            .width(ui.available_width())
            .truncate()
            .show_ui(ui, |ui| {
                for name in names {
                    let is_current = name == current;
                    if ui.selectable_label(is_current, name).clicked() && !is_current {
                        chosen = Some(Command::Swap {
                            instance: id,
                            component: name.clone(),
                        });
                    }
                }
            });
    });
    chosen
}

fn about_component_ui(ui: &mut Ui, session: &Session, id: ComponentId) {
    match session.library().components.get(&id) {
        Some(Entry::Loaded { component_type, .. }) => {
            let size = match component_type.origin {
                Origin::Component { size_bytes } => format!("{:.1} KB", size_bytes as f64 / 1000.0),
                Origin::Wit => "stub from WIT".to_owned(),
            };
            let parts: Vec<String> = language(component_type).into_iter().chain([size]).collect();
            fact_ui(ui, "Made of", &parts.join(", "));
            if !component_type.docs.is_empty() {
                ui.label(RichText::new(&component_type.docs).color(theme::tokens(ui).text_weak));
            }
        }
        Some(Entry::Missing { reason }) => {
            drop(ui.label(RichText::new(reason).color(theme::tokens(ui).error)))
        }
        None => {}
    }
}

pub(super) fn deployment_ui(
    ui: &mut Ui,
    session: &Session,
    id: InstanceId,
    instance: &Instance,
) -> Option<Command> {
    let document = session.document();
    let name = |key: &PartitionKey| {
        let ecu = document.ecus.get(&key.ecu).map_or("?", |ecu| &ecu.name);
        format!("{ecu} / {}", key.partition)
    };
    let nowhere = match session.is_composition(id) {
        true => "Each part's own",
        false => "Not deployed",
    };
    let current = instance
        .partition
        .as_ref()
        .map_or_else(|| nowhere.to_owned(), name);
    let mut chosen = None;
    property_ui(ui, "Runs on", |ui| {
        ComboBox::from_id_salt("partition")
            .selected_text(current)
            .width(ui.available_width())
            .truncate()
            .show_ui(ui, |ui| {
                for (key, _) in document.partitions() {
                    let is_current = instance.partition.as_ref() == Some(&key);
                    if ui.selectable_label(is_current, name(&key)).clicked() && !is_current {
                        chosen = Some(Command::Deploy(id, Some(key)));
                    }
                }
                if ui
                    .selectable_label(instance.partition.is_none(), nowhere)
                    .clicked()
                {
                    chosen = Some(Command::Deploy(id, None));
                }
            });
    });
    chosen
}

/// Buses, SPI devices and pins for the platform functions that the component needs.
pub(super) fn bindings_ui(
    ui: &mut Ui,
    session: &Session,
    id: InstanceId,
    instance: &Instance,
) -> Vec<Command> {
    let document = session.document();
    let keys = session
        .component_type(instance.component)
        .map(|component| binding_keys(component, session.is_composition(id)))
        .unwrap_or_default();
    let mut commands = Vec::new();
    if !keys.is_empty() {
        section_ui(ui, "BUSES AND PINS");
    }
    for (key, handle) in keys {
        let current = instance.bindings.get(&key);
        property_ui(ui, &key, |ui| {
            let text = current.map(|bound| document.binding_text(bound));
            ComboBox::from_id_salt(("binding", &key))
                .selected_text(text.unwrap_or_else(|| "Not bound".to_owned()))
                .width(ui.available_width())
                .truncate()
                .show_ui(ui, |ui| {
                    for binding in document.bindings_for(handle) {
                        let text = document.binding_text(&binding);
                        let is_current = current == Some(&binding);
                        if ui.selectable_label(is_current, text).clicked() {
                            let mut changed = instance.clone();
                            changed.bindings.insert(key.clone(), binding);
                            commands.push(Command::ChangeInstance(id, changed));
                        }
                    }
                });
        });
    }
    commands
}

/// Root functions that give a bus, device or pin, as `get-i2c-bus`, and runnables' parameters.
fn binding_keys(component: &ComponentType, is_composition: bool) -> Vec<(String, Handle)> {
    // Of a composition the port has to be told, behind which its parts are.
    let key = match is_composition {
        true => runnable::binding_key,
        false => runnable::short_binding_key,
    };
    let mut keys = Vec::new();
    for port in &component.ports {
        match (&port.item, port.direction) {
            (PortItem::Function(function), Direction::Required) => {
                let handle = runnable::gives_handle(function);
                keys.extend(handle.map(|handle| (port.name.clone(), handle)));
            }
            (_, Direction::Provided) => {
                let functions = graph_core::resolve::functions(port).iter();
                for function in functions {
                    let path = graph_core::resolve::path_of(port, function);
                    let parameters = runnable::handle_parameters(function);
                    keys.extend(parameters.map(|(name, handle)| (key(&path, name), handle)));
                }
            }
            (PortItem::Interface(_), Direction::Required) => {}
        }
    }
    keys
}

/// Blocks of the partition under the names that the component knows.
fn blocks_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: InstanceId,
    instance: &Instance,
) -> Vec<Command> {
    let keeps = session
        .component_type(instance.component)
        .is_some_and(|component| graph_core::check::keeps_blocks(component));
    let mut commands = Vec::new();
    if !keeps && instance.blocks.is_empty() {
        return commands;
    }
    section_ui(ui, "NON-VOLATILE BLOCKS");
    for (own, block) in &instance.blocks {
        let text = property_ui(ui, own, |ui| {
            view.text_ui(
                ui,
                &format!("block {own}"),
                block,
                "a block of the partition",
            )
        });
        if let Some(text) = text {
            let mut changed = instance.clone();
            match text.is_empty() {
                true => drop(changed.blocks.remove(own)),
                false => drop(changed.blocks.insert(own.clone(), text)),
            }
            commands.push(Command::ChangeInstance(id, changed));
        }
    }
    let added = property_ui(ui, "Add", |ui| {
        view.text_ui(ui, "new block", "", "name in the component")
    });
    if let Some(own) = added.filter(|own| !own.is_empty()) {
        let mut changed = instance.clone();
        changed.blocks.insert(own.clone(), own);
        commands.push(Command::ChangeInstance(id, changed));
    }
    commands
}

fn configuration_ui(
    ui: &mut Ui,
    view: &mut InspectorView,
    id: InstanceId,
    instance: &Instance,
) -> Vec<Command> {
    let mut commands = Vec::new();
    if instance.configuration.is_empty() {
        return commands;
    }
    section_ui(ui, "CONFIGURATION");
    for (key, value) in &instance.configuration {
        let text = property_ui(ui, key, |ui| {
            view.text_ui(ui, &format!("configuration {key}"), value, "empty")
        });
        if let Some(text) = text {
            let mut changed = instance.clone();
            changed.configuration.insert(key.clone(), text);
            commands.push(Command::ChangeInstance(id, changed));
        }
    }
    commands
}

fn wit_ui(ui: &mut Ui, session: &Session, id: ComponentId) {
    let Some(component) = session.component_type(id) else {
        return;
    };
    ui.add_space(theme::GAP);
    CollapsingHeader::new("WIT")
        .default_open(true)
        .show(ui, |ui| {
            code_ui(
                ui,
                "component WIT",
                &autosar_wit::print::world(component),
                420.0,
            );
        });
}
