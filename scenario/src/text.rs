//! A scenario as its text says it, with the place of each name. Says nothing of whether a system has
//! what is named.

use crate::time::Time;
use std::fmt;

/// A whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub run: Time,
    pub seed: u64,
    pub statements: Vec<Statement>,
}

/// Line and column, both from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spot {
    pub line: u32,
    pub column: u32,
}

/// Where something stands is no part of what it says.
impl PartialEq for Spot {
    fn eq(&self, _: &Spot) -> bool {
        true
    }
}

/// What is wrong in a file, and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}:{}: {message}", spot.line, spot.column)]
pub struct Problem {
    pub spot: Spot,
    pub message: String,
}

/// A name, a file, or the text of a fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    pub text: String,
    pub spot: Spot,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub spot: Spot,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    Set {
        at: Time,
        target: Name,
        value: Literal,
    },
    /// A straight line in steps.
    Ramp {
        from: Time,
        to: Time,
        target: Name,
        first: f64,
        last: f64,
        unit: String,
        every: Option<Time>,
    },
    /// The values of a column of a CSV file.
    Feed {
        target: Name,
        file: Name,
        /// The first one behind the times.
        column: Option<Name>,
        start: Time,
    },
    /// A log is sent on a bus.
    Replay {
        file: Name,
        bus: Name,
        start: Time,
        timing: Timing,
    },
    /// A disturbance in the simulator's words.
    Fault {
        at: Time,
        lasting: Option<Time>,
        text: Name,
    },
    Assert(Assertion),
    /// A signal stays between the limits of a CSV file.
    Envelope {
        label: Option<String>,
        signal: Name,
        file: Name,
    },
}

/// What is done with the times of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Whole seconds are spread.
    Automatic,
    AsRecorded,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    pub label: Option<String>,
    pub exercise: Exercise,
    /// Without it the start of the run.
    pub from: Option<Time>,
    /// Without it the end of the run.
    pub to: Option<Time>,
    pub claim: Claim,
}

/// What it means that an assertion had nothing to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exercise {
    /// It has failed.
    Required,
    /// That is fine.
    Optional,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    Always(Condition),
    Never(Condition),
    Eventually(Condition),
    Within(Time, Condition),
    At(Moment, Condition),
    AfterWithin {
        trigger: Condition,
        within: Time,
        then: Condition,
    },
    AfterAlways {
        trigger: Condition,
        then: Condition,
        lasting: Time,
    },
    WhileAlways {
        during: Condition,
        then: Condition,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Time(Time),
    End,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    Compare {
        left: Name,
        comparison: Comparison,
        right: Against,
    },
    /// Ends included.
    Range {
        signal: Name,
        low: f64,
        high: f64,
        unit: String,
    },
    Is {
        signal: Name,
        validity: Validity,
    },
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Valid,
    Invalid,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Against {
    Literal(Literal),
    Signal(Name),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// The unit is empty where none is written.
    Number { value: f64, unit: String },
    /// A case of an enumeration, `true`, `false`, or a text.
    Word { text: String },
}

impl Problem {
    pub(crate) fn new(spot: Spot, message: impl Into<String>) -> Problem {
        Problem {
            spot,
            message: message.into(),
        }
    }
}

impl Comparison {
    pub(crate) const ALL: [(&'static str, Comparison); 6] = [
        ("==", Comparison::Equal),
        ("!=", Comparison::Unequal),
        ("<=", Comparison::LessOrEqual),
        (">=", Comparison::GreaterOrEqual),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = Comparison::ALL.iter();
        let found = all.find(|(_, comparison)| comparison == self);
        f.write_str(found.map_or("", |(sign, _)| sign))
    }
}
