//! Questions for files: the system's own dialog, one inside the window where the system has none,
//! and a scripted one for tests. Answers come in a later frame; nothing waits.

use super::{
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, property_ui},
};
use egui::{Id, Modal, RichText, ScrollArea, TextEdit, Ui};
use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, channel},
    thread::Builder,
    time::{Duration, Instant},
};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// A project file.
    OpenProject,
    /// A file to write.
    SaveProject,
    /// Component files.
    AddComponents,
    /// A folder.
    ExportFolder,
    /// A private key.
    SigningKey,
    /// A version of the project.
    Compare,
    /// A run of the project.
    CompareRun,
    MergeBase,
    MergeTheirs,
    /// AUTOSAR descriptions.
    Arxml,
}

/// What the user said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// At least one path.
    Chosen(Vec<PathBuf>),
    /// Nothing is to happen.
    Cancelled,
}

/// Asks for files.
pub trait FileDialogs {
    /// Begins; a question that is open already is forgotten.
    fn ask(&mut self, question: Question, folder: Option<PathBuf>);
    /// The answer, once.
    fn answer(&mut self) -> Option<(Question, Answer)>;
    /// Shows what is inside the window.
    fn ui(&mut self, ui: &Ui);
}

/// A dialog that nobody can close by hand answers faster than this: there is none.
const TOO_FAST: Duration = Duration::from_millis(250);

/// The system's dialog; where no portal answers it, one inside the window.
pub struct SystemDialogs {
    context: egui::Context,
    asked: Option<Asked>,
    inside: InsideDialogs,
    has_system: bool,
}

/// A question that the system has: what, where it began, when, and where the answer comes.
type Asked = (
    Question,
    Option<PathBuf>,
    Instant,
    Receiver<Option<Vec<PathBuf>>>,
);

impl SystemDialogs {
    /// Wakes the window of `context` when there is an answer.
    pub fn new(context: egui::Context) -> SystemDialogs {
        SystemDialogs {
            context,
            asked: None,
            inside: InsideDialogs::default(),
            has_system: true,
        }
    }
}

impl FileDialogs for SystemDialogs {
    fn ask(&mut self, question: Question, folder: Option<PathBuf>) {
        if !self.has_system {
            return self.inside.ask(question, folder);
        }
        let (sender, receiver) = channel();
        let (context, start) = (self.context.clone(), folder.clone());
        let thread = Builder::new()
            .name("file dialog".to_owned())
            .spawn(move || {
                let _ = sender.send(system_dialog(question, start));
                context.request_repaint();
            });
        match thread {
            Ok(_) => self.asked = Some((question, folder, Instant::now(), receiver)),
            Err(_) => self.inside.ask(question, folder),
        }
    }

    fn answer(&mut self) -> Option<(Question, Answer)> {
        let answered = match &self.asked {
            Some((.., receiver)) => receiver.try_recv().ok(),
            None => return self.inside.answer(),
        };
        let answer = answered?;
        let (question, folder, since, _) = self.asked.take()?;
        match answer {
            Some(paths) => Some((question, Answer::Chosen(paths))),
            None if since.elapsed() < TOO_FAST => {
                self.has_system = false;
                self.inside.ask(question, folder);
                None
            }
            None => Some((question, Answer::Cancelled)),
        }
    }

    fn ui(&mut self, ui: &Ui) {
        self.inside.ui(ui);
    }
}

fn system_dialog(question: Question, folder: Option<PathBuf>) -> Option<Vec<PathBuf>> {
    let mut dialog = rfd::FileDialog::new().set_title(title(question));
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    match question {
        Question::Compare | Question::MergeBase | Question::MergeTheirs => dialog
            .add_filter("Wireloom project", &["wireloom"])
            .pick_file()
            .map(|path| vec![path]),
        Question::CompareRun => dialog.pick_file().map(|path| vec![path]),
        Question::OpenProject => dialog
            .add_filter("Wireloom project", &["wireloom"])
            .add_filter("Composed component", &["wasm"])
            .pick_file()
            .map(|path| vec![path]),
        Question::SaveProject => dialog
            .add_filter("Wireloom project", &["wireloom"])
            .save_file()
            .map(|path| vec![path]),
        Question::AddComponents => dialog
            .add_filter("Components and WIT", &["wasm", "wit"])
            .pick_files(),
        Question::Arxml => dialog
            .add_filter("AUTOSAR descriptions", &["arxml"])
            .pick_files(),
        Question::ExportFolder => dialog.pick_folder().map(|path| vec![path]),
        Question::SigningKey => dialog
            .add_filter("Keys", &["pem"])
            .pick_file()
            .map(|path| vec![path]),
    }
}

