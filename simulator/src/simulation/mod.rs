//! A run: ECUs, buses and devices under one order of events in virtual time.
//!
//! # Order
//! At one instant events happen in this order: beginnings and ends of faults; stimuli (as they were given); parameters (likewise); ends of frames (by
//! bus); values that arrive over a network (as they were sent); activations (by ECU; within one, `ecu-host` says which); requests to send (as they were
//! made, those of activations before those of replayed logs); starts of frames (by bus). So a
//! frame that is asked for at an instant takes part in the arbitration of that instant.
//! An activation runs as a whole when it starts; what it does later than that, by its cost so far,
//! takes effect then: frames are asked for, rows of the trace stand at that time.
//! A frame finds a full transmit queue if there is no room when its activation starts. State and
//! counters of a controller are those at the start of the activation that asks, too.
//!
//! Knows nothing of windows, and nothing of wall clocks and threads.

mod attached;
mod board;
mod board_buses;
mod build;
mod devices;
mod effort;
mod error;
mod ethernet;
mod faults;
mod files;
pub(crate) mod frames;
mod history;
mod kept;
mod nodes;
mod nv;
mod operators;
mod options;
mod parameters;
mod programs;
mod record;
mod restbus;
mod run;
mod statistics;
mod summary;
mod wire;
mod world;

pub use devices::{DeviceView, StimulusView};
pub use effort::{Asked, TaskEffort};
pub use error::SimulationError;
pub use faults::{FaultState, FaultView};
pub(crate) use files::hex;
pub use files::{SystemFiles, sha256_hex};
pub use frames::board_frame;
pub use kept::CodeStore;
pub use nodes::Wiring;
pub use operators::TaskOperators;
pub use options::{
    OptionError, Options, ParameterChange, ROWS_BYTES_MAX, Replay, ReplayTiming, StimulusChange,
    parse_duration_ns, split_replay,
};
pub use programs::Programs;
pub use run::{Happened, Step};
pub use summary::{
    BusSummary, ControllerSummary, EcuSummary, IdSummary, Incident, IncidentReaction, LinkSummary,
    NetworkSummary, Summary, TaskSummary,
};

use crate::{
    can::{Attempts, Frame},
    trace::{CandumpWriter, Trace},
    waves,
};
use build::{Built, ReplayRun};
use deployment::{Partition, System};
use history::{History, Input};
use parameters::Calibration;
use statistics::Statistics;
use std::{collections::VecDeque, sync::Arc};
use world::{FrameRequest, World};

/// A system that runs in virtual time.
pub struct Simulation {
    files: Arc<SystemFiles>,
    options: Options,
    programs: Programs,
    /// By name.
    ecus: Vec<(String, board::VirtualEcu)>,
    /// Away only while an ECU runs.
    world: Option<Box<World>>,
    replays: Vec<ReplayRun>,
    /// By time, then as they were given; those that are over are gone.
    calibrations: VecDeque<Calibration>,
    now_ns: u64,
    /// Events that have happened.
    steps: u64,
    /// Events at `now_ns`.
    steps_at_once: u64,
    /// Time of the last event.
    event_ns: u64,
    has_ended: bool,
    statistics: Statistics,
    history: History,
}

/// Why a call came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The time, or the step, that was asked for is reached.
    Reached,
    /// The caller's closure said so.
    Paused,
    /// An incident whose reaction is to stop the run; every further call gives this again.
    Ended,
}

impl Simulation {
    /// Loads every partition and stands at time 0; nothing has run.
    pub fn new(files: &SystemFiles, options: Options) -> Result<Simulation, SimulationError> {
        Simulation::with_programs(Arc::new(files.clone()), options, &Programs::new()?)
    }

    /// The same with partitions that may have been compiled before.
    pub fn with_programs(
        files: Arc<SystemFiles>,
        options: Options,
        programs: &Programs,
    ) -> Result<Simulation, SimulationError> {
        let Built {
            ecus,
            world,
            replays,
        } = build::build(&files, &options, programs)?;
        let calibrations = parameters::resolved(&ecus, &options.parameters)?;
        let statistics = Statistics::new(ecus.iter());
        Ok(Simulation {
            files,
            options,
            programs: programs.clone(),
            ecus,
            world: Some(Box::new(world)),
            replays,
            calibrations,
            now_ns: 0,
            steps: 0,
            steps_at_once: 0,
            event_ns: 0,
            has_ended: false,
            statistics,
            history: History::default(),
        })
    }

