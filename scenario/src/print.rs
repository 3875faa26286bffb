//! A scenario as text again: what is written reads the same.

use crate::{
    parse::line::{is_plain, is_word},
    text::{
        Against, Assertion, Claim, Condition, Exercise, Literal, Moment, Name, Scenario, Statement,
        Timing, Validity, What,
    },
    time::Time,
};
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Scenario {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "scenario {}", Quoted(&self.name))?;
        writeln!(f, "run {}", self.run)?;
        if self.seed != 0 {
            writeln!(f, "seed {}", self.seed)?;
        }
        let mut lines = self.statements.iter();
        lines.try_for_each(|statement| writeln!(f, "{statement}"))
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.what {
            What::Set { at, target, value } => write!(f, "at {at} set {target} = {value}"),
            What::Ramp {
                from,
                to,
                target,
                first,
                last,
                unit,
                every,
            } => {
                write!(f, "from {from} to {to} ramp {target} {first} .. {last}")?;
                write_unit(f, unit)?;
                every.map_or(Ok(()), |every| write!(f, " every {every}"))
            }
            What::Feed {
                target,
                file,
                column,
                start,
            } => {
                write!(f, "feed {target} from {}", Quoted(&file.text))?;
                if let Some(column) = column {
                    write!(f, " column {}", Quoted(&column.text))?;
                }
                write_start(f, *start)
            }
            What::Replay {
                file,
                bus,
                start,
                timing,
            } => {
                write!(f, "replay {} on {bus}", Quoted(&file.text))?;
                write_start(f, *start)?;
                match timing {
                    Timing::Automatic => Ok(()),
                    Timing::AsRecorded => f.write_str(" as recorded"),
                }
            }
            What::Fault { at, lasting, text } => {
                write!(f, "at {at}")?;
                if let Some(lasting) = lasting {
                    write!(f, " for {lasting}")?;
                }
                write!(f, " fault {}", text.text)
            }
            What::Assert(assertion) => write!(f, "assert {assertion}"),
            What::Envelope {
                label,
                signal,
                file,
            } => {
                f.write_str("envelope ")?;
                write_label(f, label.as_deref())?;
                write!(f, "{signal} from {}", Quoted(&file.text))
            }
        }
    }
}

impl Display for Assertion {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write_label(f, self.label.as_deref())?;
        if self.exercise == Exercise::Optional {
            f.write_str("optionally ")?;
        }
        if let Some(from) = self.from {
            write!(f, "from {from} ")?;
        }
        if let Some(to) = self.to {
            write!(f, "to {to} ")?;
        }
        write!(f, "{}", self.claim)
    }
}

impl Display for Claim {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Claim::Always(condition) => write!(f, "always {condition}"),
            Claim::Never(condition) => write!(f, "never {condition}"),
            Claim::Eventually(condition) => write!(f, "eventually {condition}"),
            Claim::Within(time, condition) => write!(f, "within {time} {condition}"),
            Claim::At(Moment::End, condition) => write!(f, "at end {condition}"),
            Claim::At(Moment::Time(time), condition) => write!(f, "at {time} {condition}"),
            Claim::AfterWithin {
                trigger,
                within,
                then,
            } => write!(f, "after {trigger} within {within} {then}"),
            Claim::AfterAlways {
                trigger,
                then,
                lasting,
            } => write!(f, "after {trigger} always {then} for {lasting}"),
            Claim::WhileAlways { during, then } => write!(f, "while {during} always {then}"),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Condition::Compare {
                left,
                comparison,
                right: Against::Literal(right),
            } => write!(f, "{left} {comparison} {right}"),
            Condition::Compare {
                left,
                comparison,
                right: Against::Signal(right),
            } => write!(f, "{left} {comparison} {right}"),
            Condition::Range {
                signal,
                low,
                high,
                unit,
            } => {
                write!(f, "{signal} within {low} .. {high}")?;
                write_unit(f, unit)
            }
            Condition::Is { signal, validity } => match validity {
                Validity::Valid => write!(f, "{signal} is valid"),
                Validity::Invalid => write!(f, "{signal} is invalid"),
            },
            Condition::Not(inner) => match **inner {
                Condition::And(..) | Condition::Or(..) => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            Condition::And(left, right) => {
                match **left {
                    Condition::Or(..) => write!(f, "({left})")?,
                    _ => write!(f, "{left}")?,
                }
                match **right {
                    Condition::Or(..) | Condition::And(..) => write!(f, " and ({right})"),
                    _ => write!(f, " and {right}"),
                }
            }
            Condition::Or(left, right) => match **right {
                Condition::Or(..) => write!(f, "{left} or ({right})"),
                _ => write!(f, "{left} or {right}"),
            },
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Literal::Number { value, unit } => {
                write!(f, "{value}")?;
                write_unit(f, unit)
            }
            Literal::Word { text } if is_word(text) && !text.contains(['.', ':']) => {
                f.write_str(text)
            }
            Literal::Word { text } => write!(f, "{}", Quoted(text)),
        }
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let function = self.text.split_once('(').and_then(|(name, of)| {
            let of = of.strip_suffix(')').filter(|of| !of.is_empty())?;
            is_plain(name).then_some((name, of))
        });
        match function {
            Some((name, of)) if is_plain(of) => write!(f, "{name}({of})"),
            Some((name, of)) => write!(f, "{name}({})", Quoted(of)),
            _ if is_plain(&self.text) => f.write_str(&self.text),
            _ => write!(f, "{}", Quoted(&self.text)),
        }
    }
}

struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        f.write_char('"')
    }
}

fn write_unit(f: &mut Formatter<'_>, unit: &str) -> Result {
    match unit {
        "" => Ok(()),
        unit => write!(f, " {unit}"),
    }
}

fn write_start(f: &mut Formatter<'_>, start: Time) -> Result {
    match start {
        Time(0) => Ok(()),
        start => write!(f, " starting at {start}"),
    }
}

fn write_label(f: &mut Formatter<'_>, label: Option<&str>) -> Result {
    label.map_or(Ok(()), |label| write!(f, "{} ", Quoted(label)))
}
