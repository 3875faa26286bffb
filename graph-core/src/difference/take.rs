//! One difference at a time: what belongs together is one, and is taken over from the other version
//! as one. What comes brings along what it refers to; what goes takes along what refers to it.

use super::{
    compare::{Change, Kind, Section, compare},
    merge::is_one,
    references::references,
    rename::{Renames, renamed},
    tree::{self, get, put, remove, things},
};
use crate::{
    document::Document,
    file::{self, FileError},
};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Changes that only mean something together: of one thing, or of one part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The way to what they are about in the tree of the project file.
    place: Vec<String>,
    /// At least one; all are of one section and name.
    pub changes: Vec<Change>,
}

impl Difference {
    /// The first: section and name are those of all.
    pub fn change(&self) -> &Change {
        self.changes
            .first()
            .unwrap_or_else(|| unreachable!("a difference without a change, this is a bug"))
    }
}

/// What `mine` has otherwise than `other`, as if `other` had been before.
pub fn differences(other: &Document, mine: &Document) -> Vec<Difference> {
    let (there, here) = (tree::of(&renamed(other, mine)), tree::of(mine));
    let mut found: Vec<Difference> = Vec::new();
    let mut numbers: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for change in compare(other, mine) {
        let place = whole(change.path(), &there, &here);
        let is_name = matches!(change.kind, Kind::Renamed { .. });
        let known = numbers.get(&place).filter(|_| !is_name);
        match known.and_then(|number| found.get_mut(*number)) {
            Some(difference) => difference.changes.push(change),
            None => {
                if !is_name {
                    numbers.insert(place.clone(), found.len());
                }
                found.push(Difference {
                    place,
                    changes: vec![change],
                });
            }
        }
    }
    found
}

/// `mine`, with what `other` has in the place of one of [`differences`]`(other, mine)`. Things that
/// come along stand where they stand in `other`. An error means that this difference alone makes no
/// project.
pub fn take(
    mine: &Document,
    other: &Document,
    difference: &Difference,
) -> Result<Document, FileError> {
    let change = difference.change();
    let read = |tree: Table| file::read(&tree::text(tree), "taken over");
    let there = renamed(other, mine);
    if let Kind::Renamed { from } = &change.kind {
        let mut named = mine.clone();
        old_name(change, from).apply(&mut named);
        let document = read(tree::of(&named))?;
        return Ok(placed(document, &named, &there));
    }
    let (mut tree, theirs) = (tree::of(mine), tree::of(&there));
    match get(&theirs, &difference.place) {
        Some(value) => {
            if let Some(inside) = connector_place(&difference.place) {
                free_receiver(&mut tree, &theirs, inside, value);
            }
            put(&mut tree, &difference.place, value.clone());
            bring(&mut tree, &theirs);
        }
        None => {
            remove(&mut tree, &difference.place);
            drop_users(&mut tree);
        }
    }
    Ok(placed(read(tree)?, mine, &there))
}

/// The way to the outermost thing around a property whose fields hang together.
fn whole(path: Vec<String>, there: &Table, here: &Table) -> Vec<String> {
    let empty = Table::new();
    for length in 2..path.len() {
        let Some(place) = path.get(..length) else {
            break;
        };
        let [here, there] = [here, there].map(|tree| {
            let table = get(tree, place).and_then(Value::as_table);
            table.unwrap_or(&empty)
        });
        if is_one(place, here, there) {
            return place.to_vec();
        }
    }
    path
}

fn old_name(change: &Change, old: &str) -> Renames {
    let mut renames = Renames::default();
    let names = match change.section {
        Section::Ecu => &mut renames.ecus,
        Section::Bus => &mut renames.buses,
        Section::Composition => {
            let place = Some(change.name.clone());
            renames.instances.entry(place).or_default()
        }
        _ => renames.instances.entry(None).or_default(),
    };
    names.insert(change.new_name().to_owned(), old.to_owned());
    renames
}

/// Where the connector of that way is: in the system or in a composition.
fn connector_place(path: &[String]) -> Option<&[String]> {
    match path {
        [list, _] if list == "connectors" => Some(&[]),
        [first, _, list, _] if first == "compositions" && list == "connectors" => path.get(..2),
        _ => None,
    }
}

/// A receiver has one sender: ours goes, if it is not one of theirs too.
fn free_receiver(tree: &mut Table, theirs: &Table, place: &[String], wire: &Value) {
    let none = Table::new();
    let theirs = tree::inside(theirs, place).unwrap_or(&none);
    let ours = tree::inside(tree, place).unwrap_or(&none);
    let path = |key: &String| ["connectors".to_owned(), key.clone()];
    let rivals: Vec<_> = things(ours, "connectors")
        .filter(|(key, other)| other.get("to") == wire.get("to") && !tree::has(theirs, &path(key)))
        .map(|(key, _)| [place, &path(key)].concat())
        .collect();
    for rival in rivals {
        remove(tree, &rival);
    }
}

/// What is referred to and is not here comes along.
fn bring(tree: &mut Table, theirs: &Table) {
    loop {
        let dangling = references(tree)
            .into_iter()
            .filter(|reference| reference.is_dangling(tree));
        let known = |path: Vec<String>| get(theirs, &path).map(|value| (path, value));
        let missing: Vec<_> = dangling
            .filter_map(|reference| reference.targets().find_map(known))
            .collect();
        if missing.is_empty() {
            return;
        }
        for (path, value) in missing {
            if !tree::has(tree, &path) {
                put(tree, &path, value.clone());
            }
        }
    }
}

/// What refers to what is gone goes.
fn drop_users(tree: &mut Table) {
    loop {
        let dangling = references(tree)
            .into_iter()
            .filter(|reference| reference.is_dangling(tree));
        let users: Vec<_> = dangling.map(|reference| reference.from).collect();
        if users.is_empty() {
            return;
        }
        for user in users {
            remove(tree, &user);
        }
    }
}

/// `document` with the places of things by their names: as in `first`, else as in `second`.
fn placed(mut document: Document, first: &Document, second: &Document) -> Document {
    for from in [second, first] {
        let text = file::write_layout(from);
        let known = file::read_layout(&text, "layout", &document).unwrap_or_default();
        document.layout.positions.extend(known.positions);
        document.layout.reroute_points.extend(known.reroute_points);
        document.layout.frames.extend(known.frames);
        document.layout.notes.extend(known.notes);
    }
    document
}
