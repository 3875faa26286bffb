//! Second page, for boards: what each ECU would take there, and what is in its way.

use super::{ExportDialog, jobs_ui};
use crate::{
    command::Command,
    session::{EcuBudget, Preview, Session, Work},
    targets::Form,
    ui::{
        budget::{amounts, amounts_ui, count_text, size_text},
        icons::{Icon, icon_ui},
        theme::{self, tokens},
    },
};
use egui::{Frame, Margin, RichText, Ui};

impl ExportDialog {
    pub(super) fn fit_ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let Some(target) = self.target() else {
            return Vec::new();
        };
        ui.label(format!("What each ECU would take on {}:", target.name));
        match &session.view().export.preview {
            Work::Nothing => Vec::new(),
            Work::Going => {
                ui.add_space(theme::GAP);
                jobs_ui(ui, session)
            }
            Work::Failed(reason) => {
                refusal_ui(ui, reason);
                Vec::new()
            }
            Work::Done(preview) => {
                for ecu in &preview.ecus {
                    self.ecu_ui(ui, target.form, ecu);
                }
                Vec::new()
            }
        }
    }

    fn ecu_ui(&mut self, ui: &mut Ui, form: Form, ecu: &EcuBudget) {
        ui.add_space(theme::GAP);
        let frame = Frame::new()
            .fill(tokens(ui).surface)
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::symmetric(10, 8));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let mut is_chosen = !self.left_out.contains(&ecu.ecu);
            let what = match form {
                Form::LinuxBundle => "Bundle",
                Form::CProject => "Project",
                _ => "Image",
            };
            if ui
                .checkbox(&mut is_chosen, format!("{what} for ECU {}", ecu.ecu))
                .changed()
            {
                match is_chosen {
                    true => self.left_out.remove(&ecu.ecu),
                    false => self.left_out.insert(ecu.ecu.clone()),
                };
            }
            amounts_ui(ui, &amounts(ecu));
            if let Some(start) = &ecu.start {
                let instructions = count_text(start.instructions);
                weak_ui(
                    ui,
                    &format!("Start: about {instructions} instructions to the first task"),
                );
            }
            for partition in &ecu.partitions {
                partition_ui(ui, ecu, partition);
            }
            for refusal in &ecu.refusals {
                refusal_ui(ui, refusal);
            }
        });
    }

    /// Whether there is something to export, and nothing of it is refused.
    pub(super) fn fits(&self, session: &Session) -> bool {
        let Work::Done(Preview { ecus }) = &session.view().export.preview else {
            return false;
        };
        let mut chosen = ecus.iter().filter(|ecu| !self.left_out.contains(&ecu.ecu));
        ecus.iter().any(|ecu| !self.left_out.contains(&ecu.ecu))
            && chosen.all(|ecu| ecu.refusals.is_empty())
    }

    /// Names for the order; empty where it is all of them.
    pub(super) fn chosen_ecus(&self, session: &Session) -> Vec<String> {
        match &session.view().export.preview {
            Work::Done(preview) if !self.left_out.is_empty() => {
                let names = preview.ecus.iter().map(|ecu| ecu.ecu.clone());
                names.filter(|name| !self.left_out.contains(name)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn weak_ui(ui: &mut Ui, text: &str) {
    let text = RichText::new(text).size(theme::TEXT_SMALL);
    ui.label(text.color(tokens(ui).text_weak));
}

/// A line for the partition, and one for each part of it.
fn partition_ui(ui: &mut Ui, ecu: &EcuBudget, partition: &crate::session::PartitionBudget) {
    let mut facts = vec![format!(
        "component {}",
        size_text(partition.component_bytes)
    )];
    let memory = partition.memory_bytes;
    facts.extend(memory.map(|bytes| format!("memory {}", size_text(bytes))));
    for task in &partition.tasks {
        let rate = task.activations_per_second;
        let cost = match task.instructions {
            Some(instructions) => format!(" of {} instructions", count_text(instructions)),
            None => String::new(),
        };
        facts.push(format!("task {}: {rate:.0} a second{cost}", task.name));
    }
    weak_ui(ui, &format!("{}: {}", partition.name, facts.join(" · ")));
    let id = format!("{} {}", ecu.ecu, partition.name);
    ui.indent(id, |ui| {
        for part in &partition.parts {
            let mut facts = Vec::new();
            if part.code_bytes > 0 {
                facts.push(format!("code {}", size_text(part.code_bytes)));
            }
            facts.push(format!("RAM {}", size_text(part.heap_bytes)));
            if let Some(instructions) = part.instructions_per_second {
                facts.push(format!("{} instructions/s", count_text(instructions)));
            }
            weak_ui(ui, &format!("{}: {}", part.name, facts.join(" · ")));
        }
    });
}

/// Why something can not be, and what to do.
pub(super) fn refusal_ui(ui: &mut Ui, reason: &str) {
    ui.horizontal_top(|ui| {
        let ink = tokens(ui).error;
        icon_ui(ui, Icon::Error, ink);
        ui.add(egui::Label::new(reason).wrap());
    });
}
