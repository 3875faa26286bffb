//! What the walk over two types has with it: the rules that it asks for, what is wrong, and the rows of
//! the table.

use super::{
    Conversion, Mapping, Policy, Problem, Row, RowKind, Rule, problem::MappingProblem, spot::Spot,
};
use crate::{print, types::ValueType};
use std::collections::BTreeSet;

pub(super) struct Walk<'a> {
    pub(super) mapping: &'a Mapping,
    /// Places that the interfaces have.
    pub(super) seen: BTreeSet<String>,
    /// Places and fields of rules that were asked for.
    pub(super) used: BTreeSet<(String, &'static str)>,
    pub(super) problems: Vec<MappingProblem>,
    pub(super) rows: Vec<Row>,
    /// The case `invalid` of the function at hand.
    pub(super) invalid: Option<u32>,
}

impl<'a> Walk<'a> {
    pub(super) fn refuse(&mut self, spot: &Spot, problem: Problem) -> Conversion {
        self.problem(&spot.place, problem, None);
        Conversion::Same
    }

    pub(super) fn problem(&mut self, place: &str, problem: Problem, proposal: Option<Rule>) {
        self.problems.push(MappingProblem {
            place: place.to_owned(),
            problem,
            proposal,
        });
    }

    /// The policy of that place, if it may be that one.
    pub(super) fn allowed(
        &mut self,
        spot: &Spot,
        policy: Policy,
        fitting: &[Policy],
        proposal: &Rule,
    ) -> bool {
        if !fitting.contains(&policy) {
            let instead = match fitting.first() {
                Some(Policy::Saturate) => "`saturate` or `invalid`",
                Some(Policy::LeaveOut) => "`leave-out` or `invalid`",
                _ => "`invalid`, or a case that answers otherwise",
            };
            let problem = Problem::WrongPolicy {
                policy: policy.name(),
                instead,
            };
            self.problem(&spot.place, problem, Some(proposal.clone()));
            return false;
        }
        if policy == Policy::Invalid && self.invalid.is_none() {
            self.problem(&spot.place, Problem::NoInvalid, Some(proposal.clone()));
            return false;
        }
        true
    }

    pub(super) fn has_invalid(&self) -> bool {
        self.invalid.is_some()
    }

    pub(super) fn saw(&mut self, place: &str) {
        self.seen.insert(place.to_owned());
    }

    pub(super) fn rule(&mut self, place: &str, field: &'static str) -> Option<&'a Rule> {
        let rule = self.mapping.rules.get(place)?;
        self.used.insert((place.to_owned(), field));
        Some(rule)
    }

    pub(super) fn from(&mut self, place: &str) -> Option<&'a String> {
        self.rule(place, "from")?.from.as_ref()
    }

    pub(super) fn default(&mut self, place: &str) -> Option<&'a str> {
        self.rule(place, "default")?.default.as_deref()
    }

    /// Rules for places that are not there, and fields of rules that nothing asked for.
    pub(super) fn complain_of_the_rest(&mut self) {
        let mapping = self.mapping;
        for (place, rule) in &mapping.rules {
            if !self.seen.contains(place) {
                self.problem(place, Problem::NoPlace, None);
                continue;
            }
            let said = [
                ("from", rule.from.is_some()),
                ("default", rule.default.is_some()),
                ("factor", rule.factor.is_some()),
                ("offset", rule.offset.is_some()),
                ("policy", rule.policy.is_some()),
                ("cases", !rule.cases.is_empty()),
                ("otherwise", rule.otherwise.is_some()),
            ];
            for (field, is_said) in said {
                if is_said && !self.used.contains(&(place.clone(), field)) {
                    let row = self.rows.iter().find(|row| row.place == *place);
                    let needs =
                        row.map_or("this place".to_owned(), |row| format!("`{}`", row.needs));
                    self.problem(place, Problem::Unused { field, needs }, None);
                }
            }
        }
    }

    pub(super) fn row(
        &mut self,
        place: &str,
        needs: &str,
        given: &str,
        source: &str,
        sources: Vec<String>,
        kind: RowKind,
    ) {
        if self.rows.iter().any(|row| row.place == place) {
            return;
        }
        self.rows.push(Row {
            place: place.to_owned(),
            needs: needs.to_owned(),
            given: given.to_owned(),
            source: source.to_owned(),
            sources,
            kind,
            takes_default: false,
        });
    }

    pub(super) fn plain_row(&mut self, spot: &Spot, needs: &ValueType, gives: &ValueType) {
        self.value_row(spot, needs, gives, RowKind::Plain);
    }

    pub(super) fn value_row(
        &mut self,
        spot: &Spot,
        needs: &ValueType,
        gives: &ValueType,
        kind: RowKind,
    ) {
        let (needs, gives) = (print::value_type(needs), print::value_type(gives));
        self.row(&spot.place, &needs, &gives, "", Vec::new(), kind);
    }

    pub(super) fn takes_default(&mut self, spot: &Spot) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.place == spot.place) {
            row.takes_default = true;
        }
    }

    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// Says of the row of that place, made since, what fills it.
    pub(super) fn name_source(
        &mut self,
        since: usize,
        place: &str,
        source: &str,
        sources: Vec<String>,
    ) {
        let mut made = self.rows.iter_mut().skip(since);
        if let Some(row) = made.find(|row| row.place == place) {
            row.source = source.to_owned();
            row.sources = sources;
        }
    }

    /// A row for what nothing fills.
    pub(super) fn empty_row(&mut self, place: &str, needs: &ValueType, sources: Vec<String>) {
        self.saw(place);
        let needs = print::value_type(needs);
        self.row(place, &needs, "", "", sources, RowKind::Plain);
        if let Some(row) = self.rows.iter_mut().find(|row| row.place == place) {
            row.takes_default = true;
        }
    }
}

impl Policy {
    fn name(self) -> &'static str {
        match self {
            Self::Saturate => "saturate",
            Self::Invalid => "invalid",
            Self::LeaveOut => "leave-out",
        }
    }
}

/// A rule that the user has to confirm.
pub(super) fn guess(rule: Rule) -> Rule {
    Rule {
        to_confirm: true,
        ..rule
    }
}

pub(super) fn listed(names: &[String]) -> String {
    match names.is_empty() {
        true => "none".to_owned(),
        false => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            quoted.join(", ")
        }
    }
}
