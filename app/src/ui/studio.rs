//! One window: the session, what it works with outside, and what each panel remembers.
//! Each frame: take in what has happened, show panels, apply the commands that they gave.

use super::{
    adapter::AdapterView,
    authority::AuthorityView,
    breakpoints::BreakpointsView,
    canvas::CanvasView,
    connect::ConnectView,
    connections::ConnectionsView,
    controls,
    core_modules::core_modules_ui,
    dialogs::{Answer, FileDialogs, Question},
    docking::Docks,
    export::ExportDialog,
    impact::impact_ui,
    inspector::InspectorView,
    keys,
    library::LibraryView,
    menu_bar,
    merge::merge_ui,
    notices,
    packing::packing_ui,
    palette::PaletteView,
    problems::ProblemsView,
    settings::SettingsView,
    status, theme,
    timeline::InstantView,
    tour::{self, Places},
    trace::TraceView,
};
use crate::{
    canvas::geometry::point,
    command::Command,
    session::{DialogRequest, Effect, Event, Session, Settings, Theme, ViewRequest},
};
use egui::{Frame, Panel, Ui};
use std::path::PathBuf;

/// Carries out effects and says what has happened; never keeps the window waiting.
pub trait Outside {
    /// Begins.
    fn start(&mut self, effect: Effect);
    /// What has happened since the last call.
    fn events(&mut self) -> Vec<Event>;
}

/// One window.
pub struct Studio {
    session: Session,
    outside: Box<dyn Outside>,
    dialogs: Box<dyn FileDialogs>,
    pub(super) canvas: CanvasView,
    pub(super) docks: Docks,
    pub(super) panels: Panels,
    /// Whether the window may close although not all is saved.
    leaving: bool,
    /// Whether what was asked of the clipboard comes in with wires from outside.
    paste_outer: bool,
    /// Theme and scale that the window has.
    shown: Option<(Theme, u16)>,
    /// Where run and export are.
    controls: egui::Rect,
}

/// What panels remember.
#[derive(Default)]
pub(super) struct Panels {
    pub(super) inspector: InspectorView,
    pub(super) library: LibraryView,
    pub(super) trace: TraceView,
    pub(super) palette: PaletteView,
    pub(super) problems: ProblemsView,
    pub(super) connect: ConnectView,
    pub(super) adapter: AdapterView,
    pub(super) connections: ConnectionsView,
    pub(super) authority: AuthorityView,
    pub(super) export: ExportDialog,
    pub(super) settings: SettingsView,
    pub(super) instant: InstantView,
    pub(super) breakpoints: BreakpointsView,
}

impl Studio {
    /// A window on an empty session.
    pub fn new(outside: Box<dyn Outside>, dialogs: Box<dyn FileDialogs>) -> Studio {
        Studio {
            session: Session::default(),
            outside,
            dialogs,
            canvas: CanvasView::default(),
            docks: Docks::default(),
            panels: Panels::default(),
            leaving: false,
            paste_outer: false,
            shown: None,
            controls: egui::Rect::NOTHING,
        }
    }

    /// The same with what the user has chosen before.
    pub fn with_settings(mut self, settings: Settings) -> Studio {
        self.session.take_settings(settings);
        self
    }

    /// What the window shows.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Looks at the middle of the system at this zoom.
    pub fn look_at(&mut self, zoom: f32) {
        let state = &mut self.canvas.state;
        let factor = zoom / state.view.zoom;
        state.view = state.view.zoomed(point(960.0, 400.0), factor);
    }

    /// Carries out a command as if a panel had given it.
    pub fn apply(&mut self, command: Command) {
        for effect in self.session.apply(command) {
            self.outside.start(effect);
        }
    }

    /// Takes in something that has happened.
    pub fn receive(&mut self, event: Event) {
        if let Event::Routed { picture, routes } = &event {
            self.canvas.take_routes(*picture, routes);
        }
        for effect in self.session.receive(event) {
            self.outside.start(effect);
        }
    }

