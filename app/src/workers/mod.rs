//! Carries out what a session asks of the outside, on named threads, and hands back what happened.
//! The window never waits for it. Knows sessions' effects and events; knows no window but for a
//! function that wakes it.

mod arxml;
mod budget;
mod export;
mod jobs;
mod layout;
mod pull;
mod scenarios;
mod simulation;
mod verify;
mod versions;
mod watcher;

use crate::{
    files,
    session::{BlockContents, Effect, Event, Parts, ProjectFiles},
};
use budget::{Asked, BudgetThread};
use graph_core::document::BusId;
use jobs::Jobs;
use layout::RouteThread;
use scenarios::Scene;
use simulation::{Given, SimulationThread};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
};
use watcher::Watcher;

/// Called from a worker when there is an event to fetch.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The threads of one window.
pub struct Workers {
    events: Events,
    received: Receiver<Event>,
    jobs: Jobs,
    simulation: Option<SimulationThread>,
    budget: Option<BudgetThread>,
    routes: Option<RouteThread>,
    watcher: Option<Watcher>,
}

/// Where workers put what has happened.
#[derive(Clone)]
pub(crate) struct Events {
    sender: Sender<Event>,
    wake: Wake,
}

impl Events {
    /// A window that is gone is told nothing: that is no error.
    pub(crate) fn send(&self, event: Event) {
        let _ = self.sender.send(event);
        (self.wake)();
    }
}

impl Workers {
    pub fn new(wake: Wake) -> Workers {
        let (sender, received) = channel();
        let events = Events { sender, wake };
        Workers {
            jobs: Jobs::new(events.clone()),
            events,
            received,
            simulation: None,
            budget: None,
            routes: None,
            watcher: None,
        }
    }

    /// What has happened since the last call, in order.
    pub fn events(&self) -> Vec<Event> {
        self.received.try_iter().collect()
    }

    /// Waits for the next event; `None`: nothing came in that time.
    pub fn next_event(&self, timeout: std::time::Duration) -> Option<Event> {
        self.received.recv_timeout(timeout).ok()
    }

