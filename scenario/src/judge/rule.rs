//! What each rule makes of a stretch of time in which its conditions are the same.

use super::{Failure, Value, Verdict, envelope::Limits, formula::Truth};
use crate::{
    plan::{Envelope, Plan, Planned, Rule},
    time::Time,
};
use std::collections::VecDeque;

/// What an assertion is judged by.
pub(super) struct Facts<'a> {
    pub(super) plan: &'a Plan,
    pub(super) planned: &'a Planned,
    pub(super) values: &'a [Option<Value>],
}

/// Conditions from an instant until before another one.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) from: u64,
    pub(super) until: u64,
    pub(super) truths: [Truth; 2],
}

/// How far an assertion has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    failure: Option<Failure>,
    /// Something was judged.
    is_exercised: bool,
    /// What must come true once has.
    is_settled: bool,
    /// Whether the first condition was true last.
    was_true: bool,
    /// When it has become true, for what is still to be decided.
    armed: VecDeque<u64>,
}

impl Progress {
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    pub(super) fn hold(&mut self, facts: &Facts<'_>, held: Held) {
        if self.failure.is_some() || self.is_settled {
            return;
        }
        let planned = facts.planned;
        // The part of it that is asked about.
        let from = held.from.max(planned.from.0);
        let until = held.until.min(planned.to.0.saturating_add(1));
        let is_asked = from < until;
        let [first, second] = held.truths;
        match &planned.rule {
            Rule::Always(_) if is_asked => self.must(facts, from, first),
            Rule::Never(_) if is_asked => self.must(facts, from, first.map(|truth| !truth)),
            Rule::Eventually(_) if is_asked => {
                self.is_settled = first == Some(true);
                self.is_exercised |= self.is_settled;
                if !self.is_settled && until > planned.to.0 {
                    self.fail(facts, planned.to.0, None);
                }
            }
            Rule::WhileAlways(..) if is_asked && first == Some(true) => {
                self.must(facts, from, second);
            }
            Rule::Inside(signal, envelope) if is_asked => {
                let value = facts.values.get(*signal).and_then(Option::as_ref);
                if let Some(number) = value.and_then(Value::number) {
                    let (left, is_limited) = envelope.leaves(number, from, until);
                    self.is_exercised |= is_limited;
                    if let Some(at) = left {
                        self.fail(facts, at, None);
                    }
                }
            }
            Rule::AfterWithin(_, within, _) => {
                self.arm(first, from, is_asked);
                self.answer(facts, held, within.0);
            }
            Rule::AfterAlways(_, _, lasting) => {
                self.arm(first, from, is_asked);
                self.keep(facts, held, lasting.0);
            }
            _ => {}
        }
    }

    fn must(&mut self, facts: &Facts<'_>, at: u64, truth: Truth) {
        self.is_exercised |= truth.is_some();
        if truth == Some(false) {
            self.fail(facts, at, None);
        }
    }

    /// Only where the condition becomes true, or is so from the start of what is asked about.
    fn arm(&mut self, trigger: Truth, from: u64, is_asked: bool) {
        if !is_asked {
            return;
        }
        let is_true = trigger == Some(true);
        if is_true && !self.was_true {
            self.armed.push_back(from);
        }
        self.was_true = is_true;
    }

    /// The second condition is true at some instant up to the deadline, which counts.
    fn answer(&mut self, facts: &Facts<'_>, held: Held, within: u64) {
        let is_true = held.truths[1] == Some(true);
        while let Some(armed) = self.armed.front().copied() {
            let deadline = armed.saturating_add(within);
            // Of what is decided here only earlier deadlines have passed before.
            if is_true && held.from <= deadline {
                self.is_exercised = true;
            } else if deadline < held.until {
                return self.fail(facts, deadline, Some(armed));
            } else {
                return;
            }
            self.armed.pop_front();
        }
    }

    /// The second condition is true at every instant up to the end, which counts.
    fn keep(&mut self, facts: &Facts<'_>, held: Held, lasting: u64) {
        let is_over = |armed: &u64| armed.saturating_add(lasting) < held.from;
        while self.armed.front().is_some_and(is_over) {
            self.armed.pop_front();
        }
        let Some(armed) = self.armed.front().copied() else {
            return;
        };
        self.is_exercised |= held.truths[1].is_some();
        if held.truths[1] == Some(false) {
            self.fail(facts, armed.max(held.from), Some(armed));
        }
    }

