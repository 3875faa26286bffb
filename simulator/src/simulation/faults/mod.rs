//! The faults of a run: looked up when they are given, begun and ended as events, counted as they
//! meet something. What they do to frames is in `frames.rs`.
//!
//! A fault begins before everything else of its instant. Each beginning, end and meeting is a row
//! `fault` of the trace.

mod frames;
mod nodes;
mod resolve;
mod sensors;
mod wires;

pub(super) use frames::DUPLICATE;
pub(super) use wires::{flip_read, flip_written, spi_failure};

use super::{Simulation, error::SimulationError, history::Input, world::World};
use crate::{
    can::{ControllerId, Id},
    faults::{Extent, Fault, I2cEffect, SensorEffect, SpiEffect},
    trace::{Kind, SubjectId, Trace},
};
use ecu_host::board::GpioError;
use nodes::Due;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// All faults of a run.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// In the order in which they were given.
    entries: Vec<Entry>,
    /// By time, then by the order in which they were given.
    schedule: BTreeMap<(u64, u64), Change>,
    sequence: u64,
    /// Entries that are active.
    active: usize,
    /// What the run has to do.
    due: VecDeque<Due>,
    /// By device and stimulus: what the world is like, where a sensor tells something else.
    real: BTreeMap<(usize, usize), f64>,
    /// Of the run.
    pub(super) seed: u64,
    /// Names, in the order of the run.
    pub(super) ecus: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    fault: Fault,
    what: What,
    subject: SubjectId,
    state: FaultState,
    /// Of a number of times.
    left: Option<u32>,
    effects: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Begin(usize),
    End(usize),
    /// Chance has it.
    Strike(usize),
}

/// A fault with numbers for its names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Frame {
        net: usize,
        /// `None`: any.
        id: Option<Id>,
        effect: FrameEffect,
    },
    ErrorFrame {
        net: usize,
    },
    BusOff {
        net: usize,
        node: ControllerId,
    },
    Random {
        net: usize,
        per_s: u32,
        state: u64,
    },
    I2c {
        bus: usize,
        effect: I2cEffect,
    },
    Spi {
        /// Bus, and position there.
        place: (usize, usize),
        effect: SpiEffect,
    },
    Pin {
        pin: String,
        error: GpioError,
    },
    Sensor {
        /// Device, and its stimulus.
        place: (usize, usize),
        effect: SensorEffect,
        /// When it began.
        before: f64,
        random: u64,
    },
    Reset {
        ecu: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameEffect {
    /// `None`: no receiver is given it.
    Lose(Option<ControllerId>),
    DelayNs(u64),
    Duplicate,
    Corrupt(u32),
}

/// A fault as a panel and `--json` show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultView {
    /// Its line.
    pub fault: String,
    pub state: FaultState,
    /// Things that it has met.
    pub effects: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultState {
    /// Its time has not come.
    Waiting,
    Active,
    Over,
}

impl Faults {
    fn add(&mut self, at_ns: u64, entry: Entry) {
        let number = self.entries.len();
        self.entries.push(entry);
        self.schedule(at_ns, Change::Begin(number));
    }

    fn schedule(&mut self, at_ns: u64, change: Change) {
        self.sequence += 1;
        self.schedule.insert((at_ns, self.sequence), change);
    }

    pub(super) fn next_ns(&self) -> Option<u64> {
        self.schedule
            .first_key_value()
            .map(|((at_ns, _), _)| *at_ns)
    }

    /// The first active fault of which `meets` says so counts it, and the trace tells it.
    fn strike<R>(
        &mut self,
        trace: &mut Trace,
        at_ns: u64,
        meets: impl Fn(&What) -> Option<(R, String)>,
    ) -> Option<R> {
        if self.active == 0 {
            return None;
        }
        let active = self.entries.iter_mut().enumerate();
        let mut active = active.filter(|(_, entry)| entry.state == FaultState::Active);
        let (number, result) = active.find_map(|(number, entry)| {
            let (result, words) = meets(&entry.what)?;
            entry.effects += 1;
            let subject = entry.subject;
            trace.record(at_ns, Kind::Fault, subject, format_args!("{words}"));
            Some((number, result))
        })?;
        if let Some(left) = self
            .entries
            .get_mut(number)
            .and_then(|one| one.left.as_mut())
        {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.end(trace, at_ns, number);
            }
        }
        Some(result)
    }

    fn end(&mut self, trace: &mut Trace, at_ns: u64, number: usize) {
        let Some(entry) = self.entries.get_mut(number) else {
            return;
        };
        match entry.state {
            FaultState::Active => {
                self.active -= 1;
                let fault = &entry.fault;
                trace.record(
                    at_ns,
                    Kind::Fault,
                    entry.subject,
                    format_args!("end {fault}"),
                );
            }
            FaultState::Waiting => {}
            FaultState::Over => return,
        }
        entry.state = FaultState::Over;
    }
}

