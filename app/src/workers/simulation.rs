//! The thread of the simulation: composes, compiles, lets virtual time run in slices, and tells
//! the session what has happened. An order never waits longer than a slice.

mod blocks;
mod breaks;
mod compare;
mod devices;
mod seek;

use super::{Events, scenarios::Scene};
use crate::{
    calibration,
    observe::{self, Hit, Meaning, ModeFollower, ProbeFollower, cause},
    session::{BlockContents, Event, Phase, RunSpeed, SimulationOrder, Snapshot},
};
use breaks::Breaks;
use devices::devices;
use graph_core::{compose::Composed, document::Document, library::Library};
use seek::Seek;
use simulator::{Halt, Options, Simulation, Step, trace};
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::Builder,
    time::{Duration, Instant},
};

/// Wall time of one slice: how long an order waits at most.
const SLICE: Duration = Duration::from_millis(10);
/// Between two snapshots.
const SNAPSHOT: Duration = Duration::from_millis(33);
/// Rows of one snapshot at most; a faster run shows the last ones.
const SNAPSHOT_ROWS: u64 = 20_000;

/// What is to run.
pub(super) struct Given {
    pub(super) document: Document,
    pub(super) library: Library,
    /// A scenario instead of what stands at the devices.
    pub(super) scene: Option<Scene>,
    /// What non-volatile blocks begin with, as far as the system has them.
    pub(super) blocks: BlockContents,
}

/// A running simulation; it ends when this is dropped.
pub(super) struct SimulationThread {
    orders: Sender<SimulationOrder>,
}

impl SimulationThread {
    pub(super) fn start(given: Given, events: Events) -> SimulationThread {
        let (orders, received) = channel();
        let told = events.clone();
        let thread = Builder::new().name("simulation".into()).spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| simulate(&given, &received, &told)));
            let reason = match outcome {
                Ok(Ok(())) => return,
                Ok(Err(reason)) => reason,
                Err(_) => {
                    "the simulation ended by an error of the studio; this is a bug".to_owned()
                }
            };
            told.send(Event::SimulationFailed(reason));
        });
        if let Err(error) = thread {
            events.send(Event::SimulationFailed(format!(
                "no thread could be started: {error}"
            )));
        }
        SimulationThread { orders }
    }

    /// An order to a simulation that has ended is of no use, and no error.
    pub(super) fn order(&self, order: SimulationOrder) {
        let _ = self.orders.send(order);
    }
}

/// What the thread works on.
struct Run<'a> {
    document: &'a Document,
    library: &'a Library,
    composed: &'a Composed,
    simulation: Simulation,
    meaning: Meaning,
    modes: ModeFollower,
    probes: ProbeFollower,
    events: Events,
    pace: Option<Pace>,
    /// The place that is on the way to.
    seek: Option<Seek>,
    breaks: Breaks,
    /// The breakpoint at which time stands.
    stopped: Option<Hit>,
    /// How far time has come since the start, before it was gone back.
    reached_ns: u64,
    /// Whether what was told before is of no use.
    is_anew: bool,
    /// Whether what is given by hand was given before: the window does not know when.
    is_again: bool,
    /// The first row that was not told yet.
    next_row: u64,
    incidents_told: usize,
    last_snapshot: Instant,
    rate: Rate,
    ended: bool,
}

/// Virtual time that keeps up with the clock.
struct Pace {
    speed: RunSpeed,
    began: Instant,
    began_ns: u64,
}

/// Virtual seconds per second, over the last snapshots.
struct Rate {
    since: Instant,
    since_ns: u64,
    value: f64,
}

fn simulate(
    given: &Given,
    orders: &Receiver<SimulationOrder>,
    events: &Events,
) -> Result<(), String> {
    let (document, library) = (&given.document, &given.library);
    let composed =
        graph_core::compose::compose(document, library).map_err(|error| error.to_string())?;
    let meaning = observe::meaning(document, library, &composed);
    let simulation = match &given.scene {
        Some(scene) => scene.simulation((document, library), &composed)?,
        None => {
            let files = observe::system_files(&composed);
            let options = Options {
                restbus: observe::restbus(document, library),
                wirings: observe::wirings(document),
                nv: blocks::begun_with(&composed, &given.blocks),
                ..Options::default()
            };
            crate::files::programs()
                .and_then(|programs| Simulation::with_programs(Arc::new(files), options, &programs))
                .map_err(|error| error.to_string())?
        }
    };
    events.send(Event::SimulationStarted {
        devices: devices(&simulation),
    });
    let now = Instant::now();
    let mut run = Run {
        document,
        library,
        composed: &composed,
        simulation,
        meaning,
        modes: ModeFollower::default(),
        probes: ProbeFollower::default(),
        events: events.clone(),
        pace: None,
        seek: None,
        breaks: Breaks::default(),
        stopped: None,
        reached_ns: 0,
        is_anew: true,
        is_again: false,
        next_row: 0,
        incidents_told: 0,
        last_snapshot: now,
        rate: Rate {
            since: now,
            since_ns: 0,
            value: 0.0,
        },
        ended: false,
    };
    run.tell();
    loop {
        match next_order(orders, run.pace.is_some() || run.seek.is_some()) {
            Next::Order(SimulationOrder::Stop) | Next::Gone => return Ok(()),
            Next::Order(order) => {
                if Run::needs_place(&order) {
                    run.finish_seek();
                }
                run.obey(order)?;
            }
            Next::Nothing => run.slice(),
        }
    }
}

