//! What in a project names what else, as ways in the tree of its file.

use super::tree::{has, inside, places, things};
use toml::{Table, Value};

/// Something that names something.
pub(super) struct Reference {
    /// What would have to go if `to` were gone.
    pub(super) from: Vec<String>,
    pub(super) to: Vec<String>,
    /// Where it stands if not there: the parts of a bus lie in one of two lists, and an instance's
    /// component may be a composition.
    pub(super) or: Option<Vec<String>>,
}

impl Reference {
    pub(super) fn is_dangling(&self, tree: &Table) -> bool {
        !has(tree, &self.to) && !self.or.as_ref().is_some_and(|or| has(tree, or))
    }

    pub(super) fn targets(self) -> impl Iterator<Item = Vec<String>> {
        std::iter::once(self.to).chain(self.or)
    }
}

/// All of a tree: of the system and of its compositions.
pub(super) fn references(tree: &Table) -> Vec<Reference> {
    let mut found = Vec::new();
    for place in places(tree) {
        if let Some(inside) = inside(tree, &place) {
            references_in(&place, inside, &mut found);
        }
    }
    found
}

fn references_in(place: &[String], tree: &Table, found: &mut Vec<Reference>) {
    let path =
        |parts: &[&str]| -> Vec<String> { parts.iter().map(|part| (*part).to_owned()).collect() };
    let here = |parts: &[&str]| [place, &path(parts)].concat();
    let mut add = |from: &[&str], to: &[&str]| {
        let or = match to {
            [buses, bus, "devices", part] => Some(path(&[buses, bus, "pins", part])),
            ["components", component] => Some(path(&["compositions", component])),
            _ => None,
        };
        let to = match to {
            ["instances" | "ports", ..] => here(to),
            _ => path(to),
        };
        found.push(Reference {
            from: here(from),
            to,
            or,
        });
    };
    for (key, wire) in things(tree, "connectors") {
        let from = ["connectors", key.as_str()];
        for end in ["from", "to"] {
            let text = wire.get(end).and_then(Value::as_str).unwrap_or_default();
            match text.split_once(['.', ':']) {
                Some((name, _)) if text.get(name.len()..=name.len()) == Some(":") => {
                    add(&from, &["buses", name]);
                }
                Some(("", port)) => add(&from, &["ports", port]),
                Some((name, _)) => add(&from, &["instances", name]),
                None => {}
            }
        }
        if let Some(network) = wire.get("network").and_then(Value::as_str) {
            add(&["connectors", key, "network"], &["buses", network]);
        }
    }
    for (name, note) in things(tree, "notes") {
        if let Some(instance) = note.get("instance").and_then(Value::as_str) {
            add(&["notes", name, "instance"], &["instances", instance]);
        }
    }
    for (key, sent) in things(tree, "transmissions") {
        let message = sent.get("message").and_then(Value::as_str);
        if let Some((bus, _)) = message.and_then(|message| message.split_once(':')) {
            add(&["transmissions", key], &["buses", bus]);
        }
    }
    for (name, instance) in things(tree, "instances") {
        if let Some(component) = instance.get("component").and_then(Value::as_str) {
            add(&["instances", name], &["components", component]);
        }
        let partition = instance.get("partition").and_then(Value::as_str);
        if let Some((ecu, partition)) = partition.and_then(|text| text.split_once('/')) {
            let from = ["instances", name, "partition"];
            add(&from, &["ecus", ecu]);
            add(&from, &["ecus", ecu, "partitions", partition]);
        }
        let bindings = instance.get("bindings").and_then(Value::as_table);
        for (key, bound) in bindings.into_iter().flatten() {
            let from = ["instances", name, "bindings", key];
            let text = bound.as_str().unwrap_or_default();
            let (bus, part) = text.split_once('/').unwrap_or((text, ""));
            add(&from, &["buses", bus]);
            if !part.is_empty() {
                add(&from, &["buses", bus, "devices", part]);
            }
        }
    }
}
