//! Conditions: comparisons of signals, joined by `and`, `or`, `not` and parentheses.

use super::line::Line;
use crate::text::{Against, Comparison, Condition, Literal, Problem, Validity};

/// How deep parentheses and `not` may stand in each other.
const DEPTH: usize = 40;

/// Everything up to where none of `and` and `or` joins more.
pub(super) fn condition(line: &mut Line<'_>) -> Result<Condition, Problem> {
    either(line, 0)
}

fn either(line: &mut Line<'_>, depth: usize) -> Result<Condition, Problem> {
    let mut left = both(line, depth)?;
    while line.word("or") {
        let right = both(line, depth)?;
        left = Condition::Or(Box::new(left), Box::new(right));
    }
    Ok(left)
}

fn both(line: &mut Line<'_>, depth: usize) -> Result<Condition, Problem> {
    let mut left = one(line, depth)?;
    while line.word("and") {
        let right = one(line, depth)?;
        left = Condition::And(Box::new(left), Box::new(right));
    }
    Ok(left)
}

fn one(line: &mut Line<'_>, depth: usize) -> Result<Condition, Problem> {
    if depth > DEPTH {
        return Err(line.expected("a condition that is not nested that deep"));
    }
    if line.word("not") {
        return Ok(Condition::Not(Box::new(one(line, depth + 1)?)));
    }
    if line.sign("(") {
        let inner = either(line, depth + 1)?;
        line.expect_sign(")")?;
        return Ok(inner);
    }
    comparison(line)
}

fn comparison(line: &mut Line<'_>) -> Result<Condition, Problem> {
    let signal = line.name("the name of a signal")?;
    if line.word("within") {
        let low = line.number()?;
        line.expect_sign("..")?;
        let high = line.number()?;
        let unit = line.unit();
        return Ok(Condition::Range {
            signal,
            low,
            high,
            unit,
        });
    }
    if line.word("is") {
        let validity = match (line.word("valid"), line.word("invalid")) {
            (true, _) => Validity::Valid,
            (_, true) => Validity::Invalid,
            _ => return Err(line.expected("`valid` or `invalid`")),
        };
        return Ok(Condition::Is { signal, validity });
    }
    let mut all = Comparison::ALL.iter();
    let Some((_, comparison)) = all.find(|(sign, _)| line.sign(sign)) else {
        return Err(line.expected("one of `==`, `!=`, `<`, `<=`, `>`, `>=`, `within`, `is`"));
    };
    Ok(Condition::Compare {
        left: signal,
        comparison: *comparison,
        right: operand(line)?,
    })
}

/// A word with a dot, a colon or parentheses in it is the name of a signal.
fn operand(line: &mut Line<'_>) -> Result<Against, Problem> {
    if line.is_signal() {
        return line.name("the name of a signal").map(Against::Signal);
    }
    let literal: Literal = line.literal()?;
    Ok(Against::Literal(literal))
}