enum Next {
    Order(SimulationOrder),
    Nothing,
    Gone,
}

/// While time runs an order is only looked for; else it is waited for.
fn next_order(orders: &Receiver<SimulationOrder>, running: bool) -> Next {
    let wait = if running {
        Duration::ZERO
    } else {
        Duration::from_secs(3600)
    };
    match orders.recv_timeout(wait) {
        Ok(order) => Next::Order(order),
        Err(RecvTimeoutError::Timeout) => Next::Nothing,
        Err(RecvTimeoutError::Disconnected) => Next::Gone,
    }
}

impl Run<'_> {
    fn obey(&mut self, order: SimulationOrder) -> Result<(), String> {
        if !matches!(
            order,
            SimulationOrder::Why { .. }
                | SimulationOrder::SetBreakpoints(_)
                | SimulationOrder::Compare(_)
                | SimulationOrder::Latency { .. }
        ) {
            self.stopped = None;
        }
        match order {
            SimulationOrder::Run(speed) => {
                let began_ns = self.simulation.now_ns();
                self.pace = Some(Pace {
                    speed,
                    began: Instant::now(),
                    began_ns,
                });
            }
            SimulationOrder::Pause => (self.pace, self.seek) = (None, None),
            SimulationOrder::Step(size) => self.step(seek::step(size)),
            SimulationOrder::StepBack(size) => self.step_back(size)?,
            SimulationOrder::GoTo(at_ns) => self.go_to(at_ns)?,
            SimulationOrder::SetBreakpoints(texts) => self.set_breakpoints(&texts),
            SimulationOrder::Restart => {
                self.simulation
                    .restart()
                    .map_err(|error| error.to_string())?;
                self.begin_anew();
                (self.reached_ns, self.is_again) = (0, false);
                if let Some(pace) = &mut self.pace {
                    (pace.began, pace.began_ns) = (Instant::now(), 0);
                }
            }
            SimulationOrder::SetStimulus {
                device,
                stimulus,
                value,
            } => {
                self.is_again = false;
                if let Err(error) = self.simulation.set_stimulus(&device, &stimulus, value) {
                    self.events.send(Event::Failed(error.to_string()));
                }
            }
            SimulationOrder::SetParameter { element, text } => {
                self.is_again = false;
                if let Err(reason) = self.calibrate(element, text) {
                    self.events.send(Event::Failed(reason));
                }
            }
            SimulationOrder::Compare(path) => {
                self.events.send(Event::RunCompared(self.compare(&path)));
            }
            SimulationOrder::Latency { from, to } => {
                let found = cause::latency(&self.asked(), &from, &to, None);
                let found = found.map(Box::new).map_err(|error| error.to_string());
                self.events.send(Event::Latency(found));
            }
            SimulationOrder::SetBlock { place, content } => {
                self.is_again = false;
                let set =
                    blocks::at_place(&place, content).map(|given| self.simulation.set_nv(&given));
                if let Some(Err(error)) = set {
                    self.events.send(Event::Failed(error.to_string()));
                }
            }
            SimulationOrder::Why { element, at_ns } => {
                let answer = self.why(&element, at_ns);
                self.events.send(Event::Why(answer));
            }
            SimulationOrder::Stop => {}
        }
        self.tell();
        Ok(())
    }

    fn calibrate(&mut self, name: String, text: String) -> Result<(), String> {
        let change =
            calibration::raw_change((self.document, self.library), self.composed, &name, &text)
                .map_err(|error| error.to_string())?;
        let set = self.simulation.set_parameter(&change);
        set.map_err(|error| error.to_string())
    }

    fn why(&self, element: &str, at_ns: u64) -> Result<Box<cause::Why>, String> {
        let answer = cause::why(&self.asked(), element, at_ns);
        answer.map(Box::new).map_err(|error| error.to_string())
    }

    /// What questions about causes are asked of.
    fn asked(&self) -> cause::Run<'_> {
        cause::Run {
            document: self.document,
            library: self.library,
            composed: self.composed,
            meaning: &self.meaning,
            trace: self.simulation.trace(),
        }
    }

    /// A frame may never come: a step ends after a minute of virtual time at the latest.
    fn step(&mut self, step: Step) {
        self.pace = None;
        let until_ns = self.simulation.now_ns().saturating_add(60_000_000_000);
        self.ended = self.simulation.step_until(until_ns, step) == Halt::Ended;
    }

    fn slice(&mut self) {
        if self.seek_slice() {
            if self.seek.is_none() || self.last_snapshot.elapsed() >= SNAPSHOT {
                self.tell();
            }
            return;
        }
        let Some(pace) = &self.pace else {
            return;
        };
        let deadline = Instant::now() + SLICE;
        let target_ns = pace.target_ns();
        let halt = self.run_watched(target_ns, deadline);
        if halt == Halt::Ended || self.stopped.is_some() {
            self.pace = None;
            self.ended = halt == Halt::Ended;
            self.tell();
            return;
        }
        if self.last_snapshot.elapsed() >= SNAPSHOT {
            self.tell();
        }
        if halt == Halt::Reached {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn tell(&mut self) {
        self.reached_ns = self.reached_ns.max(self.simulation.now_ns());
        let mut snapshot = Snapshot {
            phase: match (self.pace.is_some() || self.seek.is_some(), self.ended) {
                (_, true) => Phase::Ended,
                (true, false) => Phase::Running,
                (false, false) => Phase::Paused,
            },
            is_anew: std::mem::take(&mut self.is_anew),
            now_ns: self.simulation.now_ns(),
            reached_ns: self.reached_ns,
            stopped: self.stopped.clone(),
            rate: self.rate.at(self.simulation.now_ns()),
            trace_hash: self.simulation.trace().hash(),
            ..Snapshot::default()
        };
        let trace = self.simulation.trace();
        let mut latest = BTreeMap::new();
        let mut called = BTreeSet::new();
        let mut modes_changed = false;
        let mut blocks_changed = self.next_row == 0;
        for row in trace.rows_from(self.next_row) {
            if self.is_again {
                match row.kind {
                    trace::Kind::Stimulus => snapshot.stimuli.extend(stimulus(&row)),
                    trace::Kind::Parameter => {
                        snapshot.calibrated.extend(self.meaning.parameter(&row));
                    }
                    _ => {}
                }
            }
            called.extend(self.probes.follow(&self.meaning, &row));
            let mut observed = self.meaning.observe(&row);
            blocks_changed |= row.kind == trace::Kind::Nv;
            modes_changed |= self.modes.follow(&mut observed).is_some();
            latest.extend(observed.values);
            snapshot.points.extend(observed.points);
            if row.number + SNAPSHOT_ROWS >= trace.end() {
                snapshot.rows.push(observed.row);
            }
        }
        snapshot.values = latest.into_iter().collect();
        let told = called.into_iter().filter_map(|name| {
            let known = self.probes.known.get(name)?;
            Some((name.to_owned(), known.clone()))
        });
        snapshot.probes = told.collect();
        if modes_changed {
            snapshot.modes = self.modes.known.clone().into_iter().collect();
        }
        if blocks_changed {
            snapshot.blocks = blocks::states(&self.simulation);
        }
        self.next_row = trace.end();
        let incidents = self.simulation.incidents();
        snapshot.incidents = incidents
            .iter()
            .skip(self.incidents_told)
            .map(incident_text)
            .collect();
        self.incidents_told = incidents.len();
        let buses = self.simulation.summary().buses;
        snapshot.bus_load = buses.into_iter().map(|bus| (bus.bus, bus.load)).collect();
        self.last_snapshot = Instant::now();
        self.events.send(Event::Snapshot(snapshot));
    }
}

impl Pace {
    /// Where virtual time should be now.
    fn target_ns(&self) -> u64 {
        let elapsed = self.began.elapsed().as_secs_f64();
        let times = match self.speed {
            RunSpeed::AsFastAsPossible => return u64::MAX,
            RunSpeed::RealTime => 1.0,
            RunSpeed::Times(times) => times.max(0.0),
        };
        self.began_ns.saturating_add((elapsed * times * 1e9) as u64)
    }
}

impl Rate {
    fn at(&mut self, now_ns: u64) -> f64 {
        let elapsed = self.since.elapsed().as_secs_f64();
        if elapsed >= 0.25 || now_ns < self.since_ns {
            self.value = now_ns.saturating_sub(self.since_ns) as f64 / 1e9 / elapsed.max(1e-9);
            (self.since, self.since_ns) = (Instant::now(), now_ns);
        }
        self.value
    }
}

fn incident_text(incident: &simulator::Incident) -> String {
    let instance = incident.instance.as_deref().unwrap_or(&incident.partition);
    format!(
        "`{instance}` at {} s: {}",
        incident.time_ns as f64 / 1e9,
        incident.message
    )
}

/// `cabin.temperature` and its value.
fn stimulus(row: &trace::Row<'_>) -> Option<(String, f64)> {
    Some((row.subject.to_owned(), row.detail.parse().ok()?))
}