    /// Begins an effect and returns at once.
    pub fn start(&mut self, effect: Effect) {
        match effect {
            Effect::OpenProject(path) => {
                let text = format!("Opening {}", path.display());
                self.jobs.start(text, move |_| open(&path));
            }
            Effect::Reopen(paths) => {
                self.jobs
                    .start("Opening a composition".into(), move |_| reopen(&paths));
            }
            Effect::ReadVersions {
                project,
                paths,
                purpose,
            } => {
                let text = "Reading another version".to_owned();
                self.jobs
                    .start(text, move |_| versions::read(project, &paths, purpose));
            }
            Effect::ReadArxml {
                project,
                paths,
                document,
                library,
            } => {
                let text = "Reading AUTOSAR descriptions".to_owned();
                self.jobs.start(text, move |_| {
                    arxml::read(project, &paths, &document, &library)
                });
            }
            Effect::WriteImported { project, files } => {
                let text = "Writing what the descriptions become".to_owned();
                self.jobs
                    .start(text, move |_| arxml::write(project, &files));
            }
            Effect::ReadDropped(paths) => {
                self.jobs.start("Reading components".into(), move |job| {
                    match files::are_compositions(&paths) {
                        true => reopen(&paths),
                        false => read_components(&paths, job),
                    }
                });
            }
            Effect::ReadComponents(paths) => {
                self.jobs.start("Reading components".into(), move |job| {
                    read_components(&paths, job)
                });
            }
            Effect::WrapCoreModules(paths) => {
                self.jobs.start("Wrapping modules".into(), move |job| {
                    let (wrapped, mut events) = wrap_core_modules(&paths);
                    events.extend(read_components(&wrapped, job));
                    events
                });
            }
            Effect::PullComponent { reference, folder } => {
                self.jobs.start(format!("Pulling {reference}"), move |job| {
                    pull::pull(&reference, &folder, job)
                });
            }
            Effect::ReadDescriptions { project, files } => {
                self.jobs
                    .start("Reading bus descriptions".into(), move |_| {
                        read_descriptions(project.as_deref(), files)
                    });
            }
            Effect::Watch(watched) => {
                let events = self.events.clone();
                let watcher = self.watcher.get_or_insert_with(|| Watcher::start(events));
                watcher.watch(watched);
            }
            Effect::Save { path, files, parts } => {
                self.jobs
                    .start("Saving".into(), move |_| save(path, &files, &parts));
            }
            Effect::WriteDescription {
                project,
                plan,
                text,
            } => {
                self.jobs
                    .start("Writing a bus description".into(), move |_| {
                        write_description(&project, plan, &text)
                    });
            }
            Effect::Autosave { path, files } => {
                let path = path.unwrap_or_else(unsaved_path);
                self.jobs.keep("unsaved work is", move || {
                    files::save_recovery(&path, &files)
                });
            }
            Effect::DropRecovery { path } => {
                let path = path.unwrap_or_else(unsaved_path);
                self.jobs
                    .keep("that no unsaved work is wanted is", move || {
                        files::drop_recovery(&path)
                    });
            }
            Effect::StartSimulation {
                document,
                library,
                blocks,
            } => {
                let given = Given {
                    document: *document,
                    library,
                    scene: None,
                    blocks,
                };
                self.simulation = Some(SimulationThread::start(given, self.events.clone()));
            }
            Effect::OpenScenario {
                document,
                library,
                project,
                name,
            } => {
                let given = Given {
                    document: *document,
                    library,
                    scene: Some(Scene { project, name }),
                    blocks: BlockContents::default(),
                };
                self.simulation = Some(SimulationThread::start(given, self.events.clone()));
            }
            Effect::ReadScenarios(project) => {
                let text = "Reading scenarios".to_owned();
                self.jobs.start(text, move |_| scenarios::read(project));
            }
            Effect::TestScenarios {
                document,
                library,
                project,
                names,
            } => {
                let text = format!("Running scenarios of `{}`", document.name);
                let events = self.events.clone();
                self.jobs.start(text, move |job| {
                    let system = (&*document, &library);
                    scenarios::test(system, &project, &names, (job, &events))
                });
            }
            Effect::Simulation(order) => {
                if let Some(simulation) = &self.simulation {
                    simulation.order(order);
                }
            }
            Effect::Export {
                document,
                library,
                order,
            } => {
                let text = format!("Exporting `{}`", document.name);
                self.jobs.start(text, move |job| {
                    export::export(&document, &library, order, job)
                });
            }
            Effect::PreviewExport {
                document,
                library,
                destination,
                revision,
            } => {
                let text = "Compiling for the board".to_owned();
                self.jobs.start(text, move |job| {
                    export::preview(&document, &library, (destination, revision), job)
                });
            }
            Effect::Arrange {
                document,
                shapes,
                some,
                grouping,
                revision,
            } => {
                self.jobs.start("Arranging".into(), move |_| {
                    layout::arrange(&document, &shapes, (some.as_ref(), grouping), revision)
                });
            }
            Effect::Route { plan, picture } => {
                let routes = self.routes.take();
                let routes = routes.unwrap_or_else(|| RouteThread::start(self.events.clone()));
                routes.find(plan, picture);
                self.routes = Some(routes);
            }
            Effect::Budget {
                document,
                library,
                revision,
            } => {
                let events = self.events.clone();
                let thread = self
                    .budget
                    .get_or_insert_with(|| BudgetThread::start(events));
                thread.ask(Asked {
                    document,
                    library,
                    revision,
                });
            }
            Effect::Verify {
                document,
                library,
                destination,
                ecus,
            } => {
                let text = format!("Verifying `{}`", document.name);
                self.jobs.start(text, move |job| {
                    verify::verify(*document, library, (destination, &ecus), job)
                });
            }
            Effect::MakeKey(path) => {
                self.jobs
                    .start("Making a key".into(), move |_| export::make_key(path));
            }
            Effect::KeepSettings(text) => {
                self.jobs
                    .keep("the settings are", move || files::keep_settings(&text));
            }
            Effect::CancelJob(id) => self.jobs.cancel(id),
        }
    }
}

