//! ECUs as lanes: each with its board and what it takes of it, as bars with words. They stand above
//! the outline and follow every edit.

use super::{
    budget::{Amount, amounts},
    icons::{Icon, icon_ui},
    theme::{self, tokens},
    widgets::section_ui,
};
use crate::{command::Command, session::Session};
use egui::{Frame, Margin, ProgressBar, RichText, Ui};
use graph_core::document::{Ecu, EcuId, Subject};

const BAR_HEIGHT: f32 = 6.0;

pub(super) fn lanes_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    if session.document().ecus.is_empty() {
        return commands;
    }
    section_ui(ui, "ECUS");
    for (id, ecu) in &session.document().ecus {
        let frame = Frame::new()
            .fill(tokens(ui).surface)
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::symmetric(8, 6));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            commands.extend(lane_ui(ui, session, *id, ecu));
        });
        ui.add_space(2.0);
    }
    commands
}

fn lane_ui(ui: &mut Ui, session: &Session, id: EcuId, ecu: &Ecu) -> Vec<Command> {
    let item = Subject::Ecu(id);
    let is_selected = session.selection().contains(&item);
    let name = ui.selectable_label(is_selected, RichText::new(&ecu.name).strong());
    let commands = match name.clicked() {
        true => vec![Command::Select(vec![item])],
        false => Vec::new(),
    };
    let Some(board) = &ecu.target else {
        small_ui(ui, "No board: choose one in the inspector");
        return commands;
    };
    let lanes = session.lanes();
    let state = match (lanes.budget(&ecu.name), lanes.is_old()) {
        (None, true) => " · reckoning…",
        (Some(_), true) => " · of the last version, reckoning…",
        _ => "",
    };
    small_ui(ui, &format!("{board}{state}"));
    if let Some(budget) = lanes.budget(&ecu.name) {
        for amount in amounts(budget) {
            amount_ui(ui, &amount);
        }
        for refusal in &budget.refusals {
            ui.horizontal_top(|ui| {
                icon_ui(ui, Icon::Error, tokens(ui).error);
                ui.add(egui::Label::new(RichText::new(refusal).size(theme::TEXT_SMALL)).wrap());
            });
        }
    }
    if let Some(reason) = &lanes.failed {
        small_ui(ui, reason);
    }
    commands
}

/// Words above the bar: panels are narrow.
fn amount_ui(ui: &mut Ui, amount: &Amount) {
    let mut words = format!("{}: {}", amount.what, amount.text);
    if !amount.word.is_empty() && amount.word != amount.text {
        words = format!("{words} · {}", amount.word);
    }
    let label = ui.add(egui::Label::new(RichText::new(words).size(theme::TEXT_SMALL)).wrap());
    if let Some(note) = amount.note {
        label.on_hover_text(note);
    }
    let bar = ProgressBar::new(amount.part.min(1.0))
        .desired_height(BAR_HEIGHT)
        .fill(amount.level.ink(tokens(ui)));
    ui.add(bar);
}

fn small_ui(ui: &mut Ui, text: &str) {
    let text = RichText::new(text).size(theme::TEXT_SMALL);
    let text = text.color(tokens(ui).text_weak);
    ui.add(egui::Label::new(text).wrap());
}
