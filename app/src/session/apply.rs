//! What each command does to the session. One command is one named undo step.

use super::{
    Effect, Item, Notice, NoticeKind, ProjectFiles, Session,
    view::{DialogRequest, Palette, Panel, ViewRequest},
};
use crate::{canvas::align::Alignment, command::Command};
use graph_core::{
    document::Document,
    edit::{self, Edit},
    hierarchy::Place,
};
use std::{collections::BTreeSet, path::PathBuf};

impl Session {
    /// Carries out a command; what it needs from outside comes back.
    pub fn apply(&mut self, command: Command) -> Vec<Effect> {
        let mut effects = self.carry_out(command);
        effects.extend(self.follow_budgets());
        effects.extend(self.follow_files());
        effects
    }

    fn carry_out(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::New => self.begin(),
            Command::Open => self.ask(DialogRequest::OpenProject),
            Command::AddComponents => self.ask(DialogRequest::AddComponents),
            Command::OpenPath(path) => vec![opening(path)],
            Command::TakeDropped(paths) => self.take_dropped(paths),
            Command::AddComponentFiles(paths) => vec![Effect::ReadComponents(paths)],
            Command::WrapCoreModules => {
                vec![Effect::WrapCoreModules(std::mem::take(
                    &mut self.view.core_modules,
                ))]
            }
            Command::LeaveCoreModules => {
                self.view.core_modules.clear();
                Vec::new()
            }
            Command::PullComponent(reference) => self.pull(reference),
            Command::Save => self.save(),
            Command::SaveAs(path) => self.save_as(path),
            Command::Recover => self.recover(),
            Command::DiscardRecovery => self.discard_recovery(),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Select(_)
            | Command::ToggleSelection(_)
            | Command::Show(_)
            | Command::SelectAll
            | Command::GoToProblem(_)
            | Command::NextProblem
            | Command::PreviousProblem => self.apply_selection(command),
            Command::Run
            | Command::Pause
            | Command::Step
            | Command::StepFrame
            | Command::Restart
            | Command::Stop
            | Command::SetSpeed(_)
            | Command::SetStimulus { .. }
            | Command::SetParameter { .. }
            | Command::SetBlock { .. }
            | Command::KeepBlocks(_) => self.apply_run(command),
            Command::StepEvent
            | Command::StepBack
            | Command::StepEventBack
            | Command::GoToInstant(_)
            | Command::CompareRunWith(_)
            | Command::AskForInstant => self.apply_travel(command),
            Command::AddBreakpoint(_)
            | Command::SwitchBreakpoint(_)
            | Command::RemoveBreakpoint(_) => self.apply_breakpoint(command),
            Command::Scenarios
            | Command::ReloadScenarios
            | Command::TestScenarios
            | Command::TestScenario(_)
            | Command::OpenFailure { .. } => self.apply_scenarios(command),
            Command::Export
            | Command::ExportTo(_)
            | Command::PreviewExport(_)
            | Command::VerifyExport { .. }
            | Command::MakeKey(_) => self.apply_export(command),
            Command::Copy
            | Command::Cut
            | Command::RequestPaste { .. }
            | Command::Paste { .. }
            | Command::Duplicate { .. } => self.apply_clipboard(command),
            Command::InsertWired { .. }
            | Command::InsertOnWire { .. }
            | Command::Splice { .. }
            | Command::DeleteAndHeal
            | Command::Swap { .. }
            | Command::AutoConnect
            | Command::Rewire { .. }
            | Command::ConnectAll(_) => self.apply_wiring(command),
            Command::Carry(..)
            | Command::FrameSelection
            | Command::InsertFrame(_)
            | Command::ChangeFrame(..)
            | Command::PlaceFrame(..)
            | Command::AddNote
            | Command::InsertNote { .. }
            | Command::ChangeNote(..)
            | Command::PlaceNote(..)
            | Command::EditInPlace => self.apply_annotation(command),
            Command::ToggleLanes
            | Command::TryAssignment(_)
            | Command::Assign(_)
            | Command::MoveToEcu
            | Command::DeploySelection(_) => self.apply_lanes(command),
            Command::MoveWires | Command::DismissImpact => self.apply_impact(command),
            Command::ProposePacking(_)
            | Command::ChangePacking(_)
            | Command::TakePacking
            | Command::DismissPacking => self.apply_packing(command),
            Command::CompareWith => self.ask(DialogRequest::Compare),
            Command::CompareRun => self.ask(DialogRequest::CompareRun),
            Command::MergeWith => self.ask(DialogRequest::MergeBase),
            Command::UpdateFromArxml => self.ask(DialogRequest::Arxml),
            Command::Compare(_)
            | Command::CompareWithSaved
            | Command::EndComparison
            | Command::GoToDifference(_)
            | Command::NextDifference
            | Command::PreviousDifference
            | Command::TakeDifference(_)
            | Command::TakeShownDifference => self.apply_comparison(command),
            Command::MergeBase(_)
            | Command::MergeTheirs(_)
            | Command::UpdateFromFiles(_)
            | Command::ChooseSide { .. }
            | Command::FinishMerge
            | Command::DismissMerge => self.apply_merge(command),
            Command::ProposeAdapter(..)
            | Command::ProposeAdapterOn(_)
            | Command::InsertAdapter(_)
            | Command::RemoveAdapter(_)
            | Command::DismissAdapter => self.apply_adapter(command),
            Command::PickAuthority(_) | Command::Treat(..) => self.apply_authority(command),
            Command::Why { .. }
            | Command::WhySelected
            | Command::PickCause(_)
            | Command::Latency { .. }
            | Command::SetCursor(_) => self.apply_why(command),
            Command::CancelJob(id) => vec![Effect::CancelJob(id)],
            Command::NextTheme
            | Command::SetTheme(_)
            | Command::SetScale(_)
            | Command::ScaleUp
            | Command::ScaleDown
            | Command::SetShortcut(..)
            | Command::ResetShortcuts
            | Command::ForgetRecent => self.apply_settings(command),
            Command::Tour | Command::NextTourStep | Command::EndTour => self.apply_tour(command),
            Command::TogglePanel(_)
            | Command::Palette
            | Command::Find
            | Command::Align(_)
            | Command::DismissAutoConnection
            | Command::Settings
            | Command::ToggleMinimap
            | Command::Quit
            | Command::DismissNotice(_)
            | Command::Plot(_)
            | Command::Unplot(_)
            | Command::FilterTrace(_)
            | Command::ZoomToFit
            | Command::ZoomToSelection
            | Command::ZoomIn
            | Command::ZoomOut => self.apply_view(command),
            Command::Enter(_)
            | Command::EnterSelected
            | Command::Leave
            | Command::GoTo(_)
            | Command::Group
            | Command::Ungroup
            | Command::RenameComponent(..)
            | Command::Delegate { .. }
            | Command::DelegateOpen => self.apply_scope(command),
            edit => self.apply_edit(edit),
        }
    }

    fn apply_edit(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Delete => self.delete(),
            Command::AddComponent(component) => self.add_component(component),
            Command::Insert { component, at } => self.insert(&component, at),
            Command::ChangeInstance(id, instance) => self.step(
                format!("Change `{}`", instance.name),
                vec![Edit::ChangeInstance(id, instance)],
            ),
            Command::Rename(id, name) if self.port(id).is_some() => self.rename_port(id, name),
            Command::Rename(id, name) => {
                self.change_instance(id, "Rename", |instance| instance.name = name)
            }
            Command::Deploy(id, partition) => {
                self.change_instance(id, "Deploy", |instance| instance.partition = partition)
            }
            Command::Move(moves) => self.move_to(moves),
            Command::Reroute(id, points) => self.reroute(id, points),
            Command::Nudge(x, y) => self.nudge(x, y),
            Command::Connect(from, to) => self.connect(from, to),
            Command::ChangeConnector(id, connector) => self.step(
                "Change the connector".into(),
                vec![Edit::ChangeConnector(id, connector)],
            ),
            Command::ToggleProbe(id) => self.toggle_probe(id),
            Command::InsertBus(bus) => {
                let id = self.document.new_ids().bus();
                self.step(
                    format!("Add bus `{}`", bus.name),
                    vec![Edit::InsertBus(id, bus)],
                )
            }
            Command::ChangeBus(id, bus) => self.step(
                format!("Change bus `{}`", bus.name),
                edit::change_bus(&self.document, id, bus),
            ),
            Command::InsertEcu(ecu) => {
                let id = self.document.new_ids().ecu();
                self.step(
                    format!("Add ECU `{}`", ecu.name),
                    vec![Edit::InsertEcu(id, ecu)],
                )
            }
            Command::ChangeEcu(id, ecu) => self.step(
                format!("Change ECU `{}`", ecu.name),
                vec![Edit::ChangeEcu(id, ecu)],
            ),
            Command::RenamePartition(key, name) => self.step(
                format!("Rename partition `{}`", key.partition),
                vec![Edit::RenamePartition(key, name)],
            ),
            Command::RenameProject(name) => {
                self.step("Rename the project".into(), vec![Edit::Rename(name)])
            }
            Command::Remove(item) => self.remove(item),
            Command::SetMessage(pdu) => self.set_message(pdu),
            Command::ApplyFix { diagnostic, fix } => self.fix(diagnostic, fix),
            Command::Arrange => self.arrange(false),
            Command::ArrangeSelection => self.arrange(true),
            Command::Place(alignment, moves) => {
                let edits = moves.into_iter().map(|(id, at)| Edit::Move(id, Some(at)));
                self.history.end_gesture();
                let effects = self.step(placed(alignment).into(), edits.collect());
                self.history.end_gesture();
                effects
            }
            Command::EndGesture => {
                self.history.end_gesture();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn apply_selection(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Select(items) => self.selection = items.into_iter().collect(),
            Command::ToggleSelection(item) => toggle(&mut self.selection, item),
            Command::Show(item) => {
                self.selection = [item.clone()].into();
                self.view.requests.push(ViewRequest::Reveal(item));
            }
            Command::SelectAll => {
                let document = self.document();
                let instances = document.instances.keys().copied().map(Item::Instance);
                let frames = document.frames.keys().copied().map(Item::Frame);
                let notes = document.notes.keys().copied().map(Item::Note);
                self.selection = instances.chain(frames).chain(notes).collect();
            }
            Command::GoToProblem(position) => self.show_problem(position),
            Command::NextProblem => self.go_to_problem(1),
            Command::PreviousProblem => self.go_to_problem(-1),
            _ => {}
        }
        Vec::new()
    }

    fn apply_view(&mut self, command: Command) -> Vec<Effect> {
        let view = &mut self.view;
        match command {
            Command::TogglePanel(panel) => self.toggle_panel(panel),
            Command::Palette => view.palette = other(view.palette, Palette::Commands),
            Command::Find => view.palette = other(view.palette, Palette::Things),
            Command::DismissAutoConnection => view.auto_connection = None,
            Command::Align(alignment) => view.requests.push(ViewRequest::Align(alignment)),
            Command::ToggleMinimap => view.minimap = !view.minimap,
            Command::Settings => view.settings = !view.settings,
            Command::Quit => view.quit = true,
            Command::DismissNotice(position) if position < self.notices.len() => {
                self.notices.remove(position);
            }
            Command::Plot(name) if !view.plotted.contains(&name) => view.plotted.push(name),
            Command::Unplot(name) => view.plotted.retain(|plotted| *plotted != name),
            Command::FilterTrace(filter) => view.trace_filter = filter,
            Command::ZoomToFit => view.requests.push(ViewRequest::FitAll),
            Command::ZoomToSelection => view.requests.push(ViewRequest::FitSelection),
            Command::ZoomIn => view.requests.push(ViewRequest::ZoomIn),
            Command::ZoomOut => view.requests.push(ViewRequest::ZoomOut),
            _ => {}
        }
        Vec::new()
    }

    /// What a panel lights up goes with it.
    fn toggle_panel(&mut self, panel: Panel) {
        toggle(&mut self.view.hidden_panels, panel);
        match panel {
            Panel::Authority => self.view.authority = None,
            Panel::Cause => self.view.why = None,
            _ => return,
        }
        self.relight();
    }

    fn ask(&mut self, request: DialogRequest) -> Vec<Effect> {
        self.view.dialog = Some(request);
        Vec::new()
    }

    /// The dialog was answered or closed.
    pub fn close_dialog(&mut self) {
        self.view.dialog = None;
    }

    /// The window does not close after all.
    pub fn stay(&mut self) {
        self.view.quit = false;
    }

    fn save(&mut self) -> Vec<Effect> {
        match self.path.clone() {
            Some(path) => self.save_as(path),
            None => self.ask(DialogRequest::SaveProject),
        }
    }

    /// A project without a name gets that of its file.
    fn save_as(&mut self, path: PathBuf) -> Vec<Effect> {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy());
        if let (true, Some(stem)) = (self.document.name.is_empty(), stem) {
            self.step("Name the project".into(), vec![Edit::Rename(stem.into())]);
        }
        vec![Effect::Save {
            path,
            files: self.files(),
            parts: self.parts.clone(),
        }]
    }

    /// Composed components become the project where nothing is lost by that.
    fn take_dropped(&mut self, paths: Vec<PathBuf>) -> Vec<Effect> {
        let is_begun = self.document != Document::default();
        match self.is_changed() && is_begun {
            true => vec![Effect::ReadComponents(paths)],
            false => vec![Effect::ReadDropped(paths)],
        }
    }

    /// The texts that a save would write.
    pub fn files(&self) -> ProjectFiles {
        ProjectFiles {
            project: graph_core::file::write(&self.document),
            layout: graph_core::file::write_layout(&self.document),
        }
    }

    /// One gesture: edits that hold together, under one name. What cannot be done changes nothing
    /// and is told.
    pub(super) fn step(&mut self, name: String, edits: Vec<Edit>) -> Vec<Effect> {
        match self.history.apply(&mut self.document, &name, edits) {
            Ok(()) => self.changed(),
            Err(error) => {
                self.fail(error.to_string());
                Vec::new()
            }
        }
    }

    /// After any change of the document: derived things anew, unsaved work kept.
    pub(super) fn changed(&mut self) -> Vec<Effect> {
        let descriptions = self.follow_descriptions();
        self.derive();
        let keep = Effect::Autosave {
            path: self.path.clone(),
            files: self.files(),
        };
        [keep].into_iter().chain(descriptions).collect()
    }

    /// Diagnostics and selection follow the document.
    pub(super) fn derive(&mut self) {
        self.revision += 1;
        self.follow_components();
        self.show_place();
        self.diagnostics = graph_core::check::check(&self.document, &self.library);
        let document = self.shown.as_ref().unwrap_or(&self.document);
        self.selection.retain(|item| exists(document, item));
        self.problem = None;
        self.follow_comparison();
        self.follow_merge();
        self.relight();
    }

    pub(super) fn fail(&mut self, text: String) {
        self.notices.push(Notice {
            kind: NoticeKind::Failed,
            text,
        });
    }

    fn go_to_problem(&mut self, direction: isize) {
        let count = self.diagnostics.len() as isize;
        if count == 0 {
            return;
        }
        let next = match (self.problem, direction) {
            (None, 1) => 0,
            (None, _) => count - 1,
            (Some(problem), _) => (problem as isize + direction).rem_euclid(count),
        } as usize;
        self.show_problem(next);
    }

    fn show_problem(&mut self, position: usize) {
        if let Some(diagnostic) = self.diagnostics.get(position) {
            self.problem = Some(position);
            let subject = diagnostic.subject.clone();
            let place = Place {
                root: None,
                path: diagnostic.scope.clone(),
            };
            if place != self.place {
                self.look_at(place);
                self.view.requests.push(ViewRequest::FitAll);
            }
            self.selection = [subject.clone()].into();
            self.view.requests.push(ViewRequest::Reveal(subject));
        }
    }
}

