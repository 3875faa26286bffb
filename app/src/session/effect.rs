//! What a session asks of the outside, and what comes back. The window runs effects on worker
//! threads, the command line at once; the session itself touches nothing.

use super::run::{DeviceView, RunCompared, RunSpeed, Snapshot};
use super::{
    BlockContents, Destination, EcuBudget, ExportOrder, NewKey, Preview, ShelfEntry, VerifiedEcu,
};
use crate::canvas::route::{Plan, Routes};
use crate::import::arxml::Update;
use crate::observe::cause::{Latency, Why};
use crate::packing;
use crate::scenario::Tested;
use autosar_wit::dbc::Database;
use graph_core::{
    document::{BusId, ComponentId, ComponentSource, Document, InstanceId},
    layout::{Grouping, Shapes},
    library::{self, Library},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

/// Something to be done outside.
#[derive(Debug)]
pub enum Effect {
    /// Read a project with everything that it refers to.
    OpenProject(PathBuf),
    /// Read composed components as a project that is not saved yet.
    Reopen(Vec<PathBuf>),
    /// Read other versions of the project, with what they refer to.
    ReadVersions {
        /// The project that they are read for.
        project: Option<PathBuf>,
        paths: Vec<PathBuf>,
        purpose: VersionPurpose,
    },
    /// Read component files or WIT packages for the shelf.
    ReadComponents(Vec<PathBuf>),
    /// Write a component of each core module into the folder `wrapped` beside it, then read them.
    WrapCoreModules(Vec<PathBuf>),
    /// The first of the two if all are composed components, else the second.
    ReadDropped(Vec<PathBuf>),
    /// Fetch a component or WIT package from a registry into a folder, then read it.
    PullComponent {
        reference: String,
        folder: PathBuf,
    },
    /// Read bus descriptions; relative paths start at the project's folder.
    ReadDescriptions {
        project: Option<PathBuf>,
        files: Vec<(BusId, String)>,
    },
    /// From now on look whether these files change, and no others: whose, where, read how.
    Watch(Vec<(ComponentId, PathBuf, ComponentSource)>),
    /// Write the parts where they are not there yet, then both files atomically; drop the recovery
    /// file.
    Save {
        path: PathBuf,
        files: ProjectFiles,
        parts: Parts,
    },
    /// Keep unsaved work against a crash.
    Autosave {
        path: Option<PathBuf>,
        files: ProjectFiles,
    },
    DropRecovery {
        path: Option<PathBuf>,
    },
    /// Write the description of a bus that frames are packed into, beside the project and over nothing
    /// that is there.
    WriteDescription {
        project: PathBuf,
        plan: Box<packing::Plan>,
        text: String,
    },
    /// Read AUTOSAR descriptions, for a project that is made of older ones.
    ReadArxml {
        /// The project that they are read for.
        project: Option<PathBuf>,
        paths: Vec<PathBuf>,
        document: Box<Document>,
        library: Library,
    },
    /// Write what descriptions have become, beside the project.
    WriteImported {
        project: PathBuf,
        files: BTreeMap<String, Vec<u8>>,
    },
    /// Compose the document and start its simulation, paused at time zero.
    StartSimulation {
        document: Box<Document>,
        library: Library,
        /// What non-volatile blocks begin with, where it is not their first content.
        blocks: BlockContents,
    },
    Simulation(SimulationOrder),
    /// Look which scenarios lie beside a project.
    ReadScenarios(PathBuf),
    /// Run scenarios that lie beside a project; none named: all.
    TestScenarios {
        document: Box<Document>,
        library: Library,
        project: PathBuf,
        names: Vec<String>,
    },
    /// Start the simulation as a scenario says, paused at time zero.
    OpenScenario {
        document: Box<Document>,
        library: Library,
        project: PathBuf,
        name: String,
    },
    Export {
        document: Box<Document>,
        library: Library,
        order: ExportOrder,
    },
    /// Find out what an export to a board would need.
    PreviewExport {
        document: Box<Document>,
        library: Library,
        destination: Destination,
        revision: u64,
    },
    /// Reckon what the ECUs with a board take of it; a newer document makes an older one idle.
    Budget {
        document: Box<Document>,
        library: Library,
        revision: u64,
    },
    /// Find positions for all instances, or for some about where they are.
    Arrange {
        document: Box<Document>,
        shapes: Shapes,
        some: Option<BTreeSet<InstanceId>>,
        grouping: Grouping,
        revision: u64,
    },
    /// Find the ways of all wires; a newer picture makes an older one idle.
    Route {
        plan: Plan,
        picture: u64,
    },
    /// Hold the images of these ECUs against the simulation, on what runs them here; none named: all.
    Verify {
        document: Box<Document>,
        library: Library,
        destination: Destination,
        ecus: Vec<String>,
    },
    /// Make a pair of keys; the private one goes to this file, which must not be there yet.
    MakeKey(PathBuf),
    /// Keep the user's settings for the next start.
    KeepSettings(String),
    CancelJob(u64),
}

/// The texts of a project file and its layout file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFiles {
    pub project: String,
    pub layout: String,
}

/// A version of a project as it was read. The paths of its files lead there from the project that it
/// was read for.
#[derive(Debug, Clone)]
pub struct Version {
    pub path: PathBuf,
    pub document: Document,
    pub library: Library,
}

/// What versions are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionPurpose {
    Compare,
    /// With the project's own file.
    CompareSaved,
    /// The same again: the file was written.
    Refresh,
    /// The version that both come from, then theirs.
    Merge,
}

/// Files that a project refers to and that came with it, by their paths in its folder.
pub type Parts = BTreeMap<String, Arc<[u8]>>;

