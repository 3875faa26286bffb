//! The changes from one version of a project to another.

use super::{
    rename::Renames,
    tree::{self, leaf},
};
use crate::document::Document;
use std::fmt;
use toml::{Table, Value};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub section: Section,
    /// Of the thing, as it is called afterwards; empty for the project itself.
    pub name: String,
    /// The way to what changed in it, as the file names it: `activations`, the runnable, `period_ns`.
    /// Empty: the whole thing.
    pub property: Vec<String>,
    pub kind: Kind,
}

/// Parts of a project file, in the order in which changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Project,
    Component,
    Composition,
    Ecu,
    Bus,
    Instance,
    Connector,
    Transmission,
    Frame,
    Note,
}

const SECTIONS: [Section; 9] = [
    Section::Component,
    Section::Composition,
    Section::Ecu,
    Section::Bus,
    Section::Instance,
    Section::Connector,
    Section::Transmission,
    Section::Frame,
    Section::Note,
];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// With its value if it is a single one.
    Added(Option<String>),
    Removed(Option<String>),
    Changed {
        from: String,
        to: String,
    },
    /// It was called so before.
    Renamed {
        from: String,
    },
}

impl Change {
    /// The list of a composition and the name in it of the part, connector or port that it is about.
    pub fn part(&self) -> Option<(&str, &str)> {
        match self.property.as_slice() {
            [list, name, ..] if self.section == Section::Composition => Some((list, name)),
            _ => None,
        }
    }

    /// Whether it is about the whole of a thing, or of a part of a composition.
    pub fn is_whole(&self) -> bool {
        self.property.is_empty() || self.part().is_some() && self.property.len() == 2
    }

    /// What is called otherwise now: the thing, or a part of the composition.
    pub fn new_name(&self) -> &str {
        self.property.last().unwrap_or(&self.name)
    }

    /// Its place in the tree of the project file.
    pub(super) fn path(&self) -> Vec<String> {
        let Some(list) = self.section.list() else {
            return self.property.clone();
        };
        let place = [list.to_owned(), self.name.clone()].into_iter();
        place.chain(self.property.iter().cloned()).collect()
    }
}

/// Everything that differs, by section and name. Positions on the canvas do not count.
pub fn compare(before: &Document, after: &Document) -> Vec<Change> {
    let renames = Renames::between(before, after);
    let mut renamed = before.clone();
    renames.apply(&mut renamed);
    let mut changes = Vec::new();
    for (section, names) in [
        (Section::Ecu, &renames.ecus),
        (Section::Bus, &renames.buses),
    ] {
        changes.extend(names.iter().map(|(old, new)| Change {
            section,
            name: new.clone(),
            property: Vec::new(),
            kind: Kind::Renamed { from: old.clone() },
        }));
    }
    for (place, names) in &renames.instances {
        changes.extend(names.iter().map(|(old, new)| {
            let (section, name, property) = match place {
                None => (Section::Instance, new.clone(), Vec::new()),
                Some(composition) => (
                    Section::Composition,
                    composition.clone(),
                    vec!["instances".to_owned(), new.clone()],
                ),
            };
            Change {
                section,
                name,
                property,
                kind: Kind::Renamed { from: old.clone() },
            }
        }));
    }
    walk(
        &tree::of(&renamed),
        &tree::of(after),
        &mut Vec::new(),
        &mut changes,
    );
    changes.sort();
    changes
}

fn walk(before: &Table, after: &Table, path: &mut Vec<String>, changes: &mut Vec<Change>) {
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        path.push(key.clone());
        match (before.get(key), after.get(key)) {
            (Some(Value::Table(before)), Some(Value::Table(after))) => {
                walk(before, after, path, changes);
            }
            (Some(before), Some(after)) if before != after => changes.push(change(
                path,
                Kind::Changed {
                    from: leaf(before),
                    to: leaf(after),
                },
            )),
            (Some(_), Some(_)) | (None, None) => {}
            (None, Some(value)) => whole(value, path, changes, Kind::Added),
            (Some(value), None) => whole(value, path, changes, Kind::Removed),
        }
        path.pop();
    }
}

/// A thing that is on one side only; a whole section is each of its things.
fn whole(
    value: &Value,
    path: &mut Vec<String>,
    changes: &mut Vec<Change>,
    kind: fn(Option<String>) -> Kind,
) {
    match value {
        Value::Table(things) if path.len() == 1 => {
            for (name, thing) in things {
                path.push(name.clone());
                whole(thing, path, changes, kind);
                path.pop();
            }
        }
        Value::Table(_) => changes.push(change(path, kind(None))),
        single => changes.push(change(path, kind(Some(leaf(single))))),
    }
}

/// `path` as the tree has it: section, name, property.
pub(super) fn change(path: &[String], kind: Kind) -> Change {
    let (section, name, property) = split(path);
    Change {
        section,
        name,
        property,
        kind,
    }
}

pub(super) fn split(path: &[String]) -> (Section, String, Vec<String>) {
    let first = path.first().map(String::as_str);
    let Some(section) = SECTIONS
        .into_iter()
        .find(|section| section.list() == first && first.is_some())
    else {
        return (Section::Project, String::new(), path.to_vec());
    };
    let name = path.get(1).cloned().unwrap_or_default();
    let property = path.get(2..).map(<[String]>::to_vec).unwrap_or_default();
    (section, name, property)
}

impl Section {
    /// What the project file calls the list of such things; none of the project itself.
    fn list(self) -> Option<&'static str> {
        match self {
            Section::Project => None,
            Section::Component => Some("components"),
            Section::Composition => Some("compositions"),
            Section::Ecu => Some("ecus"),
            Section::Bus => Some("buses"),
            Section::Instance => Some("instances"),
            Section::Connector => Some("connectors"),
            Section::Transmission => Some("transmissions"),
            Section::Frame => Some("frames"),
            Section::Note => Some("notes"),
        }
    }

    /// `instance`
    pub fn word(self) -> &'static str {
        match self {
            Section::Project => "project",
            Section::Component => "component",
            Section::Composition => "composition",
            Section::Ecu => "ECU",
            Section::Bus => "bus",
            Section::Instance => "instance",
            Section::Connector => "connector",
            Section::Transmission => "transmission",
            Section::Frame => "frame",
            Section::Note => "note",
        }
    }
}

impl Kind {
    /// `added`
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Added(_) => "added",
            Kind::Removed(_) => "removed",
            Kind::Changed { .. } => "changed",
            Kind::Renamed { .. } => "renamed",
        }
    }
}

/// `changed  instance fan: partition car/main → car/aux`
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {}", self.kind.word(), self.section.word())?;
        if !self.name.is_empty() {
            write!(f, " {}", self.name)?;
        }
        if !self.property.is_empty() {
            write!(f, ": {}", self.property.join(" / "))?;
        }
        match &self.kind {
            Kind::Added(Some(value)) | Kind::Removed(Some(value)) => write!(f, " {value}"),
            Kind::Added(None) | Kind::Removed(None) => Ok(()),
            Kind::Changed { from, to } => write!(f, " {from} → {to}"),
            Kind::Renamed { from } => write!(f, " (was {from})"),
        }
    }
}
