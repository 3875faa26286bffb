//! The lines of references: the parsed model has none, so the texts are looked through once, and
//! only if something leads nowhere.

use crate::Place;
use std::collections::{BTreeMap, HashSet};

/// Where these texts stand as the whole content of an element, by text, in order.
pub(crate) fn of_references<'a>(
    files: &[(&str, &str)],
    wanted: impl Iterator<Item = &'a str>,
) -> BTreeMap<String, Vec<Place>> {
    let wanted: HashSet<&str> = wanted.collect();
    let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    if wanted.is_empty() {
        return places;
    }
    for (file, text) in files {
        for (number, line) in text.lines().enumerate() {
            for content in line.split('>').skip(1) {
                let content = content.split('<').next().unwrap_or_default().trim();
                if wanted.contains(content) {
                    places.entry(content.to_owned()).or_default().push(Place {
                        file: (*file).to_owned(),
                        line: number + 1,
                    });
                }
            }
        }
    }
    places
}
