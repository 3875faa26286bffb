//! The picture that the session has of the simulation: what panels show of it.

use super::{BlockContents, BlockState, BlockView, ParameterView};
use crate::observe::{Hit, ModeGroup, ProbedFunction, RunDifference};
use autosar_wit::modes::State;
use graph_core::{
    document::{ConnectorId, Document},
    hierarchy::Origins,
};
use std::collections::{BTreeMap, VecDeque};

/// Trace rows that are kept for the table; older ones are in the trace file.
pub(super) const KEPT_ROWS: usize = 200_000;
/// Points that are kept of a series; beyond it every other one goes.
pub(super) const KEPT_POINTS: usize = 20_000;

/// State, values, trace, devices.
#[derive(Debug, Clone, Default)]
pub struct RunView {
    pub phase: Phase,
    pub now_ns: u64,
    /// How far time has come before it was gone back.
    pub reached_ns: u64,
    /// The breakpoint at which time stands.
    pub stopped: Option<Hit>,
    /// Breakpoints that mean nothing in what was started, and why.
    pub refused: BTreeMap<String, String>,
    /// Grows whenever what was seen is forgotten.
    pub generation: u64,
    pub speed: RunSpeed,
    /// Latest value by element name (an end as the project writes it).
    pub values: BTreeMap<String, LiveValue>,
    /// Where what runs stands in the project.
    pub origins: Origins,
    /// The element that a connector of the flat system carries.
    pub connectors: BTreeMap<ConnectorId, String>,
    /// Numbers over time, by element name or `bus:Message.Signal`.
    pub series: BTreeMap<String, Series>,
    pub rows: VecDeque<TraceRow>,
    /// Rows that were dropped from the front of `rows`.
    pub rows_dropped: u64,
    pub devices: Vec<DeviceView>,
    /// The same at time zero.
    pub first_devices: Vec<DeviceView>,
    /// Calibration parameters of what was started.
    pub parameters: Vec<ParameterView>,
    /// Raw values that were given since, by element.
    pub calibrated: BTreeMap<String, String>,
    /// Non-volatile blocks of what was started.
    pub blocks: Vec<BlockView>,
    /// What they hold, by place.
    pub block_states: BTreeMap<String, BlockState>,
    /// Whether the next run begins with what this one stores.
    pub keeps_blocks: bool,
    /// What runs before have stored, where it is kept.
    pub kept_blocks: BlockContents,
    /// What was started has these mode machines.
    pub mode_groups: Vec<ModeGroup>,
    /// Where they are, by element.
    pub modes: BTreeMap<String, ModeView>,
    /// What probes have told, by functions' names in the trace.
    pub probes: BTreeMap<String, ProbedFunction>,
    /// Virtual seconds per second, as last measured.
    pub rate: f64,
    /// SHA-256 of the canonical trace so far.
    pub trace_hash: String,
    /// Load of each CAN bus, 0 to 1.
    pub bus_load: BTreeMap<String, f64>,
    /// What went wrong on which instance.
    pub incidents: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Phase {
    #[default]
    Stopped,
    /// Composing and compiling.
    Starting,
    Running,
    Paused,
    /// It cannot go on; the reason is an incident.
    Ended,
}

/// How fast virtual time runs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum RunSpeed {
    AsFastAsPossible,
    /// Virtual seconds per second.
    Times(f64),
    #[default]
    RealTime,
}

/// A value as last written.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveValue {
    /// WAVE text.
    pub text: String,
    /// For numbers, booleans and enums: what a plot draws.
    pub number: Option<f64>,
    pub at_ns: u64,
}

/// Where a mode machine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeView {
    pub state: State,
    pub since_ns: u64,
    /// How often it has changed since the first word of it.
    pub changes: u64,
}

/// A number over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    pub unit: String,
    /// Seconds, value.
    pub points: Vec<[f64; 2]>,
}

/// A line of the trace table.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceRow {
    pub at_ns: u64,
    pub kind: TraceKind,
    /// Bus, element, or task.
    pub subject: String,
    /// Frame in candump notation, value, cost.
    pub text: String,
    /// Signals by DBC, or what else is known.
    pub decoded: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TraceKind {
    Frame,
    Value,
    Activation,
    Call,
    Transfer,
    Text,
    Incident,
    Mode,
}

/// A virtual device and its stimuli.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceView {
    pub name: String,
    pub model: String,
    pub bus: String,
    pub stimuli: Vec<StimulusView>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StimulusView {
    pub name: String,
    pub unit: String,
    pub minimum: f64,
    pub maximum: f64,
    pub step: f64,
    pub value: f64,
}

