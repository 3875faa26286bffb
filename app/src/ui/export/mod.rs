//! The export wizard: where to, whether it fits, which key signs, which folder, and what to do with
//! what was written. One page a file. Knows nothing of how an export is made.

mod fit;
mod folder;
mod key;
mod next;
mod target;
mod verify;

use super::{
    dialogs::{FileDialogs, Question},
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui},
};
use crate::{
    command::Command,
    session::{Destination, ExportOrder, Session, Target, Work},
    targets::{self, ExportTarget, Form},
};
use egui::{Id, Modal, RichText, Ui};
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
    Verify,
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
                        Step::Verify => commands.extend(self.verify_ui(ui, session)),
                        Step::Next => commands.extend(self.next_ui(ui, session)),
                    });
                ui.separator();
                commands.extend(self.buttons_ui(ui, session));
            });
        let view = &session.view().export;
        let is_busy = view.export == Work::Going || view.verification == Work::Going;
        if modal.should_close() && commands.is_empty() && !is_busy {
            commands.push(Command::Export);
        }
        commands
    }

    /// The way that this destination takes.
    fn steps(&self) -> &'static [(Step, &'static str)] {
        match self.form() {
            Form::Wasm | Form::OciLayout | Form::Wac | Form::Dbc | Form::Arxml => &[
                (Step::Target, "Target"),
                (Step::Folder, "Files"),
                (Step::Next, "What next"),
            ],
            // A bundle or an image can be held against the simulation.
            Form::LinuxBundle | Form::Native | Form::CProject => &[
                (Step::Target, "Target"),
                (Step::Fit, "Budget"),
                (Step::Folder, "Files"),
                (Step::Verify, "Verify"),
                (Step::Next, "What next"),
            ],
            Form::Pulley => &[
                (Step::Target, "Target"),
                (Step::Fit, "Budget"),
                (Step::Key, "Signing key"),
                (Step::Folder, "Files"),
                (Step::Verify, "Verify"),
                (Step::Next, "What next"),
            ],
        }
    }

    fn target(&self) -> Option<ExportTarget> {
        targets::target(self.destination)
    }

    fn form(&self) -> Form {
        self.target().map_or(Form::Wasm, |target| target.form)
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
        let is_busy = view.export == Work::Going || view.verification == Work::Going;
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
                    let ready = self.may_go_on(session) && !is_busy;
                    if main_button_ui(ui, ready, "Next").clicked() {
                        self.turn(1);
                    }
                }
            }
            let close = if matches!(self.step, Step::Verify | Step::Next) {
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
        let key = (self.form().is_signed() && self.has_own_key)
            .then(|| PathBuf::from(self.key_file.trim()));
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