    fn fail(&mut self, facts: &Facts<'_>, at: u64, armed: Option<u64>) {
        self.is_exercised = true;
        self.failure = Some(Failure {
            at: Time(at),
            expected: facts.expected(at, armed.map(Time)),
            actual: facts.actual(),
        });
    }

    pub(super) fn verdict(&mut self, facts: &Facts<'_>, end: Time) -> Verdict {
        if let Some(failure) = self.failure.take() {
            return Verdict::Failed(failure);
        }
        // The run ended before the time was over in which it must come true.
        if let (Rule::Eventually(_), false) = (&facts.planned.rule, self.is_settled) {
            self.fail(facts, end.0.min(facts.planned.to.0), None);
            return match self.failure.take() {
                Some(failure) => Verdict::Failed(failure),
                None => Verdict::Passed,
            };
        }
        match (self.is_exercised, self.armed.front()) {
            (true, _) => Verdict::Passed,
            (false, Some(armed)) => {
                let armed = Time(*armed);
                let text = format!(
                    "`{}` came true at {armed}, but the run ended at {end}, before it was decided",
                    facts.said(0)
                );
                Verdict::NotExercised(text)
            }
            (false, None) => Verdict::NotExercised(facts.why_idle()),
        }
    }
}

impl Facts<'_> {
    fn said(&self, number: usize) -> &str {
        self.planned.said.get(number).map_or("", String::as_str)
    }

    fn expected(&self, at: u64, armed: Option<Time>) -> String {
        let (first, second) = (self.said(0), self.said(1));
        let armed = armed.unwrap_or_default();
        match &self.planned.rule {
            Rule::Always(_) => first.to_owned(),
            Rule::Never(_) => format!("never {first}"),
            Rule::Eventually(_) => format!("{first} by {}", self.planned.to),
            Rule::WhileAlways(..) => format!("{second} while {first}"),
            Rule::AfterWithin(_, within, _) => format!(
                "{second} by {}, within {within} after {first} at {armed}",
                Time(armed.0.saturating_add(within.0))
            ),
            Rule::AfterAlways(_, _, lasting) => format!(
                "{second} until {}, for {lasting} after {first} at {armed}",
                Time(armed.0.saturating_add(lasting.0))
            ),
            Rule::Inside(signal, envelope) => self.limits(*signal, envelope, at),
        }
    }

    fn limits(&self, signal: usize, envelope: &Envelope, at: u64) -> String {
        let unit = self.plan.watched.get(signal).map_or("", |one| &one.unit);
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!(" {unit}")
        };
        let short = |limit: f64| (limit * 1e6).round() / 1e6;
        let first = self.said(0);
        match envelope.at(at) {
            Limits {
                lower: Some(lower),
                upper: Some(upper),
            } => format!("{first} within {} .. {}{unit}", short(lower), short(upper)),
            Limits {
                lower: Some(lower), ..
            } => format!("{first} >= {}{unit}", short(lower)),
            Limits {
                upper: Some(upper), ..
            } => format!("{first} <= {}{unit}", short(upper)),
            _ => first.to_owned(),
        }
    }

    /// `fan.duty = 12 %, cabin.temperature = 90 °C`
    fn actual(&self) -> String {
        let words = self.planned.signals.iter().filter_map(|signal| {
            let watched = self.plan.watched.get(*signal)?;
            let value = self.values.get(*signal).and_then(Option::as_ref);
            let unit = match (watched.unit.as_str(), value) {
                ("", _) => String::new(),
                (unit, Some(Value::Number(_))) => format!(" {unit}"),
                _ => String::new(),
            };
            Some(match value {
                Some(value) => format!("{} = {value}{unit}", watched.called),
                None => format!("{} has no value yet", watched.called),
            })
        });
        words.collect::<Vec<_>>().join(", ")
    }

    fn why_idle(&self) -> String {
        let first = self.said(0);
        match &self.planned.rule {
            Rule::AfterWithin(..) | Rule::AfterAlways(..) => format!("`{first}` never came true"),
            Rule::WhileAlways(..) => format!("`{first}` was never true"),
            Rule::Inside(..) => format!("`{first}` had no number while there were limits"),
            _ => format!("nothing was known of `{first}`"),
        }
    }
}
