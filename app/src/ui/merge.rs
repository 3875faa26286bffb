//! A merge before it is made: what does not go together, with a choice each, and what comes in; from
//! another version of the project, or from newer descriptions of what it was made of.

use super::{
    differences::words,
    icons::{Icon, icon_ui},
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, name_field, section_ui},
};
use crate::{
    command::Command,
    import::arxml::Update,
    session::{MergeDraft, Session},
};
use egui::{Id, Label, Modal, RichText, ScrollArea, Ui};
use graph_core::difference::Conflict;

pub(super) fn merge_ui(ui: &Ui, session: &Session) -> Vec<Command> {
    let Some(draft) = session.merge() else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    let modal = Modal::new(Id::unique("merge"))
        .frame(dialog_frame(ui))
        .show(ui.ctx(), |ui| {
            ui.set_width(theme::WIZARD_WIDTH);
            let (heading, verb) = match draft.update {
                Some(_) => (
                    format!("What `{}` changes in this project", draft.name),
                    "Update",
                ),
                None => (format!("Merge `{}` into this project", draft.name), "Merge"),
            };
            ui.heading(heading);
            ScrollArea::vertical()
                .max_height(theme::WIZARD_HEIGHT)
                .show(ui, |ui| commands.extend(contents_ui(ui, draft)));
            ui.add_space(theme::GAP);
            ui.horizontal(|ui| {
                if main_button_ui(ui, !draft.is_idle(), verb).clicked() {
                    commands.push(Command::FinishMerge);
                }
                if ui.button("Cancel").clicked() {
                    commands.push(Command::DismissMerge);
                }
            });
        });
    if modal.should_close() && commands.is_empty() {
        commands.push(Command::DismissMerge);
    }
    commands
}

fn contents_ui(ui: &mut Ui, draft: &MergeDraft) -> Vec<Command> {
    let mut commands = Vec::new();
    if !draft.conflicts().is_empty() {
        section_ui(ui, "WHAT BOTH CHANGED");
    }
    for (number, conflict) in draft.conflicts().iter().enumerate() {
        commands.extend(conflict_ui(ui, draft, number, conflict));
    }
    if let Some(update) = draft.update.as_ref().filter(|one| !one.moved.is_empty()) {
        section_ui(ui, "CALLED OTHERWISE, BY UUID");
        for moved in &update.moved {
            let text = format!("{} (was {})", moved.to, moved.from);
            ui.add(Label::new(text).wrap());
        }
    }
    section_ui(ui, "WHAT CHANGES HERE");
    if draft.is_idle() {
        ui.label("Nothing: this project has all of it");
    }
    for change in &draft.changes {
        ui.add(Label::new(words(change)).wrap());
    }
    if let Some(update) = &draft.update {
        update_ui(ui, update);
    }
    commands
}

/// What the project file does not say, and what is to be looked after by hand.
fn update_ui(ui: &mut Ui, update: &Update) {
    if !update.news.is_empty() {
        section_ui(ui, "TYPES, PORTS AND MESSAGES");
    }
    for news in &update.news {
        let text = news.to_string();
        let (change, rest) = text.split_once(' ').unwrap_or((&text, ""));
        let text = format!("{change} {}", rest.trim_start());
        ui.add(Label::new(text).wrap());
    }
    if !update.notes.is_empty() {
        section_ui(ui, "NOTES");
    }
    for note in &update.notes {
        let text = RichText::new(note).color(tokens(ui).text_weak);
        ui.add(Label::new(text).wrap());
    }
}

fn conflict_ui(
    ui: &mut Ui,
    draft: &MergeDraft,
    number: usize,
    conflict: &Conflict,
) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal_top(|ui| {
        icon_ui(ui, Icon::Warning, tokens(ui).warning);
        ui.vertical(|ui| {
            ui.add(Label::new(about(conflict)).wrap());
            if !conflict.has_choice() {
                let text = RichText::new(conflict.to_string()).color(tokens(ui).text_weak);
                ui.add(Label::new(text).wrap());
                return;
            }
            let takes_theirs = draft.takes_theirs(conflict);
            let sides = [
                (false, "Mine", &conflict.ours),
                (true, "Theirs", &conflict.theirs),
            ];
            for (theirs, whose, value) in sides {
                let value = match value.as_deref() {
                    None => "not there",
                    Some("…") => "changed",
                    Some(value) => value,
                };
                let radio = ui.radio(takes_theirs == theirs, format!("{whose}: {value}"));
                name_field(&radio, &format!("{whose} for {}", about(conflict)));
                if radio.clicked() {
                    commands.push(Command::ChooseSide {
                        conflict: number,
                        theirs,
                    });
                }
            }
        });
    });
    commands
}

/// `instance fan: partition`
fn about(conflict: &Conflict) -> String {
    let mut text = format!("{} {}", conflict.section.word(), conflict.name);
    if !conflict.property.is_empty() {
        text = format!("{}: {}", text.trim_end(), conflict.property.join(" / "));
    }
    text
}