fn title(question: Question) -> &'static str {
    match question {
        Question::OpenProject => "Open a project",
        Question::SaveProject => "Save the project",
        Question::AddComponents => "Add components",
        Question::ExportFolder => "Export to",
        Question::SigningKey => "The key that signs",
        Question::Compare => "Compare with",
        Question::CompareRun => "Compare with the run",
        Question::MergeBase => "Merge: the version that both come from",
        Question::MergeTheirs => "Merge: the version that comes in",
        Question::Arxml => "Update from AUTOSAR descriptions",
    }
}

/// A path field with a list of what lies there.
#[derive(Default)]
pub struct InsideDialogs {
    open: Option<OpenDialog>,
    answer: Option<(Question, Answer)>,
}

struct OpenDialog {
    question: Question,
    path: String,
    folder: PathBuf,
    listing: Listing,
}

/// A folder that is read on a thread: a slow disk does not stop the window.
enum Listing {
    Reading(Receiver<Result<Vec<(String, bool)>, String>>),
    Read(Result<Vec<(String, bool)>, String>),
}

impl FileDialogs for InsideDialogs {
    fn ask(&mut self, question: Question, folder: Option<PathBuf>) {
        let folder = folder
            .or_else(std::env::home_dir)
            .unwrap_or_else(|| PathBuf::from("."));
        let path = folder.display().to_string();
        let listing = list(folder.clone());
        self.open = Some(OpenDialog {
            question,
            path,
            folder,
            listing,
        });
    }

    fn answer(&mut self) -> Option<(Question, Answer)> {
        self.answer.take()
    }

    fn ui(&mut self, ui: &Ui) {
        let Some(dialog) = &mut self.open else { return };
        let mut answer = None;
        let modal = Modal::new(Id::unique("file dialog"))
            .frame(dialog_frame(ui))
            .show(ui.ctx(), |ui| answer = dialog.ui(ui));
        if modal.should_close() {
            answer = answer.or(Some(Answer::Cancelled));
        }
        if let Some(answer) = answer {
            self.answer = Some((dialog.question, answer));
            self.open = None;
        }
    }
}

impl OpenDialog {
    fn ui(&mut self, ui: &mut Ui) -> Option<Answer> {
        ui.set_width(theme::DIALOG_WIDTH);
        ui.heading(title(self.question));
        ui.add_space(theme::GAP);
        property_ui(ui, "Path", |ui| {
            ui.add(TextEdit::singleline(&mut self.path).desired_width(f32::INFINITY))
        });
        ui.add_space(theme::GAP_SMALL);
        self.list_ui(ui);
        ui.add_space(theme::GAP);
        let verb = match self.question {
            Question::OpenProject => "Open",
            Question::SaveProject => "Save",
            Question::AddComponents => "Add",
            Question::Compare | Question::CompareRun => "Compare",
            Question::ExportFolder
            | Question::SigningKey
            | Question::MergeBase
            | Question::MergeTheirs
            | Question::Arxml => "Choose",
        };
        let mut answer = None;
        ui.horizontal(|ui| {
            if main_button_ui(ui, !self.path.trim().is_empty(), verb).clicked() {
                answer = Some(Answer::Chosen(vec![self.chosen_path()]));
            }
            if ui.button("Cancel").clicked() {
                answer = Some(Answer::Cancelled);
            }
        });
        answer
    }

    /// What is saved gets its extension.
    fn chosen_path(&self) -> PathBuf {
        let path = PathBuf::from(self.path.trim());
        match self.question {
            Question::SaveProject if path.extension().is_none() => path.with_extension("wireloom"),
            _ => path,
        }
    }

