//! Assertions and envelopes against the signals of a system.

use super::{in_run, units};
use crate::{
    catalogue::{Catalogue, Kind, near},
    plan::{Envelope, Formula, Planned, Rule, Term, Watched},
    table::Table,
    text::{
        Against, Assertion, Claim, Comparison, Condition, Exercise, Literal, Moment, Name, Problem,
        Spot,
    },
    time::Time,
};

/// What is asked about so far.
#[derive(Default)]
pub(super) struct Watching {
    pub(super) watched: Vec<Watched>,
    pub(super) planned: Vec<Planned>,
}

/// Signals and the end of the run.
type System<'a> = (&'a Catalogue, Time);

impl Watching {
    pub(super) fn assertion(
        &mut self,
        (catalogue, end): System<'_>,
        spot: Spot,
        assertion: &Assertion,
    ) -> Result<Planned, Problem> {
        let mut from = assertion.from.unwrap_or(Time(0));
        let mut to = assertion.to.unwrap_or(end);
        let mut said = Vec::new();
        let mut used = Vec::new();
        let mut formula = |condition: &Condition| {
            said.push(condition.to_string());
            self.formula(catalogue, &mut used, condition)
        };
        let rule = match &assertion.claim {
            Claim::Always(condition) => Rule::Always(formula(condition)?),
            Claim::Never(condition) => Rule::Never(formula(condition)?),
            Claim::Eventually(condition) => Rule::Eventually(formula(condition)?),
            Claim::Within(time, condition) => {
                to = to.min(Time(from.0.saturating_add(time.0)));
                in_run(Time(from.0.saturating_add(time.0)), end, spot)?;
                Rule::Eventually(formula(condition)?)
            }
            Claim::At(moment, condition) => {
                let at = match moment {
                    Moment::Time(at) => *at,
                    Moment::End => end,
                };
                (from, to) = (at, at);
                Rule::Always(formula(condition)?)
            }
            Claim::AfterWithin {
                trigger,
                within,
                then,
            } => Rule::AfterWithin(formula(trigger)?, *within, formula(then)?),
            Claim::AfterAlways {
                trigger,
                then,
                lasting,
            } => Rule::AfterAlways(formula(trigger)?, formula(then)?, *lasting),
            Claim::WhileAlways { during, then } => {
                Rule::WhileAlways(formula(during)?, formula(then)?)
            }
        };
        in_run(to, end, spot)?;
        if from > to {
            let message = format!("from {from} to {to} is no time; the end lies before the start");
            return Err(Problem::new(spot, message));
        }
        let mut text = assertion.clone();
        text.label = None;
        Ok(Planned {
            label: assertion.label.clone(),
            text: text.to_string(),
            spot,
            exercise: assertion.exercise,
            from,
            to,
            signals: used,
            rule,
            said,
        })
    }

    pub(super) fn envelope(
        &mut self,
        (catalogue, end): System<'_>,
        (label, spot): (Option<&str>, Spot),
        (signal, file): (&Name, &Name),
        table: &Table,
    ) -> Result<Planned, Problem> {
        let mut used = Vec::new();
        let (position, kind) = self.watch(catalogue, &mut used, signal)?;
        let unit = unit_of(signal, &kind)?.to_owned();
        let side = |name: &str| -> Result<Option<Vec<Option<f64>>>, Problem> {
            let Some(column) = table.column(name) else {
                return Ok(None);
            };
            let own = if column.unit.is_empty() {
                &unit
            } else {
                &column.unit
            };
            let converted = |cell: &Option<f64>| {
                let number = cell.map(|cell| units::converted(&signal.text, cell, own, &unit));
                number.transpose()
            };
            let cells = column.cells.iter().map(converted);
            let cells: Result<Vec<_>, String> = cells.collect();
            cells
                .map(Some)
                .map_err(|reason| Problem::new(file.spot, reason))
        };
        let none = || vec![None; table.times.len()];
        let (lower, upper) = match (side("lower")?, side("upper")?) {
            (None, None) => {
                let message = format!(
                    "`{}` has neither a column `lower` nor a column `upper`",
                    file.text
                );
                return Err(Problem::new(file.spot, message));
            }
            (lower, upper) => (lower.unwrap_or_else(none), upper.unwrap_or_else(none)),
        };
        if table.times.len() < 2 {
            let message = format!("`{}` has one time only; limits need two", file.text);
            return Err(Problem::new(file.spot, message));
        }
        Ok(Planned {
            label: label.map(str::to_owned),
            text: format!("{signal} inside `{}`", file.text),
            spot,
            exercise: Exercise::Required,
            from: Time(0),
            to: end,
            signals: used,
            rule: Rule::Inside(
                position,
                Envelope {
                    times: table.times.clone(),
                    lower,
                    upper,
                },
            ),
            said: vec![signal.to_string()],
        })
    }

    /// Its position, and what it is.
    fn watch(
        &mut self,
        catalogue: &Catalogue,
        used: &mut Vec<usize>,
        name: &Name,
    ) -> Result<(usize, Kind), Problem> {
        let (whole, kind) = catalogue.signal(name)?;
        let known = self.watched.iter().position(|one| one.name == whole);
        let position = known.unwrap_or_else(|| {
            self.watched.push(Watched {
                name: whole.to_owned(),
                called: name.to_string(),
                unit: unit_of(name, kind).unwrap_or_default().to_owned(),
            });
            self.watched.len() - 1
        });
        if !used.contains(&position) {
            used.push(position);
        }
        Ok((position, kind.clone()))
    }

