//! Two versions of a project that come from one, made into one again. Where both changed the same
//! thing differently, ours stays and the conflict is told; nothing that is still used goes.

use super::{
    compare::{Section, split},
    references::references,
    rename::Renames,
    tree::{self, get, has, inside, inside_mut, leaf, places, put, things, within},
};
use crate::{document::Document, file};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use toml::{Table, Value};

/// The merged project.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    pub document: Document,
    /// Empty: the versions go together.
    pub conflicts: Vec<Conflict>,
}

/// Something that the versions do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub section: Section,
    pub name: String,
    pub property: Vec<String>,
    /// What each has there; `None`: nothing.
    pub base: Option<String>,
    pub ours: Option<String>,
    pub theirs: Option<String>,
    /// What was done about it.
    pub outcome: Outcome,
}

/// Where in a project versions disagree: section, name, property.
pub type Place = (Section, String, Vec<String>);

impl Conflict {
    pub fn place(&self) -> Place {
        (self.section, self.name.clone(), self.property.clone())
    }

    /// Whether one of the two can be chosen.
    pub fn has_choice(&self) -> bool {
        matches!(self.outcome, Outcome::KeptOurs | Outcome::KeptTheirs)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    KeptOurs,
    /// It was chosen.
    KeptTheirs,
    /// One side removed it and the other one uses it still.
    KeptInUse,
    /// Both together would be no project, for this reason: all of ours was kept, nothing of theirs.
    KeptOursWhole(String),
}

/// What a merge goes by, and what it found.
struct Merging<'a> {
    theirs_win: &'a BTreeSet<Place>,
    conflicts: Vec<Conflict>,
}

/// Merges `theirs` into `ours`; both come from `base`. Layouts are [`file::merge_layouts`]'s.
pub fn merge(base: &Document, ours: &Document, theirs: &Document) -> Merged {
    merge_choosing(base, ours, theirs, &BTreeSet::new())
}

/// The same, but in these places theirs stays where both changed something.
pub fn merge_choosing(
    base: &Document,
    ours: &Document,
    theirs: &Document,
    theirs_win: &BTreeSet<Place>,
) -> Merged {
    let (by_us, by_them) = (Renames::between(base, ours), Renames::between(base, theirs));
    let (mut base_here, mut theirs_here, mut ours_here) =
        (base.clone(), theirs.clone(), ours.clone());
    // Each side's new names are carried to the other ones; what both renamed is told as a conflict
    // of two things.
    let from_us = by_us.without_clashes(&by_them, theirs);
    from_us.apply(&mut base_here);
    from_us.apply(&mut theirs_here);
    let from_them = by_them.without_clashes(&by_us, ours);
    from_them.apply(&mut base_here);
    from_them.apply(&mut ours_here);
    let trees = [&base_here, &ours_here, &theirs_here].map(tree::of);
    let [base_tree, ours_tree, theirs_tree] = &trees;
    let mut merging = Merging {
        theirs_win,
        conflicts: Vec::new(),
    };
    let mut path = Vec::new();
    let mut merged = tables(base_tree, ours_tree, theirs_tree, &mut path, &mut merging);
    one_sender(&mut merged, ours_tree, theirs_tree, &mut merging);
    let mut conflicts = merging.conflicts;
    keep_used(&mut merged, &trees, &mut conflicts);
    match file::read(&tree::text(merged), "both together") {
        Ok(document) => Merged {
            document,
            conflicts,
        },
        // Such as a bus of one side and a pin of the other with one name.
        Err(error) => Merged {
            document: ours.clone(),
            conflicts: vec![Conflict {
                section: Section::Project,
                name: String::new(),
                property: Vec::new(),
                base: None,
                ours: None,
                theirs: None,
                outcome: Outcome::KeptOursWhole(error.to_string()),
            }],
        },
    }
}

fn tables(
    base: &Table,
    ours: &Table,
    theirs: &Table,
    path: &mut Vec<String>,
    merging: &mut Merging<'_>,
) -> Table {
    let mut merged = Table::new();
    let news = theirs.keys().filter(|key| !ours.contains_key(*key));
    for key in ours.keys().chain(news) {
        path.push(key.clone());
        let value = values(base.get(key), ours.get(key), theirs.get(key), path, merging);
        path.pop();
        if let Some(value) = value {
            merged.insert(key.clone(), value);
        }
    }
    merged
}

fn values(
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
    path: &mut Vec<String>,
    merging: &mut Merging<'_>,
) -> Option<Value> {
    if ours == theirs || theirs == base {
        return ours.cloned();
    }
    if ours == base {
        return theirs.cloned();
    }
    let empty = Table::new();
    let none = Value::Table(Table::new());
    // A section that lost its last thing is not written any more, and its things are what counts.
    let (ours, theirs) = match is_section(path) {
        true => (ours.or(Some(&none)), theirs.or(Some(&none))),
        false => (ours, theirs),
    };
    if let (Some(Value::Table(ours)), Some(Value::Table(theirs))) = (ours, theirs)
        && !is_one(path, ours, theirs)
    {
        let base = base.and_then(Value::as_table).unwrap_or(&empty);
        return Some(Value::Table(tables(base, ours, theirs, path, merging)));
    }
    let (outcome, stays) = match merging.theirs_win.contains(&split(path)) {
        true => (Outcome::KeptTheirs, theirs),
        false => (Outcome::KeptOurs, ours),
    };
    let found = conflict(path, base, ours, theirs, outcome);
    merging.conflicts.push(found);
    stays.cloned()
}

