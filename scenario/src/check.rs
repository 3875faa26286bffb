//! A scenario against what a system has: unknown names, wrong units, words and ranges, times behind
//! the end. Everything that is wrong is told at once.

mod assertion;
mod units;

use crate::{
    catalogue::{Catalogue, Kind, Settable, near},
    plan::{Change, Disturbance, Given, Log, Plan},
    table::{self, Table},
    text::{Literal, Name, Problem, Scenario, Spot, What},
    time::Time,
};
use assertion::Watching;
use std::collections::BTreeMap;

/// Steps of one ramp at most.
const STEPS: u64 = 1_000_000;
/// Between two steps where nothing is said.
const STEP: Time = Time(10_000_000);

/// The plan of a scenario for one system; `read` gives the text of a CSV file beside the scenario,
/// or why there is none.
///
/// # Errors
/// Everything that is wrong.
pub fn check(
    scenario: &Scenario,
    catalogue: &Catalogue,
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Plan, Vec<Problem>> {
    let mut checker = Checker {
        end: scenario.run,
        catalogue,
        read,
        changes: Vec::new(),
        logs: Vec::new(),
        disturbances: Vec::new(),
        watching: Watching::default(),
        problems: Vec::new(),
        tables: BTreeMap::new(),
    };
    for statement in &scenario.statements {
        if let Err(problem) = checker.take(statement.spot, &statement.what) {
            checker.problems.push(problem);
        }
    }
    let has_assertion = |what: &What| matches!(what, What::Assert(_) | What::Envelope { .. });
    if !scenario
        .statements
        .iter()
        .any(|one| has_assertion(&one.what))
    {
        let spot = Spot { line: 1, column: 1 };
        let message =
            "the scenario asserts nothing, so it cannot fail; add an `assert` or an `envelope`";
        checker.problems.push(Problem::new(spot, message));
    }
    if !checker.problems.is_empty() {
        return Err(checker.problems);
    }
    checker.changes.sort_by_key(|change| change.at);
    Ok(Plan {
        name: scenario.name.clone(),
        end: scenario.run,
        seed: scenario.seed,
        changes: checker.changes,
        logs: checker.logs,
        disturbances: checker.disturbances,
        watched: checker.watching.watched,
        planned: checker.watching.planned,
    })
}

struct Checker<'a> {
    end: Time,
    catalogue: &'a Catalogue,
    read: &'a dyn Fn(&str) -> Result<String, String>,
    changes: Vec<Change>,
    logs: Vec<Log>,
    disturbances: Vec<Disturbance>,
    watching: Watching,
    problems: Vec<Problem>,
    tables: BTreeMap<String, Result<Table, String>>,
}

