//! Runs scenarios: each a simulation of its own, on as many threads as are asked for; the results
//! are the same and in the same order whatever their number.

use super::{
    names::{Names, Way, names},
    values::Follower,
};
use crate::{
    calibration::{self, GivenParameter},
    observe::{self, cause},
};
use graph_core::{compose::Composed, document::Document, library::Library};
use scenario::{Given, Plan, Problem, Scenario, Spot, Timing, Verdict};
use simulator::{
    Fault, FaultError, Halt, Options, Programs, Replay, ReplayTiming, Simulation, SimulationError,
    StimulusChange, SystemFiles, logs,
};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Steps of a cause that are told.
const CAUSE_LINES: usize = 30;

/// A project on which scenarios run: composed, compiled, its names known.
pub struct Bench<'a> {
    document: &'a Document,
    library: &'a Library,
    composed: &'a Composed,
    files: Arc<SystemFiles>,
    programs: Programs,
    names: Names,
}

/// Why no scenario of a project can run.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// Gives a file beside a scenario, or why there is none.
pub type Read<'a> = &'a (dyn Fn(&str) -> Result<Vec<u8>, String> + Sync);

/// The text of a scenario, and where it lies.
pub struct Text<'a> {
    /// As people call it: the name of its file without the ending.
    pub name: String,
    /// As reports show it.
    pub file: String,
    pub text: String,
    pub read: Read<'a>,
}

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    pub name: String,
    pub file: String,
    /// What it says of itself; the same as its name where it could not be read.
    pub title: String,
    /// What is wrong in its text: it did not run.
    pub problems: Vec<Problem>,
    /// Why the run ended early.
    pub ended: Option<String>,
    pub seed: u64,
    pub end_ns: u64,
    pub trace_hash: String,
    pub judged: Vec<Judged>,
    /// Of the signals that are asked about.
    pub curves: Vec<Curve>,
}

/// An assertion with its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub name: String,
    pub text: String,
    pub line: u32,
    pub verdict: Verdict,
    pub is_fine: bool,
    /// Why the value was what it was, in lines; empty where nothing has failed.
    pub cause: Vec<String>,
    /// Positions in [`Tested::curves`].
    pub curves: Vec<usize>,
    /// Whole names of the signals that it asks about.
    pub signals: Vec<String>,
    /// Limits over time: seconds, lower, upper.
    pub limits: Vec<(f64, Option<f64>, Option<f64>)>,
}

/// A signal over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    pub name: String,
    pub unit: String,
    /// Seconds and number; no number is a gap.
    pub points: Vec<(f64, f64)>,
}