/// Whether a path is that of things by name, of the system or of a composition.
fn is_section(path: &[String]) -> bool {
    match path {
        [section] => !["name", "format", "imported"].contains(&section.as_str()),
        [first, _, _] => first == "compositions",
        _ => false,
    }
}

/// Whether the fields of a table hang together, so that some of each side would mean nothing: what
/// starts a runnable, a device, a pin, a block, how a message is sent, and what is of another kind.
pub(super) fn is_one(path: &[String], ours: &Table, theirs: &Table) -> bool {
    match within(path).as_slice() {
        ["instances", _, "activations", _]
        | ["buses", _, "devices" | "pins", _]
        | ["ecus", _, "partitions", _, "blocks", _]
        | ["transmissions", _]
        | ["components", _] => true,
        // Elsewhere `kind` may be the name of a thing.
        ["buses" | "connectors", _] => ours.get("kind") != theirs.get("kind"),
        _ => false,
    }
}

fn conflict(
    path: &[String],
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
    outcome: Outcome,
) -> Conflict {
    let (section, name, property) = split(path);
    Conflict {
        section,
        name,
        property,
        base: base.map(leaf),
        ours: ours.map(leaf),
        theirs: theirs.map(leaf),
        outcome,
    }
}

/// A receiver that has a sender of each side, in the system or in a composition: both rewired it.
fn one_sender(merged: &mut Table, ours: &Table, theirs: &Table, merging: &mut Merging<'_>) {
    let none = Table::new();
    for place in places(merged) {
        let inside = |tree| inside(tree, &place).unwrap_or(&none);
        let (ours, theirs) = (inside(ours), inside(theirs));
        if let Some(merged) = inside_mut(merged, &place) {
            one_sender_in(&place, merged, ours, theirs, merging);
        }
    }
}

fn one_sender_in(
    place: &[String],
    merged: &mut Table,
    ours: &Table,
    theirs: &Table,
    merging: &mut Merging<'_>,
) {
    let senders = |tree: &Table| {
        let mut senders: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, wire) in things(tree, "connectors") {
            let to = wire.get("to").and_then(Value::as_str).unwrap_or_default();
            senders.entry(to.to_owned()).or_default().push(key.clone());
        }
        senders
    };
    let (in_ours, in_theirs) = (senders(ours), senders(theirs));
    for (to, keys) in senders(merged) {
        let alone =
            |side: &BTreeMap<String, Vec<String>>| side.get(&to).is_none_or(|one| one.len() < 2);
        if keys.len() < 2 || !alone(&in_ours) || !alone(&in_theirs) {
            continue;
        }
        let is_ours = |key: &String| in_ours.get(&to).is_some_and(|ours| ours.contains(key));
        for key in keys.iter().filter(|key| !is_ours(key)) {
            let wire = ["connectors".to_owned(), key.clone()];
            let theirs = get(theirs, &wire);
            let path = [place, &wire].concat();
            let is_chosen = merging.theirs_win.contains(&split(&path));
            let outcome = match is_chosen {
                true => Outcome::KeptTheirs,
                false => Outcome::KeptOurs,
            };
            let found = conflict(&path, None, None, theirs, outcome);
            merging.conflicts.push(found);
            if let Some(Value::Table(wires)) = merged.get_mut("connectors") {
                wires.retain(|other, _| match is_chosen {
                    true => other == key || !keys.iter().any(|one| one == other),
                    false => other != key,
                });
            }
        }
    }
}

/// What is referred to and one side removed comes back.
fn keep_used(merged: &mut Table, trees: &[Table; 3], conflicts: &mut Vec<Conflict>) {
    loop {
        let dangling = references(merged)
            .into_iter()
            .filter(|reference| reference.is_dangling(merged));
        let is_somewhere = |path: &Vec<String>| trees.iter().any(|tree| has(tree, path));
        let missing: Vec<_> = dangling
            .filter_map(|reference| reference.targets().find(is_somewhere))
            .collect();
        if missing.is_empty() {
            return;
        }
        for path in missing {
            // Another one of them may have brought it.
            if has(merged, &path) {
                continue;
            }
            let [base, ours, theirs] = trees.each_ref().map(|tree| get(tree, &path));
            let outcome = Outcome::KeptInUse;
            conflicts.push(conflict(&path, base, ours, theirs, outcome));
            if let Some(value) = ours.or(theirs).or(base) {
                put(merged, &path, value.clone());
            }
        }
    }
}

/// `instance fan: partition is car/main here and car/aux there (was van/main); kept car/main`
impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.section.word())?;
        if !self.name.is_empty() {
            write!(f, " {}", self.name)?;
        }
        if !self.property.is_empty() {
            write!(f, ": {}", self.property.join(" / "))?;
        }
        let word = |value: &Option<String>| match value.as_deref() {
            None => "is not there".to_owned(),
            Some("…") => "is there, changed".to_owned(),
            Some(value) => format!("is {value}"),
        };
        let (ours, theirs) = (word(&self.ours), word(&self.theirs));
        match &self.outcome {
            Outcome::KeptOursWhole(reason) => write!(
                f,
                ": the versions do not go together ({reason}); ours was kept and nothing of theirs is in it"
            ),
            Outcome::KeptOurs => write!(f, " {ours} in ours and {theirs} in theirs; ours was kept"),
            Outcome::KeptTheirs => {
                write!(
                    f,
                    " {ours} in ours and {theirs} in theirs; theirs was taken"
                )
            }
            Outcome::KeptInUse => write!(
                f,
                " {ours} in ours and {theirs} in theirs; it was kept, since something uses it"
            ),
        }
    }
}
