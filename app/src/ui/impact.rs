//! What a component that was built anew has changed: its ports, what breaks and why, what is mended.

use super::{
    icons::icon_ui,
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, section_ui, severity_look},
};
use crate::{command::Command, session::Session};
use egui::{Id, Modal, RichText, ScrollArea, Ui};
use graph_core::diagnostic::Diagnostic;

pub(super) fn impact_ui(ui: &Ui, session: &Session) -> Vec<Command> {
    let Some(impact) = session.impact() else {
        return Vec::new();
    };
    let component = session.document().components.get(&impact.component);
    let name = component.map_or("?", |component| &component.name);
    let mut commands = Vec::new();
    let modal = Modal::new(Id::unique("impact"))
        .frame(dialog_frame(ui))
        .show(ui.ctx(), |ui| {
            ui.set_width(theme::WIZARD_WIDTH);
            ui.heading(format!("`{name}` was rebuilt"));
            ScrollArea::vertical()
                .max_height(theme::WIZARD_HEIGHT)
                .show(ui, |ui| {
                    let ports: Vec<String> = impact.ports.iter().map(ToString::to_string).collect();
                    lines_ui(ui, "ITS PORTS", &ports);
                    findings_ui(ui, "WHAT IS WRONG NOW", &impact.worse);
                    let moves: Vec<String> = impact
                        .moves
                        .iter()
                        .map(|one| {
                            let document = session.document();
                            let ends = [&one.to.from, &one.to.to];
                            let to = ends.map(|end| graph_core::end::text(document, end));
                            format!("{} can go on as {}", one.text, to.join(" to "))
                        })
                        .collect();
                    lines_ui(ui, "WIRES THAT FIT ELSEWHERE", &moves);
                    findings_ui(ui, "WHAT IS MENDED", &impact.better);
                });
            ui.add_space(theme::GAP);
            ui.horizontal(|ui| {
                let text = match impact.moves.len() {
                    0 => None,
                    1 => Some("Move the wire".to_owned()),
                    count => Some(format!("Move {count} wires")),
                };
                if let Some(text) = text
                    && main_button_ui(ui, true, &text).clicked()
                {
                    commands.push(Command::MoveWires);
                }
                if ui.button("Close").clicked() {
                    commands.push(Command::DismissImpact);
                }
            });
        });
    if modal.should_close() && commands.is_empty() {
        commands.push(Command::DismissImpact);
    }
    commands
}

fn lines_ui(ui: &mut Ui, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    section_ui(ui, heading);
    for line in lines {
        ui.label(line);
    }
}

fn findings_ui(ui: &mut Ui, heading: &str, findings: &[Diagnostic]) {
    if findings.is_empty() {
        return;
    }
    section_ui(ui, heading);
    for finding in findings {
        ui.horizontal_top(|ui| {
            let (sign, ink, _) = severity_look(tokens(ui), finding.severity);
            icon_ui(ui, sign, ink);
            ui.vertical(|ui| {
                ui.label(&finding.message);
                if let Some(help) = &finding.help {
                    ui.label(RichText::new(help).color(tokens(ui).text_weak));
                }
            });
        });
    }
}