/// A composed component is read as a project.
fn opening(path: PathBuf) -> Effect {
    match path
        .extension()
        .is_some_and(|extension| extension == "wasm")
    {
        true => Effect::Reopen(vec![path]),
        false => Effect::OpenProject(path),
    }
}

/// Opens a list, or closes it where it is open.
fn other(open: Option<Palette>, wanted: Palette) -> Option<Palette> {
    (open != Some(wanted)).then_some(wanted)
}

fn placed(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::SpreadAcross | Alignment::SpreadDown => "Distribute",
        _ => "Align",
    }
}

fn toggle<T: Ord>(set: &mut BTreeSet<T>, item: T) {
    if !set.remove(&item) {
        set.insert(item);
    }
}

pub(super) fn exists(document: &Document, item: &Item) -> bool {
    match item {
        Item::Project => true,
        Item::Component(id) => document.components.contains_key(id),
        Item::Instance(id) | Item::Port { instance: id, .. } => document.instances.contains_key(id),
        Item::Connector(id) => document.connectors.contains_key(id),
        Item::Bus(id) => document.buses.contains_key(id),
        Item::Ecu(id) => document.ecus.contains_key(id),
        Item::Partition(key) => document.ecus.contains_key(&key.ecu),
        Item::Pdu(id) => document.pdus.contains_key(id),
        Item::Frame(id) => document.frames.contains_key(id),
        Item::Note(id) => document.notes.contains_key(id),
    }
}