impl<'a> Bench<'a> {
    /// Of a flat project that has no errors, composed.
    pub fn new(
        document: &'a Document,
        library: &'a Library,
        composed: &'a Composed,
    ) -> Result<Bench<'a>, BenchError> {
        let files = Arc::new(observe::system_files(composed));
        let programs = Programs::new()?;
        let mut options = Options::default();
        observe::surround(&mut options, document, library);
        let start = Simulation::with_programs(files.clone(), options, &programs)?;
        let names = names((document, library), composed, &start);
        Ok(Bench {
            document,
            library,
            composed,
            files,
            programs,
            names,
        })
    }

    /// Reads a scenario against the project.
    ///
    /// # Errors
    /// Everything that is wrong in it.
    pub fn plan(&self, text: &Text<'_>) -> Result<(Scenario, Plan), Vec<Problem>> {
        let scenario = scenario::parse(&text.text)?;
        let read = |file: &str| {
            let bytes = (text.read)(file)?;
            String::from_utf8(bytes).map_err(|_| "it is no UTF-8 text".to_owned())
        };
        let plan = scenario::check(&scenario, &self.names.catalogue, &read)?;
        Ok((scenario, plan))
    }

    /// What a run of it is given.
    ///
    /// # Errors
    /// Parameters, logs and faults that do not do.
    pub fn options(&self, text: &Text<'_>, plan: &Plan) -> Result<Options, Vec<Problem>> {
        let mut options = Options {
            seed: plan.seed,
            ..Options::default()
        };
        observe::surround(&mut options, self.document, self.library);
        let mut problems = Vec::new();
        for change in &plan.changes {
            let given = match &change.given {
                Given::Number(number) => number.to_string(),
                Given::Word(word) => word.clone(),
            };
            match (self.names.ways.get(&change.target), &change.given) {
                (Some(Way::Stimulus { device, stimulus }), Given::Number(value)) => {
                    options.stimuli.push(StimulusChange {
                        device: device.clone(),
                        stimulus: stimulus.clone(),
                        value: *value,
                        at_ns: change.at.0,
                    });
                }
                _ => {
                    let given = GivenParameter {
                        name: change.target.clone(),
                        text: given,
                        at_ns: change.at.0,
                    };
                    let changed =
                        calibration::change(self.document, self.library, self.composed, &given);
                    match changed {
                        Ok(change) => options.parameters.push(change),
                        Err(error) => problems.push(Problem {
                            spot: Spot { line: 1, column: 1 },
                            message: error.to_string(),
                        }),
                    }
                }
            }
        }
        for log in &plan.logs {
            match replay(text, log) {
                Ok(replay) => options.replays.push(replay),
                Err(message) => problems.push(Problem {
                    spot: log.spot,
                    message,
                }),
            }
        }
        for disturbance in &plan.disturbances {
            match fault(disturbance) {
                Ok(fault) => options.faults.push(fault),
                Err(error) => problems.push(Problem {
                    spot: disturbance.spot,
                    message: error.to_string(),
                }),
            }
        }
        match problems.is_empty() {
            true => Ok(options),
            false => Err(problems),
        }
    }

    /// The simulation of a scenario at its start.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn start(&self, text: &Text<'_>) -> Result<Simulation, Vec<Problem>> {
        let (_, plan) = self.plan(text)?;
        self.begin(text, &plan)
    }

    fn begin(&self, text: &Text<'_>, plan: &Plan) -> Result<Simulation, Vec<Problem>> {
        let options = self.options(text, plan)?;
        let start =
            |options| Simulation::with_programs(self.files.clone(), options, &self.programs);
        start(options.clone()).map_err(|error| {
            // The names of a fault are looked up by the run: it is the one with which alone none begins.
            let faults = options.faults.iter().zip(&plan.disturbances);
            let wrong = faults.into_iter().find(|(fault, _)| {
                let mut alone = options.clone();
                alone.faults = vec![(*fault).clone()];
                start(alone).is_err()
            });
            let spot = wrong.map_or(Spot { line: 1, column: 1 }, |(_, fault)| fault.spot);
            let message = error.to_string();
            vec![Problem { spot, message }]
        })
    }

    /// Runs a scenario to its end.
    pub fn test(&self, text: &Text<'_>) -> Tested {
        let wrong = |problems: Vec<Problem>| Tested {
            name: text.name.clone(),
            file: text.file.clone(),
            title: text.name.clone(),
            problems,
            ended: None,
            seed: 0,
            end_ns: 0,
            trace_hash: String::new(),
            judged: Vec::new(),
            curves: Vec::new(),
        };
        let plan = match self.plan(text) {
            Ok((_, plan)) => plan,
            Err(problems) => return wrong(problems),
        };
        let mut simulation = match self.begin(text, &plan) {
            Ok(simulation) => simulation,
            Err(problems) => return wrong(problems),
        };
        let mut follower = Follower::new(&self.names, &plan, &simulation);
        let halt = simulation.run_until(plan.end.0, &mut |simulation| {
            follower.follow(simulation);
            true
        });
        follower.follow(&simulation);
        let ended = (halt == Halt::Ended).then(|| {
            let last = simulation.incidents().last();
            let message = last.map_or("", |incident| &incident.message);
            format!(
                "the run ended at {}: {message}",
                scenario::Time(simulation.now_ns())
            )
        });
        let (verdicts, curves) = follower.finish(simulation.now_ns());
        self.tested(text, &plan, (&simulation, ended), verdicts, curves)
    }

    fn tested(
        &self,
        text: &Text<'_>,
        plan: &Plan,
        (simulation, ended): (&Simulation, Option<String>),
        verdicts: Vec<Verdict>,
        curves: Vec<Vec<(f64, f64)>>,
    ) -> Tested {
        let judged = plan.planned.iter().zip(verdicts);
        let judged = judged.map(|(planned, verdict)| {
            let watched = planned.signals.iter();
            let signals =
                watched.filter_map(|signal| Some(plan.watched.get(*signal)?.name.clone()));
            let signals: Vec<String> = signals.collect();
            let cause = match &verdict {
                Verdict::Failed(failure) => self.cause(simulation, &signals, failure.at.0),
                _ => Vec::new(),
            };
            Judged {
                name: planned.name().to_owned(),
                text: planned.text.clone(),
                line: planned.spot.line,
                is_fine: verdict.is_fine(planned.exercise),
                verdict,
                cause,
                curves: planned.signals.clone(),
                signals,
                limits: planned.envelope().map_or(Vec::new(), |(_, limits)| {
                    let sides = limits.lower.iter().zip(&limits.upper);
                    let points = limits.times.iter().zip(sides);
                    points
                        .map(|(time, (lower, upper))| (time.seconds(), *lower, *upper))
                        .collect()
                }),
            }
        });
        let curve = |(watched, points): (&scenario::Watched, Vec<(f64, f64)>)| Curve {
            name: watched.called.clone(),
            unit: watched.unit.clone(),
            points,
        };
        Tested {
            name: text.name.clone(),
            file: text.file.clone(),
            title: plan.name.clone(),
            problems: Vec::new(),
            ended,
            seed: plan.seed,
            end_ns: simulation.now_ns(),
            trace_hash: simulation.trace().hash(),
            judged: judged.collect(),
            curves: plan.watched.iter().zip(curves).map(curve).collect(),
        }
    }

    /// Why the last named signal that has a cause was what it was.
    fn cause(&self, simulation: &Simulation, signals: &[String], at_ns: u64) -> Vec<String> {
        let meaning = observe::meaning(self.document, self.library, self.composed);
        let run = cause::Run {
            document: self.document,
            library: self.library,
            composed: self.composed,
            meaning: &meaning,
            trace: simulation.trace(),
        };
        let mut answers = signals.iter().rev();
        let why = answers.find_map(|signal| cause::why(&run, signal, at_ns).ok());
        let told = why.map(|why| cause::told_back(&why)).unwrap_or_default();
        told.lines().take(CAUSE_LINES).map(str::to_owned).collect()
    }
}

