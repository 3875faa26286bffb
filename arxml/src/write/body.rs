//! What a data type says of its values, apart from what stands in its documentation because a
//! reader put it there. Writes nothing.

use super::{
    meaning::{Conversion, Meaning, Word},
    names,
    types::{DEFAULT_LENGTH, Meanings, Place},
};
use crate::{scalar::Scalar, types::primitive};
use autosar_wit::{
    metadata::{CompuMethod, ElementMetadata},
    types::{Case, TypeDefinition, TypeKind, ValueType},
};

/// The text table that a variant was made of: its cases say their raw values.
pub(super) fn words(cases: &[Case]) -> Option<(Vec<Word>, bool)> {
    let mut words = Vec::new();
    let mut numbers = false;
    for case in cases {
        if case.docs == primitive::NUMBERS {
            numbers = true;
            continue;
        }
        let (range, text) = case.docs.split_once(": ")?;
        let (from, to) = range.split_once(" to ").unwrap_or((range, range));
        words.push(Word {
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            text: text.to_owned(),
            label: case.name.clone(),
        });
    }
    (!words.is_empty()).then_some((words, numbers))
}

/// A type and where it is written.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    pub(super) definition: &'a TypeDefinition,
    pub(super) meanings: &'a Meanings,
    pub(super) path: &'a str,
}

impl Body<'_> {
    pub(super) fn place(&self, name: &str) -> Place {
        let (home, own) = names::split(self.path);
        Place {
            home: home.to_owned(),
            name: format!("{}-{name}", autosar_wit::names::to_label(own)),
        }
    }

    /// What people wrote, and length and its meaning.
    pub(super) fn list(&self) -> (Vec<String>, (u32, &'static str)) {
        let mut length = match &self.definition.kind {
            TypeKind::Alias(ValueType::FixedList(_, length)) => (*length, "FIXED-SIZE"),
            _ => (DEFAULT_LENGTH, "VARIABLE-SIZE"),
        };
        let mut lines = names::lines(&self.definition.docs);
        lines.retain(|line| {
            let number = |before: &str| {
                let number = line.strip_prefix(before)?.strip_suffix(" elements.")?;
                number.parse::<u32>().ok()
            };
            let said = number("At most ").map(|number| (number, "VARIABLE-SIZE"));
            let said = said.or_else(|| Some((number("Always ")?, "FIXED-SIZE")));
            length = said.unwrap_or(length);
            said.is_none()
        });
        (lines, length)
    }

    pub(super) fn string(&self) -> (Vec<String>, Option<u32>) {
        let mut length = None;
        let mut lines = names::lines(&self.definition.docs);
        lines.retain(|line| {
            let number = line.strip_prefix("At most ");
            let number = number.and_then(|rest| rest.strip_suffix(" characters.")?.parse().ok());
            length = number.or(length);
            number.is_none()
        });
        (lines, length)
    }

    /// What people wrote of a number, a word or bits, and what it means.
    pub(super) fn value(&self) -> (Vec<String>, Meaning) {
        let own = self.meanings.get("");
        let mut lines = names::lines(&self.definition.docs);
        let meaning = match &self.definition.kind {
            TypeKind::Enum(labels) => {
                let words = table(labels, own, &self.definition.docs);
                lines.retain(|line| *line != primitive::raw_values(pairs(&words)));
                worded(words, false, own)
            }
            TypeKind::Variant(cases) => {
                let (words, numbers) = words(cases).unwrap_or_default();
                let payload = cases
                    .iter()
                    .find_map(|case| Scalar::of(case.value.as_ref()?));
                let mut meaning = worded(words, numbers, own);
                meaning.base = payload.or(meaning.base);
                meaning
            }
            TypeKind::Flags(labels) => Meaning {
                base: Scalar::unsigned(labels.len() as u64),
                conversion: Conversion::Bits(labels.clone()),
                ..Meaning::default()
            },
            TypeKind::Alias(value) => {
                let scalar = Scalar::of(value).unwrap_or(Scalar::U8);
                let meaning = Meaning::of(scalar, own, &self.definition.docs);
                if let Conversion::Words(words, _) = &meaning.conversion {
                    lines.retain(|line| *line != primitive::raw_values(pairs(words)));
                }
                meaning
            }
            _ => Meaning::default(),
        };
        let sentence = meaning.sentence(meaning.limits);
        lines.retain(|line| Some(line) != sentence.as_ref());
        (lines, meaning)
    }
}

fn pairs(words: &[Word]) -> impl Iterator<Item = (i64, &str)> {
    words.iter().map(|word| (word.from, word.text.as_str()))
}

/// The words of an enum, in the order of its cases: by the metadata's table, else from 0 on.
fn table(labels: &[String], own: Option<&ElementMetadata>, docs: &str) -> Vec<Word> {
    let known = match own.and_then(|own| own.compu_method.as_ref()) {
        Some(CompuMethod::TextTable(table)) if table.len() == labels.len() => Some(table),
        _ => None,
    };
    let rows: Vec<(i64, String)> = match known {
        Some(table) => table
            .iter()
            .map(|(raw, text)| (*raw, text.clone()))
            .collect(),
        None => {
            let said = docs.lines().find_map(primitive::raw_values_in);
            let said = said.filter(|rows| rows.len() == labels.len());
            said.unwrap_or_else(|| (0..).zip(labels.iter().cloned()).collect())
        }
    };
    let words = rows.into_iter().zip(labels);
    let words = words.map(|((raw, text), label)| Word {
        from: raw,
        to: raw,
        text,
        label: label.clone(),
    });
    words.collect()
}

fn worded(words: Vec<Word>, numbers: bool, own: Option<&ElementMetadata>) -> Meaning {
    let from = words.iter().map(|word| word.from).min().unwrap_or_default();
    let to = words.iter().map(|word| word.to).max().unwrap_or_default();
    Meaning {
        base: Some(Scalar::of_range(from as f64, to as f64).unwrap_or(Scalar::S64)),
        unit: own.and_then(|own| own.unit.clone()),
        dimension: own.and_then(|own| own.dimension),
        conversion: Conversion::Words(words, numbers.then_some((1.0, 0.0))),
        ..Meaning::default()
    }
}
