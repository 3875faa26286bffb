//! Core modules were chosen where components are asked for: wrap them?

use super::{
    theme,
    widgets::{dialog_frame, main_button_ui},
};
use crate::{command::Command, session::Session};
use egui::{Id, Modal, ScrollArea, Ui};

pub(super) fn core_modules_ui(ui: &Ui, session: &Session) -> Vec<Command> {
    let modules = &session.view().core_modules;
    if modules.is_empty() {
        return Vec::new();
    }
    let mut commands = Vec::new();
    let modal = Modal::new(Id::unique("core modules"))
        .frame(dialog_frame(ui))
        .show(ui.ctx(), |ui| {
            ui.set_width(theme::DIALOG_WIDTH);
            ui.heading(match modules.len() {
                1 => "A module, not a component".to_owned(),
                count => format!("{count} modules, not components"),
            });
            ui.label(
                "A core module has no typed ports. Where its tool chain has put its world into it, a \
                 component can be made of it; what it imports of WASI preview 1 becomes WASI 0.2.",
            );
            ui.add_space(theme::GAP);
            ScrollArea::vertical()
                .max_height(theme::WIZARD_HEIGHT)
                .show(ui, |ui| {
                    for path in modules {
                        let name = path.file_name().unwrap_or_default().to_string_lossy();
                        ui.label(format!("{name} becomes wrapped/{name}"))
                            .on_hover_text(path.display().to_string());
                    }
                });
            ui.add_space(theme::GAP);
            ui.horizontal(|ui| {
                let text = match modules.len() {
                    1 => "Wrap it",
                    _ => "Wrap them",
                };
                if main_button_ui(ui, true, text).clicked() {
                    commands.push(Command::WrapCoreModules);
                }
                if ui.button("Cancel").clicked() {
                    commands.push(Command::LeaveCoreModules);
                }
            });
        });
    if modal.should_close() && commands.is_empty() {
        commands.push(Command::LeaveCoreModules);
    }
    commands
}
