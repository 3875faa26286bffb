//! WIT labels for the names of a file: no two are one, and the order in the file decides none.

use crate::names;
use std::collections::BTreeSet;

/// A longer one is cut between two words: texts of value tables are sentences.
const LONGEST_BYTES: usize = 60;

/// The labels that are given already.
#[derive(Default)]
pub(super) struct Labels(BTreeSet<String>);

impl Labels {
    /// The nearest label that is not given yet.
    pub(super) fn take(&mut self, name: &str) -> String {
        let label = names::unique(&short(names::to_label(name)), |label| {
            self.0.contains(label)
        });
        self.0.insert(label.clone());
        label
    }
}

/// A label for each name, in their order; which of two alike gets the plain one, the alphabet
/// decides.
pub(super) fn labels<'a>(names: impl Iterator<Item = &'a str>, taken: &mut Labels) -> Vec<String> {
    let mut sorted: Vec<(&str, usize)> = names.zip(0..).collect();
    sorted.sort_unstable();
    let mut labels: Vec<(usize, String)> = sorted
        .into_iter()
        .map(|(name, at)| (at, taken.take(name)))
        .collect();
    labels.sort_unstable();
    labels.into_iter().map(|(_, label)| label).collect()
}

fn short(label: String) -> String {
    let Some(start) = label.get(..LONGEST_BYTES.min(label.len())) else {
        return label;
    };
    match (start.len() == label.len(), start.rsplit_once('-')) {
        (false, Some((words, _))) => words.to_owned(),
        (false, None) => start.to_owned(),
        (true, _) => label,
    }
}