    fn formula(
        &mut self,
        catalogue: &Catalogue,
        used: &mut Vec<usize>,
        condition: &Condition,
    ) -> Result<Formula, Problem> {
        let mut pair = |left: &Condition, right: &Condition| {
            let left = self.formula(catalogue, used, left)?;
            Ok((
                Box::new(left),
                Box::new(self.formula(catalogue, used, right)?),
            ))
        };
        match condition {
            Condition::And(left, right) => {
                pair(left, right).map(|(left, right)| Formula::And(left, right))
            }
            Condition::Or(left, right) => {
                pair(left, right).map(|(left, right)| Formula::Or(left, right))
            }
            Condition::Not(inner) => {
                let inner = self.formula(catalogue, used, inner)?;
                Ok(Formula::Not(Box::new(inner)))
            }
            Condition::Is { signal, validity } => {
                let (position, _) = self.watch(catalogue, used, signal)?;
                Ok(Formula::Is(position, *validity))
            }
            Condition::Range {
                signal,
                low,
                high,
                unit,
            } => {
                let (position, kind) = self.watch(catalogue, used, signal)?;
                let own = unit_of(signal, &kind)?;
                let wrong = |reason| Problem::new(signal.spot, reason);
                let into = |value| units::converted(&signal.text, value, unit, own).map_err(wrong);
                let (low, high) = (into(*low)?, into(*high)?);
                if low > high {
                    let message =
                        format!("{low} .. {high} has nothing in it; the lower end comes first");
                    return Err(Problem::new(signal.spot, message));
                }
                Ok(Formula::Range(position, low, high))
            }
            Condition::Compare {
                left,
                comparison,
                right,
            } => {
                let (position, kind) = self.watch(catalogue, used, left)?;
                let is_order = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
                if is_order {
                    unit_of(left, &kind)?;
                }
                let term = match right {
                    Against::Literal(literal) => literal_term(left, &kind, literal)?,
                    Against::Signal(right) => {
                        let (other, other_kind) = self.watch(catalogue, used, right)?;
                        signal_term((left, &kind), (right, &other_kind), other)?
                    }
                };
                if is_order && matches!(term, Term::Word(_)) {
                    let message =
                        format!("words are equal or not, but none is `{comparison}` another");
                    return Err(Problem::new(left.spot, message));
                }
                Ok(Formula::Compare(position, *comparison, term))
            }
        }
    }
}

/// The unit of a number.
fn unit_of<'k>(name: &Name, kind: &'k Kind) -> Result<&'k str, Problem> {
    match kind {
        Kind::Number { unit } | Kind::Labelled { unit, .. } => Ok(unit),
        Kind::Word { words } => Err(Problem::new(
            name.spot,
            format!(
                "`{}` is no number but one of `{}`",
                name.text,
                words.join("`, `")
            ),
        )),
        Kind::Text => Err(Problem::new(
            name.spot,
            format!("`{}` is no number", name.text),
        )),
    }
}

fn literal_term(left: &Name, kind: &Kind, literal: &Literal) -> Result<Term, Problem> {
    match (kind, literal) {
        (
            Kind::Number { unit } | Kind::Labelled { unit, .. },
            Literal::Number { value, unit: own },
        ) => {
            let number = units::converted(&left.text, *value, own, unit);
            let wrong = |reason| Problem::new(left.spot, reason);
            number.map(Term::Number).map_err(wrong)
        }
        (Kind::Labelled { words, .. } | Kind::Word { words }, Literal::Word { text }) => {
            if words.contains(text) {
                return Ok(Term::Word(text.clone()));
            }
            let near = near(text, words.iter().map(String::as_str));
            let message = format!(
                "`{}` is never `{text}` but one of `{}`{near}",
                left.text,
                words.join("`, `")
            );
            Err(Problem::new(left.spot, message))
        }
        (Kind::Text, Literal::Word { text }) => Ok(Term::Word(text.clone())),
        (Kind::Text, Literal::Number { .. }) => Err(Problem::new(
            left.spot,
            format!(
                "`{}` is no number; compare it with a text in quotes",
                left.text
            ),
        )),
        (Kind::Number { .. }, Literal::Word { text }) => Err(Problem::new(
            left.spot,
            format!("`{}` is a number and never `{text}`", left.text),
        )),
        (Kind::Word { .. }, Literal::Number { .. }) => Err(unit_of(left, kind)
            .err()
            .unwrap_or_else(|| Problem::new(left.spot, format!("`{}` is no number", left.text)))),
    }
}

fn signal_term(
    (left, kind): (&Name, &Kind),
    (right, other): (&Name, &Kind),
    position: usize,
) -> Result<Term, Problem> {
    match (unit_of(left, kind), unit_of(right, other)) {
        (Ok(needed), Ok(given)) => {
            let factors = units::factors(&left.text, given, needed);
            let (factor, offset) = factors.map_err(|reason| Problem::new(right.spot, reason))?;
            Ok(Term::Signal(position, factor, offset))
        }
        (Err(_), Err(_)) => Ok(Term::Signal(position, 1.0, 0.0)),
        _ => Err(Problem::new(
            right.spot,
            format!(
                "one of `{}` and `{}` is a number, the other is none",
                left.text, right.text
            ),
        )),
    }
}
