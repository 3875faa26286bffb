//! The loop: which event is next, and what it does (ends of frames: `wire.rs`). Knows nothing of
//! how ECUs were made.

use super::{
    Halt, Simulation,
    statistics::{Ran, WorkName},
    world::FrameRequest,
};
use crate::{
    can::{Attempts, Phase},
    trace::Kind,
};
use ecu_host::{Completion, Outcome, Transmission};

/// Events at one instant above which time is taken to stand still.
const EVENTS_AT_ONCE_MAX: u64 = 100_000;

/// How far a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Anything that happens.
    Event,
    /// The next activation has run.
    Task,
    /// The next frame has reached its end, or the next value of a network its receiver.
    Frame,
}

/// What an event was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// One has begun or ended.
    Fault,
    Stimulus,
    /// A frame has reached its end.
    Frame,
    /// An error frame has ended, or a controller has come back from bus-off.
    BusError,
    /// A value has arrived over a network.
    Value,
    Activation,
    Request,
    FrameStart,
}

/// Classes of events in the order in which they happen at one instant; each with its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Fault,
    Stimulus,
    Parameter,
    FrameEnd(usize),
    Arrival,
    Activation(usize),
    Request,
    Replay(usize),
    Rest(usize),
    FrameStart(usize),
}

impl Simulation {
    /// Runs every event up to and with `until_ns`; asks `keep_going` after each of them. Time is
    /// `until_ns` afterwards, or that of the last event if the closure said no.
    pub fn run_until(
        &mut self,
        until_ns: u64,
        keep_going: &mut dyn FnMut(&Simulation) -> bool,
    ) -> Halt {
        while let Some((at_ns, class)) = self.next(until_ns) {
            self.happen(at_ns, class);
            if self.has_ended {
                return Halt::Ended;
            }
            if !keep_going(self) {
                return Halt::Paused;
            }
        }
        self.finish_at(until_ns)
    }

    /// The same, but time stands still at each row of the trace, also between events: `keep_going`
    /// sees it at its own instant.
    pub fn watch_until(
        &mut self,
        until_ns: u64,
        keep_going: &mut dyn FnMut(&Simulation) -> bool,
    ) -> Halt {
        loop {
            let row_ns = self.world().trace.next_row_ns();
            let row_ns = row_ns.filter(|at_ns| *at_ns <= until_ns);
            match (self.next(row_ns.unwrap_or(until_ns)), row_ns) {
                (Some((at_ns, class)), _) => {
                    self.happen(at_ns, class);
                }
                (None, Some(at_ns)) => self.pass_to(at_ns),
                (None, None) => return self.finish_at(until_ns),
            }
            if self.has_ended {
                return Halt::Ended;
            }
            if !keep_going(self) {
                return Halt::Paused;
            }
        }
    }

    /// Runs until so many events have happened since time 0; asks `keep_going` after each of them.
    pub fn run_to(&mut self, steps: u64, keep_going: &mut dyn FnMut(&Simulation) -> bool) -> Halt {
        while self.steps < steps {
            let Some((at_ns, class)) = self.next(u64::MAX) else {
                break;
            };
            self.happen(at_ns, class);
            if self.has_ended {
                return Halt::Ended;
            }
            if !keep_going(self) {
                return Halt::Paused;
            }
        }
        Halt::Reached
    }

    /// One step, not beyond `until_ns`: [`Halt::Paused`] when that came first.
    pub fn step_until(&mut self, until_ns: u64, step: Step) -> Halt {
        while let Some((at_ns, class)) = self.next(until_ns) {
            let happened = self.happen(at_ns, class);
            if self.has_ended {
                return Halt::Ended;
            }
            let is_it = match step {
                Step::Event => true,
                Step::Task => happened == Happened::Activation,
                Step::Frame => matches!(happened, Happened::Frame | Happened::Value),
            };
            if is_it {
                return Halt::Reached;
            }
        }
        match self.finish_at(until_ns) {
            Halt::Reached => Halt::Paused,
            other => other,
        }
    }

