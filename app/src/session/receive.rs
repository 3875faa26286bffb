//! What ended work does to the session.

use graph_core::{
    document::Bus,
    hierarchy::{Place, flattened},
    history::History,
};

use crate::observe::mode_groups;

use super::{
    Effect, Event, Notice, NoticeKind, Phase, Session, SimulationOrder, Version, VersionPurpose,
    view::ViewRequest,
};

impl Session {
    /// Takes in what has happened outside; what follows from it comes back.
    pub fn receive(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = self.take_in(event);
        effects.extend(self.follow_budgets());
        effects.extend(self.follow_files());
        effects
    }

    fn take_in(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::ProjectOpened {
                path,
                document,
                library,
                recovery,
            } => {
                let mut effects = self.remember_project(&path);
                self.open(Some(path), *document, library);
                self.recovery = recovery;
                effects.push(Effect::Simulation(SimulationOrder::Stop));
                return effects;
            }
            Event::Reopened {
                document,
                library,
                parts,
                notes,
            } => {
                self.open(None, *document, library);
                self.parts = parts;
                self.recovery = None;
                self.history.mark_unsaved();
                self.warn(notes);
                return vec![Effect::Simulation(SimulationOrder::Stop)];
            }
            Event::VersionsRead {
                project,
                versions,
                purpose,
            } => {
                // Another project may have been opened since.
                if project == self.path {
                    self.take_versions(versions, purpose);
                }
            }
            Event::ComponentsRead(entries) => {
                self.shelf.extend(entries);
                self.fill_missing();
            }
            Event::CoreModulesFound(paths) => self.view.core_modules.extend(paths),
            Event::ComponentRebuilt { component, entry } => self.take_rebuilt(component, entry),
            Event::Pulled { reference, file } => {
                self.done(format!("pulled {reference} to {}", file.display()));
            }
            Event::DescriptionRead {
                bus,
                file,
                database,
            } => {
                if self.described.get(&bus) == Some(&file) {
                    self.library.descriptions.insert(bus, database);
                    self.derive();
                }
            }
            Event::DescriptionWritten { plan, file } => {
                return self.description_written(&plan, &file);
            }
            Event::ArxmlRead {
                project,
                name,
                update,
            } => {
                // Another project may have been opened since.
                if project == self.path {
                    self.begin_update(name, *update);
                }
            }
            Event::ImportedWritten { project } => {
                if self.path.as_ref() == Some(&project) {
                    return self.imported_written();
                }
            }
            Event::Saved { path } => {
                self.done(format!("saved {}", path.display()));
                let effects = self.remember_project(&path);
                self.path = Some(path);
                self.history.mark_saved();
                return effects.into_iter().chain(self.compare_anew()).collect();
            }
            Event::SimulationStarted { devices } => {
                self.run.devices = devices;
                self.show_declared_stimuli();
                self.run.first_devices.clone_from(&self.run.devices);
                let flat = flattened(&self.document);
                self.run.connectors = super::run::elements_of(&flat.document);
                self.run.mode_groups = mode_groups(&flat.document, &self.library);
                self.run.parameters = super::parameter_views(&flat.document, &self.library);
                self.run.blocks = super::block_views(&flat.document, &self.library);
                self.run.origins = flat.origins;
            }
            // What a simulation said that has been stopped since is of no use.
            Event::Snapshot(_) if self.run.phase == Phase::Stopped => {}
            Event::Snapshot(snapshot) => self.take_snapshot(snapshot),
            Event::BreakpointsRefused(refused) => self.run.refused = refused,
            Event::RunCompared(compared) => self.take_compared_run(compared),
            Event::Why(answer) => self.take_why(answer),
            Event::Latency(found) => self.take_latency(found),
            event @ (Event::Exported { .. }
            | Event::ExportFailed(_)
            | Event::ExportPreviewed { .. }
            | Event::ExportStopped
            | Event::Verified(_)
            | Event::KeyMade(_)) => self.receive_export(event),
            Event::Arranged(arrangement) => return self.receive_arrangement(arrangement),
            // The window's.
            Event::Routed { .. } => {}
            Event::Budgeted { revision, budgets } => self.receive_budgets(revision, budgets),
            Event::ScenariosRead { project, known } => self.take_scenarios(&project, known),
            Event::ScenarioTested(tested) => self.take_tested(*tested),
            Event::ScenariosEnded(failure) => self.end_tests(failure),
            Event::JobStarted(job) => self.jobs.push(job),
            Event::JobProgress { id, part } => {
                for job in self.jobs.iter_mut().filter(|job| job.id == id) {
                    job.part = Some(part);
                }
            }
            Event::JobEnded { id } => self.jobs.retain(|job| job.id != id),
            Event::SimulationFailed(reason) => {
                self.run.phase = Phase::Stopped;
                self.fail(reason);
            }
            Event::Warned(text) => self.notices.push(Notice {
                kind: NoticeKind::Warning,
                text,
            }),
            Event::Failed(reason) => self.fail(reason),
        }
        Vec::new()
    }

    fn take_versions(&mut self, versions: Vec<Version>, purpose: VersionPurpose) {
        let mut versions = versions.into_iter();
        match (purpose, versions.next(), versions.next()) {
            (VersionPurpose::Merge, Some(base), Some(theirs)) => self.begin_merge(base, theirs),
            (VersionPurpose::Merge, ..) | (_, None, _) => {}
            (VersionPurpose::Refresh, Some(version), _) => self.refresh_comparison(version),
            (purpose, Some(version), _) => {
                self.begin_comparison(version, purpose == VersionPurpose::CompareSaved);
            }
        }
    }

    /// Until the first activation a device has its own values: what is seen is the project's.
    fn show_declared_stimuli(&mut self) {
        let declared = self.document.buses.values().flat_map(Bus::stimuli);
        for (name, stimuli) in declared {
            let views = self.run.devices.iter_mut().filter(|view| view.name == name);
            for stimulus in views.flat_map(|view| &mut view.stimuli) {
                if let Some(value) = stimuli.get(&stimulus.name) {
                    stimulus.value = *value;
                }
            }
        }
    }

    /// Shows another project.
    pub(super) fn open(
        &mut self,
        path: Option<std::path::PathBuf>,
        document: graph_core::document::Document,
        library: graph_core::library::Library,
    ) {
        self.path = path;
        self.parts.clear();
        self.described = super::platform::description_files(&document);
        self.document = document;
        self.library = library;
        self.history = History::new();
        self.selection.clear();
        self.place = Place::default();
        self.run = super::RunView {
            speed: self.run.speed,
            ..Default::default()
        };
        self.view.plotted.clear();
        self.scenarios = super::Scenarios::default();
        self.forget_why();
        self.view.authority = None;
        self.view.impact = None;
        self.view.packing = None;
        self.end_comparison();
        self.merge = None;
        self.merge_base = None;
        self.known.clear();
        self.view.requests.push(ViewRequest::FitAll);
        self.derive();
    }

    /// One notice for all.
    fn warn(&mut self, texts: Vec<String>) {
        if !texts.is_empty() {
            self.notices.push(Notice {
                kind: NoticeKind::Warning,
                text: texts.join("\n"),
            });
        }
    }

    pub(super) fn done(&mut self, text: String) {
        self.notices.push(Notice {
            kind: NoticeKind::Done,
            text,
        });
    }
}
