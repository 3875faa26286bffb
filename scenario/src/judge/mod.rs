//! Holds a run against a plan while it goes on: values come one by one in the order of time, and no
//! run is kept. Signals are values that hold until the next one; what happens at one instant has
//! happened as a whole when it is looked at.

mod envelope;
mod formula;
mod rule;

use crate::{
    plan::{Plan, Planned},
    text::Exercise,
    time::Time,
};
use formula::Truth;
use rule::Progress;
use std::fmt;

/// A value of a signal.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Word(String),
    /// With the word that stands for it.
    Labelled(f64, String),
    /// There is none, and why: `invalid`, `never-received`.
    Missing(String),
}

/// What came of an assertion.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Passed,
    Failed(Failure),
    /// There was nothing to judge, and why.
    NotExercised(String),
}

/// The first instant at which an assertion did not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub at: Time,
    pub expected: String,
    pub actual: String,
}

/// A run under judgement.
#[derive(Debug)]
pub struct Judge<'p> {
    plan: &'p Plan,
    values: Vec<Option<Value>>,
    now: u64,
    watches: Vec<Watch>,
    /// By signal: who asks about it.
    users: Vec<Vec<usize>>,
    /// Those whose conditions change at this instant.
    changing: Vec<usize>,
}

/// An assertion in work.
#[derive(Debug)]
struct Watch {
    /// Since when its conditions are as they are.
    since: u64,
    is_changing: bool,
    truths: [Truth; 2],
    progress: Progress,
}

impl<'p> Judge<'p> {
    pub fn new(plan: &'p Plan) -> Judge<'p> {
        let users = (0..plan.watched.len()).map(|signal| {
            let asks = |(_, planned): &(usize, &Planned)| planned.signals.contains(&signal);
            let planned = plan.planned.iter().enumerate().filter(asks);
            planned.map(|(number, _)| number).collect()
        });
        let watches = plan.planned.iter().map(|_| Watch {
            since: 0,
            is_changing: true,
            truths: [None; 2],
            progress: Progress::default(),
        });
        Judge {
            plan,
            values: vec![None; plan.watched.len()],
            now: 0,
            watches: watches.collect(),
            users: users.collect(),
            changing: (0..plan.planned.len()).collect(),
        }
    }

    /// From that instant on a signal has this value; instants never go back.
    pub fn tell(&mut self, at: Time, signal: usize, value: Value) {
        if at.0 > self.now {
            self.settle();
            self.now = at.0;
        }
        let Some(place) = self.values.get(signal) else {
            return;
        };
        if place.as_ref() == Some(&value) {
            return;
        }
        for number in self.users.get(signal).into_iter().flatten() {
            let (Some(watch), Some(planned)) = (
                self.watches.get_mut(*number),
                self.plan.planned.get(*number),
            ) else {
                continue;
            };
            if !watch.is_changing {
                let facts = rule::Facts {
                    plan: self.plan,
                    planned,
                    values: &self.values,
                };
                watch.hold(&facts, self.now);
                watch.is_changing = true;
                self.changing.push(*number);
            }
        }
        if let Some(place) = self.values.get_mut(signal) {
            *place = Some(value);
        }
    }

    /// The instant is over: conditions are what its values make of them.
    fn settle(&mut self) {
        for number in self.changing.drain(..) {
            if let (Some(watch), Some(planned)) =
                (self.watches.get_mut(number), self.plan.planned.get(number))
            {
                watch.truths = formula::truths(&planned.rule, &self.values);
                watch.is_changing = false;
            }
        }
    }

    /// Verdicts in the order of the plan, as of the end of the run or where it has stopped.
    pub fn finish(mut self, end: Time) -> Vec<Verdict> {
        self.settle();
        let until = end.0.saturating_add(1).max(self.now);
        let mut verdicts = Vec::new();
        for (watch, planned) in self.watches.iter_mut().zip(&self.plan.planned) {
            let facts = rule::Facts {
                plan: self.plan,
                planned,
                values: &self.values,
            };
            watch.hold(&facts, until);
            verdicts.push(watch.progress.verdict(&facts, end));
        }
        verdicts
    }

    /// Whether an assertion has failed already.
    pub fn has_failed(&self) -> bool {
        self.watches.iter().any(|watch| watch.progress.has_failed())
    }
}

impl Watch {
    /// Conditions were as they are until then, which is no longer part of it.
    fn hold(&mut self, facts: &rule::Facts<'_>, until: u64) {
        if until > self.since {
            let held = rule::Held {
                from: self.since,
                until,
                truths: self.truths,
            };
            self.progress.hold(facts, held);
            self.since = until;
        }
    }
}

impl Verdict {
    /// Whether the scenario stands by it.
    pub fn is_fine(&self, exercise: Exercise) -> bool {
        match self {
            Verdict::Passed => true,
            Verdict::Failed(_) => false,
            Verdict::NotExercised(_) => exercise == Exercise::Optional,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Word(word) => f.write_str(word),
            Value::Labelled(number, word) => write!(f, "{word} ({number})"),
            Value::Missing(why) => f.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests;