/// To the running simulation.
#[derive(Debug, Clone, PartialEq)]
pub enum SimulationOrder {
    Run(RunSpeed),
    Pause,
    Step(StepSize),
    StepBack(StepSize),
    /// The texts of those that are on.
    SetBreakpoints(Vec<String>),
    /// To an instant, by running again where it lies behind; time stands still there.
    GoTo(u64),
    Restart,
    Stop,
    SetStimulus {
        device: String,
        stimulus: String,
        value: f64,
    },
    /// Raw, in WAVE.
    SetParameter {
        element: String,
        text: String,
    },
    /// Measure from a value to another one that comes of it, over the run so far.
    Latency {
        from: String,
        to: String,
    },
    /// Hold the run against one that `simulate --rows` has written.
    Compare(PathBuf),
    /// `ECU/PARTITION/BLOCK`.
    SetBlock {
        place: String,
        content: Option<Vec<u8>>,
    },
    /// Find out why an element has its value at that instant.
    Why {
        element: String,
        at_ns: u64,
    },
}

/// How far a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepSize {
    /// Anything that happens.
    Event,
    /// Until the next activation has ended.
    Activation,
    /// Until the next frame has been sent.
    Frame,
}

/// What an export writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Composed components, the system file, manifest, report.
    Wasm,
    /// An OCI image layout folder.
    OciLayout,
    /// Documents for stock `wac`, with the components that they take.
    Wac,
    /// Descriptions of CAN buses, with frames for what leads from one ECU to another.
    Dbc,
    /// An AUTOSAR description.
    Arxml,
}

/// What has been done, or has happened, outside.
#[derive(Debug)]
pub enum Event {
    ProjectOpened {
        path: PathBuf,
        document: Box<Document>,
        library: Library,
        /// Unsaved work of a session that ended too early.
        recovery: Option<ProjectFiles>,
    },
    /// Versions of the project, in the order in which they were asked for.
    VersionsRead {
        /// The project that they were asked for by.
        project: Option<PathBuf>,
        versions: Vec<Version>,
        purpose: VersionPurpose,
    },
    /// Composed components have become a project.
    Reopened {
        document: Box<Document>,
        library: Library,
        parts: Parts,
        /// What a project cannot mean, or lies in files that were not opened.
        notes: Vec<String>,
    },
    ComponentsRead(Vec<(String, ShelfEntry)>),
    /// Among the components to be added are core modules.
    CoreModulesFound(Vec<PathBuf>),
    /// The file of a component has changed: what is in it now.
    ComponentRebuilt {
        component: ComponentId,
        entry: library::Entry,
    },
    /// Something has come from a registry.
    Pulled {
        reference: String,
        file: PathBuf,
    },
    /// A bus's description, and the file as the project names it.
    DescriptionRead {
        bus: BusId,
        file: String,
        database: Arc<Database>,
    },
    /// The description is there under that name.
    DescriptionWritten {
        plan: Box<packing::Plan>,
        file: String,
    },
    /// Descriptions were read: what they bring to that project.
    ArxmlRead {
        project: Option<PathBuf>,
        /// How people call them: the first file.
        name: String,
        update: Box<Update>,
    },
    /// What they have become is there.
    ImportedWritten {
        project: PathBuf,
    },
    Saved {
        path: PathBuf,
    },
    SimulationStarted {
        devices: Vec<DeviceView>,
    },
    Snapshot(Snapshot),
    /// Breakpoints that mean nothing in what runs, and why.
    BreakpointsRefused(BTreeMap<String, String>),
    /// Where the run and one in a file differ first, or why that cannot be said.
    RunCompared(Result<RunCompared, String>),
    /// The scenarios beside that project: names, and what each says of itself.
    ScenariosRead {
        project: PathBuf,
        known: Vec<(String, String)>,
    },
    ScenarioTested(Box<Tested>),
    /// None of them runs any more; why the others did not run.
    ScenariosEnded(Option<String>),
    /// Why a value is what it is, or why that cannot be said.
    Why(Result<Box<Why>, String>),
    Latency(Result<Box<Latency>, String>),
    Exported {
        order: ExportOrder,
        files: Vec<String>,
    },
    ExportFailed(String),
    ExportPreviewed {
        destination: Destination,
        revision: u64,
        preview: Result<Preview, String>,
    },
    Budgeted {
        revision: u64,
        budgets: Result<Vec<EcuBudget>, String>,
    },
    Arranged(Arrangement),
    /// Ways of the wires of the window's picture of that number.
    Routed {
        picture: u64,
        routes: Routes,
    },
    /// The user has stopped an export or its preview.
    ExportStopped,
    KeyMade(Result<NewKey, String>),
    /// `None`: the user has stopped it.
    Verified(Option<Result<Vec<VerifiedEcu>, String>>),
    JobStarted(Job),
    JobProgress {
        id: u64,
        part: f32,
    },
    JobEnded {
        id: u64,
    },
    /// The simulation could not start, or its worker ended.
    SimulationFailed(String),
    /// Something that the user should know, without an end to the work.
    Warned(String),
    /// An effect failed: what, where, what to do.
    Failed(String),
}

/// Positions that were found for instances.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrangement {
    pub positions: BTreeMap<InstanceId, (f32, f32)>,
    /// Of the selection alone.
    pub is_partial: bool,
    /// Of the document that was arranged.
    pub revision: u64,
}

/// Long work on a worker thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: u64,
    /// "Composing `thermal`".
    pub text: String,
    /// 0 to 1; `None`: unknown.
    pub part: Option<f32>,
}
