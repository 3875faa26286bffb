//! Where runs stop by themselves: a field to write one, and all there are with their switches.

use super::{
    icons::{Emphasis, Icon, icon_button_ui},
    theme::{self, tokens},
    widgets::{empty_ui, main_button_ui, name_field, panel_ui, switch_ui},
};
use crate::{
    command::Command,
    session::{BreakpointView, Session, TraceKind, TraceRow},
};
use egui::{Key, RichText, TextEdit, Ui};
use graph_core::document::{End, InstanceId};

const FORMS: &str =
    "frame can0:Message, value instance.element > 5, run instance, access instance.port, incident";

/// What the panel remembers.
#[derive(Debug, Default)]
pub(super) struct BreakpointsView {
    text: String,
}

impl BreakpointsView {
    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let mut commands = Vec::new();
        panel_ui(ui, |ui| {
            ui.horizontal(|ui| {
                let field = TextEdit::singleline(&mut self.text);
                let field = ui.add(
                    field
                        .hint_text(FORMS)
                        .desired_width(ui.available_width() - 100.0),
                );
                name_field(&field, "New breakpoint");
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                let is_written = !self.text.trim().is_empty();
                let added = main_button_ui(ui, is_written, "Add").clicked() || entered;
                if is_written && added {
                    commands.push(Command::AddBreakpoint(std::mem::take(&mut self.text)));
                }
            });
            let all = &session.view().breakpoints;
            if all.is_empty() {
                let text = "Write one, or use the second button on a wire or on a row of the trace";
                empty_ui(ui, "No breakpoints", text);
            }
            for one in all {
                commands.extend(breakpoint_ui(ui, session, one));
            }
        });
        commands
    }
}

fn breakpoint_ui(ui: &mut Ui, session: &Session, one: &BreakpointView) -> Vec<Command> {
    let mut commands = Vec::new();
    let (run, tokens) = (session.run(), tokens(ui));
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal(|ui| {
        let name = format!("Breakpoint {}", one.text);
        if switch_ui(ui, &name, one.is_on).is_some() {
            commands.push(Command::SwitchBreakpoint(one.text.clone()));
        }
        let ink = match one.is_on {
            true => tokens.text,
            false => tokens.text_faint,
        };
        ui.label(RichText::new(&one.text).monospace().color(ink));
        let remove = format!("Remove breakpoint {}", one.text);
        let button = icon_button_ui(ui, Icon::Close, &remove, true, Emphasis::Quiet);
        if button.on_hover_text(remove).clicked() {
            commands.push(Command::RemoveBreakpoint(one.text.clone()));
        }
    });
    if let Some(refusal) = run.refused.get(&one.text).filter(|_| one.is_on) {
        ui.label(RichText::new(refusal).color(tokens.error));
    }
    if let Some(hit) = run.stopped.as_ref().filter(|hit| hit.text == one.text) {
        let at = super::controls::seconds(hit.at_ns);
        ui.label(RichText::new(format!("stopped at {at}: {}", hit.reason)).color(tokens.warning));
    }
    commands
}

/// The breakpoint that a row of the trace suggests.
pub(super) fn of_row(session: &Session, row: &TraceRow) -> Option<String> {
    Some(match row.kind {
        TraceKind::Frame => match row.decoded.split(' ').next() {
            Some(message) if !message.is_empty() && message != "undecoded" => {
                format!("frame {}:{message}", row.subject)
            }
            _ => format!("frame {}:{}", row.subject, row.text.split('#').next()?),
        },
        TraceKind::Value if session.run().values.contains_key(&row.subject) => {
            format!("value {}", row.subject)
        }
        TraceKind::Activation if row.decoded.starts_with("ran") => format!("run {}", row.subject),
        TraceKind::Incident => "incident".to_owned(),
        _ => return None,
    })
}

/// Breakpoints on an instance: its runnables, its ports.
pub(super) fn of_instance_ui(ui: &mut Ui, session: &Session, id: InstanceId) -> Option<Command> {
    let instance = session.document().instances.get(&id)?;
    let ports = session.component_type(instance.component);
    let ports = ports.map_or(&[][..], |found| found.ports.as_slice());
    let mut chosen = None;
    ui.menu_button("Stop at", |ui| {
        if ui.button("Its runnables").clicked() {
            chosen = Some(format!("run {}", instance.name));
        }
        for port in ports {
            let name = crate::canvas::names::port_label(&port.name);
            if ui.button(format!("Accesses of {name}")).clicked() {
                chosen = Some(format!("access {}.{}", instance.name, port.name));
            }
        }
        if chosen.is_some() {
            ui.close();
        }
    });
    chosen.map(Command::AddBreakpoint)
}

/// The breakpoint on what a wire carries.
pub(super) fn of_wire(session: &Session, from: &End) -> String {
    let end = graph_core::end::text(session.document(), from);
    match from {
        End::Port { .. } => format!("access {end}"),
        _ => format!("value {end}"),
    }
}
