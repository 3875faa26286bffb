//! Two versions of a project that come from one, made into one again. Where both changed the same
//! thing differently, ours stays and the conflict is told; nothing that is still used goes.

use super::{
    compare::{Section, split},
    rename::Renames,
    tree::{self, leaf},
};
use crate::{document::Document, file};
use std::{collections::BTreeMap, fmt};
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    KeptOurs,
    /// One side removed it and the other one uses it still.
    KeptInUse,
    /// Both together would be no project, for this reason: all of ours was kept, nothing of theirs.
    KeptOursWhole(String),
}

/// Merges `theirs` into `ours`; both come from `base`. Layouts are [`file::merge_layouts`]'s.
pub fn merge(base: &Document, ours: &Document, theirs: &Document) -> Merged {
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
    let mut conflicts = Vec::new();
    let mut merged = tables(
        base_tree,
        ours_tree,
        theirs_tree,
        &mut Vec::new(),
        &mut conflicts,
    );
    one_sender(&mut merged, ours_tree, theirs_tree, &mut conflicts);
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
    conflicts: &mut Vec<Conflict>,
) -> Table {
    let mut merged = Table::new();
    let news = theirs.keys().filter(|key| !ours.contains_key(*key));
    for key in ours.keys().chain(news) {
        path.push(key.clone());
        let value = values(
            base.get(key),
            ours.get(key),
            theirs.get(key),
            path,
            conflicts,
        );
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
    conflicts: &mut Vec<Conflict>,
) -> Option<Value> {
    if ours == theirs || theirs == base {
        return ours.cloned();
    }
    if ours == base {
        return theirs.cloned();
    }
    let empty = Table::new();
    if let (Some(Value::Table(ours)), Some(Value::Table(theirs))) = (ours, theirs)
        && !is_one(path, ours, theirs)
    {
        let base = base.and_then(Value::as_table).unwrap_or(&empty);
        return Some(Value::Table(tables(base, ours, theirs, path, conflicts)));
    }
    let outcome = Outcome::KeptOurs;
    conflicts.push(conflict(path, base, ours, theirs, outcome));
    ours.cloned()
}

/// Whether the fields of a table hang together, so that some of each side would mean nothing: what
/// starts a runnable, a device, a pin, a block, how a message is sent, and what is of another kind.
fn is_one(path: &[String], ours: &Table, theirs: &Table) -> bool {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let hangs_together = matches!(
        parts.as_slice(),
        ["instances", _, "activations", _]
            | ["buses", _, "devices" | "pins", _]
            | ["ecus", _, "partitions", _, "blocks", _]
            | ["transmissions", _]
            | ["components", _]
    );
    hangs_together || ours.get("kind") != theirs.get("kind")
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

/// A receiver that has a sender of each side: both rewired it.
fn one_sender(merged: &mut Table, ours: &Table, theirs: &Table, conflicts: &mut Vec<Conflict>) {
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
        let is_ours = |key: &&String| in_ours.get(&to).is_some_and(|ours| ours.contains(key));
        let goes = keys.iter().filter(|key| !is_ours(key));
        for key in goes {
            let path = ["connectors".to_owned(), key.clone()];
            let theirs = things(theirs, "connectors").find(|(name, _)| *name == key);
            let outcome = Outcome::KeptOurs;
            conflicts.push(conflict(
                &path,
                None,
                None,
                theirs.map(|(_, wire)| wire),
                outcome,
            ));
            if let Some(Value::Table(wires)) = merged.get_mut("connectors") {
                wires.remove(key);
            }
        }
    }
}

fn things<'a>(tree: &'a Table, section: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let table = tree.get(section).and_then(Value::as_table);
    table.into_iter().flatten()
}

/// What is referred to and one side removed comes back.
fn keep_used(merged: &mut Table, trees: &[Table; 3], conflicts: &mut Vec<Conflict>) {
    loop {
        let missing = references(merged)
            .into_iter()
            .find(|path| !has(merged, path) && trees.iter().any(|tree| has(tree, path)));
        let Some(path) = missing else {
            return;
        };
        let [base, ours, theirs] = trees.each_ref().map(|tree| get(tree, &path));
        let outcome = Outcome::KeptInUse;
        conflicts.push(conflict(&path, base, ours, theirs, outcome));
        if let Some(value) = ours.or(theirs).or(base) {
            put(merged, &path, value.clone());
        }
    }
}

/// The ways to everything that something in the tree names.
fn references(tree: &Table) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut add = |path: &[&str]| paths.push(path.iter().map(|part| (*part).to_owned()).collect());
    for (_, wire) in things(tree, "connectors") {
        for end in ["from", "to"] {
            let text = wire.get(end).and_then(Value::as_str).unwrap_or_default();
            match text.split_once(['.', ':']) {
                Some((name, _)) if text.get(name.len()..=name.len()) == Some(":") => {
                    add(&["buses", name]);
                }
                Some((name, _)) => add(&["instances", name]),
                None => {}
            }
        }
        if let Some(network) = wire.get("network").and_then(Value::as_str) {
            add(&["buses", network]);
        }
    }
    for (_, sent) in things(tree, "transmissions") {
        let message = sent.get("message").and_then(Value::as_str);
        if let Some((bus, _)) = message.and_then(|message| message.split_once(':')) {
            add(&["buses", bus]);
        }
    }
    for (_, instance) in things(tree, "instances") {
        if let Some(component) = instance.get("component").and_then(Value::as_str) {
            add(&["components", component]);
        }
        let partition = instance.get("partition").and_then(Value::as_str);
        if let Some((ecu, partition)) = partition.and_then(|text| text.split_once('/')) {
            add(&["ecus", ecu]);
            add(&["ecus", ecu, "partitions", partition]);
        }
        let bindings = instance.get("bindings").and_then(Value::as_table);
        for (_, bound) in bindings.into_iter().flatten() {
            let text = bound.as_str().unwrap_or_default();
            let (bus, part) = text.split_once('/').unwrap_or((text, ""));
            add(&["buses", bus]);
            if !part.is_empty() {
                for list in ["devices", "pins"] {
                    add(&["buses", bus, list, part]);
                }
            }
        }
    }
    paths
}

fn get<'a>(tree: &'a Table, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let value = tree.get(first)?;
    match rest {
        [] => Some(value),
        rest => get(value.as_table()?, rest),
    }
}

fn has(tree: &Table, path: &[String]) -> bool {
    get(tree, path).is_some()
}

fn put(tree: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => drop(tree.insert(last.clone(), value)),
        [first, rest @ ..] => {
            let entry = tree
                .entry(first.clone())
                .or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(table) = entry {
                put(table, rest, value);
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
            Outcome::KeptInUse => write!(
                f,
                " {ours} in ours and {theirs} in theirs; it was kept, since something uses it"
            ),
        }
    }
}
