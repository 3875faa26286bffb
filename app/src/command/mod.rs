//! Everything that a user can do, as data. Menu, palette, keys and panels make [`Command`]s; the
//! session applies them at the end of a frame. Knows nothing of egui or of how they are drawn.

mod list;
mod shortcut;

pub use list::{Entry, Menu, all, find};
pub use shortcut::{Shortcut, Shortcuts};

use crate::canvas::align::Alignment;
use crate::packing::Plan;
use crate::session::{
    Assignment, AuthorityPick, Destination, ExportOrder, Item, Panel, RunSpeed, Step, Theme,
};
use autosar_wit::mapping::Mapping;
use graph_core::capability::{Capability, Treatment};
use graph_core::document::{
    Area, Bus, BusId, Component, ComponentId, Connector, ConnectorId, Ecu, EcuId, End, Frame,
    FrameId, Instance, InstanceId, Note, NoteId, NotePlace, PartitionKey, Pdu,
};
use graph_core::hierarchy::Place;
use graph_core::resolve::Side;
use std::path::PathBuf;

/// One thing to do. Those without data stand in the list ([`all`]) with text, tooltip and keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Begins an empty project.
    New,
    /// Asks for a project and opens it.
    Open,
    /// A project, or a composed component as a project.
    OpenPath(PathBuf),
    /// Components that were dropped on the window: composed ones are opened as a project if nothing
    /// is unsaved, else all join the library.
    TakeDropped(Vec<PathBuf>),
    Save,
    SaveAs(PathBuf),
    /// Takes up the work of a window that ended without saving.
    Recover,
    DiscardRecovery,
    Undo,
    Redo,
    Delete,
    SelectAll,
    Select(Vec<Item>),
    /// Adds to the selection, or takes out of it.
    ToggleSelection(Item),
    /// Selects it and brings it into view.
    Show(Item),
    /// Asks for component files and adds them to the library.
    AddComponents,
    AddComponentFiles(Vec<PathBuf>),
    /// Makes components of the core modules that were chosen, and adds them.
    WrapCoreModules,
    /// Adds none of them.
    LeaveCoreModules,
    /// Fetches a component from a registry into the project's folder and the library.
    PullComponent(String),
    AddComponent(Component),
    /// Puts an instance of a component on the canvas, with suggested activations, on the
    /// partition of the selected or first instance.
    Insert {
        component: String,
        at: (f32, f32),
    },
    /// The same with a wire: what is at `end` there is connected with `start`, which is its `side`.
    InsertWired {
        component: String,
        at: (f32, f32),
        start: End,
        side: Side,
        end: End,
    },
    /// The same into a wire, if it has ports for it.
    InsertOnWire {
        component: String,
        at: (f32, f32),
        wire: ConnectorId,
    },
    /// An instance without wires into one.
    Splice {
        instance: InstanceId,
        at: (f32, f32),
        wire: ConnectorId,
    },
    /// Deletes and connects what was connected through it.
    DeleteAndHeal,
    /// Another component in its place; wires that fit stay.
    Swap {
        instance: InstanceId,
        component: String,
    },
    /// Looks for what would connect the selection, or everything, and shows it.
    AutoConnect,
    DismissAutoConnection,
    /// Brings wires to the ports that a new build of their component has in their place.
    MoveWires,
    /// Proposes CAN frames for what leads from one ECU to another: on the bus of that name, or the first.
    ProposePacking(Option<String>),
    /// The proposal as it was changed by hand.
    ChangePacking(Box<Plan>),
    /// Writes the description of the bus and leads the values through its signals.
    TakePacking,
    DismissPacking,
    DismissImpact,
    /// Asks for another version of the project and shows what differs from it.
    CompareWith,
    Compare(PathBuf),
    /// With the project as it was saved.
    CompareWithSaved,
    EndComparison,
    /// Shows the difference of that number.
    GoToDifference(usize),
    NextDifference,
    PreviousDifference,
    /// Makes it as it is in the other version.
    TakeDifference(usize),
    /// The same for the difference that was gone to.
    TakeShownDifference,
    /// Asks for two versions, the one that both come from and the other one, and merges them into this.
    MergeWith,
    MergeBase(PathBuf),
    MergeTheirs(PathBuf),
    /// Asks for newer AUTOSAR descriptions of what the project was made of, and shows what they change.
    UpdateFromArxml,
    UpdateFromFiles(Vec<PathBuf>),
    /// Which side stays in a conflict.
    ChooseSide {
        conflict: usize,
        theirs: bool,
    },
    FinishMerge,
    DismissMerge,
    ConnectAll(Vec<Connector>),
    /// Another sender for a receiver, or none; the wire keeps its properties where it can.
    Rewire {
        connector: Option<ConnectorId>,
        from: Option<End>,
        to: End,
    },
    Copy,
    Cut,
    /// Asks for what is in the clipboard; `outer`: with the wires that come from outside.
    RequestPaste {
        outer: bool,
    },
    Paste {
        text: String,
        outer: bool,
    },
    Duplicate {
        outer: bool,
    },
    /// Shows what is inside an instance of a composition.
    Enter(InstanceId),
    EnterSelected,
    /// Shows what is around the composition that is shown.
    Leave,
    GoTo(Place),
    /// Makes a composition of the selected instances; the system does what it did.
    Group,
    /// Puts the parts of the selected instance of a composition in its place.
    Ungroup,
    RenameComponent(ComponentId, String),
    /// Gives the shown composition a port for that of a part.
    Delegate {
        end: End,
        side: Side,
        at: Option<(f32, f32)>,
    },
    /// The same for all that parts need and nothing there gives.
    DelegateOpen,
    ChangeInstance(InstanceId, Instance),
    Rename(InstanceId, String),
    Deploy(InstanceId, Option<PartitionKey>),
    /// What an instance gets in the place of a capability; `None`: the platform's.
    Treat(InstanceId, Capability, Option<Treatment>),
    /// Lights up whom a capability reaches, and by which path.
    PickAuthority(Option<AuthorityPick>),
    Move(Vec<(InstanceId, (f32, f32))>),
    /// Moves instances, frames and notes by so many points.
    Carry(Vec<Item>, (f32, f32)),
    /// Asks the canvas for the frame around what is selected.
    FrameSelection,
    /// A frame with a title that is edited at once.
    InsertFrame(Area),
    ChangeFrame(FrameId, Frame),
    PlaceFrame(FrameId, Area),
    /// Begins a note: on the selected instance, or in the middle of the canvas.
    AddNote,
    InsertNote {
        text: String,
        place: NotePlace,
        instance: Option<InstanceId>,
    },
    ChangeNote(NoteId, Note),
    PlaceNote(NoteId, NotePlace),
    /// Edits the title of the selected frame, or the text of the selected note, in place.
    EditInPlace,
    /// A wire goes through these points.
    Reroute(ConnectorId, Vec<(f32, f32)>),
    /// The pointer was released: the next move is a step of its own.
    EndGesture,
    /// Arrow keys: moves the selection by so many points.
    Nudge(f32, f32),
    /// Connects with the kind that suits the ports; a wire that does not fit is refused with words.
    Connect(End, End),
    ChangeConnector(ConnectorId, Connector),
    /// Shows the adapter that would lead from one port to another that does not fit.
    ProposeAdapter(End, End),
    /// The same for a wire that is there.
    ProposeAdapterOn(ConnectorId),
    /// Inserts the adapter that is shown, with this mapping.
    InsertAdapter(Mapping),
    DismissAdapter,
    RemoveAdapter(ConnectorId),
    ToggleProbe(ConnectorId),
    InsertBus(Bus),
    ChangeBus(BusId, Bus),
    InsertEcu(Ecu),
    ChangeEcu(EcuId, Ecu),
    RenamePartition(PartitionKey, String),
    RenameProject(String),
    /// Takes something away with all that refers to it.
    Remove(Item),
    /// How a message is sent, protected and missed; where it says nothing, as the bus's description
    /// says.
    SetMessage(Pdu),
    /// Applies fix number `fix` of diagnostic number `diagnostic`.
    ApplyFix {
        diagnostic: usize,
        fix: usize,
    },
    /// Selects what diagnostic of that number is about, and shows it.
    GoToProblem(usize),
    NextProblem,
    PreviousProblem,
    Arrange,
    ArrangeSelection,
    /// Lines up what is selected.
    Align(Alignment),
    /// Where that puts each.
    Place(Alignment, Vec<(InstanceId, (f32, f32))>),
    ZoomToFit,
    ZoomToSelection,
    ZoomIn,
    ZoomOut,
    Run,
    Pause,
    /// Until the next activation has ended.
    Step,
    /// Until the next frame has been sent.
    StepFrame,
    /// Anything that happens next.
    StepEvent,
    /// To where the last activation but one had ended.
    StepBack,
    StepEventBack,
    /// To an instant of virtual time, earlier or later; time stands still there.
    GoToInstant(u64),
    /// Opens or closes the question for an instant.
    AskForInstant,
    /// Asks for a run that `simulate --rows` has written, and tells where this one differs first.
    CompareRun,
    CompareRunWith(PathBuf),
    /// Runs stop there from now on; see [`crate::observe::Breakpoint`].
    AddBreakpoint(String),
    SwitchBreakpoint(String),
    RemoveBreakpoint(String),
    Restart,
    Stop,
    SetSpeed(RunSpeed),
    SetStimulus {
        device: String,
        stimulus: String,
        value: f64,
    },
    /// A calibration parameter of what runs gets a raw value, in WAVE.
    SetParameter {
        element: String,
        text: String,
    },
    /// A non-volatile block of what runs (`ECU/PARTITION/BLOCK`) holds this, or is erased.
    SetBlock {
        place: String,
        content: Option<Vec<u8>>,
    },
    /// Whether the next run begins with what this one stores.
    KeepBlocks(bool),
    /// Shows a value over time in the plot.
    Plot(String),
    Unplot(String),
    FilterTrace(String),
    /// Finds out why an element has its value at an instant, and what that changed.
    Why {
        element: String,
        at_ns: u64,
    },
    /// The same of the selected wire, at the cursor or now.
    WhySelected,
    /// Measures how long it took from a value to another one that came of it, over the run so far.
    Latency {
        from: String,
        to: String,
    },
    /// Looks at a step of the answer: selects what it is about, lights up the way to it, puts the
    /// cursor there.
    PickCause(Step),
    /// Shows the scenarios of the project.
    Scenarios,
    /// Looks again which there are.
    ReloadScenarios,
    /// Runs all of them.
    TestScenarios,
    TestScenario(String),
    /// The simulation stands at the instant at which an assertion failed.
    OpenFailure {
        scenario: String,
        assertion: usize,
    },
    /// The instant that trace and plot mark; `None`: none.
    SetCursor(Option<u64>),
    Export,
    ExportTo(ExportOrder),
    /// Finds out what an export would need there.
    PreviewExport(Destination),
    /// Holds what was exported there against the simulation, on what runs it on this machine.
    VerifyExport {
        destination: Destination,
        ecus: Vec<String>,
    },
    /// Makes a pair of keys that sign; the private one goes to this file.
    MakeKey(PathBuf),
    CancelJob(u64),
    DismissNotice(usize),
    TogglePanel(Panel),
    Palette,
    /// Finds instances, ports, connectors, buses and ECUs by name.
    Find,
    NextTheme,
    SetTheme(Theme),
    /// Of everything in the window, in percent.
    SetScale(u16),
    ScaleUp,
    ScaleDown,
    /// Gives the command of that id other keys, or none.
    SetShortcut(String, Option<Shortcut>),
    ResetShortcuts,
    ForgetRecent,
    /// Opens or closes the settings.
    Settings,
    /// Begins the tour of five steps.
    Tour,
    NextTourStep,
    EndTour,
    ToggleMinimap,
    /// Shows ECUs as lanes with bands for partitions, or not.
    ToggleLanes,
    /// Instances are held over other partitions: what would they take? None: nothing is held.
    TryAssignment(Assignment),
    /// Partitions and places, as one step.
    Assign(Vec<(InstanceId, Option<PartitionKey>, (f32, f32))>),
    /// Asks where the selected instances shall run.
    MoveToEcu,
    DeploySelection(Option<PartitionKey>),
    Quit,
}
