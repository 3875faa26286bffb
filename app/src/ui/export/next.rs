//! Last page: how the export ended, the files, and the commands that come next.

use super::{ExportDialog, fit::refusal_ui, jobs_ui};
use crate::{
    command::Command,
    next_steps::next_steps,
    session::{Exported, Session, Work},
    ui::{
        icons::{Icon, icon_ui},
        theme::{self, tokens},
        widgets::section_ui,
    },
};
use egui::{Frame, Margin, RichText, Role, Ui, WidgetInfo};

/// Names of files that are listed; the folder has them all.
const LISTED: usize = 12;

impl ExportDialog {
    pub(super) fn next_ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        ui.add_space(theme::GAP);
        match &session.view().export.export {
            Work::Nothing => {
                ui.label("Nothing was exported. Go back to begin again.");
                Vec::new()
            }
            Work::Going => {
                ui.label("Exporting…");
                jobs_ui(ui, session)
            }
            Work::Failed(reason) => {
                refusal_ui(ui, reason);
                Vec::new()
            }
            Work::Done(exported) => {
                exported_ui(ui, exported);
                Vec::new()
            }
        }
    }
}

fn exported_ui(ui: &mut Ui, exported: &Exported) {
    let Exported { order, files } = exported;
    ui.horizontal(|ui| {
        icon_ui(ui, Icon::Check, tokens(ui).success);
        let directory = order.directory.display();
        ui.label(match files.len() {
            1 => format!("1 file is in {directory}"),
            count => format!("{count} files are in {directory}"),
        });
    });
    let weak = tokens(ui).text_weak;
    for file in files.iter().take(LISTED) {
        let text = RichText::new(file).monospace().size(theme::TEXT_SMALL);
        ui.label(text.color(weak));
    }
    if files.len() > LISTED {
        ui.label(RichText::new(format!("and {} more", files.len() - LISTED)).color(weak));
    }
    let steps = next_steps(order, files);
    if !steps.is_empty() {
        section_ui(ui, "WHAT TO DO NEXT");
    }
    for step in steps {
        ui.horizontal(|ui| {
            ui.label(&step.title);
            let copy = ui.small_button("Copy");
            let name = format!("Copy: {}", step.title);
            copy.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.clone()));
            if copy.clicked() {
                ui.copy_text(step.command.clone());
            }
        });
        let frame = Frame::new()
            .fill(tokens(ui).well)
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::same(8));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let text = RichText::new(&step.command)
                .monospace()
                .size(theme::TEXT_MONOSPACE);
            ui.add(egui::Label::new(text).wrap().selectable(true));
        });
    }
}
