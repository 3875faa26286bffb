//! Breakpoints of a run in the window: every row is shown to them once, in order; a run stops where
//! one says so.

use super::Run;
use crate::{
    observe::{Breakpoint, Running},
    session::Event,
};
use simulator::Halt;
use std::{collections::BTreeMap, time::Instant};

/// Those that are on, and how far they have looked.
#[derive(Debug, Default)]
pub(super) struct Breaks {
    all: Vec<Breakpoint>,
    /// The first row that they have not seen.
    next_row: u64,
}

impl Breaks {
    pub(super) fn begin_anew(&mut self) {
        self.next_row = 0;
        self.all.iter_mut().for_each(Breakpoint::forget);
    }
}

impl Run<'_> {
    pub(super) fn set_breakpoints(&mut self, texts: &[String]) {
        let running = Running {
            document: self.document,
            composed: self.composed,
            meaning: &self.meaning,
        };
        let mut refusals = BTreeMap::new();
        let mut all = Vec::new();
        for text in texts {
            match Breakpoint::new(running, text) {
                Ok(breakpoint) => all.push(breakpoint),
                Err(error) => drop(refusals.insert(text.clone(), error.to_string())),
            }
        }
        // Conditions are judged from the start, also those that are new.
        self.breaks = Breaks { all, next_row: 0 };
        self.events.send(Event::BreakpointsRefused(refusals));
    }

    /// Runs to that time, until `deadline` or a breakpoint.
    pub(super) fn run_watched(&mut self, target_ns: u64, deadline: Instant) -> Halt {
        let (breaks, meaning) = (&mut self.breaks, &self.meaning);
        if breaks.all.is_empty() {
            let in_time = &mut |_: &_| Instant::now() < deadline;
            return self.simulation.run_until(target_ns, in_time);
        }
        // What was stepped over, or gone back to, stops nothing.
        let trace = self.simulation.trace();
        for row in trace.rows_from(breaks.next_row) {
            for breakpoint in &mut breaks.all {
                breakpoint.hit(meaning, &row);
            }
        }
        breaks.next_row = trace.end();
        let mut stopped = None;
        let halt = self.simulation.watch_until(target_ns, &mut |simulation| {
            let trace = simulation.trace();
            for row in trace.rows_from(breaks.next_row) {
                for breakpoint in &mut breaks.all {
                    let hit = breakpoint.hit(meaning, &row);
                    stopped = stopped.take().or(hit);
                }
            }
            breaks.next_row = trace.end();
            stopped.is_none() && Instant::now() < deadline
        });
        if stopped.is_some() {
            self.pace = None;
        }
        self.stopped = stopped;
        halt
    }
}
