//! The way back: a run begins again at 0 and goes on as fast as possible to the place that was asked
//! for, in slices like any other, so that the window sees it and an order can end it.

use super::{Run, SLICE};
use crate::{
    observe::{ModeFollower, ProbeFollower},
    session::{SimulationOrder, StepSize},
};
use simulator::{Halt, Simulation, Step};
use std::time::Instant;

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seek {
    /// All that happens up to then has happened.
    Instant(u64),
    /// So many events have happened.
    Steps(u64),
}

impl Run<'_> {
    pub(super) fn go_to(&mut self, at_ns: u64) -> Result<(), String> {
        self.pace = None;
        if at_ns < self.simulation.now_ns() {
            self.rewind()?;
        }
        self.seek = Some(Seek::Instant(at_ns));
        Ok(())
    }

    pub(super) fn step_back(&mut self, size: StepSize) -> Result<(), String> {
        self.pace = None;
        let steps = self.simulation.steps_before(step(size));
        self.rewind()?;
        self.seek = Some(Seek::Steps(steps));
        Ok(())
    }

    /// Whether the order is about the place that is sought, so that this has to be reached first.
    pub(super) fn needs_place(order: &SimulationOrder) -> bool {
        !matches!(
            order,
            SimulationOrder::Pause
                | SimulationOrder::SetBreakpoints(_)
                | SimulationOrder::GoTo(_)
                | SimulationOrder::Restart
                | SimulationOrder::Stop
        )
    }

    /// A part of the way; whether a place is sought at all.
    pub(super) fn seek_slice(&mut self) -> bool {
        let deadline = Instant::now() + SLICE;
        self.seek_while(&mut |_| Instant::now() < deadline)
    }

    /// The whole way.
    pub(super) fn finish_seek(&mut self) {
        self.seek_while(&mut |_| true);
    }

    fn seek_while(&mut self, keep_going: &mut dyn FnMut(&Simulation) -> bool) -> bool {
        let Some(seek) = self.seek else {
            return false;
        };
        let halt = match seek {
            Seek::Instant(at_ns) => self.simulation.run_until(at_ns, keep_going),
            Seek::Steps(steps) => self.simulation.run_to(steps, keep_going),
        };
        if halt != Halt::Paused {
            self.seek = None;
            self.ended = halt == Halt::Ended;
        }
        true
    }

    /// Time 0 again, the inputs to come.
    fn rewind(&mut self) -> Result<(), String> {
        let rewound = self.simulation.rewind();
        rewound.map_err(|error| error.to_string())?;
        self.begin_anew();
        self.is_again = true;
        Ok(())
    }

    /// Nothing has been told of this run.
    pub(super) fn begin_anew(&mut self) {
        (self.next_row, self.incidents_told, self.ended) = (0, 0, false);
        self.modes = ModeFollower::default();
        self.probes = ProbeFollower::default();
        (self.seek, self.is_anew) = (None, true);
        self.breaks.begin_anew();
    }
}

pub(super) fn step(size: StepSize) -> Step {
    match size {
        StepSize::Event => Step::Event,
        StepSize::Activation => Step::Task,
        StepSize::Frame => Step::Frame,
    }
}
