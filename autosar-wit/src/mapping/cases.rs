//! Cases of enums and variants, and flags: by name, by rule, or by what answers otherwise.

use super::{
    Answer, Conversion, Policy, Problem, RowKind, Rule,
    spot::Spot,
    walk::{Walk, guess, listed},
};
use crate::types::ValueType;
use std::collections::BTreeMap;

type Case = (String, Option<ValueType>);

impl Walk<'_> {
    pub(super) fn cases(
        &mut self,
        spot: &Spot,
        needs: &ValueType,
        gives: &ValueType,
        needed: &[Case],
        given: &[Case],
    ) -> Conversion {
        let names = |cases: &[Case]| -> Vec<String> {
            cases.iter().map(|(name, _)| name.clone()).collect()
        };
        let (needed_names, given_names) = (names(needed), names(given));
        let kind = RowKind::Cases {
            given: given_names.clone(),
            needed: needed_names.clone(),
        };
        self.value_row(spot, needs, gives, kind);
        let pairs = self.pairs(spot, &needed_names, &given_names);
        let otherwise = self.otherwise(spot, &needed_names);
        let mut unmatched = Vec::new();
        let mut answers = Vec::with_capacity(given.len());
        for (name, value) in given {
            let target = pairs.get(name).copied();
            let answer = match (target, &otherwise) {
                (Some(case), _) => Some((case, value.as_ref())),
                (None, Otherwise::Case(case)) => Some((*case, None)),
                (None, Otherwise::Invalid) => {
                    answers.push(Answer::Invalid);
                    continue;
                }
                (None, Otherwise::Nothing) => None,
            };
            let Some((case, value)) = answer else {
                unmatched.push(name.clone());
                continue;
            };
            let target = needed.get(case);
            let place = target.map_or("?", |(name, _)| name.as_str());
            let payload = target.and_then(|(_, value)| value.as_ref());
            let value = self.payload(&spot.beyond(&format!(".{place}")), payload, value);
            answers.push(Answer::Case {
                case: case as u32,
                value,
            });
        }
        if !unmatched.is_empty() {
            self.unmatched(spot, &unmatched, &needed_names, &given_names);
        }
        Conversion::Cases(answers)
    }

    pub(super) fn flags(
        &mut self,
        spot: &Spot,
        needs: &ValueType,
        gives: &ValueType,
        needed: &[String],
        given: &[String],
    ) -> Conversion {
        let kind = RowKind::Flags {
            given: given.to_vec(),
            needed: needed.to_vec(),
        };
        self.value_row(spot, needs, gives, kind);
        let pairs = self.pairs(spot, needed, given);
        let labels: Vec<Option<u32>> = given
            .iter()
            .map(|name| pairs.get(name).map(|label| *label as u32))
            .collect();
        let proposal = guess(Rule {
            policy: Some(Policy::LeaveOut),
            ..Rule::default()
        });
        let policy = self
            .rule(&spot.place, "policy")
            .and_then(|rule| rule.policy);
        let policy = match policy {
            Some(policy) => {
                let fitting = [Policy::LeaveOut, Policy::Invalid];
                if !self.allowed(spot, policy, &fitting, &proposal) {
                    return Conversion::Same;
                }
                policy
            }
            None => {
                let unmatched: Vec<String> = given
                    .iter()
                    .zip(&labels)
                    .filter(|(_, label)| label.is_none())
                    .map(|(name, _)| name.clone())
                    .collect();
                if !unmatched.is_empty() {
                    let mut rule = proposal;
                    rule.cases = same_place(&unmatched, needed, given);
                    self.complain(spot, &unmatched, rule);
                }
                Policy::LeaveOut
            }
        };
        Conversion::Flags { labels, policy }
    }

    /// Given name → position of the needed one: by rule, else by name.
    fn pairs<'b>(
        &mut self,
        spot: &Spot,
        needed: &[String],
        given: &'b [String],
    ) -> BTreeMap<&'b String, usize> {
        let stated = self.rule(&spot.place, "cases").map(|rule| &rule.cases);
        let position = |name: &String| needed.iter().position(|known| known == name);
        let mut pairs: BTreeMap<&String, usize> = given
            .iter()
            .filter_map(|name| Some((name, position(name)?)))
            .collect();
        for (from, to) in stated.into_iter().flatten() {
            let known = given.iter().find(|name| *name == from);
            match (known, position(to)) {
                (Some(name), Some(position)) => {
                    pairs.insert(name, position);
                }
                (None, _) => self.unknown_case(spot, "given", from, given),
                (_, None) => self.unknown_case(spot, "needed", to, needed),
            }
        }
        pairs
    }

    fn otherwise(&mut self, spot: &Spot, needed: &[String]) -> Otherwise {
        let stated = self
            .rule(&spot.place, "otherwise")
            .and_then(|rule| rule.otherwise.clone());
        let policy = self
            .rule(&spot.place, "policy")
            .and_then(|rule| rule.policy);
        match (stated, policy) {
            (Some(name), _) => match needed.iter().position(|known| *known == name) {
                Some(case) => Otherwise::Case(case),
                None => {
                    self.unknown_case(spot, "needed", &name, needed);
                    Otherwise::Invalid
                }
            },
            (None, Some(policy)) => {
                let proposal = guess(Rule {
                    otherwise: needed.first().cloned(),
                    ..Rule::default()
                });
                self.allowed(spot, policy, &[Policy::Invalid], &proposal);
                Otherwise::Invalid
            }
            (None, None) => Otherwise::Nothing,
        }
    }

    /// Proposes pairs at the same place in both lists, and an answer for the rest.
    fn unmatched(
        &mut self,
        spot: &Spot,
        unmatched: &[String],
        needed: &[String],
        given: &[String],
    ) {
        let cases = same_place(unmatched, needed, given);
        let mut rule = guess(Rule::default());
        if cases.len() < unmatched.len() {
            let invalid = needed.iter().find(|case| *case == "invalid");
            match (invalid, self.has_invalid()) {
                (Some(case), _) => rule.otherwise = Some(case.clone()),
                (None, true) => rule.policy = Some(Policy::Invalid),
                (None, false) => rule.otherwise = needed.first().cloned(),
            }
        }
        rule.cases = cases;
        self.complain(spot, unmatched, rule);
    }

    fn complain(&mut self, spot: &Spot, unmatched: &[String], rule: Rule) {
        let problem = Problem::Unmatched {
            cases: listed(unmatched),
            verb: if unmatched.len() == 1 { "has" } else { "have" },
        };
        self.problem(&spot.place, problem, Some(rule));
    }

    fn unknown_case(&mut self, spot: &Spot, side: &'static str, name: &str, known: &[String]) {
        let problem = Problem::UnknownCase {
            side,
            name: name.to_owned(),
            known: listed(known),
        };
        self.problem(&spot.place, problem, None);
    }
}

enum Otherwise {
    Case(usize),
    Invalid,
    Nothing,
}

/// Unmatched given names whose neighbours at the same position are needed and not given.
fn same_place(
    unmatched: &[String],
    needed: &[String],
    given: &[String],
) -> BTreeMap<String, String> {
    let pair = |name: &String| {
        let position = given.iter().position(|known| known == name)?;
        let other = needed.get(position)?;
        (!given.contains(other)).then(|| (name.clone(), other.clone()))
    };
    unmatched.iter().filter_map(pair).collect()
}