impl Checker<'_> {
    fn take(&mut self, spot: Spot, what: &What) -> Result<(), Problem> {
        match what {
            What::Set { at, target, value } => {
                self.in_run(*at, spot)?;
                let (name, settable) = self.settable(target)?;
                let given = given(target, settable, value)?;
                self.changes.push(Change {
                    at: *at,
                    target: name,
                    given,
                });
                Ok(())
            }
            What::Ramp { .. } => self.ramp(spot, what),
            What::Feed {
                target,
                file,
                column,
                start,
            } => self.feed(target, file, column.as_ref(), *start),
            What::Replay {
                file,
                bus,
                start,
                timing,
            } => {
                self.in_run(*start, spot)?;
                if !self.catalogue.buses.contains(&bus.text) {
                    let known = self.catalogue.buses.iter().map(String::as_str);
                    let message = format!(
                        "there is no CAN bus `{}`{}",
                        bus.text,
                        near(&bus.text, known)
                    );
                    return Err(Problem::new(bus.spot, message));
                }
                self.logs.push(Log {
                    file: file.text.clone(),
                    spot: file.spot,
                    bus: bus.text.clone(),
                    start: *start,
                    timing: *timing,
                });
                Ok(())
            }
            What::Fault { at, lasting, text } => {
                self.in_run(*at, spot)?;
                self.disturbances.push(Disturbance {
                    at: *at,
                    lasting: *lasting,
                    text: text.text.clone(),
                    spot: text.spot,
                });
                Ok(())
            }
            What::Assert(assertion) => {
                let planned =
                    self.watching
                        .assertion((self.catalogue, self.end), spot, assertion)?;
                self.watching.planned.push(planned);
                Ok(())
            }
            What::Envelope {
                label,
                signal,
                file,
            } => {
                let table = self.table(file)?;
                let said = (label.as_deref(), spot);
                let planned = (self.watching).envelope(
                    (self.catalogue, self.end),
                    said,
                    (signal, file),
                    &table,
                )?;
                self.watching.planned.push(planned);
                Ok(())
            }
        }
    }

    fn in_run(&self, at: Time, spot: Spot) -> Result<(), Problem> {
        in_run(at, self.end, spot)
    }

    fn settable(&self, target: &Name) -> Result<(String, &Settable), Problem> {
        let all = &self.catalogue.settable;
        // A dot may stand where a bus has a colon.
        let colon = target.text.replacen('.', ":", 1);
        let found = all
            .get_key_value(&target.text)
            .or_else(|| all.get_key_value(&colon));
        let (name, settable) = found.ok_or_else(|| {
            let known = near(&target.text, all.keys().map(String::as_str));
            let message = format!(
                "there is no stimulus, signal of the restbus or parameter `{}`{known}",
                target.text
            );
            Problem::new(target.spot, message)
        })?;
        Ok((name.clone(), settable))
    }

    fn ramp(&mut self, spot: Spot, what: &What) -> Result<(), Problem> {
        let What::Ramp {
            from,
            to,
            target,
            first,
            last,
            unit,
            every,
        } = what
        else {
            return Ok(());
        };
        self.in_run(*to, spot)?;
        let every = every.unwrap_or(STEP);
        if from >= to || every.0 == 0 {
            let message = "a ramp needs an end after its start, and steps that take time";
            return Err(Problem::new(spot, message));
        }
        let steps = (to.0 - from.0).div_ceil(every.0);
        if steps > STEPS {
            let message = format!("the ramp has {steps} steps; give it a longer `every`");
            return Err(Problem::new(spot, message));
        }
        let (name, settable) = self.settable(target)?;
        let mut ends = [0.0; 2];
        for (end, value) in ends.iter_mut().zip([*first, *last]) {
            let literal = Literal::Number {
                value,
                unit: unit.clone(),
            };
            let Given::Number(number) = given(target, settable, &literal)? else {
                let message = format!("`{}` is no number, so it has no ramp", target.text);
                return Err(Problem::new(target.spot, message));
            };
            *end = number;
        }
        let [first, last] = ends;
        for step in 0..=steps {
            let at = Time(from.0.saturating_add(step * every.0)).min(*to);
            let part = (at.0 - from.0) as f64 / (to.0 - from.0) as f64;
            let number = if at == *to {
                last
            } else {
                units::tidy(first + (last - first) * part)
            };
            self.changes.push(Change {
                at,
                target: name.clone(),
                given: Given::Number(number),
            });
        }
        Ok(())
    }

    fn feed(
        &mut self,
        target: &Name,
        file: &Name,
        column: Option<&Name>,
        start: Time,
    ) -> Result<(), Problem> {
        let table = self.table(file)?;
        let (name, settable) = self.settable(target)?;
        let found = match column {
            Some(column) => table.column(&column.text).ok_or_else(|| {
                let known = near(&column.text, table.names());
                let message = format!("`{}` has no column `{}`{known}", file.text, column.text);
                Problem::new(column.spot, message)
            })?,
            None => table.first().ok_or_else(|| {
                Problem::new(
                    file.spot,
                    format!("`{}` has no column of values", file.text),
                )
            })?,
        };
        let mut changes = Vec::new();
        for (time, cell) in table.times.iter().zip(&found.cells) {
            let at = Time(start.0.saturating_add(time.0));
            let Some(value) = cell.filter(|_| at <= self.end) else {
                continue;
            };
            let unit = match (found.unit.as_str(), &settable.kind) {
                ("", Kind::Number { unit } | Kind::Labelled { unit, .. }) => unit.clone(),
                (unit, _) => unit.to_owned(),
            };
            let literal = Literal::Number { value, unit };
            let given = given(target, settable, &literal).map_err(|problem| {
                let message = format!("`{}` at {time}: {}", file.text, problem.message);
                Problem::new(file.spot, message)
            })?;
            changes.push(Change {
                at,
                target: name.clone(),
                given,
            });
        }
        self.changes.extend(changes);
        Ok(())
    }

    fn table(&mut self, file: &Name) -> Result<Table, Problem> {
        let read = self.read;
        let entry = self.tables.entry(file.text.clone());
        let table = entry.or_insert_with(|| read(&file.text).and_then(|text| table::read(&text)));
        let table = table.clone();
        table.map_err(|reason| Problem::new(file.spot, format!("`{}`: {reason}", file.text)))
    }
}

fn in_run(at: Time, end: Time, spot: Spot) -> Result<(), Problem> {
    match at <= end {
        true => Ok(()),
        false => {
            let message = format!("{at} lies behind the end of the run at {end}");
            Err(Problem::new(spot, message))
        }
    }
}

/// A value as the target takes it.
fn given(target: &Name, settable: &Settable, value: &Literal) -> Result<Given, Problem> {
    let wrong = |message: String| Problem::new(target.spot, message);
    match (&settable.kind, value) {
        (
            Kind::Number { unit } | Kind::Labelled { unit, .. },
            Literal::Number { value, unit: own },
        ) => {
            let value = units::converted(&target.text, *value, own, unit).map_err(wrong)?;
            match settable.range {
                Some((low, high)) if !(low..=high).contains(&value) => Err(wrong(format!(
                    "`{}` takes {low} .. {high}{}, not {value}",
                    target.text,
                    units::behind(unit)
                ))),
                _ => Ok(Given::Number(value)),
            }
        }
        (Kind::Number { unit } | Kind::Labelled { unit, .. }, Literal::Word { text }) => {
            let unit = match unit.as_str() {
                "" => String::new(),
                unit => format!(" in {unit}"),
            };
            Err(wrong(format!(
                "`{}` takes a number{unit}, not `{text}`",
                target.text
            )))
        }
        (Kind::Word { words }, Literal::Word { text }) if words.contains(text) => {
            Ok(Given::Word(text.clone()))
        }
        (Kind::Word { words }, value) => Err(wrong(format!(
            "`{}` takes one of `{}`, not `{value}`",
            target.text,
            words.join("`, `")
        ))),
        (Kind::Text, Literal::Word { text }) => Ok(Given::Word(text.clone())),
        (Kind::Text, Literal::Number { value, .. }) => Ok(Given::Word(value.to_string())),
    }
}
