//! From the rows of a trace to the values of the signals that a scenario asks about. Judges nothing.

use super::names::{Count, Names, Source};
use autosar_wit::{
    dbc::Raw,
    modes,
    value::{self, Value as Wit},
};
use scenario::{Judge, Plan, Time, Value};
use simulator::{
    Simulation,
    trace::{INVALID, Kind, Row},
};
use std::collections::BTreeMap;

/// Points that are kept of a curve; beyond it every other one goes.
const POINTS: usize = 20_000;
const SECOND_NS: u64 = 1_000_000_000;
/// Interframe space.
const SPACE_BITS: u64 = 3;

/// Follows a run for a judge, and keeps curves to be drawn.
pub(super) struct Follower<'a> {
    names: &'a Names,
    judge: Judge<'a>,
    /// Watched signals by the kind of row that tells of them, and its subject.
    by_row: BTreeMap<(Kind, String), Vec<(usize, &'a Source)>>,
    counts: BTreeMap<usize, f64>,
    loads: Vec<Load>,
    /// Positions of words in pictures, by signal.
    words: Vec<Vec<String>>,
    curves: Vec<Vec<(f64, f64)>>,
    next_row: u64,
    /// When the activation of an ECU was due, by ECU.
    due: BTreeMap<String, u64>,
}

/// What is busy how much of each second.
struct Load {
    signal: usize,
    of: Loaded,
    /// End of the second that is counted.
    end: u64,
    busy_ns: u64,
    /// Since when it runs.
    since: Option<u64>,
}

enum Loaded {
    Ecu(String),
    Bus(String),
}