    fn list_ui(&mut self, ui: &mut Ui) {
        if let Listing::Reading(receiver) = &self.listing {
            match receiver.try_recv() {
                Ok(listing) => self.listing = Listing::Read(listing),
                Err(_) => ui.ctx().request_repaint_after(Duration::from_millis(30)),
            }
        }
        let mut enter = None;
        ScrollArea::vertical()
            .max_height(260.0)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                if self.folder.parent().is_some() && ui.selectable_label(false, "..").clicked() {
                    enter = self.folder.parent().map(Path::to_path_buf);
                }
                match &self.listing {
                    Listing::Reading(_) => drop(ui.spinner()),
                    Listing::Read(Err(error)) => {
                        drop(ui.label(RichText::new(error).color(tokens(ui).error)))
                    }
                    Listing::Read(Ok(entries)) => {
                        for (name, is_folder) in entries
                            .iter()
                            .filter(|(name, is_folder)| *is_folder || fits(self.question, name))
                        {
                            let end = if *is_folder { "/" } else { "" };
                            if ui
                                .selectable_label(
                                    self.path.ends_with(name.as_str()),
                                    format!("{name}{end}"),
                                )
                                .clicked()
                            {
                                self.path = self.folder.join(name).display().to_string();
                                enter = is_folder.then(|| self.folder.join(name));
                            }
                        }
                    }
                }
            });
        if let Some(folder) = enter {
            self.path = folder.display().to_string();
            self.listing = list(folder.clone());
            self.folder = folder;
        }
    }
}

fn fits(question: Question, name: &str) -> bool {
    match question {
        Question::OpenProject => name.ends_with(".wireloom") || name.ends_with(".wasm"),
        Question::SaveProject | Question::Compare | Question::MergeBase | Question::MergeTheirs => {
            name.ends_with(".wireloom")
        }
        Question::AddComponents => name.ends_with(".wasm") || name.ends_with(".wit"),
        Question::SigningKey => name.ends_with(".pem"),
        Question::Arxml => name.to_lowercase().ends_with(".arxml"),
        Question::CompareRun => true,
        Question::ExportFolder => false,
    }
}

fn list(folder: PathBuf) -> Listing {
    let (sender, receiver) = channel();
    let thread = Builder::new()
        .name("folder listing".to_owned())
        .spawn(move || {
            let _ = sender.send(read_folder(&folder));
        });
    match thread {
        Ok(_) => Listing::Reading(receiver),
        Err(error) => Listing::Read(Err(format!("no thread could be started: {error}"))),
    }
}

fn read_folder(folder: &Path) -> Result<Vec<(String, bool)>, String> {
    let failed = |error: std::io::Error| {
        format!(
            "`{}` can not be read: {error}; choose another folder",
            folder.display()
        )
    };
    let mut entries: Vec<(String, bool)> = std::fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(Result::ok)
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                entry.path().is_dir(),
            )
        })
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    entries.sort_by_key(|(name, is_folder)| (!is_folder, name.to_lowercase()));
    Ok(entries)
}

/// Answers that stand ready, for tests.
#[derive(Debug, Default)]
pub struct ScriptedDialogs {
    answers: VecDeque<Answer>,
    asked: Option<Question>,
}

impl ScriptedDialogs {
    /// Answers in the order of the questions.
    pub fn new(answers: Vec<Answer>) -> ScriptedDialogs {
        ScriptedDialogs {
            answers: answers.into(),
            asked: None,
        }
    }
}

impl FileDialogs for ScriptedDialogs {
    fn ask(&mut self, question: Question, _: Option<PathBuf>) {
        self.asked = Some(question);
    }

    fn answer(&mut self) -> Option<(Question, Answer)> {
        let question = self.asked.take()?;
        Some((
            question,
            self.answers.pop_front().unwrap_or(Answer::Cancelled),
        ))
    }

    fn ui(&mut self, _: &Ui) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_said_so() {
        let error = read_folder(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(
            error.starts_with("`/nowhere/at/all` can not be read: "),
            "{error}"
        );
        assert!(error.ends_with("choose another folder"));
    }

    #[test]
    fn folders_come_first_and_hidden_files_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.wasm", "A.wit", ".hidden"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("z")).unwrap();
        let names: Vec<String> = read_folder(folder.path())
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["z", "A.wit", "b.wasm"]);
    }

    #[test]
    fn a_script_that_has_ended_cancels() {
        let mut dialogs = ScriptedDialogs::default();
        assert_eq!(dialogs.answer(), None);
        dialogs.ask(Question::OpenProject, None);
        assert_eq!(
            dialogs.answer(),
            Some((Question::OpenProject, Answer::Cancelled))
        );
    }
}
