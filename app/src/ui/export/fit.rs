//! Second page, for boards: what each ECU would need there, and what is in its way.

use super::{ExportDialog, jobs_ui, size_text};
use crate::{
    command::Command,
    session::{EcuPreview, PartitionPreview, Preview, Session, Work},
    ui::{
        icons::{Icon, icon_ui},
        theme::{self, tokens},
    },
};
use egui::{Frame, Margin, ProgressBar, RichText, Ui};
use exporter::boards::Board;

/// Of the words before a bar.
const NEED_WIDTH: f32 = 280.0;

impl ExportDialog {
    pub(super) fn fit_ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let Some(board) = self.board() else {
            return Vec::new();
        };
        ui.label(format!("What each ECU would need on {}:", board.name));
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
                    self.ecu_ui(ui, &board, ecu);
                }
                Vec::new()
            }
        }
    }

    fn ecu_ui(&mut self, ui: &mut Ui, board: &Board, ecu: &EcuPreview) {
        ui.add_space(theme::GAP);
        let frame = Frame::new()
            .fill(tokens(ui).surface)
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::symmetric(10, 8));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let mut is_chosen = !self.left_out.contains(&ecu.name);
            if ui
                .checkbox(&mut is_chosen, format!("Image for ECU {}", ecu.name))
                .changed()
            {
                match is_chosen {
                    true => self.left_out.remove(&ecu.name),
                    false => self.left_out.insert(ecu.name.clone()),
                };
            }
            for (what, needed, region) in [
                ("Flash beside the firmware", ecu.code_bytes, board.flash),
                ("RAM", ecu.ram_bytes, board.ram),
            ] {
                if let (Some(needed), Some(region)) = (needed, region) {
                    need_ui(ui, what, needed, region.bytes.into());
                }
            }
            for partition in &ecu.partitions {
                partition_ui(ui, partition);
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
        let mut chosen = ecus.iter().filter(|ecu| !self.left_out.contains(&ecu.name));
        ecus.iter().any(|ecu| !self.left_out.contains(&ecu.name))
            && chosen.all(|ecu| ecu.refusals.is_empty())
    }

    /// Names for the order; empty where it is all of them.
    pub(super) fn chosen_ecus(&self, session: &Session) -> Vec<String> {
        match &session.view().export.preview {
            Work::Done(preview) if !self.left_out.is_empty() => {
                let names = preview.ecus.iter().map(|ecu| ecu.name.clone());
                names.filter(|name| !self.left_out.contains(name)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn need_ui(ui: &mut Ui, what: &str, needed: u64, has: u64) {
    let part = needed as f32 / has.max(1) as f32;
    let tokens = tokens(ui);
    let ink = match part {
        ..0.8 => tokens.success,
        ..=1.0 => tokens.warning,
        _ => tokens.error,
    };
    ui.horizontal(|ui| {
        let text = format!("{what}: {} of {}", size_text(needed), size_text(has));
        // The bars stand one below the other.
        ui.allocate_ui([NEED_WIDTH, theme::ROW_HEIGHT].into(), |ui| {
            ui.set_min_width(NEED_WIDTH);
            ui.label(text);
        });
        let bar = ProgressBar::new(part.min(1.0))
            .desired_width(160.0)
            .desired_height(8.0)
            .fill(ink);
        ui.add(bar);
        ui.label(format!("{:.0} %", part * 100.0));
    });
}

fn partition_ui(ui: &mut Ui, partition: &PartitionPreview) {
    let mut facts = vec![
        partition.instances.join(", "),
        format!("component {}", size_text(partition.component_bytes)),
    ];
    let memory = partition.memory_bytes;
    facts.extend(memory.map(|bytes| format!("memory {}", size_text(bytes))));
    let text = format!("{}: {}", partition.name, facts.join(" · "));
    let text = RichText::new(text).size(theme::TEXT_SMALL);
    ui.label(text.color(tokens(ui).text_weak));
}

/// Why something can not be, and what to do.
pub(super) fn refusal_ui(ui: &mut Ui, reason: &str) {
    ui.horizontal_top(|ui| {
        let ink = tokens(ui).error;
        icon_ui(ui, Icon::Error, ink);
        ui.label(reason);
    });
}
