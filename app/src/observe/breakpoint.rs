//! Where a run stops by itself: at a frame, at a value that meets a condition, when a runnable has
//! run, when a port is accessed, when something goes wrong. Judges rows of the trace; knows no window
//! and no clock.
//!
//! | text | stops at |
//! | --- | --- |
//! | `frame can0:FanStatus`, `frame can0:123` | the end of such a frame; an identifier as candump writes it, 8 digits where it is extended |
//! | `value fan.duty` | each write of the element or signal |
//! | `value can0:FanStatus.Duty > 50` | the write by which the condition comes true (`==`, `!=`, `<`, `<=`, `>`, `>=`) |
//! | `run controller`, `run controller.step` | the end of a runnable |
//! | `access sensor.temperature` | a write of an element of the port, one that reaches it, a call on it that a probe tells |
//! | `incident` | a trap, exhausted fuel, or whatever else ends an activation |

mod resolve;

use super::Meaning;
use graph_core::{compose::Composed, document::Document};
use resolve::Asked;
use simulator::trace::{Kind, Row};

/// One of them, with what it has seen.
#[derive(Debug, Clone)]
pub struct Breakpoint {
    /// As it was written.
    pub text: String,
    stops: Vec<Stop>,
    condition: Option<Condition>,
    /// Whether the condition held at the last write.
    held: bool,
}

/// Why a run has stopped.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Hit {
    /// The text of the breakpoint.
    #[serde(rename = "break")]
    pub text: String,
    pub at_ns: u64,
    /// What happened, in words.
    pub reason: String,
}

/// Why a text is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BreakpointError {
    #[error(
        "breakpoint `{text}` needs one of the forms `frame BUS:MESSAGE`, `value NAME > NUMBER`, `run INSTANCE`, `access INSTANCE.PORT`, `incident`"
    )]
    Form { text: String },
    #[error(
        "breakpoint `{text}`: there is no {what} `{name}`{}",
        if .known.is_empty() { String::new() } else { format!("; there are {known}") }
    )]
    Unknown {
        text: String,
        what: &'static str,
        name: String,
        known: String,
    },
    #[error("breakpoint `{text}`: `{name}` means several values: {known}; name one of them")]
    Ambiguous {
        text: String,
        name: String,
        known: String,
    },
    #[error(
        "breakpoint `{text}`: nothing tells of calls on `{name}`; put a probe on its direct connector"
    )]
    Unprobed { text: String, name: String },
}

/// What texts are resolved against: the flat system that runs.
#[derive(Clone, Copy)]
pub struct Running<'a> {
    pub document: &'a Document,
    pub composed: &'a Composed,
    pub meaning: &'a Meaning,
}

/// Rows that it looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stop {
    Frame {
        bus: String,
        id: u32,
        extended: bool,
    },
    /// By its name in the trace.
    Element(String),
    /// `ecu/partition/instance.function`
    Run(String),
    /// `ecu/partition/probe/`, before the function.
    Call(String),
    Incident,
}

