//! What the window looks like, as far as commands change it.

use super::{AuthorityPick, BreakpointView, ExportView, Item, WhyView, tour::Tour};
use crate::{canvas::align::Alignment, observe::cause::Latency, packing::Plan};
use graph_core::{
    assist::{AutoConnection, Impact},
    document::{Connector, ConnectorId, InstanceId},
};
use std::{collections::BTreeSet, path::PathBuf};

/// Panels, filters, what is open.
#[derive(Debug, Clone)]
pub struct View {
    pub hidden_panels: BTreeSet<Panel>,
    /// Whether the canvas has a map in its corner.
    pub minimap: bool,
    /// Whether the canvas shows ECUs as lanes.
    pub lanes: bool,
    pub trace_filter: String,
    /// Names of the plotted values, in the order of their colours.
    pub plotted: Vec<String>,
    /// What of the platform is looked at.
    pub authority: Option<AuthorityPick>,
    /// Why a value is what it is.
    pub why: Option<WhyView>,
    /// How long it took from a step of the answer to the value.
    pub latency: Option<Latency>,
    /// The instant that is looked at in trace and plot; `None`: the newest.
    pub cursor_ns: Option<u64>,
    /// The list that is searched by typing.
    pub palette: Option<Palette>,
    /// What was found to connect a selection, to be looked at.
    pub auto_connection: Option<AutoConnection>,
    /// What the new build of a component has changed, to be looked at.
    pub impact: Option<Impact>,
    /// Core modules that were chosen where components were asked for.
    pub core_modules: Vec<PathBuf>,
    /// CAN frames that are proposed, to be looked at and changed.
    pub packing: Option<Plan>,
    /// An adapter that is proposed, to be looked at.
    pub adapter: Option<AdapterDraft>,
    pub export: ExportView,
    /// A file dialog to open.
    pub dialog: Option<DialogRequest>,
    /// Whether the settings are open.
    pub settings: bool,
    /// Where runs stop by themselves.
    pub breakpoints: Vec<BreakpointView>,
    /// Whether an instant to go to is asked for.
    pub asks_instant: bool,
    pub(super) tour: Option<Tour>,
    pub quit: bool,
    pub(super) requests: Vec<ViewRequest>,
}

/// A connector with the adapter that it would have.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterDraft {
    pub connector: Connector,
    /// `None`: it is not there yet.
    pub id: Option<ConnectorId>,
    /// How its ends differ.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Panel {
    Library,
    Inspector,
    Problems,
    Trace,
    Plot,
    Devices,
    Modes,
    Parameters,
    NvData,
    Outline,
    Connections,
    Differences,
    Authority,
    Cause,
    Breakpoints,
    Scenarios,
}

/// Parts of the system that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spotlight {
    pub instances: BTreeSet<InstanceId>,
    pub connectors: BTreeSet<ConnectorId>,
}

/// What is found by typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    Commands,
    /// Instances, ports, connectors, buses, ECUs.
    Things,
    /// Where the selected instances could run.
    Partitions,
}

/// What a file dialog is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogRequest {
    OpenProject,
    SaveProject,
    AddComponents,
    /// A version to compare with.
    Compare,
    /// A run to compare with.
    CompareRun,
    /// The version that both come from.
    MergeBase,
    MergeTheirs,
    /// Newer AUTOSAR descriptions.
    Arxml,
}

/// Something that the window does once.
#[derive(Debug, Clone, PartialEq)]
pub enum ViewRequest {
    FitAll,
    FitSelection,
    /// Brings the item into view.
    Reveal(Item),
    /// The same for something that only the version has which is compared with.
    RevealGhost(Item),
    Align(Alignment),
    /// Puts a frame around what is selected.
    FrameSelection,
    /// Begins a note.
    AddNote,
    /// Edits a frame's title or a note's text where it stands.
    EditInPlace(Item),
    /// To the clipboard.
    CopyText(String),
    /// From the clipboard; `outer`: with the wires that come from outside.
    Paste {
        outer: bool,
    },
    ZoomIn,
    ZoomOut,
}

/// A message that the user sees until it is dismissed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    Done,
    Warning,
    Failed,
}

impl Default for View {
    fn default() -> View {
        View {
            hidden_panels: BTreeSet::from([
                Panel::Outline,
                Panel::Authority,
                Panel::Cause,
                Panel::Breakpoints,
                Panel::Scenarios,
                Panel::Differences,
            ]),
            minimap: true,
            lanes: false,
            trace_filter: String::new(),
            plotted: Vec::new(),
            authority: None,
            why: None,
            latency: None,
            cursor_ns: None,
            palette: None,
            auto_connection: None,
            impact: None,
            core_modules: Vec::new(),
            packing: None,
            adapter: None,
            export: ExportView::default(),
            dialog: None,
            settings: false,
            breakpoints: Vec::new(),
            asks_instant: false,
            tour: None,
            quit: false,
            requests: Vec::new(),
        }
    }
}
