//! The export wizard: where to, whether it fits, which key signs, which folder, and what to do with
//! what was written. One page a file. Knows nothing of how an export is made.

mod fit;
mod folder;
mod key;
mod next;
mod target;

use super::{
    dialogs::{FileDialogs, Question},
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui},
};
use crate::{
    command::Command,
    session::{Destination, ExportOrder, Session, Target, Work},
};
use egui::{Id, Modal, RichText, Ui};
use exporter::boards::{self, Board, Kind};
use std::{collections::BTreeSet, path::PathBuf};

/// As high as the main button.
const BUTTON: egui::Vec2 = egui::vec2(64.0, 28.0);

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Target,
    Fit,
    Key,
    Folder,
    Next,
}

/// What the wizard remembers.
#[derive(Debug)]
pub(super) struct ExportDialog {
    step: Step,
    destination: Destination,
    folder: String,
    /// ECUs that get no image.
    left_out: BTreeSet<String>,
    has_own_key: bool,
    key_file: String,
    counter: u32,
}

impl Default for ExportDialog {
    fn default() -> ExportDialog {
        ExportDialog {
            step: Step::Target,
            destination: Destination::Portable(Target::Wasm),
            folder: String::new(),
            left_out: BTreeSet::new(),
            has_own_key: false,
            key_file: String::new(),
            counter: 0,
        }
    }
}

impl ExportDialog {
    pub(super) fn ui(
        &mut self,
        ui: &Ui,
        session: &Session,
        dialogs: &mut dyn FileDialogs,
    ) -> Vec<Command> {
        if !session.view().export.open {
            self.step = Step::Target;
            return Vec::new();
        }
        if self.folder.is_empty() {
            self.folder = beside_project(session, "export");
            self.key_file = beside_project(session, "signing-key.pem");
        }
        let mut commands = Vec::new();
        let modal = Modal::new(Id::unique("export"))
            .frame(dialog_frame(ui))
            .show(ui.ctx(), |ui| {
                ui.set_width(theme::WIZARD_WIDTH);
                ui.heading("Export");
                self.steps_ui(ui);
                ui.separator();
                egui::ScrollArea::vertical()
                    .auto_shrink([false, false])
                    .max_height(theme::WIZARD_HEIGHT)
                    .min_scrolled_height(theme::WIZARD_HEIGHT)
                    .show(ui, |ui| match self.step {
                        Step::Target => self.target_ui(ui),
                        Step::Fit => commands.extend(self.fit_ui(ui, session)),
                        Step::Key => commands.extend(self.key_ui(ui, session, dialogs)),
                        Step::Folder => self.folder_ui(ui, session, dialogs),
                        Step::Next => commands.extend(self.next_ui(ui, session)),
                    });
                ui.separator();
                commands.extend(self.buttons_ui(ui, session));
            });
        let is_busy = session.view().export.export == Work::Going;
        if modal.should_close() && commands.is_empty() && !is_busy {
            commands.push(Command::Export);
        }
        commands
    }