impl<'a> Follower<'a> {
    pub(super) fn new(names: &'a Names, plan: &'a Plan, start: &Simulation) -> Follower<'a> {
        let mut follower = Follower {
            names,
            judge: Judge::new(plan),
            by_row: BTreeMap::new(),
            counts: BTreeMap::new(),
            loads: Vec::new(),
            words: Vec::new(),
            curves: vec![Vec::new(); plan.watched.len()],
            next_row: 0,
            due: BTreeMap::new(),
        };
        for (signal, watched) in plan.watched.iter().enumerate() {
            let words = match names.catalogue.signals.get(&watched.name) {
                Some(scenario::Kind::Word { words }) => words.clone(),
                _ => Vec::new(),
            };
            follower.words.push(words);
            if let Some(source) = names.sources.get(&watched.name) {
                follower.watch(signal, source, start);
            }
        }
        follower
    }

    fn watch(&mut self, signal: usize, source: &'a Source, start: &Simulation) {
        let mut on = |kind, subject: &str| {
            let key = (kind, subject.to_owned());
            self.by_row.entry(key).or_default().push((signal, source));
        };
        let mut load = |of| {
            self.loads.push(Load {
                signal,
                of,
                end: SECOND_NS,
                busy_ns: 0,
                since: None,
            });
        };
        let mut is_count = true;
        match source {
            Source::Element { subject, .. } | Source::Mode { subject } => {
                on(Kind::Published, subject);
                is_count = false;
            }
            Source::Signal { bus, .. } => {
                on(Kind::Frame, bus);
                is_count = false;
            }
            Source::Pin(pin) => {
                on(Kind::Pin, pin);
                is_count = false;
            }
            Source::Stimulus(name) => {
                on(Kind::Stimulus, name);
                is_count = false;
                let devices = start.devices();
                let own = devices.iter().flat_map(|device| {
                    let stimuli = device.stimuli.iter();
                    stimuli.map(|one| (format!("{}.{}", device.name, one.declared.name), one.value))
                });
                if let Some((_, value)) = own.into_iter().find(|(own, _)| own == name) {
                    self.tell(0, signal, Value::Number(value));
                }
            }
            Source::Frames { bus, .. } => on(Kind::Frame, bus),
            Source::Errors(bus) => on(Kind::Error, bus),
            Source::Task(task, Count::Response | Count::Cost) => {
                on(Kind::Ended, task);
                is_count = false;
            }
            Source::Task(task, _) => on(Kind::Ended, task),
            Source::Incidents(ecu) => on(Kind::Incident, ecu),
            Source::Misuse(device) => on(Kind::Misuse, device),
            Source::Writes(block) => on(Kind::Nv, block),
            Source::EcuLoad(ecu) => {
                load(Loaded::Ecu(ecu.clone()));
                is_count = false;
            }
            Source::BusLoad(bus) => {
                load(Loaded::Bus(bus.clone()));
                is_count = false;
            }
        }
        if is_count {
            self.count(0, signal, 0.0);
        }
    }

    /// Takes in what has happened since the last call.
    pub(super) fn follow(&mut self, simulation: &Simulation) {
        let trace = simulation.trace();
        for row in trace.rows_from(self.next_row) {
            self.take(&row, simulation);
        }
        self.next_row = trace.end();
    }

    fn take(&mut self, row: &Row<'_>, simulation: &Simulation) {
        self.load(row);
        if row.kind == Kind::Began {
            let ecu = ecu_of(row.subject);
            if let Ok(due) = row.detail.parse::<u64>() {
                self.due.insert(ecu.to_owned(), due);
            }
            return;
        }
        let subject = match row.kind {
            Kind::Incident => ecu_of(row.subject),
            _ => row.subject,
        };
        let Some(asked) = self.by_row.get(&(row.kind, subject.to_owned())) else {
            return;
        };
        for (signal, source) in asked.clone() {
            self.one(row, signal, source, simulation);
        }
    }

    fn one(&mut self, row: &Row<'_>, signal: usize, source: &Source, simulation: &Simulation) {
        let at = row.time_ns;
        let value = match source {
            Source::Element { subject, fields } => self.element(row, subject, fields),
            Source::Mode { subject } => self.mode(row, subject),
            Source::Signal {
                bus,
                message,
                signal,
            } => self.received(row, (bus, message, signal)),
            Source::Stimulus(_) => row.detail.parse().ok().map(Value::Number),
            Source::Pin(_) => pin(row.detail),
            Source::Frames { id, .. } => {
                let frame = row.frame();
                let own = frame.map(|frame| (frame.id().value(), frame.id().is_extended()));
                if id.is_none() || own == *id {
                    self.add(at, signal);
                }
                None
            }
            Source::Task(task, count) => self.task(row, signal, (task, *count), simulation),
            Source::Writes(_) => {
                if row.detail.starts_with("write ") {
                    self.add(at, signal);
                }
                None
            }
            Source::Errors(_) | Source::Incidents(_) | Source::Misuse(_) => {
                self.add(at, signal);
                None
            }
            Source::BusLoad(_) | Source::EcuLoad(_) => None,
        };
        if let Some(value) = value {
            self.tell(at, signal, value);
        }
    }

    fn element(&self, row: &Row<'_>, subject: &str, fields: &[String]) -> Option<Value> {
        if row.detail == INVALID {
            return Some(Value::Missing(INVALID.to_owned()));
        }
        let whole = value::decode(self.names.types.get(subject)?, &row.value()?).ok()?;
        Some(field(&whole, fields))
    }

    fn mode(&self, row: &Row<'_>, subject: &str) -> Option<Value> {
        let whole = value::decode(self.names.types.get(subject)?, &row.value()?).ok()?;
        Some(Value::Word(modes::state(&whole)?.next))
    }

    fn received(&self, row: &Row<'_>, (bus, message, signal): (&str, &str, &str)) -> Option<Value> {
        let frame = row.frame()?;
        let database = self.names.descriptions.get(bus)?;
        let described = database.messages.iter().find(|one| one.name == message)?;
        if (frame.id().value(), frame.id().is_extended()) != (described.id, described.extended) {
            return None;
        }
        let decoded = described.decode(frame.bytes());
        let found = decoded.into_iter().find(|one| one.name == signal)?;
        let number = tidy(found.physical);
        let cases = self.names.cases.get(&format!("{bus}:{message}.{signal}"));
        let case = cases.and_then(|cases| cases.get(position(found.raw)?).cloned());
        let word = case.or_else(|| found.label.map(str::to_owned));
        Some(match word {
            Some(word) => Value::Labelled(number, word),
            None => Value::Number(number),
        })
    }

    fn task(
        &mut self,
        row: &Row<'_>,
        signal: usize,
        (task, count): (&str, Count),
        simulation: &Simulation,
    ) -> Option<Value> {
        let milliseconds = |ns: u64| Some(Value::Number(tidy(ns as f64 / 1e6)));
        match count {
            Count::Activations => {
                self.add(row.time_ns, signal);
                None
            }
            Count::Cost => milliseconds(row.detail.split(' ').next()?.parse().ok()?),
            Count::Response => {
                let due = self.due.get(ecu_of(task))?;
                milliseconds(row.time_ns.saturating_sub(*due))
            }
            Count::Late | Count::Lost => {
                let (late, lost) = simulation.late_and_lost(task)?;
                let counted = if count == Count::Late { late } else { lost };
                Some(Value::Number(counted as f64))
            }
        }
    }

    fn add(&mut self, at: u64, signal: usize) {
        let before = self.counts.get(&signal).copied().unwrap_or(0.0);
        self.count(at, signal, before + 1.0);
    }

    fn count(&mut self, at: u64, signal: usize, count: f64) {
        self.counts.insert(signal, count);
        self.tell(at, signal, Value::Number(count));
    }

    /// What is busy, from the rows of activations and frames; a frame counts where it ends.
    fn load(&mut self, row: &Row<'_>) {
        self.load_until(row.time_ns);
        let bitrates = &self.names.bitrates;
        for load in &mut self.loads {
            match (&load.of, row.kind) {
                (Loaded::Ecu(ecu), Kind::Began) if ecu_of(row.subject) == ecu => {
                    load.since = Some(row.time_ns);
                }
                (Loaded::Ecu(ecu), Kind::Ended) if ecu_of(row.subject) == ecu => {
                    let start = load.end - SECOND_NS;
                    let since = load
                        .since
                        .take()
                        .map_or(row.time_ns, |since| since.max(start));
                    load.busy_ns += row.time_ns.saturating_sub(since);
                }
                (Loaded::Bus(bus), Kind::Frame | Kind::Error) if row.subject == bus => {
                    let began = row
                        .detail
                        .rsplit(' ')
                        .next()
                        .and_then(|word| word.parse().ok());
                    let bits = bitrates.get(bus).copied().unwrap_or(u32::MAX).max(1);
                    let space_ns = SPACE_BITS * SECOND_NS / u64::from(bits);
                    let began = began.unwrap_or(row.time_ns);
                    load.busy_ns += row.time_ns.saturating_sub(began) + space_ns;
                }
                _ => {}
            }
        }
    }

    fn load_until(&mut self, now: u64) {
        let mut told = Vec::new();
        for load in &mut self.loads {
            while load.end <= now {
                let start = load.end - SECOND_NS;
                if let Some(since) = load.since {
                    load.busy_ns += load.end.saturating_sub(since.max(start));
                }
                told.push((load.end, load.signal, load.busy_ns));
                load.busy_ns = 0;
                load.end += SECOND_NS;
            }
        }
        told.sort_unstable();
        for (at, signal, busy_ns) in told {
            let percent = busy_ns as f64 / SECOND_NS as f64 * 100.0;
            self.tell(at, signal, Value::Number(tidy(percent.min(100.0))));
        }
    }

    fn tell(&mut self, at: u64, signal: usize, value: Value) {
        let drawn = value.number().or_else(|| {
            let words = self.words.get(signal)?;
            let Value::Word(word) = &value else {
                return None;
            };
            words
                .iter()
                .position(|known| known == word)
                .map(|at| at as f64)
        });
        if let Some(curve) = self.curves.get_mut(signal) {
            // What is missing is a gap.
            curve.push((at as f64 / 1e9, drawn.unwrap_or(f64::NAN)));
            if curve.len() > POINTS {
                let mut position = 0;
                curve.retain(|_| {
                    position += 1;
                    position % 2 == 1
                });
            }
        }
        self.judge.tell(Time(at), signal, value);
    }

    /// Verdicts, and the curves of watched signals.
    pub(super) fn finish(mut self, end_ns: u64) -> (Vec<scenario::Verdict>, Vec<Vec<(f64, f64)>>) {
        self.load_until(end_ns);
        for curve in &mut self.curves {
            if let Some((_, last)) = curve.last().copied() {
                curve.push((end_ns as f64 / 1e9, last));
            }
        }
        (self.judge.finish(Time(end_ns)), self.curves)
    }
}