    /// When the next event is, if nothing is given by hand.
    pub fn next_event_ns(&self) -> Option<u64> {
        self.next_due(u64::MAX).map(|(at_ns, _)| at_ns)
    }

    fn finish_at(&mut self, until_ns: u64) -> Halt {
        if self.has_ended {
            return Halt::Ended;
        }
        self.pass_to(until_ns);
        Halt::Reached
    }

    pub(super) fn pass_to(&mut self, at_ns: u64) {
        if at_ns > self.now_ns {
            self.now_ns = at_ns;
            self.steps_at_once = 0;
        }
        let now_ns = self.now_ns;
        self.world_mut().trace.advance(now_ns);
    }

    /// What was given by hand comes before what happens by itself.
    fn next(&mut self, until_ns: u64) -> Option<(u64, Class)> {
        self.give_again(until_ns);
        self.next_due(until_ns)
    }

    fn next_due(&self, until_ns: u64) -> Option<(u64, Class)> {
        if self.has_ended {
            return None;
        }
        let world = self.world();
        let stimulus = world
            .next_stimulus_ns()
            .map(|at_ns| (at_ns, Class::Stimulus));
        let fault = world.faults.next_ns().map(|at_ns| (at_ns, Class::Fault));
        let parameter = self.calibrations.front();
        let parameter = parameter.map(|one| (one.at_ns, Class::Parameter));
        let request = world.next_request_ns().map(|at_ns| (at_ns, Class::Request));
        let arrival = world.networks.next_arrival_ns();
        let arrival = arrival.map(|at_ns| (at_ns, Class::Arrival));
        let buses = world.cans.iter().enumerate().filter_map(|(number, net)| {
            let (at_ns, phase) = net.bus.next_event()?;
            let class = match phase {
                Phase::End => Class::FrameEnd(number),
                Phase::Start => Class::FrameStart(number),
            };
            Some((at_ns, class))
        });
        let activations = self
            .ecus
            .iter()
            .enumerate()
            .filter_map(|(number, (_, ecu))| {
                Some((ecu.next_activation()?.at_ns, Class::Activation(number)))
            });
        let replays = self
            .replays
            .iter()
            .enumerate()
            .filter_map(|(number, replay)| {
                Some((replay.frames.get(replay.next)?.0, Class::Replay(number)))
            });
        let rest = world.next_rest();
        let rest = rest.map(|(at_ns, number)| (at_ns, Class::Rest(number)));
        let next = stimulus
            .into_iter()
            .chain(fault)
            .chain(parameter)
            .chain(request)
            .chain(arrival)
            .chain(buses)
            .chain(activations)
            .chain(replays)
            .chain(rest)
            .min();
        next.filter(|(at_ns, _)| *at_ns <= until_ns)
    }

    fn happen(&mut self, at_ns: u64, class: Class) -> Happened {
        self.steps += 1;
        self.steps_at_once += 1;
        self.pass_to(at_ns);
        self.event_ns = at_ns;
        let happened = match class {
            Class::Fault => {
                self.world_mut().faults_until(at_ns);
                Happened::Fault
            }
            Class::Stimulus => {
                self.world_mut().stimulate_until(at_ns);
                Happened::Stimulus
            }
            Class::Parameter => {
                self.calibrate_next(at_ns);
                Happened::Stimulus
            }
            Class::FrameEnd(net) => self.end_frame(at_ns, net),
            Class::Arrival => self.arrive(at_ns),
            Class::Activation(ecu) => {
                self.activate(at_ns, ecu);
                Happened::Activation
            }
            Class::Request => {
                self.request_next(at_ns);
                Happened::Request
            }
            Class::Replay(replay) => {
                self.replay_next(at_ns, replay);
                Happened::Request
            }
            Class::Rest(number) => {
                self.world_mut().send_rest(at_ns, number);
                Happened::Request
            }
            Class::FrameStart(net) => {
                let world = self.world_mut();
                world.corrupt_next(at_ns, net);
                if let Some(net) = world.cans.get_mut(net) {
                    net.bus.advance(at_ns, &mut Vec::new());
                }
                Happened::FrameStart
            }
        };
        self.history.note(self.steps, happened);
        self.settle_faults(at_ns);
        if self.steps_at_once > EVENTS_AT_ONCE_MAX {
            self.end_standing_still(at_ns, class);
        }
        happened
    }

