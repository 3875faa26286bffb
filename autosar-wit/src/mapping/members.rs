//! Members by name or by rule: fields of records, members of tuples, parameters.

use super::{
    Conversion, Member, Problem, Rule,
    spot::Spot,
    types::inner_members,
    walk::{Walk, guess, listed},
};
use crate::{
    types::ValueType,
    value::{element_value, resolved},
};

type Named = (String, ValueType);

impl Walk<'_> {
    /// The needed members from the given ones. The place of the spot ends with what stands before a
    /// name.
    pub(super) fn members(
        &mut self,
        spot: &Spot,
        needed: &[Named],
        given: &[Named],
    ) -> Vec<Member> {
        let names: Vec<String> = given.iter().map(|(name, _)| name.clone()).collect();
        let closing = if spot.place.ends_with('(') { ")" } else { "" };
        let mut members = Vec::with_capacity(needed.len());
        for (position, (name, needs)) in needed.iter().enumerate() {
            let place = format!("{}{name}{closing}", spot.place);
            self.saw(&place);
            let stated = self.from(&place).cloned();
            let wanted = stated.as_deref().unwrap_or(name);
            let inner = Spot {
                place,
                needed: spot.needed.field(name),
                given: spot.given.clone(),
            };
            members.push(match find(given, wanted) {
                Some((path, gives)) => {
                    let given = wanted
                        .split('.')
                        .fold(inner.given.clone(), |meaning, name| meaning.field(name));
                    let inner = Spot { given, ..inner };
                    let before = self.row_count();
                    let conversion = self.value(&inner, needs, &gives);
                    self.name_source(before, &inner.place, wanted, names.clone());
                    Member { path, conversion }
                }
                None => {
                    self.empty_row(&inner.place, needs, names.clone());
                    let candidate = candidate(needed, given, position);
                    let conversion = self.unfilled(&inner, needs, stated, candidate, &names);
                    Member {
                        path: Vec::new(),
                        conversion,
                    }
                }
            });
        }
        members
    }

    fn unfilled(
        &mut self,
        spot: &Spot,
        needs: &ValueType,
        stated: Option<String>,
        candidate: Option<String>,
        names: &[String],
    ) -> Conversion {
        let renamed = candidate.map(|from| {
            guess(Rule {
                from: Some(from),
                ..Rule::default()
            })
        });
        if let Some(from) = stated {
            let known = listed(names);
            self.problem(&spot.place, Problem::UnknownSource { from, known }, renamed);
            return Conversion::Same;
        }
        let has_default = self
            .rule(&spot.place, "default")
            .is_some_and(|rule| rule.default.is_some());
        match (has_default, renamed) {
            (false, Some(rule)) => {
                let needs = crate::print::value_type(needs);
                self.problem(&spot.place, Problem::Missing { needs }, Some(rule));
                Conversion::Same
            }
            _ => self.missing(&spot.place, needs),
        }
    }
}

/// The member of that path: positions and type.
fn find(given: &[Named], path: &str) -> Option<(Vec<usize>, ValueType)> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let position = given.iter().position(|(known, _)| known == name)?;
    let (_, value) = given.get(position)?;
    let Some(rest) = rest else {
        return Some((vec![position], value.clone()));
    };
    let (mut inner, value) = find(&inner_members(value)?, rest)?;
    inner.insert(0, position);
    Some((inner, value))
}

/// A given member without a needed one of its name, of the same sort: at the same position, or the only
/// one.
fn candidate(needed: &[Named], given: &[Named], position: usize) -> Option<String> {
    let (_, needs) = needed.get(position)?;
    let is_loose = |(name, value): &&Named| {
        needed.iter().all(|(known, _)| known != name) && sort(value) == sort(needs)
    };
    if let Some((name, _)) = given.get(position).filter(is_loose) {
        return Some(name.clone());
    }
    let mut loose = given.iter().filter(is_loose);
    match (loose.next(), loose.next()) {
        (Some((name, _)), None) => {
            // It may stand for one only.
            let others = needed.iter().enumerate().filter(|(at, (other, value))| {
                *at != position
                    && sort(value) == sort(needs)
                    && given.iter().all(|(known, _)| known != other)
            });
            (others.count() == 0).then(|| name.clone())
        }
        _ => None,
    }
}

/// What may stand for what, at a guess: status and width do not count.
fn sort(value: &ValueType) -> &'static str {
    use crate::types::TypeKind;
    let value = element_value(value).unwrap_or(value);
    match resolved(value) {
        value if super::number::is_number(value) => "number",
        ValueType::Bool => "bool",
        ValueType::Char => "char",
        ValueType::String => "string",
        ValueType::List(_) | ValueType::FixedList(..) => "list",
        ValueType::Map(..) => "map",
        ValueType::Tuple(_) => "tuple",
        ValueType::Named(definition) => match definition.kind {
            TypeKind::Record(_) => "record",
            TypeKind::Variant(_) => "variant",
            TypeKind::Enum(_) => "enum",
            TypeKind::Flags(_) => "flags",
            TypeKind::Alias(_) | TypeKind::Resource => "other",
        },
        _ => "other",
    }
}
