//! Reads the text of a scenario, a statement a line. Everything that is wrong is told at once.

mod condition;
pub(crate) mod line;
mod tokens;

use crate::{
    catalogue,
    text::{
        Assertion, Claim, Exercise, Moment, Name, Problem, Scenario, Spot, Statement, Timing, What,
    },
    time::Time,
};
use condition::condition;
use line::Line;

const BEGINNINGS: [&str; 10] = [
    "scenario", "run", "seed", "at", "from", "feed", "replay", "assert", "envelope", "#",
];

/// # Errors
/// Every line that is wrong.
pub fn parse(text: &str) -> Result<Scenario, Vec<Problem>> {
    let mut reader = Reader::default();
    let mut problems = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(text.lines()) {
        let line = Line::read(tokens::without_comment(line), number);
        let read = line.and_then(|line| match line {
            Some(line) => reader.take(line),
            None => Ok(()),
        });
        problems.extend(read.err());
    }
    match (reader.scenario(), problems.is_empty()) {
        (Ok(scenario), true) => Ok(scenario),
        (Ok(_), false) => Err(problems),
        (Err(missing), _) => {
            problems.extend(missing);
            Err(problems)
        }
    }
}

#[derive(Default)]
struct Reader {
    name: Option<String>,
    run: Option<Time>,
    seed: Option<u64>,
    statements: Vec<Statement>,
}

impl Reader {
    fn scenario(self) -> Result<Scenario, Vec<Problem>> {
        let spot = Spot { line: 1, column: 1 };
        let missing = |what: &str| Problem::new(spot, format!("the file says nowhere {what}"));
        let mut problems = Vec::new();
        if self.name.is_none() {
            let what = "what it shows; begin it with a line such as `scenario \"fan follows\"`";
            problems.push(missing(what));
        }
        if self.run.is_none() {
            problems.push(missing("how long it runs; add a line such as `run 10 s`"));
        }
        match (self.name, self.run) {
            (Some(name), Some(run)) => Ok(Scenario {
                name,
                run,
                seed: self.seed.unwrap_or(0),
                statements: self.statements,
            }),
            _ => Err(problems),
        }
    }

    fn take(&mut self, mut line: Line<'_>) -> Result<(), Problem> {
        let spot = line.spot();
        let Some(word) = line.any_word() else {
            return Err(line.expected("a statement"));
        };
        let twice = || Problem::new(spot, format!("`{word}` stands here a second time"));
        let what = match word {
            "scenario" => {
                let name = line
                    .quoted()
                    .ok_or_else(|| line.expected("a name in quotes"))?;
                line.end()?;
                return set_once(&mut self.name, name).ok_or_else(twice);
            }
            "run" => {
                let run = line.time()?;
                line.end()?;
                return set_once(&mut self.run, run).ok_or_else(twice);
            }
            "seed" => {
                let seed = line.whole_number()?;
                line.end()?;
                return set_once(&mut self.seed, seed).ok_or_else(twice);
            }
            "at" => at(&mut line)?,
            "from" => ramp(&mut line)?,
            "feed" => feed(&mut line)?,
            "replay" => replay(&mut line)?,
            "assert" => What::Assert(assertion(&mut line)?),
            "envelope" => envelope(&mut line)?,
            other => {
                let near = catalogue::near(other, BEGINNINGS.iter().copied());
                let message = format!("`{other}` begins no statement{near}");
                return Err(Problem::new(spot, message));
            }
        };
        line.end()?;
        self.statements.push(Statement { spot, what });
        Ok(())
    }
}

fn set_once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.is_none().then(|| *place = Some(value))
}

fn at(line: &mut Line<'_>) -> Result<What, Problem> {
    let at = line.time()?;
    if line.word("set") {
        let target = target(line)?;
        line.expect_sign("=")?;
        let value = line.literal()?;
        return Ok(What::Set { at, target, value });
    }
    let lasting = match line.word("for") {
        true => Some(line.time()?),
        false => None,
    };
    match (line.word("fault"), lasting) {
        (true, _) => Ok(What::Fault {
            at,
            lasting,
            text: line.rest()?,
        }),
        (false, Some(_)) => Err(line.expected("`fault`")),
        (false, None) => Err(line.expected("`set`, `fault` or `for`")),
    }
}