#[derive(Debug, Clone, PartialEq)]
struct Condition {
    /// Of the value that is compared.
    name: String,
    comparison: Option<(Comparison, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Longer ones first: `<=` holds a `<`.
const COMPARISONS: [(&str, Comparison); 6] = [
    (" == ", Comparison::Equal),
    (" != ", Comparison::NotEqual),
    (" <= ", Comparison::LessOrEqual),
    (" >= ", Comparison::GreaterOrEqual),
    (" < ", Comparison::Less),
    (" > ", Comparison::Greater),
];

impl Breakpoint {
    /// What a text means in what runs.
    ///
    /// # Errors
    /// It has none of the forms, or names what is not there.
    pub fn new(running: Running<'_>, text: &str) -> Result<Breakpoint, BreakpointError> {
        let (stops, condition) = Asked::new(running, text.trim()).resolved()?;
        Ok(Breakpoint {
            text: text.trim().to_owned(),
            stops,
            condition,
            held: false,
        })
    }

    /// The run begins again.
    pub fn forget(&mut self) {
        self.held = false;
    }

    /// Whether the run stops at that row, and why. Every row has to be shown once, in order.
    pub fn hit(&mut self, meaning: &Meaning, row: &Row<'_>) -> Option<Hit> {
        if !self.stops.iter().any(|stop| stop.is_at(row)) {
            return None;
        }
        let observed = meaning.observe(row);
        let reason = match &self.condition {
            None => match row.kind {
                Kind::Ran => row.subject.to_owned(),
                Kind::Called | Kind::Returned => {
                    format!(
                        "{} {} {}",
                        row.kind.word(),
                        row.subject,
                        observed.row.decoded
                    )
                }
                Kind::Frame => format!("{} {}", observed.row.text, observed.row.decoded),
                _ => format!("{} {}", observed.row.subject, observed.row.text),
            },
            Some(condition) => {
                let mut values = observed.values.into_iter();
                let (_, value) = values.find(|(name, _)| *name == condition.name)?;
                let held = condition.holds(value.number, &value.text);
                let was_held = std::mem::replace(&mut self.held, held);
                if !held || (was_held && condition.comparison.is_some()) {
                    return None;
                }
                format!("{} = {}", condition.name, value.text)
            }
        };
        Some(Hit {
            text: self.text.clone(),
            at_ns: row.time_ns,
            reason: reason.trim_end().to_owned(),
        })
    }
}

impl Stop {
    fn is_at(&self, row: &Row<'_>) -> bool {
        match self {
            Stop::Frame { bus, id, extended } => {
                row.kind == Kind::Frame
                    && row.subject == bus
                    && row.frame().is_some_and(|frame| {
                        (frame.id().value(), frame.id().is_extended()) == (*id, *extended)
                    })
            }
            Stop::Element(name) => {
                matches!(row.kind, Kind::Published | Kind::Parameter)
                    && row.subject.splitn(3, '/').nth(2) == Some(name)
            }
            Stop::Run(subject) => row.kind == Kind::Ran && row.subject == subject,
            Stop::Call(probe) => {
                matches!(row.kind, Kind::Called | Kind::Returned) && row.subject.starts_with(probe)
            }
            Stop::Incident => row.kind == Kind::Incident,
        }
    }
}

impl Condition {
    fn holds(&self, number: Option<f64>, text: &str) -> bool {
        let Some((comparison, wanted)) = &self.comparison else {
            return true;
        };
        if let (Some(number), Ok(wanted)) = (number, wanted.parse::<f64>()) {
            return match comparison {
                Comparison::Equal => number == wanted,
                Comparison::NotEqual => number != wanted,
                Comparison::Less => number < wanted,
                Comparison::LessOrEqual => number <= wanted,
                Comparison::Greater => number > wanted,
                Comparison::GreaterOrEqual => number >= wanted,
            };
        }
        let is_it = text == wanted || text == format!("ok({wanted})");
        match comparison {
            Comparison::Equal => is_it,
            Comparison::NotEqual => !is_it,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_compare_numbers_and_words() {
        let holds = |sign: &str, wanted: &str, number, text: &str| {
            let (_, comparison) = COMPARISONS
                .into_iter()
                .find(|(one, _)| one.trim() == sign)
                .unwrap();
            let condition = Condition {
                name: String::new(),
                comparison: Some((comparison, wanted.to_owned())),
            };
            condition.holds(number, text)
        };
        assert!(holds(">", "50", Some(50.5), "50.5 %"));
        assert!(!holds(">", "50", Some(50.0), "50 %"));
        assert!(holds(">=", "50", Some(50.0), "50 %") && holds("<=", "50", Some(50.0), "50 %"));
        assert!(holds("<", "50", Some(-1.0), "") && holds("!=", "50", Some(-1.0), ""));
        assert!(holds("==", "cooling", Some(1.0), "ok(cooling)"));
        assert!(holds("!=", "cooling", Some(0.0), "idle"));
        assert!(holds("==", "invalid", None, "invalid") && !holds("<", "5", None, "invalid"));
    }
}
