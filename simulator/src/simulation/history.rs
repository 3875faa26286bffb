//! What a user gave by hand while a run stood still, and the way back: a run is deterministic, so any
//! earlier instant is reached by running again from 0 with the same inputs at the same places.
//! Knows nothing of buses and devices.
//!
//! What was given later than the instant that was gone back to is kept, and given again when the run
//! comes to it, until something else is given: from then on the future is another one.

use super::{
    Halt, Simulation, SimulationError, parameters::Calibration, run::Happened, run::Step,
    world::Stimulation,
};
use crate::{can::Frame, faults::Fault, nv::NvContent};
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(super) struct History {
    /// Given so far, in order.
    past: Vec<Given>,
    /// Given before the run was gone back to, in order.
    ahead: VecDeque<Given>,
    /// Events up to the last two activations.
    tasks: Landmarks,
    /// Events up to the last two frames or values of a network.
    frames: Landmarks,
}

/// Something that was given, and where: after so many events, at that time.
#[derive(Debug, Clone)]
pub(super) struct Given {
    steps: u64,
    at_ns: u64,
    input: Input,
}

#[derive(Debug, Clone)]
pub(super) enum Input {
    Stimulus(Stimulation),
    Parameter(Calibration),
    Nv(NvContent),
    Frame { net: usize, frame: Frame },
    Fault(Fault),
    FaultRemoved(usize),
}

/// Two suffice to step back: a run stands on the last one or behind it.
#[derive(Debug, Default)]
struct Landmarks {
    last: u64,
    before: u64,
}

impl Landmarks {
    fn pass(&mut self, steps: u64) {
        (self.before, self.last) = (self.last, steps);
    }

    fn last_before(&self, steps: u64) -> u64 {
        match self.last < steps {
            true => self.last,
            false => self.before,
        }
    }
}

impl History {
    /// The same inputs, all still to come.
    fn rewound(self) -> History {
        History {
            ahead: self.past.into_iter().chain(self.ahead).collect(),
            ..History::default()
        }
    }

    /// The next input that is due after so many events, not later than `until_ns`.
    fn next_ahead(&mut self, steps: u64, until_ns: u64) -> Option<Given> {
        let is_due = |given: &mut Given| given.steps <= steps && given.at_ns <= until_ns;
        self.ahead.pop_front_if(is_due)
    }

    pub(super) fn note(&mut self, steps: u64, happened: Happened) {
        match happened {
            Happened::Activation => self.tasks.pass(steps),
            Happened::Frame | Happened::Value => self.frames.pass(steps),
            _ => {}
        }
    }
}

impl Simulation {
    /// Back to time 0; what was given by hand is given again in time. Compiles nothing.
    pub fn rewind(&mut self) -> Result<(), SimulationError> {
        let history = std::mem::take(&mut self.history).rewound();
        let restarted = self.restart();
        self.history = history;
        restarted
    }

    /// Back to an instant by running again from 0, or on to it.
    pub fn go_to(
        &mut self,
        at_ns: u64,
        keep_going: &mut dyn FnMut(&Simulation) -> bool,
    ) -> Result<Halt, SimulationError> {
        if at_ns < self.now_ns {
            self.rewind()?;
        }
        Ok(self.run_until(at_ns, keep_going))
    }

    /// Events that have happened: with the inputs, where a run stands.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Where a run stood before its last step of that kind: events from the start.
    pub fn steps_before(&self, step: Step) -> u64 {
        // Time that went on since the last event is a step of its own.
        let here = self.steps + u64::from(self.now_ns > self.event_ns);
        match step {
            Step::Event => here.saturating_sub(1),
            Step::Task => self.history.tasks.last_before(here),
            Step::Frame => self.history.frames.last_before(here),
        }
    }

    /// Inputs of before going back that are still to be given again.
    pub fn inputs_ahead(&self) -> usize {
        self.history.ahead.len()
    }

    /// Gives by hand what was given then, as far as the run has come to it.
    pub(super) fn give_again(&mut self, until_ns: u64) {
        while let Some(given) = self.history.next_ahead(self.steps, until_ns) {
            self.pass_to(given.at_ns);
            self.give_as(given.input);
        }
    }

    /// Something new: what was to be given again is of another future.
    pub(super) fn give(&mut self, input: Input) {
        self.history.ahead.clear();
        self.give_as(input);
    }

    fn give_as(&mut self, input: Input) {
        self.history.past.push(Given {
            steps: self.steps,
            at_ns: self.now_ns,
            input: input.clone(),
        });
        self.take_input(input);
    }
}