    /// One frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        for event in self.outside.events() {
            self.receive(event);
        }
        self.follow_settings(ui);
        let mut commands = keys::pressed(ui, &self.session);
        for command in &mut commands {
            if let Command::Paste { outer, .. } = command {
                *outer |= std::mem::take(&mut self.paste_outer);
            }
        }
        commands.extend(dropped_files(ui));
        for request in self.session.take_view_requests() {
            self.answer(ui, request);
        }
        self.bars(ui, &mut commands);
        // Between the panes the ground is seen.
        egui::CentralPanel::no_frame().show(ui, |ui| {
            commands.extend(
                self.docks
                    .ui(ui, &self.session, &mut self.canvas, &mut self.panels),
            );
        });
        if let Some((plan, picture)) = self.canvas.take_plan() {
            self.outside.start(Effect::Route { plan, picture });
            ui.ctx().request_repaint();
        }
        commands.extend(self.panels.palette.ui(ui, &self.session));
        commands.extend(self.panels.connect.ui(ui, &self.session));
        commands.extend(core_modules_ui(ui, &self.session));
        commands.extend(impact_ui(ui, &self.session));
        commands.extend(packing_ui(ui, &self.session));
        commands.extend(merge_ui(ui, &self.session));
        commands.extend(self.panels.settings.ui(ui, &self.session));
        commands.extend(self.panels.instant.ui(ui, &self.session));
        let places = Places {
            canvas: self.docks.canvas,
            problems: self.docks.problems,
            controls: self.controls,
        };
        commands.extend(tour::tour_ui(ui, &self.session, &places));
        commands.extend(self.panels.adapter.ui(ui, &self.session));
        commands.extend(
            self.panels
                .export
                .ui(ui, &self.session, self.dialogs.as_mut()),
        );
        commands.extend(notices::notices_ui(ui, &self.session));
        commands.extend(self.ask_files(ui));
        commands.extend(self.leave(ui));
        for command in commands {
            self.apply(command);
            ui.ctx().request_repaint();
        }
    }

    /// The clipboard is the window's; everything else that is asked for is the canvas's.
    fn answer(&mut self, ui: &Ui, request: ViewRequest) {
        match request {
            ViewRequest::CopyText(text) => ui.ctx().copy_text(text),
            ViewRequest::Paste { outer } => {
                self.paste_outer = outer;
                ui.send_viewport_cmd(egui::ViewportCommand::RequestPaste);
            }
            request => self.canvas.requests.push(request),
        }
    }

    fn bars(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let bar = Frame::new()
            .fill(theme::tokens(ui).bar)
            .inner_margin(egui::Margin::symmetric(10, 4));
        Panel::top("menu bar")
            .frame(bar)
            .exact_size(theme::MENU_HEIGHT)
            .show(ui, |ui| {
                commands.extend(menu_bar::menu_bar_ui(ui, &self.session));
            });
        Panel::top("controls")
            .frame(bar)
            .exact_size(theme::TOOLBAR_HEIGHT)
            .show(ui, |ui| {
                self.controls = ui.max_rect().expand2(egui::vec2(10.0, 4.0));
                commands.extend(controls::controls_ui(ui, &self.session));
            });
        if self.session.recovery().is_some() {
            Panel::top("recovery")
                .frame(bar)
                .show(ui, |ui| commands.extend(notices::recovery_ui(ui)));
        }
        Panel::bottom("status")
            .frame(bar)
            .exact_size(theme::STATUS_HEIGHT + 4.0)
            .show(ui, |ui| {
                commands.extend(status::status_ui(ui, &self.session, &self.canvas));
            });
    }

    /// Theme and scale as the settings say, from the next frame on.
    fn follow_settings(&mut self, ui: &mut Ui) {
        let settings = self.session.settings();
        let wanted = (settings.theme, settings.scale);
        if self.shown == Some(wanted) {
            return;
        }
        self.shown = Some(wanted);
        theme::choose(ui.ctx(), settings.theme);
        ui.ctx().set_zoom_factor(f32::from(settings.scale) / 100.0);
        ui.ctx().request_repaint();
    }

    /// Opens the dialog that the session asks for, and takes its answer.
    fn ask_files(&mut self, ui: &mut Ui) -> Vec<Command> {
        if let Some(request) = self.session.view().dialog {
            self.session.close_dialog();
            let question = match request {
                DialogRequest::OpenProject => Question::OpenProject,
                DialogRequest::SaveProject => Question::SaveProject,
                DialogRequest::AddComponents => Question::AddComponents,
                DialogRequest::Compare => Question::Compare,
                DialogRequest::CompareRun => Question::CompareRun,
                DialogRequest::MergeBase => Question::MergeBase,
                DialogRequest::MergeTheirs => Question::MergeTheirs,
                DialogRequest::Arxml => Question::Arxml,
            };
            let folder = self
                .session
                .path()
                .and_then(|path| path.parent())
                .map(PathBuf::from);
            self.dialogs.ask(question, folder);
        }
        self.dialogs.ui(ui);
        match self.dialogs.answer() {
            Some((question, Answer::Chosen(paths))) if let Some(command) = with_one(question) => {
                paths.into_iter().next().map(command).into_iter().collect()
            }
            Some((Question::AddComponents, Answer::Chosen(paths))) => {
                vec![Command::AddComponentFiles(paths)]
            }
            Some((Question::Arxml, Answer::Chosen(paths))) => {
                vec![Command::UpdateFromFiles(paths)]
            }
            Some((
                question @ (Question::ExportFolder | Question::SigningKey),
                Answer::Chosen(paths),
            )) => {
                self.panels.export.choose(question, paths);
                Vec::new()
            }
            Some((_, Answer::Chosen(_) | Answer::Cancelled)) | None => Vec::new(),
        }
    }

    /// Asks before unsaved work is left.
    fn leave(&mut self, ui: &mut Ui) -> Vec<Command> {
        let closing = ui.input(|input| input.viewport().close_requested());
        let unsaved = self.session.is_changed() && !self.leaving;
        if closing && unsaved {
            ui.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            return vec![Command::Quit];
        }
        if !self.session.view().quit {
            return Vec::new();
        }
        if !unsaved {
            self.leaving = true;
            ui.send_viewport_cmd(egui::ViewportCommand::Close);
            return Vec::new();
        }
        match notices::leave_ui(ui, &self.session.document().name) {
            Some(notices::Leave::Save) => {
                self.session.stay();
                vec![Command::Save]
            }
            // What the user does not want is not offered again at the next start.
            Some(notices::Leave::Discard) => {
                self.leaving = true;
                vec![Command::DiscardRecovery]
            }
            Some(notices::Leave::Stay) => {
                self.session.stay();
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}

/// What is done with one chosen file.
fn with_one(question: Question) -> Option<fn(PathBuf) -> Command> {
    match question {
        Question::OpenProject => Some(Command::OpenPath),
        Question::SaveProject => Some(Command::SaveAs),
        Question::Compare => Some(Command::Compare),
        Question::CompareRun => Some(Command::CompareRunWith),
        Question::MergeBase => Some(Command::MergeBase),
        Question::MergeTheirs => Some(Command::MergeTheirs),
        Question::AddComponents
        | Question::Arxml
        | Question::ExportFolder
        | Question::SigningKey => None,
    }
}

/// Files dropped on the window: a project or a composition is opened, components join the library.
fn dropped_files(ui: &Ui) -> Vec<Command> {
    let paths: Vec<PathBuf> = ui.input(|input| {
        input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_path_buf())
            .collect()
    });
    let is_project = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "wireloom")
    };
    match paths.iter().find(|path| is_project(path)) {
        Some(project) => vec![Command::OpenPath(project.clone())],
        None if paths.is_empty() => Vec::new(),
        None => vec![Command::TakeDropped(paths)],
    }
}