/// What has happened since the last one.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub phase: Phase,
    /// What was told before is of no use: time has begun again at zero.
    pub is_anew: bool,
    pub now_ns: u64,
    pub reached_ns: u64,
    pub stopped: Option<Hit>,
    /// `device.stimulus` and value of what was given again after going back.
    pub stimuli: Vec<(String, f64)>,
    /// The same of parameters: element and raw value.
    pub calibrated: Vec<(String, String)>,
    pub rate: f64,
    pub values: Vec<(String, LiveValue)>,
    pub rows: Vec<TraceRow>,
    /// New points by series, with the unit.
    pub points: Vec<(String, String, [f64; 2])>,
    pub bus_load: BTreeMap<String, f64>,
    pub trace_hash: String,
    pub incidents: Vec<String>,
    /// Functions that have been called over probed connectors.
    pub probes: Vec<(String, ProbedFunction)>,
    /// Mode machines that have changed.
    pub modes: Vec<(String, ModeView)>,
    /// All non-volatile blocks, where one of them has changed.
    pub blocks: Vec<(String, BlockState)>,
}

/// A run beside one in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct RunCompared {
    pub file: String,
    /// Of the run so far.
    pub rows: u64,
    pub difference: Option<Box<RunDifference>>,
}

impl RunView {
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Starting)
    }

    pub fn is_started(&self) -> bool {
        self.phase != Phase::Stopped
    }

    /// `device.stimulus` has that value.
    pub(super) fn show_stimulus(&mut self, name: &str, value: f64) {
        for device in &mut self.devices {
            let own = name.strip_prefix(device.name.as_str());
            let Some(stimulus) = own.and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            let shown = device.stimuli.iter_mut().find(|one| one.name == stimulus);
            if let Some(shown) = shown {
                shown.value = value;
            }
        }
    }

    /// Takes over what has happened.
    pub fn take(&mut self, snapshot: Snapshot) {
        self.phase = snapshot.phase;
        self.now_ns = snapshot.now_ns;
        self.reached_ns = snapshot.reached_ns.max(snapshot.now_ns);
        self.calibrated.extend(snapshot.calibrated);
        self.stopped = snapshot.stopped;
        self.rate = snapshot.rate;
        self.bus_load = snapshot.bus_load;
        self.trace_hash = snapshot.trace_hash;
        self.values.extend(snapshot.values);
        self.modes.extend(snapshot.modes);
        self.probes.extend(snapshot.probes);
        self.block_states.extend(snapshot.blocks);
        self.incidents.extend(snapshot.incidents);
        self.rows.extend(snapshot.rows);
        while self.rows.len() > KEPT_ROWS {
            self.rows.pop_front();
            self.rows_dropped += 1;
        }
        for (name, unit, point) in snapshot.points {
            let series = self.series.entry(name).or_default();
            series.unit = unit;
            series.push(point);
        }
    }

    /// Back to time zero: what was seen is forgotten, devices and speed stay.
    pub fn clear(&mut self) {
        *self = RunView {
            phase: self.phase.clone(),
            speed: self.speed,
            generation: self.generation + 1,
            refused: std::mem::take(&mut self.refused),
            devices: std::mem::take(&mut self.devices),
            first_devices: std::mem::take(&mut self.first_devices),
            parameters: std::mem::take(&mut self.parameters),
            blocks: std::mem::take(&mut self.blocks),
            keeps_blocks: self.keeps_blocks,
            kept_blocks: std::mem::take(&mut self.kept_blocks),
            mode_groups: std::mem::take(&mut self.mode_groups),
            origins: std::mem::take(&mut self.origins),
            connectors: std::mem::take(&mut self.connectors),
            ..RunView::default()
        };
    }
}

impl Series {
    fn push(&mut self, point: [f64; 2]) {
        self.points.push(point);
        if self.points.len() > KEPT_POINTS {
            let mut position = 0;
            self.points.retain(|_| {
                position += 1;
                position % 2 == 1
            });
        }
    }
}

/// The element that each buffered connector carries: named after its sender's end.
pub(super) fn elements_of(document: &Document) -> BTreeMap<ConnectorId, String> {
    let connectors = document.connectors.iter();
    connectors
        .map(|(id, connector)| (*id, graph_core::end::text(document, &connector.from)))
        .collect()
}
