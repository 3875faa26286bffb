//! A scenario for one system: whole names, numbers in the units of what they belong to, times in
//! order. What a run needs, and what its judge asks.

use crate::{
    text::{Comparison, Exercise, Spot, Timing, Validity},
    time::Time,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub name: String,
    pub end: Time,
    pub seed: u64,
    /// By time, at one instant as they stand in the text.
    pub changes: Vec<Change>,
    pub logs: Vec<Log>,
    pub disturbances: Vec<Disturbance>,
    /// What is asked about.
    pub watched: Vec<Watched>,
    pub planned: Vec<Planned>,
}

/// Something gets a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub at: Time,
    /// Of [`crate::Catalogue::settable`].
    pub target: String,
    pub given: Given,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// In the unit of the target.
    Number(f64),
    Word(String),
}

/// A log that is sent on a bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    pub file: String,
    pub spot: Spot,
    pub bus: String,
    pub start: Time,
    pub timing: Timing,
}

/// A fault in the simulator's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Disturbance {
    pub at: Time,
    pub lasting: Option<Time>,
    pub text: String,
    pub spot: Spot,
}

/// A signal that is asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// Of [`crate::Catalogue::signals`].
    pub name: String,
    /// As the scenario says it first.
    pub called: String,
    pub unit: String,
}

/// An assertion, or an envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    pub label: Option<String>,
    /// As the scenario says it, without its label.
    pub text: String,
    pub spot: Spot,
    pub exercise: Exercise,
    /// Ends included.
    pub from: Time,
    pub to: Time,
    /// Positions in [`Plan::watched`], each once, as they are named.
    pub signals: Vec<usize>,
    pub(crate) rule: Rule,
    /// Its conditions as the scenario says them.
    pub(crate) said: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rule {
    /// At every instant.
    Always(Formula),
    Never(Formula),
    /// At some instant.
    Eventually(Formula),
    /// Whenever the first becomes true, the second is at some instant in that time.
    AfterWithin(Formula, Time, Formula),
    /// … at every instant of it.
    AfterAlways(Formula, Formula, Time),
    /// At every instant at which the first is true.
    WhileAlways(Formula, Formula),
    Inside(usize, Envelope),
}

/// A condition over positions in [`Plan::watched`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Formula {
    Compare(usize, Comparison, Term),
    Range(usize, f64, f64),
    Is(usize, Validity),
    Not(Box<Formula>),
    And(Box<Formula>, Box<Formula>),
    Or(Box<Formula>, Box<Formula>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Term {
    Number(f64),
    Word(String),
    /// With the factor and the offset into the unit of the left side.
    Signal(usize, f64, f64),
}

/// Limits over time, straight between their points, in the signal's unit. Where a limit has no point
/// on one side there is none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Envelope {
    pub times: Vec<Time>,
    pub lower: Vec<Option<f64>>,
    pub upper: Vec<Option<f64>>,
}

impl Planned {
    /// Label, or text.
    pub fn name(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.text)
    }

    /// The limits, if it is an envelope, and the signal between them.
    pub fn envelope(&self) -> Option<(usize, &Envelope)> {
        match &self.rule {
            Rule::Inside(signal, envelope) => Some((*signal, envelope)),
            _ => None,
        }
    }
}