/// Where work on a project that was never saved is kept.
fn unsaved_path() -> PathBuf {
    std::env::temp_dir()
        .join("wireloom-unsaved")
        .join("unsaved.wireloom")
}

fn open(path: &Path) -> Vec<Event> {
    let project = match files::open_project(path) {
        Ok(project) => project,
        Err(error) => return vec![Event::Failed(error.to_string())],
    };
    let recovery = files::recovery_files(&project.path).filter(|kept| {
        kept.project != graph_core::file::write(&project.document)
            || kept.layout != graph_core::file::write_layout(&project.document)
    });
    let mut events = vec![Event::ProjectOpened {
        path: project.path,
        document: Box::new(project.document),
        library: project.library,
        recovery,
    }];
    events.extend(project.warnings.into_iter().map(Event::Warned));
    events
}

fn reopen(paths: &[PathBuf]) -> Vec<Event> {
    match files::reopen(paths) {
        Ok(reopened) => vec![Event::Reopened {
            document: Box::new(reopened.document),
            library: reopened.library,
            parts: reopened.files,
            notes: reopened.notes,
        }],
        Err(error) => vec![Event::Failed(error.to_string())],
    }
}

fn read_components(paths: &[PathBuf], job: &jobs::Handle) -> Vec<Event> {
    let mut events = Vec::new();
    for (position, path) in paths.iter().enumerate() {
        if job.is_cancelled() {
            break;
        }
        if files::is_core_module(path) {
            events.push(Event::CoreModulesFound(vec![path.clone()]));
            continue;
        }
        let (entries, failures) = files::read_shelf(std::slice::from_ref(path));
        events.push(Event::ComponentsRead(entries.into_iter().collect()));
        events.extend(failures.into_iter().map(Event::Failed));
        job.progress(position + 1, paths.len());
    }
    events
}

/// The files of the components, and what failed.
fn wrap_core_modules(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Event>) {
    let (mut wrapped, mut failed) = (Vec::new(), Vec::new());
    for path in paths {
        match files::wrap_core_module(path) {
            Ok(file) => wrapped.push(file),
            Err(error) => failed.push(Event::Failed(error.to_string())),
        }
    }
    (wrapped, failed)
}

fn read_descriptions(project: Option<&Path>, files: Vec<(BusId, String)>) -> Vec<Event> {
    let folder = project.and_then(Path::parent).unwrap_or(Path::new("."));
    let mut events = Vec::new();
    for (bus, file) in files {
        let (database, warnings) = files::read_description(&folder.join(&file));
        if let Some(database) = database {
            events.push(Event::DescriptionRead {
                bus,
                file,
                database,
            });
        }
        events.extend(warnings.into_iter().map(Event::Warned));
    }
    events
}

fn write_description(project: &Path, plan: Box<crate::packing::Plan>, text: &str) -> Vec<Event> {
    let folder = project.parent().unwrap_or(Path::new("."));
    let file = plan.file(|name| folder.join(name).exists());
    let written = files::write_atomically(&folder.join(&file), text.as_bytes());
    vec![match written {
        Ok(()) => Event::DescriptionWritten { plan, file },
        Err(error) => Event::Failed(error.to_string()),
    }]
}

fn save(path: PathBuf, texts: &ProjectFiles, parts: &Parts) -> Vec<Event> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let saved = files::write_parts(folder, parts).and_then(|()| files::save(&path, texts));
    vec![match saved {
        Ok(()) => Event::Saved { path },
        Err(error) => Event::Failed(error.to_string()),
    }]
}
