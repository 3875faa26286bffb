//! What a system has to be named in a scenario, as plain data: who knows the system fills it.

use crate::text::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that can be named.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// What can be asked about, by its whole name.
    pub signals: BTreeMap<String, Kind>,
    /// Whole names by shorter ones; one that stands for several is refused with all of them.
    pub short: BTreeMap<String, BTreeSet<String>>,
    /// What can be given a value.
    pub settable: BTreeMap<String, Settable>,
    /// CAN buses, for logs.
    pub buses: BTreeSet<String>,
}

/// What values of a signal are.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The unit is empty where nothing is known of it.
    Number { unit: String },
    /// A number, or a word in its place, as signals with a value table.
    Labelled { unit: String, words: Vec<String> },
    /// One of these.
    Word { words: Vec<String> },
    /// Any text, as WAVE writes what is no number.
    Text,
}

/// What can be given a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Settable {
    pub kind: Kind,
    /// Ends included; none: whatever the kind allows.
    pub range: Option<(f64, f64)>,
}

impl Catalogue {
    /// A signal with a shorter name beside its whole one.
    pub fn add(&mut self, name: &str, short: &[String], kind: Kind) {
        self.signals.insert(name.to_owned(), kind);
        for one in short.iter().filter(|one| *one != name) {
            let names = self.short.entry(one.clone()).or_default();
            names.insert(name.to_owned());
        }
    }

    /// The whole name of a signal, and what it is.
    pub(crate) fn signal(&self, name: &crate::text::Name) -> Result<(&str, &Kind), Problem> {
        if let Some((whole, kind)) = self.signals.get_key_value(&name.text) {
            return Ok((whole, kind));
        }
        let found = self.short.get(&name.text);
        let several: Vec<&String> = found.into_iter().flatten().collect();
        if let [only] = several.as_slice()
            && let Some((whole, kind)) = self.signals.get_key_value(*only)
        {
            return Ok((whole, kind));
        }
        let message = match several.is_empty() {
            true => {
                let short = self.short.iter().filter(|(_, whole)| whole.len() == 1);
                let known = short.map(|(name, _)| name.as_str());
                let all = known.chain(self.signals.keys().map(String::as_str));
                format!(
                    "there is no signal `{}`{}",
                    name.text,
                    near(&name.text, all)
                )
            }
            false => {
                let quoted: Vec<String> = several.iter().map(|one| format!("`{one}`")).collect();
                format!(
                    "`{}` means several signals: {}; name one of them",
                    name.text,
                    quoted.join(", ")
                )
            }
        };
        Err(Problem::new(name.spot, message))
    }
}

/// `; did you mean …?` with the names that are most like it, nothing if none is.
pub(crate) fn near<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> String {
    let most = 2.max(text.chars().count() / 4);
    let lower = text.to_lowercase();
    let mut found: Vec<(usize, &str)> = known
        .filter_map(|name| {
            let other = name.to_lowercase();
            let is_part = lower.len() > 3 && (other.contains(&lower) || lower.contains(&other));
            let distance = distance(&lower, &other);
            (distance <= most || (is_part && other.len() > 3)).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    let names: Vec<String> = found
        .iter()
        .take(3)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!("; did you mean {}?", names.join(" or ")),
    }
}

/// Letters that have to be exchanged, put in or taken out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (number, c) in (1..).zip(a.chars()) {
        let mut corner = number - 1;
        let mut left = number;
        for (place, other) in row.iter_mut().skip(1).zip(&b) {
            let exchanged = corner + usize::from(c != *other);
            corner = *place;
            left = exchanged.min(left + 1).min(*place + 1);
            *place = left;
        }
        if let Some(first) = row.first_mut() {
            *first = number;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        let cases = [
            ("", "", 0),
            ("fan", "fan", 0),
            ("fan", "van", 1),
            ("duty", "dty", 1),
            ("kitten", "sitting", 3),
            ("", "abc", 3),
        ];
        for (a, b, expected) in cases {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn near_names_are_few_and_the_nearest_come_first() {
        let known = ["fan.duty", "fan.state", "fan.demand", "cabin.temperature"];
        assert_eq!(
            near("fan.dutty", known.into_iter()),
            "; did you mean `fan.duty`?"
        );
        assert_eq!(
            near("temperature", known.into_iter()),
            "; did you mean `cabin.temperature`?"
        );
        assert_eq!(near("door", known.into_iter()), "");
    }
}