fn target(line: &mut Line<'_>) -> Result<Name, Problem> {
    line.name("what is set: a stimulus, a signal of the restbus or a parameter")
}

fn ramp(line: &mut Line<'_>) -> Result<What, Problem> {
    let from = line.time()?;
    line.expect_word("to")?;
    let to = line.time()?;
    line.expect_word("ramp")?;
    let target = target(line)?;
    let first = line.number()?;
    line.expect_sign("..")?;
    let last = line.number()?;
    let unit = line.unit();
    let every = match line.word("every") {
        true => Some(line.time()?),
        false => None,
    };
    Ok(What::Ramp {
        from,
        to,
        target,
        first,
        last,
        unit,
        every,
    })
}

fn feed(line: &mut Line<'_>) -> Result<What, Problem> {
    let target = target(line)?;
    line.expect_word("from")?;
    let file = line.name("a CSV file")?;
    let column = match line.word("column") {
        true => Some(line.name("the head of a column")?),
        false => None,
    };
    let start = starting(line)?;
    Ok(What::Feed {
        target,
        file,
        column,
        start,
    })
}

fn starting(line: &mut Line<'_>) -> Result<Time, Problem> {
    match line.word("starting") {
        true => {
            line.expect_word("at")?;
            line.time()
        }
        false => Ok(Time(0)),
    }
}

fn replay(line: &mut Line<'_>) -> Result<What, Problem> {
    let file = line.name("a log file")?;
    line.expect_word("on")?;
    let bus = line.name("a CAN bus")?;
    let start = starting(line)?;
    let timing = match line.word("as") {
        true => {
            line.expect_word("recorded")?;
            Timing::AsRecorded
        }
        false => Timing::Automatic,
    };
    Ok(What::Replay {
        file,
        bus,
        start,
        timing,
    })
}

fn envelope(line: &mut Line<'_>) -> Result<What, Problem> {
    let label = line.quoted_unless_before("from");
    let signal = line.name("the name of a signal")?;
    line.expect_word("from")?;
    let file = line.name("a CSV file")?;
    Ok(What::Envelope {
        label,
        signal,
        file,
    })
}

fn assertion(line: &mut Line<'_>) -> Result<Assertion, Problem> {
    let label = line.quoted();
    let exercise = match line.word("optionally") {
        true => Exercise::Optional,
        false => Exercise::Required,
    };
    let from = match line.word("from") {
        true => Some(line.time()?),
        false => None,
    };
    let to = match line.word("to") {
        true => Some(line.time()?),
        false => None,
    };
    let spot = line.spot();
    let claim = claim(line)?;
    if matches!(claim, Claim::At(..)) && (from.is_some() || to.is_some()) {
        let message = "`at` is an instant of its own; leave out `from` and `to`";
        return Err(Problem::new(spot, message));
    }
    Ok(Assertion {
        label,
        exercise,
        from,
        to,
        claim,
    })
}

fn claim(line: &mut Line<'_>) -> Result<Claim, Problem> {
    if line.word("always") {
        return Ok(Claim::Always(condition(line)?));
    }
    if line.word("never") {
        return Ok(Claim::Never(condition(line)?));
    }
    if line.word("eventually") {
        return Ok(Claim::Eventually(condition(line)?));
    }
    if line.word("within") {
        return Ok(Claim::Within(line.time()?, condition(line)?));
    }
    if line.word("at") {
        let moment = match line.word("end") {
            true => Moment::End,
            false => Moment::Time(line.time()?),
        };
        return Ok(Claim::At(moment, condition(line)?));
    }
    if line.word("while") {
        let during = condition(line)?;
        line.expect_word("always")?;
        let then = condition(line)?;
        return Ok(Claim::WhileAlways { during, then });
    }
    if !line.word("after") {
        let words = "`always`, `never`, `eventually`, `within`, `at`, `after` or `while`";
        return Err(line.expected(words));
    }
    let trigger = condition(line)?;
    if line.word("within") {
        let within = line.time()?;
        let then = condition(line)?;
        return Ok(Claim::AfterWithin {
            trigger,
            within,
            then,
        });
    }
    if !line.word("always") {
        return Err(line.expected("`within` or `always`"));
    }
    let then = condition(line)?;
    line.expect_word("for")?;
    let lasting = line.time()?;
    Ok(Claim::AfterAlways {
        trigger,
        then,
        lasting,
    })
}