/// The simulator's words, with the times that the scenario says before them.
fn fault(disturbance: &scenario::Disturbance) -> Result<Fault, FaultError> {
    let scenario::Disturbance {
        at, lasting, text, ..
    } = disturbance;
    match lasting {
        Some(lasting) => Fault::parse(&format!("at {at} for {lasting} {text}")),
        None => Fault::parse(&format!("at {at} {text}")),
    }
}

/// Frames of a log, at their times from the start that the scenario says.
fn replay(text: &Text<'_>, log: &scenario::Log) -> Result<Replay, String> {
    let bytes = (text.read)(&log.file)?;
    let read = logs::read(logs::Format::of(Path::new(&log.file)), &bytes);
    let read = read.map_err(|error| format!("`{}`: {error}", log.file))?;
    let timing = match log.timing {
        Timing::Automatic => ReplayTiming::Automatic,
        Timing::AsRecorded => ReplayTiming::AsRecorded,
    };
    let mut replay = Replay::new(read, &log.bus, timing);
    replay.start_ns = log.start.0;
    Ok(replay)
}

impl Tested {
    /// Whether the scenario stands.
    pub fn has_passed(&self) -> bool {
        self.problems.is_empty()
            && self.ended.is_none()
            && self.judged.iter().all(|judged| judged.is_fine)
    }
}

/// Runs scenarios on so many threads; `told` hears of each that is done.
pub fn run_all(
    bench: &Bench<'_>,
    texts: &[Text<'_>],
    jobs: usize,
    told: &(dyn Fn(&Tested) + Sync),
) -> Vec<Tested> {
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, Tested>> = Mutex::default();
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(text) = texts.get(number) else {
                return;
            };
            let tested = bench.test(text);
            told(&tested);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.insert(number, tested);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.clamp(1, texts.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values().collect()
}
