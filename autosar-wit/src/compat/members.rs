//! Lists of named things: parameters, fields, cases, flags. All that are missing, surplus, renamed
//! or at another place, and the differences inside those that both sides have.

use super::difference::{Comparison, describe};
use super::{DifferenceKind, Fix};
use crate::print::name;
use crate::types::{Case, Field, ValueType};

/// One member as the comparison sees it.
struct Member<'a> {
    name: &'a str,
    value: Option<&'a ValueType>,
}

impl Comparison {
    pub(super) fn parameters(
        &mut self,
        required: &[(String, ValueType)],
        provided: &[(String, ValueType)],
    ) {
        self.members(
            "parameter",
            DifferenceKind::Parameters,
            &as_members(required),
            &as_members(provided),
        );
    }

    pub(super) fn record(&mut self, required: &[Field], provided: &[Field]) {
        self.members(
            "field",
            DifferenceKind::Members,
            &fields(required),
            &fields(provided),
        );
    }

    pub(super) fn variant(&mut self, required: &[Case], provided: &[Case]) {
        self.members(
            "case",
            DifferenceKind::Members,
            &cases(required),
            &cases(provided),
        );
    }

    pub(super) fn names(&mut self, word: &str, required: &[String], provided: &[String]) {
        self.members(
            word,
            DifferenceKind::Members,
            &plain(required),
            &plain(provided),
        );
    }

    fn members(
        &mut self,
        word: &str,
        kind: DifferenceKind,
        required: &[Member<'_>],
        provided: &[Member<'_>],
    ) {
        for (index, member) in required.iter().enumerate() {
            match find(provided, member.name) {
                Some(other) => self.at(format!("{word} {}", member.name), |inner| {
                    inner.payload(member.value, other.value);
                }),
                None => {
                    let renamed = provided
                        .get(index)
                        .filter(|other| find(required, other.name).is_none());
                    self.without_twin(word, kind, member, renamed);
                }
            }
        }
        for (index, member) in provided.iter().enumerate() {
            let told_as_renamed = required
                .get(index)
                .is_some_and(|other| find(provided, other.name).is_none());
            if find(required, member.name).is_none() && !told_as_renamed {
                self.at(format!("{word} {}", member.name), |inner| {
                    inner.report(kind, String::new(), text(member));
                });
            }
        }
        self.order(kind, required, provided);
    }

    /// A required member that the provider lacks; perhaps another stands in its place.
    fn without_twin(
        &mut self,
        word: &str,
        kind: DifferenceKind,
        member: &Member<'_>,
        instead: Option<&Member<'_>>,
    ) {
        self.at(format!("{word} {}", member.name), |inner| {
            let mut fixes = inner.fixes(kind);
            let same_type = |other: &Member<'_>| member.value == other.value;
            if instead.is_some_and(same_type) {
                fixes.push(Fix::RenameLabel);
            }
            let instead = instead.map(text).unwrap_or_default();
            inner.report_with(kind, text(member), instead, fixes);
        });
    }

    /// Members that both have, in another order.
    fn order(&mut self, kind: DifferenceKind, required: &[Member<'_>], provided: &[Member<'_>]) {
        let common = |side: &[Member<'_>], other: &[Member<'_>]| -> Vec<String> {
            let shared = side
                .iter()
                .filter(|member| find(other, member.name).is_some());
            shared.map(|member| name(member.name)).collect()
        };
        let (a, b) = (common(required, provided), common(provided, required));
        if a != b {
            self.report(kind, a.join(", "), b.join(", "));
        }
    }
}

fn as_members(side: &[(String, ValueType)]) -> Vec<Member<'_>> {
    side.iter()
        .map(|(name, value)| Member {
            name,
            value: Some(value),
        })
        .collect()
}

fn fields(side: &[Field]) -> Vec<Member<'_>> {
    side.iter()
        .map(|field| Member {
            name: &field.name,
            value: Some(&field.value),
        })
        .collect()
}

fn cases(side: &[Case]) -> Vec<Member<'_>> {
    side.iter()
        .map(|case| Member {
            name: &case.name,
            value: case.value.as_ref(),
        })
        .collect()
}

fn plain(side: &[String]) -> Vec<Member<'_>> {
    side.iter()
        .map(|name| Member { name, value: None })
        .collect()
}

fn find<'a, 'b>(members: &'b [Member<'a>], name: &str) -> Option<&'b Member<'a>> {
    members.iter().find(|member| member.name == name)
}

fn text(member: &Member<'_>) -> String {
    match member.value {
        Some(value) => format!("{}: {}", name(member.name), describe(value)),
        None => name(member.name),
    }
}
