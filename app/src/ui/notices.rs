//! What has been done and what failed, until it is dismissed; unsaved work found or about to be lost.

use super::{
    icons::{Icon, icon_ui},
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui},
};
use crate::{
    command::Command,
    session::{NoticeKind, Session},
};
use egui::{Align2, Area, Frame, Id, Margin, Modal, Order, Stroke, Ui};

/// Cards in the lower right corner, the latest at the bottom.
pub(super) fn notices_ui(ui: &Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    let skipped = session.notices().len().saturating_sub(4);
    let tokens = tokens(ui);
    let area = Area::new(Id::unique("notices"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, [-16.0, -44.0]);
    if session.notices().is_empty() {
        return commands;
    }
    area.show(ui.ctx(), |ui| {
        for (position, notice) in session.notices().iter().enumerate().skip(skipped) {
            let (sign, ink) = match notice.kind {
                NoticeKind::Done => (Icon::Check, tokens.success),
                NoticeKind::Warning => (Icon::Warning, tokens.warning),
                NoticeKind::Failed => (Icon::Error, tokens.error),
            };
            let frame = Frame::popup(ui.style())
                .stroke(Stroke::new(1.0, ink))
                .inner_margin(Margin::symmetric(12, 8));
            frame.show(ui, |ui| {
                ui.set_width(theme::NOTICE_WIDTH);
                ui.horizontal_top(|ui| {
                    icon_ui(ui, sign, ink);
                    let width = ui.available_width() - 76.0;
                    ui.scope(|ui| {
                        ui.set_width(width);
                        ui.label(&notice.text);
                    });
                    if ui.small_button("Dismiss").clicked() {
                        commands.push(Command::DismissNotice(position));
                    }
                });
            });
        }
    });
    commands
}

/// Unsaved work of a session that ended too early.
pub(super) fn recovery_ui(ui: &mut Ui) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal(|ui| {
        icon_ui(ui, Icon::Warning, tokens(ui).warning);
        ui.label("The last session ended without saving. Its work was kept.");
        if ui.button("Recover").clicked() {
            commands.push(Command::Recover);
        }
        if ui.button("Discard").clicked() {
            commands.push(Command::DiscardRecovery);
        }
    });
    commands
}

/// The answer to "not saved".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    Save,
    Discard,
    Stay,
}

/// Asks before unsaved work is left.
pub(super) fn leave_ui(ui: &Ui, name: &str) -> Option<Leave> {
    let mut answer = None;
    let modal = Modal::new(Id::unique("leave"))
        .frame(dialog_frame(ui))
        .show(ui.ctx(), |ui| {
            ui.set_width(theme::DIALOG_WIDTH);
            ui.heading(format!("Save `{name}` first?"));
            ui.add_space(theme::GAP);
            ui.label("There are changes that no file has.");
            ui.add_space(theme::GAP_LARGE);
            ui.horizontal(|ui| {
                if main_button_ui(ui, true, "Save").clicked() {
                    answer = Some(Leave::Save);
                }
                if ui.button("Quit without saving").clicked() {
                    answer = Some(Leave::Discard);
                }
                if ui.button("Keep working").clicked() {
                    answer = Some(Leave::Stay);
                }
            });
        });
    if modal.should_close() {
        answer = answer.or(Some(Leave::Stay));
    }
    answer
}