    /// Back to time 0; what was given by hand is forgotten. Compiles nothing.
    pub fn restart(&mut self) -> Result<(), SimulationError> {
        *self =
            Simulation::with_programs(self.files.clone(), self.options.clone(), &self.programs)?;
        Ok(())
    }

    /// From now on a stimulus of a device has this value, in the unit that the device declares.
    pub fn set_stimulus(
        &mut self,
        device: &str,
        stimulus: &str,
        value: f64,
    ) -> Result<(), SimulationError> {
        let change = StimulusChange {
            device: device.to_owned(),
            stimulus: stimulus.to_owned(),
            value,
            at_ns: self.now_ns,
        };
        let stimulation = self.world().resolve(&change)?;
        self.give(Input::Stimulus(stimulation));
        Ok(())
    }

    /// From now on a calibration parameter has this value; its time does not count.
    pub fn set_parameter(&mut self, change: &ParameterChange) -> Result<(), SimulationError> {
        let calibration = parameters::resolve(&self.ecus, change)?;
        self.give(Input::Parameter(calibration));
        Ok(())
    }

    /// A controller of the user's asks for this frame now.
    pub fn inject_frame(&mut self, bus: &str, frame: Frame) -> Result<(), SimulationError> {
        let net = self.world().can_named(bus)?;
        self.world().carries(net, &frame)?;
        self.give(Input::Frame { net, frame });
        Ok(())
    }

    fn take_input(&mut self, input: Input) {
        let at_ns = self.now_ns;
        match input {
            Input::Stimulus(stimulation) => self.world_mut().stimulate(at_ns, stimulation),
            Input::Parameter(calibration) => self.calibrate(at_ns, &calibration),
            Input::Fault(fault) => self.give_fault(at_ns, fault),
            Input::FaultRemoved(number) => self.take_fault(at_ns, number),
            Input::Nv(given) => self.given_nv(at_ns, &given),
            Input::Frame { net, frame } => {
                let world = self.world_mut();
                let controller = world.tester(net);
                world.request(
                    at_ns,
                    FrameRequest {
                        net,
                        controller,
                        frame,
                        token: 0,
                        attempts: Attempts::UntilSent,
                    },
                );
            }
        }
    }

    /// Virtual time reached.
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// What has happened.
    pub fn trace(&self) -> &Trace {
        &self.world().trace
    }

    /// The frames whose rows are kept, as a log of `candump -l`.
    pub fn candump(&self) -> String {
        let mut log = Vec::new();
        // Writing to memory does not fail.
        let _ = CandumpWriter::default().write(self.trace(), &mut log);
        String::from_utf8(log).unwrap_or_default()
    }

    /// The lines of buses and pins as far as rows are kept, as a Value Change Dump.
    pub fn waves(&self) -> Vec<u8> {
        let spis = self.world().spis.iter();
        let forms = spis.flat_map(|bus| bus.forms());
        let forms = forms.map(|(name, mode, order)| (name.to_owned(), (mode, order)));
        let mut file = Vec::new();
        // Writing to memory does not fail.
        let until_now = (self.trace(), self.now_ns);
        let _ = waves::write(self.system(), &forms.collect(), until_now, &mut file);
        file
    }

    /// What is simulated.
    pub fn system(&self) -> &System {
        &self.files.system
    }

    /// What the run was given.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The table of a partition.
    pub fn partition(&self, ecu: &str, partition: &str) -> Option<&Partition> {
        let (_, ecu) = self.ecus.iter().find(|(name, _)| name == ecu)?;
        ecu.partition(ecu.partition_named(partition)?)
    }

    /// Traps and what followed, in order.
    pub fn incidents(&self) -> &[Incident] {
        self.statistics.incidents()
    }

    /// Everything counted, and the hash of the trace, up to now.
    pub fn summary(&self) -> Summary {
        self.statistics.summary(self)
    }

    fn world(&self) -> &World {
        self.world.as_deref().unwrap_or_else(|| {
            unreachable!("the world is lent only while an ECU runs: this is a bug")
        })
    }

    fn world_mut(&mut self) -> &mut World {
        self.world.as_deref_mut().unwrap_or_else(|| {
            unreachable!("the world is lent only while an ECU runs: this is a bug")
        })
    }
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("system", &self.files.system.name)
            .field("now_ns", &self.now_ns)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}