fn ecu_of(subject: &str) -> &str {
    subject.split('/').next().unwrap_or_default()
}

/// The field of a value; without a status around it.
fn field(whole: &Wit, fields: &[String]) -> Value {
    let inner = match whole {
        Wit::Result(Ok(Some(inner))) | Wit::Option(Some(inner)) => return field(inner, fields),
        Wit::Option(None) => return Value::Missing("none".to_owned()),
        Wit::Result(Err(Some(reason))) => return Value::Missing(value::print(reason)),
        Wit::Result(Err(None)) => return Value::Missing("error".to_owned()),
        inner => inner,
    };
    let Some((first, rest)) = fields.split_first() else {
        return plain(inner);
    };
    let Wit::Record(members) = inner else {
        return Value::Missing("no record".to_owned());
    };
    match members.iter().find(|(name, _)| name == first) {
        Some((_, member)) => field(member, rest),
        None => Value::Missing("no such field".to_owned()),
    }
}

fn plain(value: &Wit) -> Value {
    match value {
        Wit::U8(number) => Value::Number((*number).into()),
        Wit::U16(number) => Value::Number((*number).into()),
        Wit::U32(number) => Value::Number((*number).into()),
        Wit::U64(number) => Value::Number(*number as f64),
        Wit::S8(number) => Value::Number((*number).into()),
        Wit::S16(number) => Value::Number((*number).into()),
        Wit::S32(number) => Value::Number((*number).into()),
        Wit::S64(number) => Value::Number(*number as f64),
        // As people write it: 0.1, not the double next to it.
        Wit::F32(number) => Value::Number(number.to_string().parse().unwrap_or(f64::NAN)),
        Wit::F64(number) => Value::Number(*number),
        Wit::Enum(case) => Value::Word(case.clone()),
        Wit::String(text) => Value::Word(text.clone()),
        Wit::Bool(truth) => Value::Word(truth.to_string()),
        other => Value::Word(value::print(other)),
    }
}

fn pin(detail: &str) -> Option<Value> {
    match detail.rsplit(' ').next()? {
        "low" => Some(Value::Labelled(0.0, "low".to_owned())),
        "high" => Some(Value::Labelled(1.0, "high".to_owned())),
        number => number.parse().ok().map(Value::Number),
    }
}

fn position(raw: Raw) -> Option<usize> {
    match raw {
        Raw::Unsigned(raw) => raw.try_into().ok(),
        Raw::Signed(raw) => raw.try_into().ok(),
        Raw::Float(_) => None,
    }
}

/// More digits than a factor has are the binary's, not the signal's.
fn tidy(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}
