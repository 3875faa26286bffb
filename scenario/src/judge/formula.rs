//! Conditions over values: true, false, or not known while a signal has no value yet.

use super::Value;
use crate::{
    plan::{Formula, Rule, Term},
    text::{Comparison, Validity},
};
use std::cmp::Ordering;

/// `None`: not known yet.
pub(super) type Truth = Option<bool>;

/// Of the conditions of a rule, in its order.
pub(super) fn truths(rule: &Rule, values: &[Option<Value>]) -> [Truth; 2] {
    let truth = |formula| truth(formula, values);
    match rule {
        Rule::Always(one) | Rule::Never(one) | Rule::Eventually(one) => [truth(one), None],
        Rule::AfterWithin(one, _, other)
        | Rule::AfterAlways(one, other, _)
        | Rule::WhileAlways(one, other) => [truth(one), truth(other)],
        Rule::Inside(..) => [None, None],
    }
}

fn truth(formula: &Formula, values: &[Option<Value>]) -> Truth {
    let value = |signal: &usize| values.get(*signal)?.as_ref();
    match formula {
        Formula::Not(inner) => truth(inner, values).map(|truth| !truth),
        Formula::And(left, right) => match (truth(left, values), truth(right, values)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Formula::Or(left, right) => match (truth(left, values), truth(right, values)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Formula::Is(signal, validity) => {
            let is_missing = matches!(value(signal)?, Value::Missing(_));
            Some(is_missing == (*validity == Validity::Invalid))
        }
        Formula::Range(signal, low, high) => {
            let number = value(signal)?.number();
            Some(number.is_some_and(|number| (*low..=*high).contains(&number)))
        }
        Formula::Compare(signal, comparison, term) => {
            let left = value(signal)?;
            let order = match term {
                Term::Number(number) => left.number().and_then(|left| left.partial_cmp(number)),
                Term::Word(word) => equality(left.word().map(|left| left == word)),
                Term::Signal(other, factor, offset) => {
                    let right = value(other)?;
                    match (left.number(), right.number()) {
                        (Some(left), Some(right)) => left.partial_cmp(&(right * factor + offset)),
                        _ => equality(left.word().zip(right.word()).map(|(a, b)| a == b)),
                    }
                }
            };
            // What is missing compares with nothing.
            Some(order.is_some_and(|order| holds(*comparison, order)))
        }
    }
}

fn equality(is_equal: Option<bool>) -> Option<Ordering> {
    is_equal.map(|is_equal| match is_equal {
        true => Ordering::Equal,
        false => Ordering::Less,
    })
}

fn holds(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Unequal => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

impl Value {
    /// For comparisons and pictures.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) | Value::Labelled(number, _) => Some(*number),
            Value::Word(_) | Value::Missing(_) => None,
        }
    }

    fn word(&self) -> Option<&str> {
        match self {
            Value::Word(word) | Value::Labelled(_, word) => Some(word),
            Value::Number(_) | Value::Missing(_) => None,
        }
    }
}