    /// The way that this destination takes.
    fn steps(&self) -> &'static [(Step, &'static str)] {
        match self.board().map(|board| board.kind) {
            None => &[
                (Step::Target, "Target"),
                (Step::Folder, "Files"),
                (Step::Next, "What next"),
            ],
            Some(Kind::Linux) => &[
                (Step::Target, "Target"),
                (Step::Fit, "Budget"),
                (Step::Folder, "Files"),
                (Step::Next, "What next"),
            ],
            Some(Kind::Microcontroller) => &[
                (Step::Target, "Target"),
                (Step::Fit, "Budget"),
                (Step::Key, "Signing key"),
                (Step::Folder, "Files"),
                (Step::Next, "What next"),
            ],
        }
    }

    fn board(&self) -> Option<Board> {
        match self.destination {
            Destination::Board(id) => boards::board(id).ok(),
            Destination::Portable(_) => None,
        }
    }

    fn steps_ui(&self, ui: &mut Ui) {
        let tokens = tokens(ui);
        ui.horizontal(|ui| {
            for (number, (step, name)) in self.steps().iter().enumerate() {
                let text = RichText::new(format!("{} {name}", number + 1)).size(theme::TEXT_SMALL);
                let text = match *step == self.step {
                    true => text.color(tokens.accent).strong(),
                    false => text.color(tokens.text_faint),
                };
                ui.label(text);
                ui.add_space(theme::GAP);
            }
        });
    }

    fn buttons_ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let mut commands = Vec::new();
        let view = &session.view().export;
        let is_busy = view.export == Work::Going;
        ui.horizontal(|ui| {
            if self.step != Step::Target {
                let back = ui.add_enabled(!is_busy, egui::Button::new("Back").min_size(BUTTON));
                if back.clicked() {
                    self.turn(-1);
                }
            }
            match self.step {
                Step::Folder => {
                    let ready = session.can_compose() && !self.folder.trim().is_empty();
                    if main_button_ui(ui, ready, "Export").clicked() {
                        commands.push(Command::ExportTo(self.order(session)));
                        self.turn(1);
                    }
                }
                Step::Next => {}
                _ => {
                    let ready = self.may_go_on(session);
                    if main_button_ui(ui, ready, "Next").clicked() {
                        self.turn(1);
                    }
                }
            }
            let close = if self.step == Step::Next {
                "Close"
            } else {
                "Cancel"
            };
            if ui
                .add_enabled(!is_busy, egui::Button::new(close).min_size(BUTTON))
                .clicked()
            {
                commands.push(Command::Export);
            }
            if !session.can_compose() {
                ui.label(
                    RichText::new("Errors are in the way: see Problems").color(tokens(ui).error),
                );
            }
        });
        if self.step == Step::Fit && view.previewed != Some((self.destination, session.revision()))
        {
            commands.push(Command::PreviewExport(self.destination));
        }
        commands
    }

    fn turn(&mut self, by: isize) {
        let steps = self.steps();
        let at = steps.iter().position(|(step, _)| *step == self.step);
        let next = at.and_then(|at| steps.get(at.checked_add_signed(by)?));
        if let Some((step, _)) = next {
            self.step = *step;
        }
    }

    fn may_go_on(&self, session: &Session) -> bool {
        session.can_compose()
            && match self.step {
                Step::Fit => self.fits(session),
                Step::Key => !self.has_own_key || !self.key_file.trim().is_empty(),
                _ => true,
            }
    }

    fn order(&self, session: &Session) -> ExportOrder {
        let is_signed = (self.board()).is_some_and(|board| board.kind == Kind::Microcontroller);
        let key = (is_signed && self.has_own_key).then(|| PathBuf::from(self.key_file.trim()));
        ExportOrder {
            destination: self.destination,
            directory: PathBuf::from(self.folder.trim()),
            ecus: self.chosen_ecus(session),
            key,
            counter: self.counter,
        }
    }

    /// What the user picked.
    pub(super) fn choose(&mut self, question: Question, paths: Vec<PathBuf>) {
        let Some(path) = paths.first() else {
            return;
        };
        match question {
            Question::SigningKey => self.key_file = path.display().to_string(),
            _ => self.folder = path.display().to_string(),
        }
    }
}

/// A path in the project's folder.
fn beside_project(session: &Session, name: &str) -> String {
    let folder = session.path().and_then(|path| path.parent());
    let beside = folder.map(|folder| folder.join(name));
    beside.map_or_else(String::new, |path| path.display().to_string())
}

/// Work that is going on, each with its way to end it.
fn jobs_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    for job in session.jobs() {
        ui.horizontal(|ui| {
            ui.label(&job.text);
            let bar = egui::ProgressBar::new(job.part.unwrap_or(0.0)).desired_width(160.0);
            ui.add(bar);
            let stop = ui
                .button("Stop")
                .on_hover_text(format!("Stop: {}", job.text));
            if stop.clicked() {
                commands.push(Command::CancelJob(job.id));
            }
        });
    }
    commands
}

/// A size as data sheets write it: `512 KiB`.
fn size_text(bytes: u64) -> String {
    let kib = bytes as f64 / 1024.0;
    match kib {
        ..10.0 => format!("{kib:.1} KiB"),
        ..10240.0 => format!("{kib:.0} KiB"),
        _ => format!("{:.0} MiB", kib / 1024.0),
    }
}
