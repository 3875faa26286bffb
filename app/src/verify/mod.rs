//! `wireloom verify`: what the simulation recorded of each ECU is held, byte for byte, against what
//! the same partitions do on a target (docs/verification.md). Knows no command line and no window.

mod process;
mod targets;
mod without_fuel;
mod words;

pub use targets::{NATIVE_TARGETS, TARGETS, Target, native_named, on_this_machine, target_named};
pub use without_fuel::{without_fuel, without_time_of_fuel};
pub use words::ecu_text;

use crate::files::Project;
use back_to_back::{Activated, Entry, LinkError, Recording, Verdict, replay};
use graph_core::compose::Composed;
use serde::Serialize;
use simulator::{Halt, Options, Simulation, SimulationError};
use std::{path::Path, sync::Arc};

/// What is verified.
#[derive(Debug)]
pub struct Request<'a> {
    pub project: &'a Project,
    pub composed: &'a Composed,
    pub target: &'static Target,
    /// Names of ECUs; each is recorded and replayed alone.
    pub ecus: &'a [String],
    /// Virtual time.
    pub until_ns: u64,
    /// Seed, stimuli and replays of the simulation.
    pub options: &'a Options,
    /// Held against the target instead of a simulation of the project; of one ECU.
    pub recording: Option<&'a Recording>,
    /// This program: it starts itself as the ECU.
    pub program: &'a Path,
}

/// What came of it. Field names are those of `wireloom verify --json`.
#[derive(Debug, Serialize)]
pub struct Report {
    pub target: String,
    pub until_ns: u64,
    pub seed: u64,
    pub ecus: Vec<EcuReport>,
}

/// One ECU.
#[derive(Debug, Serialize)]
pub struct EcuReport {
    pub ecu: String,
    pub verdict: Agreement,
    /// In the recording.
    pub activations: usize,
    /// Users' fuel of all of them, in the recording.
    pub fuel: u64,
    /// Inputs and outputs in the recording, and how many of them agreed.
    pub entries: usize,
    pub agreed: usize,
    /// Where the two part, or where the target was lost.
    pub place: Option<Activated>,
    /// Why the target was lost.
    pub reason: Option<String>,
}

/// Whether both did the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    Same,
    Different,
    /// The target stopped before its end.
    Lost,
}

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error(
        "the simulation ends early, at {at_ns} ns: a partition stops the run; verify a shorter time by `--for`"
    )]
    EndsEarly { at_ns: u64 },
    #[error("the verification was stopped")]
    Stopped,
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error(transparent)]
    Board(exporter::boards::BoardError),
    #[error(transparent)]
    Image(#[from] crate::export::ExportError),
    #[error("`{program}` cannot be started: {error}; {help}")]
    Start {
        program: String,
        error: std::io::Error,
        help: &'static str,
    },
    #[error(
        "the recording counts fuel, which a native image does not; record it by `wireloom simulate PROJECT --target {target} --native --record FILE`"
    )]
    CountsFuel { target: &'static str },
    #[error("ECU `{ecu}` does not begin on `{target}`: {error}{log}")]
    Begin {
        ecu: String,
        target: String,
        error: LinkError,
        /// What the target wrote, each line behind a line feed.
        log: String,
    },
}

/// Records and replays each ECU; `progress` hears the ECU and the share of its recording, and its
/// `false` ends the work.
pub fn verify(
    request: &Request<'_>,
    progress: &mut dyn FnMut(&str, f64) -> bool,
) -> Result<Report, VerifyError> {
    if let Some(recording) = request.recording {
        if request.target.is_native() && without_fuel::counts_fuel(recording) {
            let target = request.target.id;
            return Err(VerifyError::CountsFuel { target });
        }
        let ecu = &recording.head.ecu;
        return Ok(Report {
            target: request.target.label(),
            until_ns: recording.head.until_ns,
            seed: recording.head.seed,
            ecus: vec![replayed(request, ecu, recording, progress)?],
        });
    }
    let composed = targets::composed(request)?;
    let files = Arc::new(crate::observe::system_files(&composed));
    let programs = crate::files::programs()?;
    let mut ecus = Vec::new();
    for ecu in request.ecus {
        let options = Options {
            record: Some(ecu.clone()),
            ..request.options.clone()
        };
        let simulation = Simulation::with_programs(files.clone(), options, &programs)?;
        let mut recording = recorded(simulation, request.until_ns, &mut || progress(ecu, 0.0))?;
        if request.target.is_native() {
            without_fuel(&mut recording);
        }
        ecus.push(replayed(request, ecu, &recording, progress)?);
    }
    Ok(Report {
        target: request.target.label(),
        until_ns: request.until_ns,
        seed: request.options.seed,
        ecus,
    })
}

fn recorded(
    mut simulation: Simulation,
    until_ns: u64,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Recording, VerifyError> {
    match simulation.run_until(until_ns, &mut |_: &Simulation| go_on()) {
        Halt::Reached => {}
        Halt::Paused => return Err(VerifyError::Stopped),
        Halt::Ended => {
            let at_ns = simulation.now_ns();
            return Err(VerifyError::EndsEarly { at_ns });
        }
    }
    Ok(simulation
        .recording()
        .unwrap_or_else(|| unreachable!("the ECU was named: this is a bug")))
}

fn replayed(
    request: &Request<'_>,
    ecu: &str,
    recording: &Recording,
    progress: &mut dyn FnMut(&str, f64) -> bool,
) -> Result<EcuReport, VerifyError> {
    let started = targets::start(request, ecu)?;
    let entries = recording.entries.len();
    let mut stopped = false;
    let verdict = replay(started.port, recording, &mut |agreed| {
        if !stopped && !progress(ecu, agreed as f64 / entries as f64) {
            stopped = true;
            // The replay ends with its target.
            started.process.kill();
        }
    });
    if stopped {
        return Err(VerifyError::Stopped);
    }
    let log = started.process.end();
    let verdict = verdict.map_err(|error| VerifyError::Begin {
        ecu: ecu.to_owned(),
        target: request.target.label(),
        error,
        log: log.lines().map(|line| format!("\n{line}")).collect(),
    })?;
    Ok(report(ecu, recording, verdict))
}

fn report(ecu: &str, recording: &Recording, verdict: Verdict) -> EcuReport {
    let entries = recording.entries.len();
    let fuel = recording.entries.iter().map(|entry| match entry {
        Entry::Ended(ended) => ended.fuel,
        _ => 0,
    });
    let (agreement, agreed, place, reason) = match verdict {
        Verdict::Same => (Agreement::Same, entries, None, None),
        Verdict::Different(difference) => (
            Agreement::Different,
            difference.position,
            Some(difference.place(recording)),
            None,
        ),
        Verdict::Broken { position, error } => (
            Agreement::Lost,
            position,
            Some(Activated::at(recording, position)),
            Some(error.to_string()),
        ),
    };
    EcuReport {
        ecu: ecu.to_owned(),
        verdict: agreement,
        activations: recording.activations(),
        fuel: fuel.sum(),
        entries,
        agreed,
        place,
        reason,
    }
}