    fn end_standing_still(&mut self, at_ns: u64, class: Class) {
        let ecu = match class {
            Class::Activation(ecu) => self.ecus.get(ecu).map(|(name, _)| name.clone()),
            _ => None,
        };
        let incident = super::Incident {
            time_ns: at_ns,
            ecu: ecu.unwrap_or_default(),
            partition: String::new(),
            instance: None,
            task: None,
            message: format!(
                "time stands still: {EVENTS_AT_ONCE_MAX} events at one instant; give the ECU a cost of an activation"
            ),
            backtrace: Vec::new(),
            reaction: super::IncidentReaction::RunEnded,
        };
        self.note_incident(incident);
    }

    fn note_incident(&mut self, incident: super::Incident) {
        let trace = &mut self.world_mut().trace;
        let subject = trace.subject(&format!("{}/{}", incident.ecu, incident.partition));
        let reaction = incident.reaction.word();
        let message = incident.message.escape_debug();
        trace.record(
            incident.time_ns,
            Kind::Incident,
            subject,
            format_args!("{reaction} {message}"),
        );
        if incident.reaction == super::IncidentReaction::RunEnded {
            self.has_ended = true;
            self.pass_to(incident.time_ns);
        }
        self.statistics.add_incident(incident);
    }

    /// What the controller does not take after all, or gives back, is told to the driver that asked for it.
    fn request_next(&mut self, at_ns: u64) {
        let Some(lost) = self.world_mut().make_next_request() else {
            return;
        };
        self.confirm(lost, Transmission::Aborted, at_ns);
    }

    fn replay_next(&mut self, at_ns: u64, replay: usize) {
        let Some(run) = self.replays.get_mut(replay) else {
            return;
        };
        let Some((_, frame)) = run.frames.get(run.next).copied() else {
            return;
        };
        run.next += 1;
        let request = FrameRequest {
            net: run.net,
            controller: run.controller,
            frame,
            token: 0,
            attempts: Attempts::UntilSent,
        };
        self.world_mut().request(at_ns, request);
    }

    fn activate(&mut self, at_ns: u64, number: usize) {
        let Some((_, ecu)) = self.ecus.get_mut(number) else {
            return;
        };
        let Some(activation) = ecu.next_activation() else {
            return;
        };
        let subject = ecu
            .board()
            .board
            .work_subject(activation.partition, activation.work);
        let (Some(mut world), Some(subject)) = (self.world.take(), subject) else {
            unreachable!("every activation is one of the table: this is a bug")
        };
        let released_ns = activation.released_ns;
        world
            .trace
            .record(at_ns, Kind::Began, subject, format_args!("{released_ns}"));
        ecu.board_mut().board.world = Some(world);
        let completion = back_to_back::run(ecu, at_ns);
        self.world = ecu.board_mut().board.world.take();
        let asking = std::mem::take(&mut ecu.board_mut().board.asking);
        let Some(completion) = completion else {
            return;
        };
        self.statistics.add_effort(number, ecu, &completion, asking);
        let ended_ns = completion.ended_ns();
        let Completion { cost_ns, fuel, .. } = completion;
        self.world_mut().trace.record(
            ended_ns,
            Kind::Ended,
            subject,
            format_args!("{cost_ns} {fuel}"),
        );
        let incident = self.statistics.add(
            Ran {
                ecu: number,
                completion: &completion,
            },
            self.ecus.get(number).map(|(ecu, host)| WorkName {
                ecu,
                partition: host
                    .partition(completion.partition)
                    .map_or("?", |table| table.name.as_str()),
                task: host.work_name(completion.partition, completion.work),
            }),
        );
        if let (Outcome::Trapped(_), Some(incident)) = (&completion.outcome, incident) {
            self.note_incident(incident);
        }
    }
}