impl World {
    /// From its time on, which may be now, the fault is there.
    pub(super) fn add_fault(&mut self, now_ns: u64, fault: Fault) -> Result<(), SimulationError> {
        let (what, subject) = self.resolve_fault(&fault)?;
        let at_ns = fault.at_ns.max(now_ns);
        let left = match fault.extent {
            Extent::Times(times) => Some(times),
            Extent::ForNs(_) | Extent::Always => None,
        };
        let subject = self.trace.subject(&subject);
        let entry = Entry {
            fault,
            what,
            subject,
            state: FaultState::Waiting,
            left,
            effects: 0,
        };
        self.faults.add(at_ns, entry);
        Ok(())
    }

    /// The fault of that number is over; false when there is none or it was.
    fn remove_fault(&mut self, now_ns: u64, number: usize) -> bool {
        let state = self.faults.entries.get(number).map(|entry| entry.state);
        self.end_fault(now_ns, number);
        state.is_some_and(|state| state != FaultState::Over)
    }

    fn end_fault(&mut self, at_ns: u64, number: usize) {
        self.faults.end(&mut self.trace, at_ns, number);
        let what = self.faults.entries.get(number).map(|entry| &entry.what);
        if let Some(What::Sensor { place, .. }) = what {
            self.end_sensor(at_ns, *place);
        }
    }

    /// Every beginning and end up to `until_ns`: also before what an activation does later than its
    /// start.
    pub(super) fn faults_until(&mut self, until_ns: u64) {
        while let Some(entry) = self.faults.schedule.first_entry() {
            let (at_ns, _) = *entry.key();
            if at_ns > until_ns {
                return;
            }
            match entry.remove() {
                Change::Begin(number) => self.begin_fault(at_ns, number),
                Change::End(number) => self.end_fault(at_ns, number),
                Change::Strike(number) => self.strike_at_random(at_ns, number),
            }
        }
    }

    fn begin_fault(&mut self, at_ns: u64, number: usize) {
        let Some(entry) = self.faults.entries.get_mut(number) else {
            return;
        };
        if entry.state != FaultState::Waiting {
            return;
        }
        entry.state = FaultState::Active;
        self.faults.active += 1;
        let (fault, what) = (&entry.fault, entry.what.clone());
        let detail = format_args!("begin {fault}");
        self.trace.record(at_ns, Kind::Fault, entry.subject, detail);
        if let Extent::ForNs(time_ns) = fault.extent {
            let end_ns = at_ns.saturating_add(time_ns);
            self.faults.schedule(end_ns, Change::End(number));
        }
        match what {
            What::ErrorFrame { net } => self.flag_error(at_ns, net),
            What::BusOff { net, node } => self.meet_once(at_ns, number, Due::BusOff { net, node }),
            What::Reset { ecu } => {
                let number_of = self.faults.ecus.iter().position(|name| *name == ecu);
                if let Some(ecu) = number_of {
                    self.meet_once(at_ns, number, Due::Reset { ecu });
                }
            }
            What::Random { .. } => self.strike_at_random(at_ns, number),
            What::Sensor { .. } => self.begin_sensor(at_ns, number),
            What::Frame { .. } | What::I2c { .. } | What::Spi { .. } | What::Pin { .. } => {}
        }
    }

    /// A fault that is all at one instant.
    fn meet_once(&mut self, at_ns: u64, number: usize, due: Due) {
        self.faults.due.push_back(due);
        if let Some(entry) = self.faults.entries.get_mut(number) {
            entry.effects += 1;
        }
        self.faults.end(&mut self.trace, at_ns, number);
    }
}

impl Simulation {
    /// From its time on, or from now on, there is a fault more. Removed by its number in
    /// [`Simulation::faults`].
    pub fn inject_fault(&mut self, fault: Fault) -> Result<(), SimulationError> {
        self.world().resolve_fault(&fault)?;
        self.give(Input::Fault(fault));
        Ok(())
    }

    /// A fault is over before its time.
    pub fn remove_fault(&mut self, number: usize) {
        self.give(Input::FaultRemoved(number));
    }

    pub(super) fn give_fault(&mut self, at_ns: u64, fault: Fault) {
        let world = self.world_mut();
        // What was looked up once is there.
        let _ = world.add_fault(at_ns, fault);
        world.faults_until(at_ns);
    }

    pub(super) fn take_fault(&mut self, at_ns: u64, number: usize) {
        self.world_mut().remove_fault(at_ns, number);
    }

    /// All faults, in the order in which they were given.
    pub fn faults(&self) -> Vec<FaultView> {
        let entries = self.world().faults.entries.iter();
        let view = |entry: &Entry| FaultView {
            fault: entry.fault.to_string(),
            state: entry.state,
            effects: entry.effects,
        };
        entries.map(view).collect()
    }
}
