//! The menu of the second button: commands of the list that suit what is selected.

use super::CanvasView;
use crate::{
    canvas::{
        action::CanvasAction,
        reroute::with_point,
        scene::{Course, Wire},
    },
    command::Command,
    session::Session,
    ui::{
        authority::treatment_ui,
        breakpoints::{of_instance_ui, of_wire},
    },
};
use egui::{Button, Response, Ui};
use graph_core::document::{InstanceId, Subject};

const ENTRIES: [&str; 16] = [
    "edit.cut",
    "edit.copy",
    "edit.paste",
    "edit.duplicate",
    "edit.delete",
    "edit.delete-heal",
    "scope.enter",
    "scope.leave",
    "scope.group",
    "scope.ungroup",
    "scope.delegate",
    "view.fit-selection",
    "view.fit",
    "view.arrange",
    "edit.select-all",
    "file.add-components",
];

pub(super) fn show(background: &Response, session: &Session, view: &CanvasView) -> Vec<Command> {
    let mut commands = Vec::new();
    background.context_menu(|ui| {
        if let [Subject::Connector(id)] = session.selection().iter().collect::<Vec<_>>().as_slice()
            && let Some(connector) = session.document().connectors.get(id)
        {
            let text = if connector.probe {
                "Remove the probe"
            } else {
                "Add a probe"
            };
            if ui.button(text).clicked() {
                commands.push(Command::ToggleProbe(*id));
            }
            if session.why_of_selection().is_some() && ui.button("Why this value?").clicked() {
                commands.push(Command::WhySelected);
            }
            let text = of_wire(session, &connector.from);
            let stop = ui.button("Stop at accesses");
            if stop
                .on_hover_text(format!("A breakpoint: {text}"))
                .clicked()
            {
                commands.push(Command::AddBreakpoint(text));
                ui.close();
            }
            let wire = view.scene.wire_of(*id);
            commands.extend(wire.and_then(|wire| reroute_ui(ui, wire)));
            ui.separator();
        }
        if let [Subject::Instance(id)] = session.selection().iter().collect::<Vec<_>>().as_slice() {
            commands.extend(of_instance_ui(ui, session, *id));
            commands.extend(capabilities_ui(ui, session, *id));
        }
        for entry in ENTRIES.iter().filter_map(|id| session.command(id)) {
            let shortcut = entry
                .shortcut
                .map(crate::ui::keys::shortcut_text)
                .unwrap_or_default();
            let button = Button::new(entry.text).shortcut_text(shortcut);
            if ui.add_enabled((entry.enabled)(session), button).clicked() {
                commands.push(entry.command);
                ui.close();
            }
        }
    });
    commands
}

/// What the instance takes of the platform, each with what it can be given instead.
fn capabilities_ui(ui: &mut Ui, session: &Session, id: InstanceId) -> Vec<Command> {
    let authority = session.authority();
    let taken: Vec<_> = authority
        .grants
        .iter()
        .filter(|((instance, _), grant)| {
            *instance == id && (!grant.direct.is_empty() || grant.treatment.is_some())
        })
        .map(|((_, capability), grant)| (*capability, grant))
        .collect();
    let mut commands = Vec::new();
    if taken.is_empty() {
        return commands;
    }
    ui.menu_button("Authority", |ui| {
        for (capability, grant) in taken {
            ui.menu_button(capability.title(), |ui| {
                commands.extend(treatment_ui(ui, session, (id, capability), grant.treatment));
            });
        }
    });
    ui.separator();
    commands
}

/// By keys a point comes into the middle of the wire.
fn reroute_ui(ui: &mut Ui, wire: &Wire) -> Option<Command> {
    let Course::Curve(curve) = &wire.course else {
        return None;
    };
    if ui.button("Add a reroute point").clicked() {
        let Some(CanvasAction::Reroute(wire, through)) = with_point(wire, curve.middle()) else {
            return None;
        };
        return Some(super::reroute(wire, &through));
    }
    let has_points = !wire.through.is_empty();
    let removed = has_points && ui.button("Remove the reroute points").clicked();
    removed.then(|| super::reroute(wire.connector, &[]))
}
