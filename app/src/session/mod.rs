//! The state of the studio without window, engine, files, clock or threads: document, library,
//! history, selection, diagnostics, the picture that is had of the simulation. It changes by
//! [`Session::apply`] (the user) and [`Session::receive`] (work that has ended); what has to be
//! done outside comes back as [`Effect`]s.

mod adapter;
mod annotations;
mod apply;
mod authority;
mod breakpoints;
mod budget;
mod calibration;
mod clipboard;
mod comparison;
mod components;
mod connect;
mod drive;
mod edits;
mod effect;
mod export;
mod lanes;
mod merging;
mod nv;
mod packing;
pub mod platform;
mod pull;
mod rebuilt;
mod receive;
mod recovery;
mod run;
mod scenarios;
mod scope;
mod settings;
mod tour;
mod travel;
mod view;
mod why;
mod wiring;

pub use authority::{AuthorityPick, ShownAuthority};
pub use breakpoints::BreakpointView;
pub use budget::{
    Cpu, EcuBudget, Flash, ImportBudget, LoadBasis, PartBudget, PartitionBudget, Ram, Start,
    TaskBudget, Unshrinkable,
};
pub use calibration::{ParameterView, parameter_name, parameter_views};
pub use comparison::{Comparison, Mark};
pub use effect::{
    Arrangement, Effect, Event, Job, Parts, ProjectFiles, SimulationOrder, StepSize, Target,
    Version, VersionPurpose,
};
pub use export::{
    Destination, ExportOrder, ExportView, Exported, NewKey, Preview, VerifiedEcu, Work,
};
pub use lanes::{Assignment, Lanes};
pub use merging::MergeDraft;
pub use nv::{BlockContents, BlockState, BlockView, DatumView, block_views};
pub use run::{
    DeviceView, LiveValue, ModeView, Phase, RunCompared, RunSpeed, RunView, Series, Snapshot,
    StimulusView, TraceKind, TraceRow,
};
pub use scenarios::Scenarios;
pub use scope::Crumb;
pub use settings::{SCALES, Settings, Theme};
pub use tour::{TOUR, TourPlace, TourStep};
pub use view::{DialogRequest, Notice, NoticeKind, Palette, Panel, Spotlight, View, ViewRequest};
pub use why::{Step, WhyView};

use autosar_wit::component::ComponentType;
use graph_core::{
    diagnostic::Diagnostic,
    document::{BusId, ComponentId, Connector, Document, End, Subject},
    hierarchy::Place,
    history::History,
    library::{Entry, Library},
};
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Anything that can be selected, and that a diagnostic points to.
pub type Item = Subject;

/// What the window shows and the command line works on.
#[derive(Debug, Default)]
pub struct Session {
    document: Document,
    /// What the window shows of it; `None`: all, there is no composition.
    shown: Option<Document>,
    place: Place,
    library: Library,
    history: History,
    /// Grows with each change of document or library: what is derived from them is as old as this.
    revision: u64,
    path: Option<PathBuf>,
    /// Built-in and opened components that are not in the project yet.
    shelf: BTreeMap<String, ShelfEntry>,
    /// The description files that the library was asked for.
    described: BTreeMap<BusId, String>,
    /// The files of components that are watched.
    watched: BTreeMap<ComponentId, PathBuf>,
    selection: BTreeSet<Item>,
    diagnostics: Vec<Diagnostic>,
    problem: Option<usize>,
    spotlight: Option<Spotlight>,
    /// Of what is shown, once somebody has asked.
    authority: OnceCell<ShownAuthority>,
    run: RunView,
    scenarios: Scenarios,
    lanes: Lanes,
    view: View,
    jobs: Vec<Job>,
    notices: Vec<Notice>,
    settings: Settings,
    /// Files that the project came with, for the folder where it is saved.
    parts: Parts,
    /// Another session's unsaved work, found at the start.
    recovery: Option<ProjectFiles>,
    comparison: Option<Comparison>,
    /// Components whose file was exchanged by taking over a version.
    known: Vec<components::Known>,
    merge: Option<MergeDraft>,
    /// The version that both come from, while the other one is asked for.
    merge_base: Option<PathBuf>,
}

/// A component that can be dragged in.
#[derive(Debug, Clone)]
pub struct ShelfEntry {
    pub path: PathBuf,
    pub component_type: Arc<ComponentType>,
    pub bytes: Arc<[u8]>,
}

impl Session {
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Grows with each change of document or library.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The project file; `None`: never saved.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The connector that a wire becomes, or the reason why it does not.
    pub fn wire(&self, from: &End, to: &End) -> Result<Connector, String> {
        connect::connector_for(&self.sheet(), from.clone(), to.clone())
    }

    /// Components that can be dragged in, by name: the project's own and the shelf's.
    pub fn shelf(&self) -> &BTreeMap<String, ShelfEntry> {
        &self.shelf
    }

    pub fn selection(&self) -> &BTreeSet<Item> {
        &self.selection
    }

    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The diagnostic that was gone to last.
    pub fn problem(&self) -> Option<usize> {
        self.problem
    }

    /// Whether something is not saved.
    pub fn is_changed(&self) -> bool {
        self.history.is_modified()
    }

    /// What the canvas lights up, the rest dimmed; `None`: everything alike.
    pub fn spotlight(&self) -> Option<&Spotlight> {
        self.spotlight.as_ref()
    }

    pub fn run(&self) -> &RunView {
        &self.run
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    pub fn recovery(&self) -> Option<&ProjectFiles> {
        self.recovery.as_ref()
    }

    /// Name of the step that undo takes back.
    pub fn undo_name(&self) -> Option<&str> {
        self.history.undo_name()
    }

    pub fn redo_name(&self) -> Option<&str> {
        self.history.redo_name()
    }

    /// No check of severity error stands.
    pub fn can_compose(&self) -> bool {
        !self.document.instances.is_empty()
            && !self
                .diagnostics
                .iter()
                .any(|diagnostic| diagnostic.severity == graph_core::diagnostic::Severity::Error)
    }

    /// The type of an instance's component, where it could be read.
    pub fn component_type(&self, component: ComponentId) -> Option<&Arc<ComponentType>> {
        match self.library.components.get(&component)? {
            Entry::Loaded { component_type, .. } => Some(component_type),
            Entry::Missing { .. } => None,
        }
    }

    /// Takes what the view asked for once: scrolling to a place, zooming.
    pub fn take_view_requests(&mut self) -> Vec<ViewRequest> {
        std::mem::take(&mut self.view.requests)
    }
}
