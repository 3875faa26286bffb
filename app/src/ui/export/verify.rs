//! The page after the files: what was exported is held against the simulation, where something on this
//! machine runs it.

use super::{ExportDialog, fit::refusal_ui, jobs_ui};
use crate::{
    command::Command,
    session::{Session, VerifiedEcu, Work},
    ui::{
        icons::{Icon, icon_ui},
        theme::{self, tokens},
        widgets::main_button_ui,
    },
    verify,
};
use egui::{Frame, Margin, RichText, Ui};

impl ExportDialog {
    pub(super) fn verify_ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        ui.add_space(theme::GAP);
        let view = &session.view().export;
        match &view.export {
            Work::Going => {
                ui.label("Exporting…");
                return jobs_ui(ui, session);
            }
            Work::Failed(reason) => {
                refusal_ui(ui, reason);
                return Vec::new();
            }
            Work::Nothing | Work::Done(_) => {}
        }
        let Some(target) = verify::on_this_machine(self.destination) else {
            ui.add(
                egui::Label::new(
                    "Nothing on this machine runs this target, so nothing is verified here. A virtual board of the same core runs the same partitions: export for it too, and verify that.",
                )
                .wrap(),
            );
            return Vec::new();
        };
        ui.add(
            egui::Label::new(format!(
                "Each ECU is held against the simulation, input by input and output by output. It runs on {}.",
                target.description
            ))
            .wrap(),
        );
        ui.add_space(theme::GAP);
        let mut commands = Vec::new();
        match &view.verification {
            Work::Going => commands.extend(jobs_ui(ui, session)),
            Work::Nothing => {}
            Work::Failed(reason) => refusal_ui(ui, reason),
            Work::Done(ecus) => {
                for ecu in ecus {
                    ecu_ui(ui, ecu);
                }
            }
        }
        if view.verification != Work::Going {
            let word = match view.verification {
                Work::Nothing => "Verify",
                _ => "Verify again",
            };
            if main_button_ui(ui, true, word).clicked() {
                commands.push(Command::VerifyExport {
                    destination: self.destination,
                    ecus: self.chosen_ecus(session),
                });
            }
        }
        commands
    }
}

fn ecu_ui(ui: &mut Ui, ecu: &VerifiedEcu) {
    let tokens = tokens(ui);
    let (icon, ink, word) = match ecu.agrees {
        true => (Icon::Check, tokens.success, "the same"),
        false => (Icon::Error, tokens.error, "different"),
    };
    ui.horizontal(|ui| {
        icon_ui(ui, icon, ink);
        ui.label(format!("ECU {}: {word}", ecu.ecu));
    });
    let frame = Frame::new()
        .fill(tokens.well)
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let text = RichText::new(&ecu.text)
            .monospace()
            .size(theme::TEXT_MONOSPACE);
        ui.add(egui::Label::new(text).wrap().selectable(true));
    });
    ui.add_space(theme::GAP);
}
